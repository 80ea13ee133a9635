import {
  ServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  ApplicationFailure,
  NamespaceNotFoundError,
  ValueError,
  WorkflowNotFoundError,
} from '@temporalio/common';
import { accountRefusals, updateRefusals } from '../../src/contract/messages';
import { resolutionRefusals } from '../../src/domain/resolution';
import { decisionRefusals } from '../../src/domain/approval';
import { clientErrorCodes, PayoutClientError, PayoutRefusedError } from '../../src/client/errors';
import { toClientError } from '../../src/client/to-client-error';

/** What @grpc/grpc-js throws. */
const grpcError = (code: number, details = 'details'): Error =>
  Object.assign(new Error(`${code} NAME: ${details}`), { code, details, metadata: {} });
const service = (code: number, details?: string): ServiceError =>
  new ServiceError('Failed', { cause: grpcError(code, details) });
const refusedBy = (type: string): WorkflowUpdateFailedError =>
  new WorkflowUpdateFailedError('Workflow Update failed', ApplicationFailure.nonRetryable('no', type));

it.each([
  [1, 'temporal_unavailable'],
  [2, 'temporal_unavailable'],
  [3, 'temporal_refused'],
  [4, 'temporal_unavailable'],
  [5, 'payout_not_found'],
  [7, 'temporal_permission_denied'],
  [8, 'temporal_unavailable'],
  [9, 'temporal_refused'],
  [10, 'temporal_unavailable'],
  [11, 'temporal_refused'],
  [12, 'temporal_refused'],
  [13, 'temporal_unavailable'],
  [14, 'temporal_unavailable'],
  [15, 'temporal_unavailable'],
  [16, 'temporal_permission_denied'],
])('gRPC status %d is %s, wrapped by the SDK or not', (code, expected) => {
  expect(toClientError(service(code), { what: 'try' }).code).toBe(expected);
  expect(toClientError(grpcError(code), { what: 'try' }).code).toBe(expected);
});

it('knows that a worker is missing only where one was asked', () => {
  // 1: the server was quicker than we to see that the deadline had passed.
  for (const code of [1, 4, 9]) {
    expect(toClientError(service(code), { what: 'ask', asks: 'worker' }).code).toBe('worker_not_available');
    expect(toClientError(service(code), { what: 'read' }).code).not.toBe('worker_not_available');
  }
});

it('tells missing search attributes apart, which fail every start', () => {
  const details = 'Namespace default has no mapping defined for search attribute PayoutStatus';
  expect(toClientError(service(3, details), { what: 'start' }).code).toBe('search_attributes_missing');
});

it.each([
  ...decisionRefusals,
  ...updateRefusals,
  ...resolutionRefusals,
  ...accountRefusals,
  'a_refusal_of_tomorrow',
])('hands on the refusal %s by its failure type', (type) => {
  const error = toClientError(refusedBy(type), { what: 'decide' });
  expect(error).toBeInstanceOf(PayoutRefusedError);
  expect(error).toMatchObject({ code: 'payout_refused', refusal: type });
});

it('says what a refusal means; of one that it does not know, what the worker says', () => {
  expect(toClientError(refusedBy('same_person'), { what: 'resolve' }).message).toBe(
    'refused (same_person): Who proposed it cannot confirm it.',
  );
  expect(toClientError(refusedBy('of_tomorrow'), { what: 'resolve' }).message).toBe(
    'refused (of_tomorrow): no',
  );
});

it.each(['Error', 'TypeError', 'UnexpectedFailure', '', 'Not a code'])(
  'takes the failure type %j for a failure, not for a refusal',
  (type) => expect(toClientError(refusedBy(type), { what: 'decide' }).code).toBe('update_failed'),
);

it.each([
  [new WorkflowNotFoundError('no', 'w', undefined), 'payout_not_found'],
  [new WorkflowUpdateRPCTimeoutOrCancelledError('late'), 'reply_timed_out'],
  [new NamespaceNotFoundError('pay'), 'temporal_namespace_missing'],
  [new ValueError('Unknown encoding: binary/encrypted'), 'reply_unreadable'],
  [refusedBy('AcceptedUpdateCompletedWorkflow'), 'payout_closed'],
  [refusedBy('UnprocessedUpdate'), 'worker_not_available'],
  [new Error('Failed to connect before the deadline'), 'temporal_unavailable'],
  [new TypeError('x is not a function'), 'unexpected_error'],
  ['a string', 'unexpected_error'],
  [undefined, 'unexpected_error'],
])('%s is %s', (error, code) => {
  const translated = toClientError(error, { what: 'try' });
  expect(translated).toBeInstanceOf(PayoutClientError);
  expect(translated.code).toBe(code);
  expect(translated.cause).toBe(error);
});

it('leaves our own errors as they are', () => {
  const error = new PayoutClientError('aborted', 'stopped');
  expect(toClientError(error, { what: 'try' })).toBe(error);
});

it('lists each code once, in snake_case', () => {
  expect(new Set(clientErrorCodes).size).toBe(clientErrorCodes.length);
  for (const code of clientErrorCodes) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
});
