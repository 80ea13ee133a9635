/** What the register is asked by runs on a real server, and what becomes of a payout when it is away, late or another's. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { createPayoutClient } from '../../src/client/create-payout-client';
import type { Installation } from '../../src/activities/installation';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutSnapshot } from '../../src/domain/payout-snapshot';
import type { Quote } from '../../src/domain/quote';
import type { Register } from '../../src/register/register';
import { createMemoryRegister } from '../support/memory-register';
import type { MemoryRegister } from '../support/memory-register';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { eventually } from '../support/process-watch';
import { resetToStart } from '../support/reset-to-start';
import type { ProviderScript, ScriptedProvider } from '../support/scripted-provider';
import { accepted, contracts, failed, found, read, scriptedProvider } from '../support/scripted-provider';

const harnesses: PayoutHarness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((harness) => harness.stop()));
});

type Stage = {
  readonly provider: ScriptedProvider;
  readonly store: MemoryRegister;
  readonly harness: PayoutHarness;
  readonly sends: () => number;
};

async function stage(
  script: ProviderScript = {},
  { seen, ...changes }: Partial<Installation> & { readonly seen?: (store: MemoryRegister) => Register } = {},
): Promise<Stage> {
  const provider = scriptedProvider(script);
  const store = createMemoryRegister();
  const harness = await startHarness(
    installationOf(provider, { register: seen?.(store) ?? store, ...changes }),
  );
  harnesses.push(harness);
  return {
    provider,
    store,
    harness,
    sends: () => provider.calls.filter(({ kind }) => kind === 'submit').length,
  };
}

const latest = (harness: PayoutHarness, payout: StartedPayout): StartedPayout => ({
  ...payout,
  handle: harness.client.workflow.getHandle(payout.handle.workflowId),
});
const heldAs =
  (reason: string) =>
  ({ held }: PayoutSnapshot): boolean =>
    held?.reason === reason;
const resume = async ({ handle }: StartedPayout): Promise<unknown> =>
  handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'ops' }] });
const cancel = async ({ handle }: StartedPayout): Promise<unknown> =>
  handle.executeUpdate<unknown, [unknown]>('cancel', { args: [{ schema: 1, by: 'dora' }] });
const resultOf = async ({ handle }: StartedPayout): Promise<PayoutSnapshot> =>
  (await handle.result()) as PayoutSnapshot;
const quoteOf = (quoteId: string): Quote => ({
  quoteId,
  source: { value: '10.00', currency: 'USDT' },
  destination: { value: '560.00', currency: 'PHP' },
  rate: '56',
  validForMs: 8_000,
});

/** The server deletes in the background, when it has nothing better to do. */
const forgettingMs = 170_000;

/** As retention does it. */
async function forget({ client }: PayoutHarness, workflowId: string): Promise<void> {
  await client.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
  });
  await eventually(
    `${workflowId} is forgotten`,
    async () =>
      client.workflow
        .getHandle(workflowId)
        .describe()
        .then(
          () => false,
          (error: unknown) => error instanceof WorkflowNotFoundError,
        ),
    forgettingMs,
  );
}

describe('row 27: the same reference again, after Temporal’s retention removed the closed run', () => {
  type Life = { readonly request: PayoutRequest; readonly firstRunId: string };
  const lives: Life[] = [];
  let staged: Stage;
  beforeAll(async () => {
    staged = await stage();
    harnesses.splice(0);
    // All at once: deleting takes the server a while.
    lives.push(
      ...(await Promise.all(
        Array.from({ length: 5 }, async (): Promise<Life> => {
          const request = payoutRequest();
          const first = await staged.harness.start(request);
          expect(await resultOf(first)).toMatchObject({ status: 'paid' });
          const { runId } = await first.handle.describe();
          await forget(staged.harness, first.handle.workflowId);
          return { request, firstRunId: runId };
        }),
      )),
    );
  });
  afterAll(() => staged.harness.stop());

  /** One that was paid, and that Temporal has forgotten. */
  function nextLife(): Life {
    const life = lives.shift();
    if (life === undefined) throw new Error('no payout is left');
    return life;
  }
  const paidBefore = 5;

  it.each<readonly [string, (request: PayoutRequest) => PayoutRequest, string]>([
    ['the same request', (request) => request, 'the same request'],
    [
      'with another amount',
      (request) => ({ ...request, amount: { value: '11.00', side: 'source' } }),
      'another request',
    ],
    [
      'in other case',
      (request) => ({ ...request, reference: request.reference.toUpperCase() }),
      'another request',
    ],
  ])('%s: nothing is sent, and it ends as reference_reused', async (_name, change, words) => {
    const { request, firstRunId } = nextLife();
    const { harness, sends, store } = staged;
    const second = await harness.start(change(request));
    expect(await resultOf(second)).toMatchObject({
      status: 'rejected',
      reason: 'reference_reused',
      final: true,
      moneyMoved: 'unknown',
    });
    expect(sends()).toBe(paidBefore);
    expect(store.intents.find(({ reference }) => reference === request.reference)).toMatchObject({
      originalRunId: firstRunId,
    });
    const planned = (await second.timeline()).find(({ type }) => type === 'planned');
    expect(planned).toMatchObject({ code: 'reference_reused' });
    expect(planned?.note).toContain(firstRunId);
    expect(planned?.note).toContain(`with ${words};`);
    expect(planned?.note).not.toContain('1234567890');
    expect(planned?.note).not.toContain('Juan');
  });

  it('no reader takes it for unpaid: not the outcome, and not who wants its place', async () => {
    const { request } = nextLife();
    const { harness, sends } = staged;
    const client = createPayoutClient({ client: harness.client, taskQueue: harness.taskQueue });
    await resultOf(await harness.start(request));
    expect(await client.outcome(request)).toMatchObject({
      status: 'rejected',
      final: true,
      moneyMoved: 'unknown',
      heldReason: 'reference_reused',
    });
    const successor = await harness.start(payoutRequest({ replaces: request.reference }));
    expect(await resultOf(successor)).toMatchObject({ status: 'rejected', reason: 'request_invalid' });
    expect((await successor.timeline()).find(({ type }) => type === 'planned')?.note).toContain(
      'has not ended unpaid',
    );
    expect(sends()).toBe(paidBefore);
  });

  it('a reset of the second run is refused as well', async () => {
    const { request } = nextLife();
    const { harness, sends } = staged;
    const second = await harness.start(request);
    await resultOf(second);
    await resetToStart(harness, second);
    expect(await resultOf(latest(harness, second))).toMatchObject({ reason: 'reference_reused' });
    expect(sends()).toBe(paidBefore);
  });

  it('one that was refused before it was planned has not spent its reference', async () => {
    const { harness, store, sends } = await stage(
      {},
      { routes: [{ account: 'main', when: { methods: ['card'] } }] },
    );
    const first = await harness.start(payoutRequest());
    expect(await resultOf(first)).toMatchObject({ reason: 'no_route' });
    expect(store.intents).toEqual([]);
    expect(sends()).toBe(0);
  });
});

describe('a register that is away', () => {
  it('at the opening: held, and paid by itself once it is back', async () => {
    const { harness, store, sends } = await stage();
    store.meet('away');
    const payout = await harness.start(payoutRequest());
    const { held } = await payout.until('held', heldAs('register_unavailable'));
    expect(held).toMatchObject({ owner: 'engineering', note: 'the register does not answer' });
    expect(held?.nextCheckAt).toBeDefined();
    store.meet('none');
    await payout.fastForward('1m');
    expect(await resultOf(payout)).toMatchObject({ status: 'paid' });
    expect(sends()).toBe(1);
  });

  it('at the opening, and somebody cancels: nobody says that no money moved, because nobody asked whose the reference is', async () => {
    const { harness, store, sends } = await stage();
    store.meet('away');
    const request = payoutRequest();
    const payout = await harness.start(request);
    await payout.until('held', heldAs('register_unavailable'));
    expect(await cancel(payout)).toBe('cancelled');
    expect(await resultOf(payout)).toMatchObject({ status: 'cancelled', moneyMoved: 'unknown' });
    const client = createPayoutClient({ client: harness.client, taskQueue: harness.taskQueue });
    expect(await client.outcome(request)).toMatchObject({ moneyMoved: 'unknown' });
    expect(sends()).toBe(0);
  });

  it('when the attempt is prepared: held, and paid by itself once it is back', async () => {
    const { harness, store, sends } = await stage(
      { quotes: [quoteOf('q')] },
      { seen: (all) => ({ ...all, enterAttempt: async (entry) => enterOnce(all, entry) }) },
    );
    let tries = 0;
    async function enterOnce(all: MemoryRegister, entry: Parameters<Register['enterAttempt']>[0]) {
      tries += 1;
      if (tries === 1) return { kind: 'unavailable', note: 'away' } as const;
      return all.enterAttempt(entry);
    }
    const payout = await harness.start(payoutRequest());
    await payout.until('held', heldAs('register_unavailable'));
    expect(store.attempts).toEqual([]);
    await resume(payout);
    expect(await resultOf(payout)).toMatchObject({ status: 'paid' });
    expect(sends()).toBe(1);
  });

  it('at the send: nothing is written, held, and paid under the same key once it is back', async () => {
    const { harness, store, sends, provider } = await stage(
      {},
      { seen: (all) => ({ ...all, markSent: async (mark) => (isAway ? away : all.markSent(mark)) }) },
    );
    let isAway = true;
    const payout = await harness.start(payoutRequest());
    const before = await payout.until('held', heldAs('register_unavailable'));
    expect(before).toMatchObject({ status: 'submitting', moneyMoved: 'no', attempt: { sends: 0 } });
    expect(sends()).toBe(0);
    expect((await payout.timeline()).find(({ type }) => type === 'send-not-made')).toMatchObject({
      code: 'register_unavailable',
    });
    isAway = false;
    await payout.fastForward('1m');
    expect(await resultOf(payout)).toMatchObject({ status: 'paid', attempt: { generation: 1, sends: 1 } });
    expect(provider.calls.find(({ kind }) => kind === 'submit')?.key).toBe(store.attempts[0]?.key);
    expect(store.attempts).toMatchObject([{ isMarked: true }]);
  });

  it('at the send, and somebody cancels: cancelled, and no money moved', async () => {
    const { harness, sends } = await stage({}, { seen: (all) => ({ ...all, markSent: async () => away }) });
    const payout = await harness.start(payoutRequest());
    await payout.until('held', heldAs('register_unavailable'));
    expect(await cancel(payout)).toBe('cancelled');
    expect(await resultOf(payout)).toMatchObject({ status: 'cancelled', moneyMoved: 'no' });
    expect(sends()).toBe(0);
  });

  it('while a payout is followed: it is followed to its end all the same', async () => {
    const { harness, store, provider } = await stage({ statuses: [read('accepted', 'pending')] });
    const payout = await harness.start(payoutRequest());
    await payout.until('submitted', ({ status }) => status === 'submitted');
    store.meet('away');
    provider.setStatuses([read('paid', 'completed')]);
    await payout.fastForward('2m');
    expect(await resultOf(payout)).toMatchObject({ status: 'paid' });
  });

  it.each([
    ['a replay of the same key', contracts.replay, {}],
    ['a look-up', contracts.byKey, { lookUps: [found('prov-1')] }],
  ])('while an outcome is unknown: %s finds it out all the same', async (_name, contract, script) => {
    const { harness, store, provider } = await stage({
      ...script,
      submits: [failed('timeout', 'unknown'), accepted()],
      contract,
      submitTimeoutMs: 500,
      statuses: [read('accepted', 'pending')],
    });
    const payout = await harness.start(payoutRequest());
    await payout.untilStatus('unconfirmed');
    store.meet('away');
    await payout.fastForward('2m');
    await payout.until('submitted', ({ status }) => status === 'submitted');
    expect(new Set(provider.calls.map(({ key }) => key)).size).toBe(1);
  });
});

const away = { kind: 'unavailable', note: 'away' } as const;

describe('an answer of the register that is lost', () => {
  it.each([
    ['of the claim', ['lost']],
    ['of the entry', ['none', 'lost']],
    ['of the mark', ['none', 'none', 'lost']],
  ] as const)('%s: asked again, paid once', async (_name, troubles) => {
    const { harness, store, sends } = await stage();
    store.meet([...troubles]);
    const payout = await harness.start(payoutRequest());
    await payout.until('held', heldAs('register_unavailable'));
    await resume(payout);
    expect(await resultOf(payout)).toMatchObject({ status: 'paid', attempt: { generation: 1 } });
    expect(sends()).toBe(1);
    expect(store.intents).toHaveLength(1);
    expect(store.attempts).toHaveLength(1);
  });

  it('of the mark, and the price ran out meanwhile: another text goes out under another key', async () => {
    const { harness, store, sends, provider } = await stage({ quotes: [quoteOf('q-1'), quoteOf('q-2')] });
    store.meet(['none', 'none', 'lost']);
    const payout = await harness.start(payoutRequest());
    await payout.until('held', heldAs('register_unavailable'));
    await payout.fastForward('1m');
    expect(await resultOf(payout)).toMatchObject({ status: 'paid', attempt: { generation: 2, sends: 1 } });
    expect(sends()).toBe(1);
    expect(store.attempts.map(({ generation, isMarked }) => [generation, isMarked])).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(provider.calls.find(({ kind }) => kind === 'submit')?.key).toBe(store.attempts[1]?.key);
  });

  it('for ever: the local activity is run again, and told that the reference is its own', async () => {
    let tries = 0;
    let letGo = (): void => undefined;
    const hanging = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const { harness, store, sends } = await stage(
      {},
      {
        seen: (all) => ({
          ...all,
          claimIntent: async (claim) => {
            tries += 1;
            const answer = await all.claimIntent(claim);
            if (tries === 1) await hanging;
            return answer;
          },
        }),
      },
    );
    const payout = await harness.start(payoutRequest());
    expect(await resultOf(payout)).toMatchObject({ status: 'paid' });
    letGo();
    expect(tries).toBe(2);
    expect(store.intents).toHaveLength(1);
    expect(sends()).toBe(1);
  });
});

describe('a register that was restored from an older backup', () => {
  it.each([
    ['before the claim', 0],
    ['before the attempt was entered', 1],
  ])(
    '%s: the living run enters it again, and sends the frozen text under the frozen key',
    async (_name, upTo) => {
      let backup: ReturnType<MemoryRegister['backUp']> | undefined;
      let isRestored = false;
      const { harness, store, sends, provider } = await stage(
        {},
        {
          seen: (all) => ({
            claimIntent: async (claim) => {
              if (upTo === 0) backup ??= all.backUp();
              return all.claimIntent(claim);
            },
            enterAttempt: async (entry) => {
              if (upTo === 1) backup ??= all.backUp();
              return all.enterAttempt(entry);
            },
            markSent: async (mark) => {
              if (!isRestored && backup !== undefined) all.restore(backup);
              isRestored = true;
              return all.markSent(mark);
            },
          }),
        },
      );
      const payout = await harness.start(payoutRequest());
      expect(await resultOf(payout)).toMatchObject({ status: 'paid', attempt: { generation: 1, sends: 1 } });
      expect(sends()).toBe(1);
      expect(store.attempts).toMatchObject([{ isMarked: true }]);
      expect(store.attempts[0]?.key).toBe(provider.calls.find(({ kind }) => kind === 'submit')?.key);
      expect((await payout.timeline()).filter(({ type }) => type === 'send-not-made')).toMatchObject([
        { code: 'attempt_unregistered' },
      ]);
      const { runId } = await payout.handle.describe();
      expect(store.intents).toMatchObject([{ originalRunId: runId }]);
    },
  );
});

describe('another text under the key, marked as sent in the register', () => {
  const withOtherText = async (script: ProviderScript = {}) => {
    let isRepaired = false;
    const staged = await stage(script, {
      seen: (all) => ({
        ...all,
        markSent: async (mark) => {
          if (!isRepaired) {
            const other = { ...mark, bodyHash: 'f'.repeat(64) };
            await all.enterAttempt(other);
            await all.markSent(other);
          }
          return all.markSent(mark);
        },
      }),
    });
    const repair = (): void => {
      isRepaired = true;
      staged.store.restore({ ...staged.store.backUp(), attempts: new Map() });
    };
    return { ...staged, repair };
  };

  it('is a hold that no time and no wish to cancel ends, and never a send', async () => {
    const { harness, sends } = await withOtherText();
    const payout = await harness.start(payoutRequest());
    const state = await payout.until('held', heldAs('attempt_conflict'));
    expect(state).toMatchObject({ moneyMoved: 'unknown' });
    expect(state.held?.nextCheckAt).toBeUndefined();
    expect(await cancel(payout)).toBe('not-known');
    await payout.fastForward('10 days');
    expect(await payout.snapshot()).toMatchObject({
      status: 'submitting',
      moneyMoved: 'unknown',
      held: { reason: 'attempt_conflict', escalated: true },
    });
    await resume(payout);
    await payout.until('still held', heldAs('attempt_conflict'));
    expect(sends()).toBe(0);
  });

  it('and a wish to cancel: cancelled once people have put the register right', async () => {
    const { harness, sends, repair } = await withOtherText();
    const payout = await harness.start(payoutRequest());
    await payout.until('held', heldAs('attempt_conflict'));
    expect(await cancel(payout)).toBe('not-known');
    repair();
    await resume(payout);
    expect(await resultOf(payout)).toMatchObject({ status: 'cancelled', moneyMoved: 'no' });
    expect(sends()).toBe(0);
  });

  it('goes on when people have put the register right', async () => {
    const { harness, sends, store, repair } = await withOtherText();
    const payout = await harness.start(payoutRequest());
    await payout.until('held', heldAs('attempt_conflict'));
    repair();
    await resume(payout);
    expect(await resultOf(payout)).toMatchObject({ status: 'paid', attempt: { generation: 1, sends: 1 } });
    expect(sends()).toBe(1);
    expect(store.attempts).toMatchObject([{ isMarked: true }]);
  });

  it('is found when the attempt is prepared, too', async () => {
    const { harness, sends } = await stage(
      { quotes: [quoteOf('q')] },
      { seen: (all) => ({ ...all, enterAttempt: async () => ({ kind: 'conflict' }) }) },
    );
    const payout = await harness.start(payoutRequest());
    const { held } = await payout.until('held', heldAs('attempt_conflict'));
    expect(held?.nextCheckAt).toBeUndefined();
    expect(await cancel(payout)).toBe('not-known');
    expect(sends()).toBe(0);
  });
});

describe('a reset', () => {
  it('of a run with a register has the reference, and recovers what was sent', async () => {
    const { harness, store, sends } = await stage({
      contract: contracts.byKey,
      lookUps: [found('prov-1')],
      submitTimeoutMs: 500,
      statuses: [read('accepted', 'pending')],
    });
    const payout = await harness.start(payoutRequest());
    await payout.until('submitted', ({ status }) => status === 'submitted');
    const { runId } = await payout.handle.describe();
    await resetToStart(harness, payout);
    await latest(harness, payout).until('submitted again', ({ status }) => status === 'submitted');
    expect(sends()).toBe(1);
    expect(store.intents).toMatchObject([{ originalRunId: runId }]);
  });

  it('while the register is away finds out what was sent all the same, and sends nothing', async () => {
    const { harness, store, sends } = await stage({
      contract: contracts.byKey,
      lookUps: [found('prov-1')],
      submitTimeoutMs: 500,
      statuses: [read('accepted', 'pending')],
    });
    const payout = await harness.start(payoutRequest());
    await payout.until('submitted', ({ status }) => status === 'submitted');
    store.meet('away');
    await resetToStart(harness, payout);
    await latest(harness, payout).until('submitted again', ({ status }) => status === 'submitted');
    expect(sends()).toBe(1);
  });

  it('to before a first send makes that send only once the register has it', async () => {
    const { harness, store, sends } = await stage({ submits: [failed('insufficient_funds'), accepted()] });
    store.meet('away');
    const payout = await harness.start(payoutRequest());
    await payout.until('held', heldAs('register_unavailable'));
    await resetToStart(harness, payout);
    const reset = latest(harness, payout);
    const state = await reset.until('held', heldAs('register_unavailable'));
    expect(state).toMatchObject({ status: 'submitting' });
    expect(sends()).toBe(0);
    expect(store.attempts).toEqual([]);
    store.meet('none');
    await resume(reset);
    await reset.until('sent', () => sends() === 1);
    expect(store.attempts).toMatchObject([{ isMarked: true }]);
  });
});
