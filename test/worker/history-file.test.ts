import { defaultPayloadConverter } from '@temporalio/common';
import { readHistory } from '../../src/worker/replay/history-file';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const whole = (value: unknown) => ({
  metadata: { encoding: base64('json/plain') },
  data: base64(JSON.stringify(value)),
});
const nothing = { metadata: { encoding: base64('binary/null') } };

const startedWith = (attributes: object, type = 'payoutWorkflow'): object => ({
  eventId: '1',
  eventTime: '2026-05-03T10:00:00Z',
  eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
  workflowExecutionStartedEventAttributes: {
    workflowType: { name: type },
    workflowId: 'payout/acme/r-1',
    originalExecutionRunId: 'run-1',
    ...attributes,
  },
});
const textOf = (...events: readonly object[]): string => JSON.stringify({ events });

/** What the workflow would be given. */
const given = (text: string) => {
  const attributes = readHistory(text).history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const decoded = (payload: unknown) => defaultPayloadConverter.fromPayload(payload as never);
  return {
    input: attributes?.input?.payloads?.map(decoded),
    memo: Object.values(attributes?.memo?.fields ?? {}).map(decoded),
  };
};

describe('payloads', () => {
  const request = { schema: 1, request: { reference: 'r-1', list: [1, null], metadata: 'mine' } };
  // The converter reads an empty payload as undefined.
  const expected = { input: [request, undefined, 'text'], memo: [{ digest: 'd' }, undefined] };

  it.each([
    [
      'written out',
      {
        input: { payloads: [whole(request), nothing, whole('text')] },
        memo: { fields: { first: whole({ digest: 'd' }), second: nothing } },
      },
    ],
    ['short', { input: [request, null, 'text'], memo: { fields: { first: { digest: 'd' }, second: null } } }],
    [
      'decoded in their places',
      {
        input: { payloads: [request, null, 'text'] },
        memo: { fields: { first: { digest: 'd' }, second: null } },
      },
    ],
  ])('%s are read', (_form, attributes) => {
    expect(given(textOf(startedWith(attributes)))).toEqual(expected);
  });
});

it('tells the run after a reset from the one that it began as', () => {
  const task = (eventId: number, newRunId: string): object => ({
    eventId: String(eventId),
    eventType: 'EVENT_TYPE_WORKFLOW_TASK_FAILED',
    workflowTaskFailedEventAttributes: { cause: 'WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW', newRunId },
  });
  expect(readHistory(textOf(startedWith({}))).runId).toBe('run-1');
  expect(readHistory(textOf(startedWith({}), task(2, 'run-2'), task(3, 'run-3')))).toMatchObject({
    workflowId: 'payout/acme/r-1',
    runId: 'run-3',
    of: 'payout',
  });
});

it('knows a provider account’s history', () => {
  expect(readHistory(textOf(startedWith({}, 'accountWorkflow'))).of).toBe('account');
});

it.each([
  ['no JSON', '{'],
  ['no list of events', '[]'],
  ['no list of events', '{"events":[]}'],
  ['cannot be read', '{"events":[1]}'],
  ['cannot be read', textOf({ eventId: '1' })],
  ['does not begin', textOf({ eventId: '1', workflowTaskStartedEventAttributes: {} })],
  ['of the type "other"', textOf(startedWith({}, 'other'))],
  ['does not name its run', textOf(startedWith({ workflowId: '' }))],
  ['events are missing', textOf(startedWith({}), { ...startedWith({}), eventId: '3' })],
])('refuses a text: %s', (why, text) => {
  expect(() => readHistory(text)).toThrow(expect.objectContaining({ name: 'HistoryUnreadableError' }));
  expect(() => readHistory(text)).toThrow(why);
});
