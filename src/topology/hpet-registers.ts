import { bit, bits } from '../bits/field.ts';
import { register, ro, rsvdp, rsvdz, rw, rw1c, wo } from '../bits/register.ts';

/** General Capabilities and ID. */
export const GCAP_ID = register(
  'GCAP_ID',
  'HPET',
  { width: 64, offset: 0x000 },
  {
    REV_ID: ro(bits(7, 0, 'Revision'), { reset: 0x01 }),
    NUM_TIM_CAP: ro(bits(12, 8, 'Number of Timers minus 1')),
    COUNT_SIZE_CAP: ro(bit(13, 'Counter Size', { 0: '32 bits', 1: '64 bits' }), { reset: 1 }),
    LEG_RT_CAP: ro(bit(15, 'Legacy Replacement Route Capable'), { reset: 1 }),
    VENDOR_ID: ro(bits(31, 16, 'Vendor ID'), { reset: 0x8086 }),
    /** 14.318 MHz. */
    COUNTER_CLK_PERIOD: ro(bits(63, 32, 'Femtoseconds of a tick'), { reset: 69_841_279 }),
  },
  [rsvdz(14)],
);

/** General Configuration. */
export const GEN_CONF = register(
  'GEN_CONF',
  'HPET',
  { width: 64, offset: 0x010 },
  {
    ENABLE_CNF: rw(bit(0, 'Overall Enable')),
    LEG_RT_CNF: rw(bit(1, 'Legacy Replacement Route')),
  },
  [rsvdp(63, 2)],
);

/** General Interrupt Status: a bit a timer, of level-triggered timers alone. */
export const GINTR_STA = register(
  'GINTR_STA',
  'HPET',
  { width: 64, offset: 0x020 },
  { STS: rw1c(bits(31, 0, 'Interrupt Status of timer n')) },
  [rsvdz(63, 32)],
);

/** Timer n Configuration and Capabilities. */
export const TN_CONF = register(
  'Tn_CONF',
  'HPET',
  { width: 64, offset: '100h + 20h * n' },
  {
    INT_TYPE_CNF: rw(bit(1, 'Interrupt Type', { 0: 'edge', 1: 'level' })),
    INT_ENB_CNF: rw(bit(2, 'Interrupt Enable')),
    TYPE_CNF: rw(bit(3, 'Timer Type', { 0: 'one-shot', 1: 'periodic' })),
    PER_INT_CAP: ro(bit(4, 'Periodic Interrupt Capable'), { reset: 1 }),
    SIZE_CAP: ro(bit(5, 'Timer Size', { 0: '32 bits', 1: '64 bits' }), { reset: 1 }),
    VAL_SET_CNF: wo(bit(6, 'Value Set')),
    MODE32_CNF: rw(bit(8, '32-bit Mode')),
    INT_ROUTE_CNF: rw(bits(13, 9, 'Interrupt Route')),
    FSB_EN_CNF: rw(bit(14, 'FSB Interrupt Enable')),
    FSB_INT_DEL_CAP: ro(bit(15, 'FSB Interrupt Delivery Capable'), { reset: 1 }),
    INT_ROUTE_CAP: ro(bits(63, 32, 'Interrupt Routes Possible'), { reset: 0x00f0_0000 }),
  },
  [rsvdz(0), rsvdz(7), rsvdp(31, 16)],
);

/** Timer n FSB Interrupt Route. */
export const TN_FSB_ROUTE = register(
  'Tn_FSB_ROUTE',
  'HPET',
  { width: 64, offset: '110h + 20h * n' },
  {
    FSB_INT_VAL: rw(bits(31, 0, 'FSB Interrupt Value')),
    FSB_INT_ADDR: rw(bits(63, 32, 'FSB Interrupt Address')),
  },
);
