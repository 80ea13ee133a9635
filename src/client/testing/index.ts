export { createInMemoryPayouts } from './in-memory-payouts';
export type { DrivenPayout, InMemoryOptions, InMemoryPayouts } from './in-memory-payouts';
export { ImpossibleStepError } from './in-memory-payout';
export type { AskedPeople, FinalOptions } from './in-memory-payout';
export type { FailNext } from './planned-failures';
