import { describe, expect, test } from 'vitest';
import { image, vtd } from './vtd.ts';

const LINE =
  'DMAR: [DMA Read NO_PASID] Request device [00:02.0] fault addr 0xb8000000 [fault reason 0x06] PTE Read access is not set';

/** Xen, legacy mode: the entry of level 3 is 0, so that nothing may be read. */
const XEN = `(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:02.0] fault addr ea0c4f000, iommu reg = ffff82c00021d000
(XEN) [VT-D]DMAR: reason 06 - PTE Read access is not set
(XEN) print_vtd_entries: iommu #0 dev 0000:00:02.0 gmfn ea0c4f
(XEN)     root_entry[00] = 46e129001
(XEN)     context[10] = 2_46e128001
(XEN)     l4[000] = 46e11b003
(XEN)     l3[03a] = 0
(XEN)     l3[03a] not present`;

/**
 * Linux, scalable mode, 6a:01.0 at 7F0000001000h: bits 47:39 are FEh, those of levels 3 and 2 are 0, bits 20:12 are 1.
 * PGTT=001b, DID=1.
 */
const LINUX = (
  leaf: string,
) => `DMAR: [DMA Read NO_PASID] Request device [6a:01.0] fault addr 0x7f0000001000 [fault reason 0x71] SM
DMAR: Dump dmar3 table entries for IOVA 0x7f0000001000
DMAR: scalable mode root entry: hi 0x0000000000000000, low 0x0000000112345001
DMAR: context entry: hi 0x0000000000000000, low 0x0000000112346001
DMAR: pasid dir entry: 0x0000000112347001
DMAR: pasid table entry[0]: 0x0000000000000041
DMAR: pasid table entry[1]: 0x0000000000000001
DMAR: pasid table entry[2]: 0x0000000112348000
DMAR: pasid table entry[3]: 0x0000000000000000
DMAR: pasid table entry[4]: 0x0000000000000000
DMAR: pasid table entry[5]: 0x0000000000000000
DMAR: pasid table entry[6]: 0x0000000000000000
DMAR: pasid table entry[7]: 0x0000000000000000
DMAR: pte level: 4, pte value: 0x0000000112349027
DMAR: pte level: 3, pte value: 0x000000011234a027
DMAR: pte level: 2, pte value: 0x000000011234b027
DMAR: pte level: 1, pte value: ${leaf}
DMAR: page table not present at level 0`;

describe('vtd fault', () => {
  test('a line: the condition, what the device got, the usual causes', async () => {
    const { status, out, err } = await vtd('fault', LINE);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^DMA read by 00:02\.0 at 0xb8000000\n {2}LGN\.3, fault reason 06h: no read permission\n/);
    expect(out).toMatch(/\n {2}Usual causes\n {3}1\. /);
  });

  test('one reason that stands for several conditions names them all', async () => {
    const { out } = await vtd('fault', LINE.replace('0x06', '0x5b'));
    expect(out.match(/SPT\.4\.\d/g)).toEqual(['SPT.4.1', 'SPT.4.2', 'SPT.4.3', 'SPT.4.4']);
  });

  test('a reason that no table has', async () => {
    const { status, out } = await vtd('fault', LINE.replace('0x06', '0xfe'));
    expect(status).toBe(0);
    expect(out).toContain('fault reason FEh is in no table of the specification');
  });

  test('a record: of an untranslated write only its own answer', async () => {
    // FR=05h, SID=00FAh, T1=T2=0.
    const { out } = await vtd('fault', '--record', '0x12345000', '0x80000005000000fa');
    expect(out).toMatch(/^DMA write by 00:1f\.2 at 0x12345000\n {2}LGN\.2, .*\n {2}answered: Unsupported Request\n/);
    const whole = await vtd('fault', '--record', '0x80000005000000fa0000000012345000');
    expect(whole.out).toBe(out);
  });

  test('the entries that Xen prints lead to the condition that it reports', async () => {
    const { out } = await vtd('fault', XEN);
    expect(out).toContain(' 4  SS-PDPE (next table) at 0x46e11b1d0  LGN.3\n');
    expect(out).toContain('LGN.3: the entries as they are now give this fault.\n');
  });

  test('the entries that Linux prints, in scalable mode', async () => {
    const { out } = await vtd('fault', LINUX('0x0000000000000000'));
    // Root entry of bus 6Ah, context entry of devfn 08h with 32 bytes each, FEh in the PML4, and 1 in the page table.
    const places = [
      'Root Entry at 0x16a0 ',
      'Context Entry at 0x112345100 ',
      'PML4E at 0x1123487f0 ',
      'PTE at 0x11234b008 ',
    ];
    for (const place of places) expect(out).toContain(place);
    expect(out).toContain('SFS.2: the entries as they are now give this fault.\n');
  });

  test('entries that do not give the fault any more', async () => {
    const { out } = await vtd('fault', LINUX('0x00000000deadb027'));
    expect(out.replace(/\s+/g, ' ')).toContain(
      'do not give fault reason 71h: the request goes on to host address 0xdeadb000.',
    );
  });

  test('with an image the fault is walked there', async () => {
    const line = LINE.replace('00:02.0', '00:04.0').replace('0xb8000000', '0x1000');
    const { out } = await vtd('fault', line, '--image', image('legacy48'));
    expect(out).toContain('  The entries of the image\n');
    expect(out).toContain('LGN.3: the entries as they are now give this fault.\n');
    const blocked =
      'DMAR: [INTR-REMAP] Request device [00:1f.2] fault index 0x7f [fault reason 0x22] Present field in the IRTE entry is clear';
    const { out: interrupt } = await vtd('fault', blocked, '--image', image('legacy48'));
    expect(interrupt).toMatch(/^Interrupt request with index 127 by 00:1f\.2\n {2}22h, fault reason 22h/);
    expect(interrupt).toContain('22h: the entries as they are now give this fault.\n');
  });

  test('for programs', async () => {
    const { out } = await vtd('fault', '--json', LINUX('0x0000000000000000'));
    expect(JSON.parse(out)).toMatchObject([
      { source: '6a:01.0', reason: 0x71, count: 1, lowest: '0x7f0000001000', now: 'SFS.2', explained: true },
    ]);
  });

  test.each([
    [['hello'], /expected a line with a fault, such as .*got "hello"/],
    [[LINE, '--record', '1'], /expected lines, --log or --record, and only one of them/],
    [['--record', '1', '2', '3'], /--record is one number of 128 bits or two words of 64 bits, got 3 values/],
    [['--record', 'x'], /--record is a hexadecimal number/],
    [['--log', '/nowhere/at/all'], /a log/],
    [[XEN, '--cap', 'zz'], /--cap is a hexadecimal number/],
  ])('bad input gets one sentence: %j', async (args, sentence) => {
    const { status, out, err } = await vtd('fault', ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
