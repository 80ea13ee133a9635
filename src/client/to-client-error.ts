import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  QueryRejectedError,
  ServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  ApplicationFailure,
  NamespaceNotFoundError,
  PayloadConverterError,
  ValueError,
  WorkflowNotFoundError,
} from '@temporalio/common';
import { PayoutClientError, PayoutRefusedError } from './errors';
import { TemporalUnreachableError } from './unreachable-temporal';
import { refusalText } from './refusal-texts';

/** What the call was about, for the message. */
export type Attempted = {
  /** For example `read payout/acme/r-1`. */
  readonly what: string;
  /** The answer comes from a worker, so a missed deadline means that none answered. */
  readonly asks?: 'worker';
  /** Where Temporal was asked, when that is known: `host:port`. */
  readonly at?: string;
};

/** gRPC status codes (https://grpc.github.io/grpc/core/md_doc_statuscodes.html); `@grpc/grpc-js` is no dependency of ours. */
const grpc = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  unauthenticated: 16,
} as const;

/** The one place that translates what Temporal's client throws. An error of ours passes unchanged. */
export function toClientError(error: unknown, attempted: Attempted): PayoutClientError {
  if (error instanceof PayoutClientError) return error;
  const failed = (code: PayoutClientError['code'], why: string): PayoutClientError =>
    new PayoutClientError(code, `could not ${attempted.what}: ${why}`, { cause: error });

  if (error instanceof WorkflowUpdateFailedError) return updateFailed(error, failed);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return failed('reply_timed_out', 'no worker answered in time; it may still be carried out');
  }
  if (error instanceof WorkflowNotFoundError) return failed('payout_not_found', 'there is no such payout');
  if (error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError) {
    return failed('query_failed', error.message);
  }
  if (error instanceof NamespaceNotFoundError) {
    return failed('temporal_namespace_missing', `there is no namespace ${JSON.stringify(error.namespace)}`);
  }
  if (error instanceof ValueError || error instanceof PayloadConverterError) {
    return failed('reply_unreadable', error.message);
  }
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause)) return grpcFailed(cause, attempted, failed);
  const message = error instanceof Error ? error.message : String(error);
  // Connection.connect says so with a plain error.
  if (/failed to connect/i.test(message)) return failed('temporal_unavailable', message);
  return failed('unexpected_error', message);
}

type Failed = (code: PayoutClientError['code'], why: string) => PayoutClientError;

/** A refusal in our words; of one that only newer workers know, in theirs. */
export const refusedBecause = (
  refusal: string,
  theirWords = '',
  options?: { readonly cause?: unknown },
): PayoutRefusedError =>
  new PayoutRefusedError(
    refusal,
    `refused (${refusal}): ${refusalText(refusal)?.meaning ?? theirWords}`,
    options,
  );

/** Codes of ours are snake_case; names of error classes (a bug in a handler) are not. */
const refusalCode = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

function updateFailed(error: WorkflowUpdateFailedError, failed: Failed): PayoutClientError {
  const { cause } = error;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  if (typeof type === 'string' && refusalCode.test(type)) {
    return refusedBecause(type, cause?.message, { cause: error });
  }
  // The server's own type, when the run ended before it had carried out what it had accepted.
  if (type === 'AcceptedUpdateCompletedWorkflow') {
    return failed('payout_closed', 'the payout ended before it was carried out');
  }
  // The server's own type, too: a worker completed the task that brought the message without having looked at it. SDK 1.24 does so
  // where questions come within the same milliseconds. Nothing was carried out, and the message may be sent again.
  if (type === 'UnprocessedUpdate') {
    return failed('worker_not_available', 'a worker dropped it; it is not carried out');
  }
  return failed('update_failed', cause?.message ?? error.message);
}

/** Of a proxy whose server is away for a moment. Any other one is no answer of a gRPC server, which says 200 whatever fails. */
const passingHttpStatuses: ReadonlySet<string> = new Set(['408', '429', '500', '502', '503', '504']);

function grpcFailed(
  { code, details }: { readonly code: number; readonly details: string },
  { what, asks, at }: Attempted,
  failed: Failed,
): PayoutClientError {
  const temporal = at === undefined ? 'Temporal' : `Temporal at ${at}`;
  const httpStatus = /^Received HTTP status code (\d{3})$/.exec(details)?.[1];
  if (httpStatus !== undefined && !passingHttpStatuses.has(httpStatus)) {
    const { cause } = failed('temporal_unavailable', details);
    const why = `${temporal} does not speak gRPC: it answers with HTTP status ${httpStatus} (another program, or a proxy without a server)`;
    return new TemporalUnreachableError('no_temporal', at ?? '', `could not ${what}: ${why}`, { cause });
  }
  switch (code) {
    case grpc.notFound:
      return failed('payout_not_found', details);
    case grpc.permissionDenied:
    case grpc.unauthenticated:
      return failed('temporal_permission_denied', `${temporal} refused our credentials (${details})`);
    case grpc.invalidArgument:
      return failed(
        /search attribute/i.test(details) ? 'search_attributes_missing' : 'temporal_refused',
        details,
      );
    case grpc.outOfRange:
    case grpc.unimplemented:
      return failed('temporal_refused', details);
    case grpc.failedPrecondition:
      // "no poller seen for task queue recently", "must handle at least one workflow task before it can be queried"
      return failed(asks === 'worker' ? 'worker_not_available' : 'temporal_refused', details);
    // The server knows the deadline, too: one that acts on it first resets the stream, which reads as "Call cancelled".
    // A cancellation of our own never gets here: its signal is asked before.
    case grpc.cancelled:
    case grpc.deadlineExceeded:
      return asks === 'worker'
        ? failed('worker_not_available', 'no worker answered in time')
        : failed('temporal_unavailable', `${temporal} did not answer in time`);
    default:
      return failed('temporal_unavailable', `${temporal} is not available (${details})`);
  }
}
