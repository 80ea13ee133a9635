import type { AccountState } from '../domain/account-state';
import type { PayoutRequest } from '../domain/payout-request';

/** The name the workflow type is registered under. */
export const payoutWorkflowType = 'payoutWorkflow';

/** The only argument of `payoutWorkflow`. Starters never supply rules: the plan is frozen by the worker. */
export type PayoutWorkflowInput = { readonly schema: 1; readonly request: PayoutRequest };

/**
 * Memo at start; `requestDigest` = SHA-256 (hex) of the canonical JSON of the request: same reference, other content. `amount`
 * is for lists; payouts of older versions lack it.
 */
export type PayoutMemo = { readonly requestDigest: string; readonly amount?: ListedAmount };

/** What was asked for: as much is debited (`source`), or arrives (`destination`). */
export type ListedAmount = {
  readonly value: string;
  readonly currency?: string;
  readonly side: 'source' | 'destination';
};

/** The amount in the memo; undefined where there is none to read. */
export function amountIn(memo: Readonly<Record<string, unknown>> | undefined): ListedAmount | undefined {
  const field: keyof PayoutMemo = 'amount';
  const given = memo?.[field];
  if (typeof given !== 'object' || given === null) return undefined;
  const { value, currency, side } = given as { readonly [Name in keyof ListedAmount]?: unknown };
  if (typeof value !== 'string' || (side !== 'source' && side !== 'destination')) return undefined;
  return { value, ...(typeof currency === 'string' ? { currency } : {}), side };
}

/** The name the check of a request is registered under. */
export const checkWorkflowType = 'checkWorkflow';

/** The only argument of `checkWorkflow`. */
export type CheckWorkflowInput = {
  readonly schema: 1;
  readonly request: PayoutRequest;
  /** What the request replaces is to be recalled before it is started. Workers of older versions do not know it. */
  readonly recalls?: true;
};

/** The name the account workflow is registered under: one run for each account that was ever paused or topped up. */
export const accountWorkflowType = 'accountWorkflow';

/** The only argument of `accountWorkflow`; `state` is handed on by continue-as-new. */
export type AccountWorkflowInput = { readonly schema: 1; readonly state?: AccountState };

/** Memo of the account workflow: what `payouts accounts` and every worker read, without any worker's help. */
export type AccountMemo = { readonly account: AccountState };

/** The line that Temporal's UI shows for an account's run. */
export const accountSummary = (account: string): string => `Provider account ${account}: paused or not`;

/** The name the workflow is registered under that holds the place of an ended payout for the one that takes it. */
export const successorWorkflowType = 'successorWorkflow';

/** Memo of that workflow: the reference of the payout that takes the place. The first one to start it has it, for good. */
export type SuccessorMemo = { readonly successor: string };

/** The reference in the memo; undefined where there is none to read. */
export function successorIn(memo: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const field: keyof SuccessorMemo = 'successor';
  const successor = memo?.[field];
  return typeof successor === 'string' && successor !== '' ? successor : undefined;
}

/** The line that Temporal's UI shows for it. */
export const successorSummary = (replacedWorkflowId: string, successor: string): string =>
  `${successor} takes the place of ${replacedWorkflowId}`;
