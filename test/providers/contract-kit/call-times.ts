import type { FaultSpec } from '../../../src/simulators/fault-spec';

/** How long calls may take, as an account's configuration says it. */
export type CallTimes = { readonly submitTimeoutMs: number; readonly readTimeoutMs: number };

/** A call that is left without an answer is waited for to its end; any other has time, however busy the machine is. */
export const timesFor = (fault?: FaultSpec['fault']): CallTimes => {
  const timeoutMs = fault?.kind === 'hang' ? 3_000 : 20_000;
  return { submitTimeoutMs: timeoutMs, readTimeoutMs: timeoutMs };
};
