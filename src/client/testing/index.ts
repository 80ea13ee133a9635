export { createInMemoryPayouts } from './in-memory-payouts';
export type { DrivenPayout, InMemoryOptions, InMemoryPayouts } from './in-memory-payouts';
export { ImpossibleStepError } from './in-memory-run';
export type { AskedPeople } from './in-memory-payout';
export type { FinalOptions } from './in-memory-run';
export type { FailNext } from './planned-failures';
