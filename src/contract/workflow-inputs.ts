import type { PayoutRequest } from '../domain/payout-request';

/** The name the workflow type is registered under. */
export const payoutWorkflowType = 'payoutWorkflow';

/** The only argument of `payoutWorkflow`. Starters never supply rules: the plan is frozen by the worker. */
export type PayoutWorkflowInput = { readonly schema: 1; readonly request: PayoutRequest };

/** Memo at start; `requestDigest` = SHA-256 (hex) of the canonical JSON of the request: same reference, other content. */
export type PayoutMemo = { readonly requestDigest: string };
