import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import * as proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';
import { patchProtobufRoot } from '@temporalio/proto/lib/patch-protobuf-root';
import { accountWorkflowType, payoutWorkflowType } from '../../contract/workflow-inputs';

/** A history that can be replayed, and what it says about its run. */
export type ReplayableHistory = {
  readonly workflowId: string;
  readonly runId: string;
  /** The account workflow keeps no timeline. */
  readonly of: 'payout' | 'account';
  readonly history: temporal.api.history.v1.IHistory;
};

/** The text is no history of ours. */
export class HistoryUnreadableError extends Error {
  override readonly name = 'HistoryUnreadableError';
}

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
type JsonObject = { readonly [key: string]: Json };

/** What is used of protobufjs's reflection, which the generated types do not show. */
type MessageType = {
  readonly fullName: string;
  readonly fields: { readonly [name: string]: MessageField };
};
type MessageField = {
  readonly map: boolean;
  resolve(): unknown;
  /** Absent for scalars; enums have no `fields`. */
  readonly resolvedType?: MessageType | { readonly fields?: undefined } | null;
};

const root = patchProtobufRoot(proto as unknown as Record<string, unknown>) as {
  lookupType(name: string): MessageType;
};

/**
 * Reads a history as Temporal's UI, its command line (`temporal workflow show --output json`) and our own recordings have
 * it: payloads written out, or abbreviated to their values as some versions and downloads do.
 */
export function readHistory(text: string): ReplayableHistory {
  const json = parsed(text);
  if (!isObject(json) || !Array.isArray(json['events']) || json['events'].length === 0) {
    throw new HistoryUnreadableError('it has no list of events');
  }
  let history: temporal.api.history.v1.IHistory;
  try {
    history = historyFromJSON(withWholePayloads(json, root.lookupType('temporal.api.history.v1.History')));
  } catch (error) {
    throw new HistoryUnreadableError(`its events cannot be read: ${String(error)}`);
  }
  return replayableHistory(history);
}

/** The same for a history as the server sends it. */
export function replayableHistory(history: temporal.api.history.v1.IHistory): ReplayableHistory {
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (!started) throw new HistoryUnreadableError('it does not begin with the start of a workflow');
  const { workflowId, originalExecutionRunId } = started;
  const type = started.workflowType?.name;
  if (type !== payoutWorkflowType && type !== accountWorkflowType) {
    throw new HistoryUnreadableError(`it belongs to a workflow of the type ${JSON.stringify(type ?? '')}`);
  }
  if (!history.events?.every(({ eventId }, index) => String(eventId) === String(index + 1))) {
    throw new HistoryUnreadableError('events are missing in it');
  }
  if (!workflowId || !originalExecutionRunId) throw new HistoryUnreadableError('it does not name its run');
  return {
    workflowId,
    runId: lastReset(history) ?? originalExecutionRunId,
    of: type === payoutWorkflowType ? 'payout' : 'account',
    history,
  };
}

/** A run that follows a reset begins with the events of the one before it; only the reset names the new run. */
const lastReset = ({ events }: temporal.api.history.v1.IHistory): string | undefined =>
  events
    ?.flatMap(({ workflowTaskFailedEventAttributes: failed }) => (failed?.newRunId ? [failed.newRunId] : []))
    .at(-1);

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new HistoryUnreadableError('it is no JSON');
  }
}

/** Writes out what is abbreviated: a payload as its value, a list of payloads as a list of values. */
function withWholePayloads(json: JsonObject, type: MessageType): JsonObject {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      const field = type.fields[name];
      field?.resolve();
      const inner = field?.resolvedType;
      if (field === undefined || !inner || inner.fields === undefined) return [name, value];
      if (field.map && isObject(value)) {
        return [
          name,
          Object.fromEntries(Object.entries(value).map(([key, item]) => [key, wholeMessage(item, inner)])),
        ];
      }
      // Only a field that is no list itself can hold the short form of a list of payloads.
      if (Array.isArray(value) && inner.fullName !== payloadsType) {
        return [name, (value as readonly Json[]).map((item) => wholeMessage(item, inner))];
      }
      return [name, wholeMessage(value, inner)];
    }),
  );
}

const payloadType = '.temporal.api.common.v1.Payload';
const payloadsType = '.temporal.api.common.v1.Payloads';

function wholeMessage(value: Json, type: MessageType): Json {
  if (type.fullName === payloadType) return wholePayload(value);
  if (type.fullName === payloadsType && Array.isArray(value)) {
    return { payloads: (value as readonly Json[]).map(wholePayload) };
  }
  return isObject(value) ? withWholePayloads(value, type) : value;
}

function wholePayload(value: Json): Json {
  if (isObject(value) && isObject(value['metadata'] ?? null)) return value;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return value === null
    ? { metadata: { encoding: base64('binary/null') } }
    : { metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify(value)) };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
