import { getMaxListeners } from 'node:events';
import type { Client } from '@temporalio/client';
import { createTemporalCalls } from '../../src/client/temporal-calls';
import { unpolledQueue } from '../../src/client/unpolled-queue';

/** What a call learns whose queue shows these, one for each time that Temporal is asked; an error: it cannot say. */
async function learned(
  answers: readonly (boolean | Error)[],
  {
    answeredAfter = Number.POSITIVE_INFINITY,
    taskQueue = 'q',
  }: { readonly answeredAfter?: number; readonly taskQueue?: string | Error } = {},
) {
  let asked = 0;
  let waited = 0;
  const found = await unpolledQueue({
    taskQueue: async () => {
      if (taskQueue instanceof Error) throw taskQueue;
      return taskQueue === '' ? undefined : taskQueue;
    },
    async isUnpolled() {
      const answer = answers[asked];
      asked += 1;
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('asked too often');
      return answer;
    },
    async pause(ms) {
      waited += ms;
      return waited < answeredAfter;
    },
  });
  return { found, asked };
}

it('is known when twice, a while apart, nobody polls it', async () => {
  expect(await learned([true, true])).toEqual({ found: 'q', asked: 2 });
});

it.each([
  ['somebody polls', [false], {}, 1],
  ['somebody has begun to poll meanwhile', [true, false], {}, 2],
  ['Temporal cannot say', [new Error('unimplemented')], {}, 1],
  ['Temporal cannot say any more', [true, new Error('away')], {}, 2],
  ['an answer comes soon', [true, true], { answeredAfter: 500 }, 0],
  ['an answer comes a moment later', [true, true], { answeredAfter: 2_000 }, 1],
  ['nobody knows where the run waits', [true, true], { taskQueue: '' }, 0],
  ['the run cannot be read', [true, true], { taskQueue: new Error('away') }, 0],
] as const)('is not known when %s', async (_, answers, options, asked) => {
  expect(await learned(answers, options)).toEqual({ found: undefined, asked });
});

it('a call may need as many requests as it likes: Node warns of no signal that has many listeners', async () => {
  let most: number | undefined;
  const client = {
    connection: {},
    withAbortSignal: async (own: AbortSignal, call: () => Promise<unknown>) => {
      most = getMaxListeners(own);
      return call();
    },
    withDeadline: async (_: unknown, call: () => Promise<unknown>) => call(),
  } as unknown as Client;
  const calls = createTemporalCalls(client, {
    callTimeoutMs: 1_000,
    answerTimeoutMs: 1_000,
    startTimeoutMs: 1_000,
  });
  await calls.run({ what: 'wait' }, 1_000, async () => undefined);
  expect(most).toBe(Number.POSITIVE_INFINITY);
});
