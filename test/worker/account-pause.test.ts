import { defaultPayloadConverter } from '@temporalio/common';
import { createAccountPauseReader } from '../../src/worker/ports/account-pause';

type Connection = Parameters<typeof createAccountPauseReader>[0];

const paused = { paused: true, by: 'dana', since: 1, reason: 'incident 12' };

/** A server that answers each description as the test says, and counts them. */
function serverOf(answer: () => unknown) {
  const asked: unknown[] = [];
  const connection = {
    withDeadline: async (_deadline: number, call: () => Promise<unknown>) => call(),
    workflowService: {
      describeWorkflowExecution: async (request: unknown) => {
        asked.push(request);
        const memo = answer();
        if (memo instanceof Error) throw memo;
        return {
          workflowExecutionInfo: {
            memo: {
              fields: memo === undefined ? {} : { account: defaultPayloadConverter.toPayload(memo) },
            },
          },
        };
      },
    },
  } as unknown as Connection;
  return { asked, ...createAccountPauseReader(connection, 'payments') };
}

const grpcError = (code: number): Error => Object.assign(new Error(`code ${code}`), { code });

test('asks for the workflow of the account, in the namespace', async () => {
  const { asked, read } = serverOf(() => paused);
  expect(await read('pontis-main')).toEqual(paused);
  expect(asked).toEqual([{ namespace: 'payments', execution: { workflowId: 'account/pontis-main' } }]);
});

test.each([
  ['an account that was never paused', () => grpcError(5)],
  ['one that is paused at this very moment for the first time', () => undefined],
  ['one that was resumed', () => ({ paused: false, by: 'erin' })],
])('%s is not paused', async (_what, answer) => {
  expect(await serverOf(answer).read('a')).toMatchObject({ paused: false });
});

test.each([
  ['a server that is away', () => grpcError(14)],
  ['a refused question', () => grpcError(7)],
  ['a memo of another form', () => ({ paused: 'yes' })],
  ['a memo that lacks who paused it', () => ({ paused: true })],
])('%s is not taken for a yes or a no', async (_what, answer) => {
  expect(await serverOf(answer).read('a')).toBe('unavailable');
});

test('many sends at once ask one question, and "not paused" is fresh for a while', async () => {
  const { asked, read } = serverOf(() => ({ paused: false }));
  await Promise.all([read('a'), read('a'), read('a')]);
  await read('a');
  expect(asked).toHaveLength(1);
  await read('b');
  expect(asked).toHaveLength(2);
});

test('a pause is never remembered: a resumption counts at once', async () => {
  let state: object = paused;
  const { read } = serverOf(() => state);
  expect(await read('a')).toMatchObject({ paused: true });
  state = { paused: false };
  expect(await read('a')).toMatchObject({ paused: false });
});

test('neither is a failure to ask', async () => {
  let state: object = grpcError(14);
  const { read } = serverOf(() => state);
  expect(await read('a')).toBe('unavailable');
  state = paused;
  expect(await read('a')).toMatchObject({ paused: true });
});
