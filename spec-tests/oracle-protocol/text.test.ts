import { describe, expect, test } from 'vitest';
import { IDENTITY } from '../../src/oracle/identity.ts';
import { lineOf, resultOf } from '../../src/oracle/text-client.ts';
import { pageRequestTextPeer, TextPeer, translatingTextPeer } from './text-peer.ts';

const OLD = 'unit cap=0xd2008c222f0606 ecap=0xf00f4a haw=39 version=0x10';

describe('Text dialect: memory, as qtest has it', () => {
  test('numbers of 1 to 8 bytes are little-endian, at any address, and printed with 16 digits', () => {
    const peer = new TextPeer();
    expect(peer.line('writeq 0x1001 0x1122334455667788')).toBe('OK');
    expect(peer.lines('readb 0x1001', 'readw 0x1002', 'readl 0x1003', 'readq 0x1000')).toEqual([
      'OK 0x0000000000000088',
      'OK 0x0000000000006677',
      'OK 0x0000000033445566',
      'OK 0x2233445566778800',
    ]);
    peer.ask('writeb 0x2000 0xab');
    peer.ask('writew 0x2001 0x1234');
    peer.ask('writel 0x2003 305419896');
    expect(peer.ask('read 0x2000 8')).toBe('0xab34127856341200');
  });

  test('numbers are read as C reads them', () => {
    const peer = new TextPeer();
    peer.ask('writeb 010 0X1F');
    expect(peer.ask('readb 8')).toBe('0x000000000000001f');
    expect(peer.ask('readb 0x00000000000000000000000000000000008')).toBe('0x000000000000001f');
    expect(peer.refusal('readb 08')).toBe('ADDR takes a number such as 0x1000 or 4096, got "08"');
    expect(peer.refusal('readb 0x10000000000000000')).toMatch(/^ADDR takes a number of 64 bits, got /);
  });

  test('bytes: DATA that is short is filled with zeros, DATA that is long is cut', () => {
    const peer = new TextPeer();
    peer.ask('memset 0x10 8 0xff');
    peer.ask('write 0x10 4 0x0102');
    peer.ask('write 0x16 1 0x030405');
    expect(peer.ask('read 0x10 010')).toBe('0x01020000ffff03ff');
    expect(peer.ask('read 0x10 0')).toBe('0x');
  });

  test('base64: the shorter of SIZE and DATA counts', () => {
    const peer = new TextPeer();
    peer.ask('b64write 0x20 100 AQID');
    peer.ask('b64write 0x24 1 /wIDBA==');
    expect(peer.ask('b64read 0x20 5')).toBe('AQIDAP8=');
    expect(peer.refusal('b64write 0 4 A')).toMatch(/^DATA takes base64/);
  });

  test('endianness', () => {
    expect(new TextPeer().line('endianness')).toBe('OK little');
  });

  test('a write that has not reached memory', () => {
    const peer = new TextPeer();
    peer.ask('write 0x1000 8 0x0110000000000000 invisible');
    expect(peer.ask('readq 0x1000')).toBe('0x0000000000001001');
    expect(peer.session.memory.unwritten).toBe(1);
  });
});

describe('Text dialect: registers', () => {
  test('stand at their base, and take 32 and 64 bits', () => {
    const peer = new TextPeer();
    peer.ask(OLD);
    expect(peer.ask('readq 0xfed90008')).toBe('0x00d2008c222f0606');
    expect(peer.ask('readl 0xfed90000')).toBe('0x0000000000000010');
    expect(peer.refusal('readw 0xfed90008')).toBe('a register is accessed with 32 or 64 bits, got 16 at 0xfed90008');
    expect(peer.refusal('writeb 0xfed90018 1')).toMatch(/^a register is accessed with 32 or 64 bits/);
    expect(peer.refusal('readq 0xfed9000c')).toMatch(/aligned to 8 bytes/);
    expect(peer.refusal('writel 0xfed90018 0x100000000')).toMatch(/^VALUE takes 32 bits/);
    expect(peer.refusal('readq 0xfed8fffc')).toMatch(/^8 bytes at 0xfed8fffc are memory and registers/);
    expect(peer.refusal('read 0xfed90000 16')).toMatch(/they take readl, readq, writel, writeq$/);
    expect(peer.refusal('memset 0xfed8f000 8192 0')).toMatch(/^the registers of the unit stand at 0xfed90000/);
    expect(peer.line('memset 0xfed8f000 4096 0')).toBe('OK');
  });

  test('unit base moves them; what was there is memory', () => {
    const peer = new TextPeer();
    peer.ask('unit base 0xfed91000');
    peer.ask(OLD);
    expect(peer.lines('readl 0xfed91000', 'readl 0xfed90000', 'writeb 0xfed90000 1', 'readl 0xfed90000')).toEqual([
      'OK 0x0000000000000010',
      'OK 0x0000000000000000',
      'OK',
      'OK 0x0000000000000001',
    ]);
    expect(peer.refusal('unit base 0x800')).toMatch(/^ADDR takes a multiple of 4096/);
  });
});

describe('Text dialect: the unit', () => {
  test('unit says what the unit is', () => {
    expect(new TextPeer().ask(OLD)).toMatch(
      /^cap=0xd2008c222f0606 ecap=0xf00f4a haw=39 version=0x10 features=pasid,translation-requests,/,
    );
  });

  test('choices and caches have their names', () => {
    const peer = new TextPeer();
    peer.ask('unit caches=iotlb:4,replacement:random compressFaults=1 invalidDescriptor=3 passThroughRegion=0x1000');
    expect(peer.session.unit.choices).toMatchObject({
      compressFaults: true,
      invalidDescriptor: '3',
      passThroughRegion: 4096,
    });
    const order = 'SCT.9,SCT.7,SGN.10,SCT.10,SCT.6,SCT.8,SCT.5,SCT.4.3,SCT.4.2,SCT.4.1,SCT.3';
    peer.ask(`unit contextEntryOrder=${order} protectedMemoryAlignment=20`);
    expect(peer.session.unit.choices.contextEntryOrder).toBe(order.replaceAll(',', ' '));
    expect(peer.refusal('unit haw=60')).toMatch(/^unit.hostAddressWidth takes an integer from 32 to 52, got 60$/);
    expect(peer.refusal('unit caches=some')).toMatch(/caches is "none", "full"/);
    expect(peer.refusal('unit colour=red')).toMatch(/^there is no colour; there are base ADDR, cap, ecap, /);
    expect(peer.refusal('unit pageCrossing=maybe')).toMatch(/^choice pageCrossing is split or blocked, got "maybe"/);
  });

  test('registers that tell what the unit has are one word, in which a comma in brackets belongs to a name', () => {
    const peer = new TextPeer();
    const counters = [
      'PERFCAP_REG:0x8001f01280001,PERFCFGOFF_REG:0x1000,PERFFRZOFF_REG:0x2000,PERFOVFOFF_REG:0x2008',
      'PERFCNTROFF_REG:0x3000,PERFEVNTCAP_REG[0]:0x2,PERFCNTRCAP_REG[0]:0x10002801,PERFCNTREVCAP_REG[0,0]:0x2',
    ].join();
    const like = `unit cap=0x20d2008c226f0606 ecap=0x8000000000fc6 version=0x50`;
    const answer = peer.ask(`${like} registers=${counters}`);
    expect(answer).toContain(` version=0x50 registers=${counters} features=`);
    expect(peer.ask('readl 0xfed91084')).toBe('0x0000000000000002');
    expect(resultOf('initialize', `OK ${answer}`)).toMatchObject({
      unit: { registers: { PERFCFGOFF_REG: '0x1000', 'PERFCNTREVCAP_REG[0,0]': '0x2' } },
    });
    const params = { unit: { registers: { MTRRCAP_REG: '0x50a', 'PERFCNTREVCAP_REG[0,0]': '0x2' } } };
    expect(lineOf('initialize', params)).toBe('unit registers=MTRRCAP_REG:0x50a,PERFCNTREVCAP_REG[0,0]:0x2');
    expect(peer.refusal('unit registers=MTRRCAP_REG')).toMatch(
      /^registers takes NAME:VALUE, apart by commas, got "MTRR/,
    );
    expect(peer.refusal('unit registers=MTRRCAP_REG:x')).toMatch(/^registers takes /);
  });

  test('reset empties memory', () => {
    const peer = translatingTextPeer();
    expect(peer.line('reset')).toBe('OK');
    expect(peer.lines('readq 0x1000', 'readl 0xfed9001c')).toEqual(Array(2).fill('OK 0x0000000000000000'));
  });

  test('version and quit', () => {
    const peer = new TextPeer();
    expect(peer.ask('version')).toBe(`vtd-model ${IDENTITY.version}`);
    expect(peer.line('quit')).toBe('OK');
    expect(peer.session.ended).toBe(true);
    expect(peer.refusal('dma 00:05.0 read 0x1000')).toBe('shutdown came before this request');
  });
});

describe('Text dialect: requests', () => {
  test('completed, and with details', () => {
    const peer = translatingTextPeer();
    expect(peer.line('dma 00:05.0 read 0x12345678')).toBe('OK completed 0x0000000000007678');
    expect(peer.line('dma 0x28 read 0x12345678 nosnoop details')).toBe(
      'OK completed 0x0000000000007678 pageSize=4096 read=1 write=0 snoop=0 memoryType=WB',
    );
    expect(peer.line('dma 00:07.0 write 0x12345678 details length=16')).toBe(
      'OK completed 0x0000000012345678 snoop=1 memoryType=WB',
    );
  });

  test('blocked: the condition and its number; with details whether it was recorded', () => {
    const peer = translatingTextPeer(OLD);
    expect(peer.line('dma 00:05.0 write 0x12345678')).toBe('OK UR LGN.2 0x5');
    expect(peer.line('dma 00:05.0 write 0x12345678 details')).toBe(
      'OK UR LGN.2 0x5 qualified=1 recorded=0 notRecorded=overflow',
    );
    expect(peer.line('dma 00:05.0 read 0x1000 pasid=7 privileged execute type=untranslated')).toBe('OK UR RTA.2 0x31');
    expect(peer.line('dma 00:05.0 read 0xfee00000')).toBe('OK UR 29h');
  });

  test('blocked without a condition', () => {
    const peer = new TextPeer();
    peer.ask('writel 0xfed90064 0x80000000');
    expect(peer.line('dma 00:05.0 read 0x1000')).toBe('OK UR');
  });

  test('a translation has its rights, and its fault', () => {
    const peer = translatingTextPeer();
    expect(peer.line('dma 00:06.0 read 0x12345000 type=translation')).toBe(
      'OK translation 0x0000000000007000 4096 read=1 write=0 execute=0 privileged=0 global=0 nonSnooped=0 untranslatedOnly=0',
    );
    expect(peer.line('dma 00:06.0 read 0x99999000 type=translation nowrite details')).toMatch(
      / untranslatedOnly=0 words=0x0 fault=LGN\.3 reason=0x6 qualified=1 recorded=0$/,
    );
  });

  test('a malformed request, and a message that is one', () => {
    const peer = translatingTextPeer();
    expect(peer.line('dma 00:06.0 read 0x12345000 type=translation length=12')).toBe('OK malformed');
    expect(peer.line('dma 00:06.0 read 0x12345000 type=reserved')).toBe('OK UR');
    expect(peer.line('devicetlb request 00:06.0')).toBe('OK malformed');
  });

  test('a completion of several ITags, and one that is refused', () => {
    const peer = translatingTextPeer();
    expect(peer.line('devicetlb complete 00:06.0 tags=0,3 count=2')).toBe('OK');
    expect(peer.line('readl 0xfed90034')).toBe('OK 0x0000000000000020');
    peer.ask('writel 0xfed90018 0');
    expect(peer.line('devicetlb complete 00:06.0 tag=3')).toBe('OK UR');
  });

  test('an interrupt, and a write that is one', () => {
    const peer = new TextPeer();
    expect(peer.line('interrupt 00:05.0 0xfee01000 0x41')).toBe('OK delivered 0x00000000fee01000 0x0000000000000041');
    expect(peer.line('dma 00:05.0 write 0xfee01000 value=0x41')).toBe(
      'OK interrupt delivered 0x00000000fee01000 0x0000000000000041',
    );
    expect(peer.line('interrupt 00:05.0 0xfee01000 0x41 details')).toBe(
      'OK delivered 0x00000000fee01000 0x0000000000000041 destination=0x1 vector=65 deliveryMode=0 destinationMode=0 redirectionHint=0 triggerMode=0',
    );
    expect(peer.refusal('interrupt 00:05.0 0x1000 0x41')).toMatch(/^the address of an interrupt request is 0xfee00000/);
  });

  test('remapped and posted interrupts', () => {
    const peer = new TextPeer();
    // Entry 3: present, vector 51h, source not checked; entry 4: posted through the descriptor at 9000h, vector 60h.
    const lines = [
      'write 0x8030 16 0x0100510000010000 ',
      'writeq 0x8040 0x600000 ',
      'write 0x8040 16 0x0180600040020000 ',
      'writeq 0xfed900b8 0x8007',
      'writel 0xfed90018 0x01000000',
      'writel 0xfed90018 0x02000000',
    ];
    for (const line of lines) peer.ask(line);
    expect(peer.line('interrupt 00:05.0 0xfee00070 0')).toBe('OK delivered 0x00000000fee01000 0x0000000000004051');
    expect(peer.line('interrupt 00:05.0 0xfee000b0 0')).toBe('OK UR 22h');
    expect(peer.line('interrupt 00:05.0 0xfee000b0 0 details')).toMatch(/^OK UR 22h qualified=1 recorded=1$/);
  });

  test('page requests: queued, answered, dropped, with the condition where there is one', () => {
    const peer = pageRequestTextPeer();
    expect(peer.line('pagerequest 00:03.0 0x70000000 5 last read pasid=5')).toBe('OK queued');
    expect(peer.ask('read 0x8000 16')).toBe('0x01011800050000002d00007000000000');
    expect(peer.line('pagerequest 00:04.0 0x70000000 5 last read')).toBe('OK answered invalid-request 5 SCT.8 0x47');
    expect(peer.line('pagerequest 00:04.0 0x70000000 5 read details')).toBe(
      'OK dropped SCT.8 0x47 qualified=1 recorded=1',
    );
    peer.ask('writeq 0xfed900c0 0x40');
    expect(peer.line('pagerequest 00:03.0 0x70000000 6 last write')).toBe('OK answered success 6');
    expect(peer.line('pagerequest 00:03.0 0x70000000 6')).toBe('OK dropped');
    expect(peer.line('events')).toBe(
      'OK 3 page-request-event address=0xfee02000 data=0x53; page-group-response source=00:04.0 group=5 code=1; page-group-response source=00:03.0 group=6 code=0',
    );
  });

  test('poison: memory that refuses', () => {
    const peer = translatingTextPeer();
    peer.ask('poison 0x6a28 8');
    expect(peer.line('dma 00:05.0 read 0x12345678')).toBe('OK UR LSS.1 0x7');
    expect(peer.line('poison 0x6a28 8 writesonly')).toBe('OK');
  });

  test('events, oldest first', () => {
    const peer = translatingTextPeer();
    expect(peer.line('events')).toBe('OK 0');
    for (const line of ['writel 0xfed9003c 0x41', 'writel 0xfed90040 0xfee01000', 'writel 0xfed90038 0'])
      peer.ask(line);
    peer.ask('dma 00:05.0 write 0x12345678');
    expect(peer.line('events')).toBe('OK 1 fault-event address=0xfee01000 data=0x41');
    expect(peer.line('events')).toBe('OK 0');
  });

  test('explain changes nothing and says each entry', () => {
    const peer = translatingTextPeer('unit caches=none');
    expect(peer.line('explain 00:08.0 read 0x1000')).toBe(
      'OK Root Entry at 0x1000 is 0x00000000000000000000000000002001, §9.1; Context Entry at 0x2400 is 0x00000000000000000000000000000000, LCT.2; UR LCT.2 0x2 qualified=1 recorded=0',
    );
    expect(peer.line('explain interrupt 00:05.0 0xfee01000 0x41')).toMatch(/^OK delivered 0x00000000fee01000 /);
    expect(peer.ask('readl 0xfed90034')).toBe('0x0000000000000000');
  });

  test('explain names what a cache knew', () => {
    const peer = translatingTextPeer();
    peer.ask('dma 00:05.0 read 0x12345678');
    expect(peer.line('explain 00:05.0 read 0x12345678')).toMatch(
      /^OK cached \(iotlb\): .*; completed 0x0000000000007678 /,
    );
  });
});

describe('Text dialect: judging', () => {
  test('permitted takes a reply as it was answered', () => {
    const peer = translatingTextPeer();
    const asked = 'permitted 00:05.0 read 0x12345678';
    expect(peer.ask(`${asked} = completed 0x7678`)).toMatch(/^fresh the tables as they are now give it/);
    peer.ask('writeq 0x6a28 0x8001');
    expect(peer.ask(`${asked} = completed 0x7678 read=1 pageSize=4096`)).toMatch(/^stale .*; allowed: completed /);
    expect(peer.ask(`${asked} = UR LGN.3 0x6`)).toMatch(/^forbidden neither /);
    expect(peer.refusal(asked)).toMatch(/^= is missing: permitted takes /);
    expect(peer.refusal(`${asked} = perhaps`)).toMatch(/^a reply is completed, translation, /);
    expect(peer.refusal(`${asked} = completed 0x7678 colour=red`)).toMatch(/^there is no member "observed.colour"/);
    expect(peer.ask('permitted interrupt 00:05.0 0xfee01000 0x41 = delivered 0xfee01000 0x41')).toMatch(/^fresh /);
  });

  test('findings: a stale answer with what is missing, and a wrong order', () => {
    const peer = translatingTextPeer(OLD);
    expect(peer.line('findings')).toBe('OK 0');
    peer.ask('dma 00:05.0 read 0x12345678');
    peer.ask('writeq 0x6a28 0x8001');
    peer.ask('dma 00:05.0 read 0x12345678');
    expect(peer.ask('findings')).toBe(
      '1 stale-answer at step 2: source=00:05.0 address=0x12345678 access=read, answered completed 0x0000000000007678, the tables say completed 0x0000000000008678, missing: iotlb_inv page DID=0x7 ADDR=0x12345000 AM=0 IH=1',
    );
    peer.ask('writeq 0xfed90028 0xa000000000000000');
    peer.ask('dma 00:05.0 read 0x12345678');
    expect(peer.ask('findings')).toMatch(/^2 unsafe-order: cc_inv global: no invalidation of the IOTLB followed/);
  });
});

describe('Text dialect: what is wrong is told in one line', () => {
  test.each([
    ['foo', 'there is no command "foo"; there are readb, writeb, '],
    ['constructor', 'there is no command "constructor"; '],
    ['readl', 'ADDR is missing: readl takes ADDR'],
    ['readl 0x1000 0x2000', '"0x2000" is one word too many: readl takes ADDR'],
    ['writel 0x1000', 'VALUE is missing: writel takes ADDR VALUE'],
    ['write 0x1000 2 0x1', 'DATA takes 0x and pairs of hexadecimal digits, got "0x1"'],
    ['write 0x1000 1048577 0x', 'length takes an integer from 0 to 1048576, got 1048577'],
    ['memset 0x1000 0x40000000 0', 'length takes an integer from 0 to 1048576'],
    ['memset 0x1000 1 256', 'VALUE takes 8 bits here, got 0x100'],
    ['read 0xfffffffffffff 2', 'address takes one below 2^52, and the last byte too'],
    ['dma', 'SOURCE is missing: dma takes SOURCE read|write|atomic ADDR '],
    ['dma 00:05.8 read 0', 'source takes "bb:dd.f" in hexadecimal'],
    ['dma 00:05.0 fetch 0', 'access takes "read" or "write" or "atomic", got "fetch"'],
    ['dma 00:05.0 read', 'ADDR is missing: dma takes '],
    ['dma 00:05.0 read 0x1000 loud', '"loud" is not known: dma takes '],
    ['dma 00:05.0 read 0x1000 length', '"length" is not known: dma takes '],
    ['dma 00:05.0 read 0x1000 zlr=1', '"zlr=1" is not known: dma takes '],
    ['dma 00:05.0 read 0x1000 zlr zlr', '"zlr" stands here twice'],
    ['dma 00:05.0 read 0x1000 length=0', 'length takes an integer from 1 to 1048576, got 0'],
    ['dma 00:05.0 write 0x1000 zlr', 'only a read can be zeroLength'],
    ['dma 00:05.0 read 0xffffffffffffffff', 'the request runs past the end of the address space'],
    ['dma 00:05.0 read 0x1000 pasid=0x100000', 'pasid takes an integer from 0 to 1048575, got 1048576'],
    ['pagerequest 00:05.0 0x7000', 'GROUP is missing: pagerequest takes SOURCE ADDR GROUP [read] [write] [last] '],
    ['pagerequest 00:05.0 0x7008 1', 'address is a multiple of 4096 below 2^64, got 28680'],
    ['pagerequest 00:05.0 0x7000 512', 'group takes an integer from 0 to 511, got 512'],
    ['pagerequest 00:05.0 0x7000 1 pasid', '"pasid" is not known: pagerequest takes '],
    ['pagerequest 00:05.0 0x7000 1 last=1', '"last=1" is not known: pagerequest takes '],
    ['events now', '"now" is one word too many: events takes no words'],
    ['devicetlb', 'complete, timeout or request is missing: devicetlb takes complete SOURCE [tag=N]'],
    ['devicetlb wait 00:05.0', 'devicetlb takes complete, timeout or request, got "wait"'],
    ['devicetlb complete 00:05.0', 'no Device-TLB invalidation waits for 00:05.0'],
    ['devicetlb timeout 00:05.0 tag=1', '"tag=1" is not known: devicetlb takes '],
  ])('%s', (line, sentence) => {
    const peer = translatingTextPeer();
    expect(peer.refusal(line)).toContain(sentence);
    expect(peer.line('dma 00:05.0 read 0x12345678')).toBe('OK completed 0x0000000000007678');
  });

  test('blanks and a carriage return do not count; a line of nothing else is passed over', () => {
    const peer = new TextPeer();
    expect(peer.line('  readl\t0x1000  \r')).toBe('OK 0x0000000000000000');
    expect(peer.dialect.answer('')).toBe('');
    expect(peer.dialect.answer(' \t\r')).toBe('');
  });

  test('a long word is cut in the sentence', () => {
    expect(new TextPeer().refusal('x'.repeat(100_000)).length).toBeLessThan(2100);
    expect(new TextPeer().refusal(`readl ${'9'.repeat(100_000)}`).length).toBeLessThan(200);
  });
});
