import { defaultPayloadConverter, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import { encodingKeys, METADATA_ENCODING_KEY } from '@temporalio/common/lib/converter/types';
import { encodeUnifiedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes';
import { decode, encode } from '@temporalio/common/lib/encoding';
import { msToTs } from '@temporalio/common/lib/time';
import type { coresdk, temporal } from '@temporalio/proto';
import { assertNever } from '../../../src/domain/assert-never';
import type { ActivityCommand, Command, Failure, Job, JsonText } from './commands-and-jobs';
import { durationMs } from './failures';

/** Between core's protocol and our words. Only shapes change here; nothing is decided. */
type ProtoCommand = coresdk.workflow_commands.IWorkflowCommand;

const decodePayload = (payload: Payload | null | undefined): unknown =>
  payload === null || payload === undefined ? undefined : defaultPayloadConverter.fromPayload(payload);

const encodePayload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);

/** What a JSON payload carries, unread. */
export const jsonTextOf = (payload: Payload | null | undefined): JsonText =>
  payload?.data === null || payload?.data === undefined || payload.data.length === 0
    ? undefined
    : decode(payload.data);

/** As a payload's receiver reads it: its own to change. */
export const readJsonText = (text: JsonText): unknown => (text === undefined ? undefined : JSON.parse(text));

const jsonPayload = (text: JsonText): Payload =>
  text === undefined
    ? encodePayload(undefined)
    : {
        metadata: { [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_JSON },
        data: encode(text),
      };

const payloadMap = (values: Readonly<Record<string, unknown>>): Record<string, Payload> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encodePayload(value)]));

/** A job as the SDK's library reads it: the variant's name twice, once as the key. */
export function jobToProto(job: Job): Readonly<Record<string, unknown>> {
  const variant = (name: string, value: unknown): Readonly<Record<string, unknown>> => ({
    variant: name,
    [name]: value,
  });
  switch (job.kind) {
    case 'initialize':
      return variant('initializeWorkflow', {
        arguments: job.args.map(encodePayload),
        headers: {},
        memo: { fields: payloadMap(job.memo) },
        searchAttributes: { indexedFields: keywordPayloads(job.searchAttributes) },
      });
    case 'patch':
      return variant('notifyHasPatch', { patchId: job.id });
    case 'random-seed':
      return variant('updateRandomSeed', { randomnessSeed: { toBytes: () => [...job.seed] } });
    case 'signal':
      return variant('signalWorkflow', {
        signalName: job.name,
        input: job.args.map(encodePayload),
        headers: {},
      });
    case 'update':
      return variant('doUpdate', {
        id: job.id,
        protocolInstanceId: job.id,
        name: job.name,
        input: job.args.map(encodePayload),
        headers: {},
        runValidator: job.validate,
      });
    case 'cancel':
      return variant('cancelWorkflow', {});
    case 'fire-timer':
      return variant('fireTimer', { seq: job.seq });
    case 'resolve-activity':
      return variant('resolveActivity', {
        seq: job.seq,
        isLocal: job.local,
        result: resolutionToProto(job.resolution),
      });
    default:
      return assertNever(job, 'job');
  }
}

function resolutionToProto(
  resolution: Extract<Job, { kind: 'resolve-activity' }>['resolution'],
): Readonly<Record<string, unknown>> {
  switch (resolution.status) {
    case 'completed':
      return { completed: { result: jsonPayload(resolution.result) } };
    case 'failed':
    case 'cancelled':
      return { [resolution.status]: { failure: resolution.failure } };
    case 'backoff':
      return {
        backoff: {
          attempt: resolution.attempt,
          backoffDuration: msToTs(resolution.ms),
          originalScheduleTime: msToTs(resolution.scheduledAt),
        },
      };
    default:
      return assertNever(resolution, 'resolution');
  }
}

/** Our search attributes are all of type Keyword. */
function keywordPayloads(values: Readonly<Record<string, unknown>>): Record<string, Payload> {
  const pairs = Object.entries(values).map(([name, value]) => ({
    key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
    value: String(value),
  }));
  return encodeUnifiedSearchAttributes(undefined, pairs);
}

const cancellations = ['try', 'wait', 'abandon'] as const;

export function commandFromProto(proto: ProtoCommand): Command {
  const activity = proto.scheduleActivity ?? proto.scheduleLocalActivity;
  if (activity) return activityFromProto(proto);
  if (proto.requestCancelActivity) {
    return { kind: 'cancel-activity', seq: proto.requestCancelActivity.seq ?? 0 };
  }
  if (proto.requestCancelLocalActivity) {
    return { kind: 'cancel-local-activity', seq: proto.requestCancelLocalActivity.seq ?? 0 };
  }
  if (proto.startTimer) {
    const ms = durationMs(proto.startTimer.startToFireTimeout) ?? 0;
    return { kind: 'start-timer', seq: proto.startTimer.seq ?? 0, ms };
  }
  if (proto.cancelTimer) return { kind: 'cancel-timer', seq: proto.cancelTimer.seq ?? 0 };
  if (proto.updateResponse) return updateResponseFromProto(proto.updateResponse);
  if (proto.completeWorkflowExecution) {
    return { kind: 'complete', result: decodePayload(proto.completeWorkflowExecution.result) };
  }
  if (proto.failWorkflowExecution) {
    return { kind: 'fail', failure: withoutStacks(proto.failWorkflowExecution.failure) };
  }
  if (proto.cancelWorkflowExecution) return { kind: 'cancelled' };
  if (proto.upsertWorkflowSearchAttributes) {
    const fields = proto.upsertWorkflowSearchAttributes.searchAttributes?.indexedFields ?? {};
    const attributes = Object.entries(fields).map(([name, payload]) => [name, keywordOf(payload)] as const);
    return { kind: 'upsert', attributes: Object.fromEntries(attributes) };
  }
  if (proto.modifyWorkflowProperties) {
    const fields = proto.modifyWorkflowProperties.upsertedMemo?.fields ?? {};
    const memo = Object.entries(fields).map(([name, payload]) => [name, decodePayload(payload)] as const);
    return { kind: 'upsert-memo', memo: Object.fromEntries(memo) };
  }
  if (proto.setPatchMarker) return { kind: 'patch', id: proto.setPatchMarker.patchId ?? '' };
  return { kind: 'other', what: Object.keys(proto).join(',') };
}

function activityFromProto({ scheduleActivity, scheduleLocalActivity }: ProtoCommand): ActivityCommand {
  const scheduled = scheduleActivity ?? scheduleLocalActivity ?? {};
  return {
    kind: scheduleActivity ? 'activity' : 'local-activity',
    seq: scheduled.seq ?? 0,
    id: scheduled.activityId ?? '',
    type: scheduled.activityType ?? '',
    args: (scheduled.arguments ?? []).map(jsonTextOf),
    taskQueue: scheduleActivity?.taskQueue ?? undefined,
    scheduleToStartMs: durationMs(scheduled.scheduleToStartTimeout),
    startToCloseMs: durationMs(scheduled.startToCloseTimeout),
    scheduleToCloseMs: durationMs(scheduled.scheduleToCloseTimeout),
    heartbeatMs: durationMs(scheduleActivity?.heartbeatTimeout),
    retry: retryPolicyOf(scheduled.retryPolicy),
    cancellation: cancellations[scheduled.cancellationType ?? 0] ?? 'try',
    localRetryThresholdMs: durationMs(scheduleLocalActivity?.localRetryThreshold),
    attempt: scheduleLocalActivity?.attempt ?? undefined,
  };
}

function retryPolicyOf(
  policy: temporal.api.common.v1.IRetryPolicy | null | undefined,
): ActivityCommand['retry'] {
  const initialMs = durationMs(policy?.initialInterval) ?? 1_000;
  return {
    initialMs,
    coefficient: policy?.backoffCoefficient || 2,
    maximumMs: durationMs(policy?.maximumInterval) ?? initialMs * 100,
    attempts: policy?.maximumAttempts ?? 0,
    nonRetryable: policy?.nonRetryableErrorTypes ?? [],
  };
}

function updateResponseFromProto(response: coresdk.workflow_commands.IUpdateResponse): Command {
  const id = response.protocolInstanceId ?? '';
  if (response.accepted) return { kind: 'accept-update', id };
  if (response.rejected) return { kind: 'reject-update', id, failure: withoutStacks(response.rejected) };
  return { kind: 'complete-update', id, result: decodePayload(response.completed) };
}

/** A Keyword is written as one text, or as a list of one. */
function keywordOf(payload: Payload): unknown {
  const value = decodePayload(payload);
  return Array.isArray(value) ? value[0] : value;
}

/** Stack traces differ between hosts, and say nothing here. */
function withoutStacks(failure: Failure | null | undefined): Failure {
  const { stackTrace: _stack, cause, ...rest } = failure ?? {};
  return { ...rest, ...(cause ? { cause: withoutStacks(cause) } : {}) };
}
