// 7.1.3, Table 30: code, reason, qualified, then Un Up TRn TRp TDn TDp PQr PQd.
// The first-stage, second-stage and HPT tables of 7.1.3 leave columns out: "-" here.

export type RequestClass = 'Un' | 'Up' | 'TRn' | 'TRp' | 'TDn' | 'TDp' | 'PQr' | 'PQd';
export type Cell = 'UR' | 'CA' | 'S0' | 'SE' | 'IR' | 'drop' | '-';

const ROWS = `
LRT.1     08 no   UR -  CA -  UR -  -  -
LRT.2     01 no   UR -  UR -  UR -  -  -
LRT.3     0A no   UR -  CA -  UR -  -  -
LCT.1     09 no   UR -  CA -  UR -  -  -
LCT.2     02 yes  UR -  UR -  UR -  -  -
LCT.3     0B yes  UR -  CA -  UR -  -  -
LCT.4.1   03 yes  UR -  CA -  UR -  -  -
LCT.4.2   03 yes  UR -  CA -  UR -  -  -
LCT.4.3   03 yes  UR -  CA -  -  -  -  -
LCT.5     0D yes  -  -  UR -  UR -  -  -
LSS.1     07 yes  UR -  CA -  -  -  -  -
LSS.2     0C yes  UR -  CA -  -  -  -  -
LGN.1.1   04 yes  UR -  S0 -  -  -  -  -
LGN.1.2   04 yes  -  -  -  -  UR -  -  -
LGN.1.3   04 yes  UR -  -  -  -  -  -  -
LGN.2     05 yes  UR -  SE -  -  -  -  -
LGN.3     06 yes  UR -  SE -  -  -  -  -
LGN.4     0E yes  UR -  CA -  UR -  -  -
RTA.1.1   30 no   UR UR CA CA UR UR IR drop
RTA.1.2   30 no   UR UR CA CA UR UR IR drop
RTA.1.3   30 no   UR UR CA CA UR UR IR drop
RTA.1.4   30 no   UR -  CA -  UR -  -  -
RTA.2     31 no   -  UR -  UR -  UR -  -
RTA.3     32 no   -  -  -  -  -  -  IR drop
RTA.4     33 no   UR UR UR UR UR UR IR drop
RTA.5     34 no   -  UR -  UR -  UR -  -
SRT.1     38 no   UR UR CA CA UR UR IR drop
SRT.2     39 no   UR UR UR UR UR UR IR drop
SRT.3     3A no   UR UR CA CA UR UR IR drop
SCT.1     40 no   UR UR CA CA UR UR IR drop
SCT.2     41 yes  UR UR UR UR UR UR IR drop
SCT.3     42 yes  UR UR CA CA UR UR IR drop
SCT.4.1   43 yes  UR UR CA CA UR UR IR drop
SCT.4.2   43 yes  UR UR CA CA UR UR IR drop
SCT.4.3   43 yes  UR -  CA -  UR UR IR drop
SCT.5     44 yes  -  -  UR UR UR UR -  -
SCT.6     45 yes  -  UR -  UR -  -  IR drop
SCT.7     46 yes  -  UR -  UR -  UR IR drop
SCT.8     47 yes  -  -  -  -  -  -  IR drop
SCT.9     48 yes  -  UR -  UR -  UR IR drop
SCT.10    49 yes  -  -  -  -  -  UR -  -
SPD.1     50 no   UR UR CA CA CA CA IR drop
SPD.2     51 yes  UR UR S0 S0 UR UR IR drop
SPD.3     52 yes  UR UR CA CA CA CA IR drop
SPT.1     58 no   UR UR CA CA CA CA IR drop
SPT.2     59 yes  UR UR S0 S0 UR UR IR drop
SPT.3     5A yes  UR UR CA CA CA CA IR drop
SPT.4.1   5B yes  UR UR CA CA CA CA IR drop
SPT.4.2   5B yes  UR UR CA CA CA CA IR drop
SPT.4.3   5B yes  UR UR CA CA CA CA IR drop
SPT.4.4   5B yes  UR UR CA CA CA CA IR drop
SPT.5     5C yes  -  UR -  S0 -  -  -  -
SPT.6     5D yes  UR UR S0 S0 -  -  -  -
SPT.9     60 yes  -  -  -  -  UR UR -  -
SFS.1     70 yes  UR UR S0 S0 -  -  -  -
SFS.2     71 yes  UR UR S0 S0 -  -  -  -
SFS.3     72 yes  UR UR S0 S0 -  -  -  -
SFS.4     73 yes  UR UR S0 S0 -  -  -  -
SFS.5     74 yes  UR UR S0 S0 -  -  -  -
SFS.6     75 yes  UR UR S0 S0 -  -  -  -
SFS.7     76 yes  UR UR S0 S0 -  -  -  -
SFS.8     77 yes  UR UR S0 S0 -  -  -  -
SFS.9     90 yes  UR UR S0 S0 -  -  -  -
SFS.10    91 yes  UR UR S0 S0 -  -  -  -
SSS.1     78 yes  UR UR CA CA -  -  -  -
SSS.2     79 yes  UR UR S0 S0 -  -  -  -
SSS.3     7A yes  UR UR CA CA -  -  -  -
SSS.4     7B yes  UR UR CA CA -  -  -  -
SSS.5     7C yes  UR UR CA CA -  -  -  -
SSS.6     7D yes  UR UR CA CA -  -  -  -
SGN.1     80 yes  UR UR S0 S0 -  -  -  -
SGN.2     81 yes  UR UR S0 S0 -  -  -  -
SGN.4.1   83 yes  -  -  -  -  UR UR -  -
SGN.4.2   83 yes  UR UR S0 S0 -  -  -  -
SGN.5     84 yes  UR UR S0 S0 -  -  -  -
SGN.6     85 yes  UR UR SE SE -  -  -  -
SGN.7     86 yes  UR UR SE SE -  -  -  -
SGN.8.1   87 yes  UR UR -  -  -  -  -  -
SGN.8.2   87 yes  -  -  CA CA -  -  -  -
SGN.8.3   87 yes  -  -  -  -  UR UR -  -
SGN.10    89 yes  -  UR -  UR -  UR -  -
HPT.1     A0 yes  -  -  -  -  CA CA -  -
HPT.2     A1 yes  -  -  -  -  CA CA -  -
HPT.3     A2 yes  -  -  -  -  CA CA -  -
HPT.4     A3 yes  -  -  -  -  UR UR -  -
HPT.5     A4 yes  -  -  -  -  UR UR -  -
HPT.6     A5 yes  -  -  -  -  UR UR -  -
`;

const COLUMNS: readonly RequestClass[] = ['Un', 'Up', 'TRn', 'TRp', 'TDn', 'TDp', 'PQr', 'PQd'];

export interface Row {
  readonly reason: number;
  readonly qualified: boolean;
  readonly cell: Cell;
}

/** The conditions that can meet a request of this class. */
export function conditionsOf(requestClass: RequestClass): string[] {
  const lines = ROWS.trim().split('\n');
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return rows.filter((words) => words[3 + COLUMNS.indexOf(requestClass)] !== '-').map((words) => words[0] ?? '');
}

/** One row and one column of Table 30; a condition that cannot meet this class is an error of the oracle itself. */
export function table30(condition: string, requestClass: RequestClass): Row {
  for (const line of ROWS.trim().split('\n')) {
    const words = line.trim().split(/\s+/);
    if (words[0] !== condition) continue;
    const cell = words[3 + COLUMNS.indexOf(requestClass)] as Cell;
    if (cell === '-') throw new Error(`${condition} cannot meet ${requestClass}`);
    return { reason: Number.parseInt(words[1] ?? '', 16), qualified: words[2] === 'yes', cell };
  }
  throw new Error(`no row ${condition}`);
}
