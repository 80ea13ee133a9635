import type { QuoteReply } from '../../src/providers/provider';
import { scriptedProvider } from '../support/scripted-provider';
import { fakeMachine, planFor, request, stage } from './activity-stage';

const quoted: QuoteReply = {
  kind: 'quoted',
  quote: {
    quoteId: 'q',
    source: { value: '125.00', currency: 'USDT' },
    destination: { value: '7000.00', currency: 'PHP' },
    rate: '56',
    validForMs: 60_000,
  },
};
const interrupted: QuoteReply = { kind: 'failed', failure: { effect: 'none', code: 'interrupted' } };

/** A provider that answers when the test says so, or ends its call when it is aborted, as adapters do. */
async function asked(isLocal: boolean) {
  const machine = fakeMachine();
  let answer: (reply: QuoteReply) => void = () => undefined;
  const provider = {
    ...scriptedProvider({}),
    quote: (_request: unknown, call: { readonly signal?: AbortSignal }) =>
      new Promise<QuoteReply>((resolve) => {
        answer = resolve;
        call.signal?.addEventListener('abort', () => resolve(interrupted));
      }),
  };
  const plan = await planFor(provider);
  const { run } = stage(provider, { machine, info: { isLocal } });
  const result = run('quotePayout', { schema: 1, request, plan });
  await new Promise((resolve) => setImmediate(resolve));
  return { machine, result, answer: (reply: QuoteReply) => answer(reply) };
}

it('gives the price that comes while a local activity may wait', async () => {
  const { machine, result, answer } = await asked(true);
  machine.elapse(4_900);
  answer(quoted);
  expect(await result).toMatchObject({ kind: 'quoted', quote: { quoteId: 'q' } });
  expect(machine.repeating()).toBe(0);
});

it('ends a local activity that would wait for longer, and says so', async () => {
  const { machine, result } = await asked(true);
  machine.elapse(5_000);
  expect(await result).toEqual({ kind: 'slow' });
  expect(machine.repeating()).toBe(0);
});

it('takes a provider that fails in time for one that failed', async () => {
  const { result, answer } = await asked(true);
  answer({ kind: 'failed', failure: { effect: 'none', code: 'timeout' } });
  expect(await result).toEqual({ kind: 'failed', failure: { effect: 'none', code: 'timeout' } });
});

it('waits for as long as the provider may take in a regular activity, and beats meanwhile', async () => {
  const { machine, result, answer } = await asked(false);
  expect(machine.repeating()).toBe(1);
  answer(quoted);
  expect(await result).toMatchObject({ kind: 'quoted' });
  expect(machine.repeating()).toBe(0);
});

it('freezes how long the calls of an account may take', async () => {
  const timeLimits = { quoteMs: 60_000, statusMs: 120_000, lookUpMs: 300_000 };
  expect(await planFor(scriptedProvider({ timeLimits }))).toMatchObject({ timeLimits });
});
