/** A history as it is stored, and what can be read in it. */
import { Buffer } from 'node:buffer';
import type { temporal } from '@temporalio/proto';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

type History = temporal.api.history.v1.IHistory;
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Where the machine that recorded it would show: process id and host, also in names of queues, and paths in stacks. */
function withoutMachine(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (key === 'stackTrace') return '';
  return key === 'identity'
    ? 'recorder'
    : value.replace(/^(?:[a-z0-9-]+\/[^/]+\/)?\d+@[^-]+.*$/s, 'recorder');
}

/** The JSON that Temporal's own tools write and read, without traces of the machine. No replay looks at those. */
export function historyText(history: History): string {
  const clean = JSON.parse(historyToJSON(history), withoutMachine) as Json;
  return `${JSON.stringify(clean, undefined, 1)}\n`;
}

/** The workflow id that the history itself names. */
export function workflowIdIn(text: string): string {
  const { events } = JSON.parse(text) as {
    readonly events?: readonly {
      readonly workflowExecutionStartedEventAttributes?: { readonly workflowId?: string };
    }[];
  };
  const id = events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  if (id === undefined) throw new Error('the history does not name its workflow');
  return id;
}

export type Text = { readonly key: string; readonly text: string };

/**
 * Every text in a history with the field it stands in: payloads decoded, and JSON inside of texts (frozen bodies) read
 * as well. A payload that cannot be decoded throws: what nobody can look into must not be stored.
 */
export function* textsIn(json: Json, key = ''): Generator<Text> {
  if (typeof json === 'string') {
    yield { key, text: json };
    const inner = parsed(json);
    if (inner !== undefined) yield* textsIn(inner, key);
  } else if (typeof json === 'number') {
    yield { key, text: String(json) };
  } else if (Array.isArray(json)) {
    for (const item of json as readonly Json[]) yield* textsIn(item, key);
  } else if (typeof json === 'object' && json !== null) {
    const fields = json as { readonly [key: string]: Json };
    const payload = payloadOf(fields);
    if (payload !== undefined) yield* textsIn(payload, key);
    else
      for (const [name, value] of Object.entries(fields)) {
        // A name can be data, too: in metadata, or in a map by beneficiary.
        yield { key: '', text: name };
        yield* textsIn(value, name);
      }
  }
}

/** The object or list that a text is the JSON of. */
function parsed(text: string): Json | undefined {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function payloadOf(fields: { readonly [key: string]: Json }): Json | undefined {
  const { metadata, data } = fields;
  if (typeof metadata !== 'object' || metadata === null || !('encoding' in metadata)) return undefined;
  const decode = (base64: Json | undefined): string =>
    typeof base64 === 'string' ? Buffer.from(base64, 'base64').toString('utf8') : '';
  const encoding = decode(metadata['encoding']);
  const text = decode(data);
  switch (encoding) {
    case 'json/plain':
      return JSON.parse(text) as Json;
    case 'binary/null':
      return null;
    default:
      throw new Error(`a payload is encoded as ${encoding}`);
  }
}
