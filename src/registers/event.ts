import { bit, bits } from '../bits/field.ts';
import { type RegisterFacts, register, ro, rsvdp, rsvdz, rw } from '../bits/register.ts';

/** The four events (fault, invalidation, page request, performance) have these four registers each, §11.4.7.2. */
type Place = Omit<RegisterFacts, 'width'>;

/** The layout of FECTL_REG, IECTL_REG, PECTL_REG and PERFINTRCTL_REG. */
export const eventControl = (title: string, section: string, place: Place) =>
  register(
    title,
    section,
    { width: 32, ...place },
    {
      IP: ro(bit(30, 'Interrupt Pending')),
      IM: rw(bit(31, 'Interrupt Mask'), { reset: 1 }),
    },
    [{ ...rsvdp(29, 0), reset: 'x' }],
  );

/** The layout of FEDATA_REG, IEDATA_REG, PEDATA_REG and PERFINTRDATA_REG. */
export const eventData = (title: string, section: string, place: Place) =>
  register(title, section, { width: 32, ...place }, { IMD: rw(bits(15, 0, 'Interrupt Message Data')) }, [
    rsvdz(31, 16),
  ]);

/** The layout of FEADDR_REG, IEADDR_REG, PEADDR_REG and PERFINTRADDR_REG. */
export const eventAddress = (title: string, section: string, place: Place) =>
  register(title, section, { width: 32, ...place }, { MA: rw(bits(31, 2, 'Message Address')) }, [rsvdz(1, 0)]);

/**
 * The layout of FEUADDR_REG, IEUADDR_REG, PEUADDR_REG and PERFINTRUADDR_REG. It may be reserved where ECAP_REG.EIM is
 * 0: a choice of the unit, so that EIM is not among its requirements.
 */
export const eventUpperAddress = (title: string, section: string, place: Place) =>
  register(title, section, { width: 32, ...place }, { MUA: rw(bits(31, 0, 'Message Upper Address')) });
