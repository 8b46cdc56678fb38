/** Not in the specification: a value in hexadecimal; `digits` is the least number of them. */
export const hex = (value: bigint | number, digits = 1): string => `0x${value.toString(16).padStart(digits, '0')}`;

/** The value of hexadecimal digits that a pattern has found; 0 where it has found none. */
export const fromHex = (digits: string | undefined): bigint => BigInt(`0x${digits ?? '0'}`);
