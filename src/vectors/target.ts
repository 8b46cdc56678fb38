import type { DeviceTlbCompleteStep, VectorUnit } from './types.ts';

/** A value now or later: a target in another process answers later. */
export type MaybeLater<T> = T | Promise<T>;

/** An implementation under test. Requests and replies have the members of the protocol. */
export interface Target {
  /** A new unit like this, with these freedoms taken, over zeroed memory. */
  start(unit: VectorUnit, choices: Readonly<Record<string, unknown>>): MaybeLater<void>;
  /** With `visible` false the bytes have not reached memory as the unit sees it. */
  writeMemory(address: bigint, bytes: Uint8Array, visible: boolean): MaybeLater<void>;
  readMemory(address: bigint, length: number): MaybeLater<Uint8Array>;
  poison(address: bigint, length: number, writesOnly: boolean): MaybeLater<void>;
  writeRegister(offset: number, width: 32 | 64, value: bigint): MaybeLater<void>;
  readRegister(offset: number, width: 32 | 64): MaybeLater<bigint>;
  dma(request: Readonly<Record<string, unknown>>): MaybeLater<Readonly<Record<string, unknown>>>;
  interrupt(request: Readonly<Record<string, unknown>>): MaybeLater<Readonly<Record<string, unknown>>>;
  pageRequest(request: Readonly<Record<string, unknown>>): MaybeLater<Readonly<Record<string, unknown>>>;
  reset(kind: 'power-good' | 'warm'): MaybeLater<void>;
  /** An endpoint completes Device-TLB invalidations, or has not completed those it has in time, or asks for one itself. */
  completeDeviceTlb(
    completed: DeviceTlbCompleteStep['deviceTlbComplete'],
  ): MaybeLater<Readonly<Record<string, unknown>>>;
  requestDeviceTlb(source: string): MaybeLater<Readonly<Record<string, unknown>>>;
  timeOutDeviceTlb(source: string): MaybeLater<void>;
  /** All messages that left the unit since the last call. */
  takeEvents(): MaybeLater<readonly Readonly<Record<string, unknown>>[]>;
}
