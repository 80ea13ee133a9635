import { SymbolBasedInstanceOfError } from '@temporalio/common/lib/type-helpers';

/**
 * Why a call of the client failed: the closed list of codes. Public, never renamed; `docs/errors.md` explains each, and
 * a test keeps the two equal.
 */
export const clientErrorCodes = [
  /** The request breaks the schema; nothing was sent. `problems` names each path. */
  'request_invalid',
  /** Another argument of the call cannot be used; nothing was sent. */
  'arguments_invalid',
  /** The reference belongs to a payout with other content; nothing was started. */
  'reference_reused',
  /** The new payout of an edit would be refused; nothing was recalled by the call, and nothing was started. */
  'replacement_refused',
  /** An edit has recalled the old payout, and somebody took the new one's reference meanwhile: nothing took its place. */
  'replacement_not_started',
  /** No payout has this tenant and reference, or Temporal no longer retains it. */
  'payout_not_found',
  /** The run has ended: nobody can decide, cancel or resume any more. */
  'payout_closed',
  /** The payout said no; `refusal` says why. Nothing changed. */
  'payout_refused',
  /** Nobody answered the query in time: no worker runs, or none that is free. `outcome` works without a worker. */
  'worker_not_available',
  /** No answer to a decision, cancellation or resumption in time: it may still be carried out. */
  'reply_timed_out',
  /** The worker could not answer the query: it runs other code, or the run's code fails. */
  'query_failed',
  /** The run accepted the message and failed to carry it out. */
  'update_failed',
  /** What came back cannot be read: another schema, or encrypted without our having the key. */
  'reply_unreadable',
  /** Temporal cannot be reached, is overloaded or does not answer in time. */
  'temporal_unavailable',
  /** Temporal does not accept our credentials for this. */
  'temporal_permission_denied',
  /** The namespace does not exist. */
  'temporal_namespace_missing',
  /** The namespace lacks the search attributes of payouts; nothing was started. */
  'search_attributes_missing',
  /** Temporal refused the call for another reason. */
  'temporal_refused',
  /** Address, profile, certificate or key cannot be used. */
  'connection_settings_invalid',
  /** The client was closed before, or meanwhile. */
  'client_closed',
  /** The caller's signal ended the wait. */
  'aborted',
  /** An unexpected program error; the cause tells more. */
  'unexpected_error',
] as const;
export type ClientErrorCode = (typeof clientErrorCodes)[number];

/** What every call of the client throws, and nothing else. Messages hold no beneficiary data and no secrets. */
export class PayoutClientError extends Error {
  override readonly name: string = 'PayoutClientError';

  constructor(
    readonly code: ClientErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** One thing wrong with a request. */
export type InvalidField = {
  /** JSON path, such as `beneficiary.account.ifsc`; empty for the request as a whole. */
  readonly path: string;
  readonly message: string;
};

/** `request_invalid`: the problems with their paths, such as `beneficiary.account.ifsc`. Values are never quoted. */
export class PayoutRequestInvalidError extends PayoutClientError {
  override readonly name = 'PayoutRequestInvalidError';

  constructor(readonly problems: readonly InvalidField[]) {
    super(
      'request_invalid',
      `the payout request is not valid: ${problems.map(({ path, message }) => `${path || '(request)'} ${message}`).join('; ')}`,
    );
  }
}

/**
 * `reference_reused`: same tenant and reference, other content. The reference is part of the content: one that differs only
 * by case from the one that exists is refused, whatever the rest. Digests are SHA-256 (hex) of the canonical JSON.
 */
export class ReferenceReusedError extends PayoutClientError {
  override readonly name = 'ReferenceReusedError';

  constructor(
    readonly workflowId: string,
    /** Digest of the request given now. */
    readonly digest: string,
    /** Digest of the request that the payout was started with; absent when it was started by hand, without one. */
    readonly existingDigest: string | undefined,
    /** As they were written. */
    references?: { readonly asked: string; readonly existing: string },
    /** Whether the amounts differ, where that is known: they stand in lists, the rest of a request does not. */
    isOtherAmount?: boolean,
  ) {
    const amounts =
      isOtherAmount === undefined
        ? ''
        : isOtherAmount
          ? '; its amount is another one'
          : '; its amount is the same, another field differs (`payouts show --reveal` shows what it was asked for)';
    const digests = `the request given has digest ${digest}, the existing payout ${existingDigest ?? 'none (it was not started by this client)'}${amounts}`;
    super(
      'reference_reused',
      references === undefined || references.asked === references.existing
        ? `${workflowId} exists with other content: ${digests}`
        : `${workflowId} exists with the reference ${references.existing}, which differs from ${references.asked} only by case, and is the same one: ${digests}`,
    );
  }
}

/** `payout_refused`: the payout's own answer to a decision, cancellation or resumption. */
export class PayoutRefusedError extends PayoutClientError {
  override readonly name = 'PayoutRefusedError';

  constructor(
    /** A `DecisionRefusal` or `UpdateRefusal`; newer workers may know more. */
    readonly refusal: string,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super('payout_refused', message, options);
  }
}

// A service may have these classes twice: of durable-payouts-client, and of durable-payouts in its tests. As Temporal's own
// errors, an error of the one is an instance of the other's class.
SymbolBasedInstanceOfError('PayoutClientError')(PayoutClientError);
SymbolBasedInstanceOfError('PayoutRequestInvalidError')(PayoutRequestInvalidError);
SymbolBasedInstanceOfError('ReferenceReusedError')(ReferenceReusedError);
SymbolBasedInstanceOfError('PayoutRefusedError')(PayoutRefusedError);
