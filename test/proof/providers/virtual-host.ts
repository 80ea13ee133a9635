import type { ProviderCore, SubmitFields } from '../../../src/simulators/provider-core';
import type { Simulator } from '../../../src/simulators/simulator';
import type { Contract } from '../expectations/submit-cases';

/** One simulated provider account as the virtual network reaches it: the simulator that the demo runs, at an address. */
export type VirtualHost = {
  readonly name: Contract;
  readonly origin: string;
  readonly simulator: Simulator;
  /** What requests mean; the simulator itself does not tell. */
  readonly core: Pick<ProviderCore, 'operationOf' | 'submitFields' | 'statusTarget'>;
  /**
   * How late a request of ours may still take effect, after it was written: what the account's contract was chosen for.
   * Beyond it no caller could be safe.
   */
  readonly latestEffectMs: number;
  /** Whether a bearer token can expire. */
  readonly hasTokens: boolean;
  readonly words: StatusWords;
  /** Whether a refusal would be its answer; not where the key is known and the remembered reply comes first. */
  wouldRefuse(fields: SubmitFields): boolean;
  /**
   * Makes the provider refuse definitely, where that is possible in its own code, so that it remembers the refusal if it
   * remembers refusals. The returned function ends it.
   */
  refuse(fields: SubmitFields): () => void;
};

/** The provider's own words, where it has one. */
export type StatusWords = {
  readonly accepted: string;
  readonly processing?: string;
  readonly paid: string;
  readonly failed: string;
  readonly returned?: string;
};

/** More than all payouts of a run together. */
export const plentyOfMoney = '999999999999.00';
