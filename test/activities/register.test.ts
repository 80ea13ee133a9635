/** What the activities ask of the register, and what they answer when it is away, late, or says otherwise. */
import { ApplicationFailure } from '@temporalio/common';
import type { Installation } from '../../src/activities/installation';
import type {
  OpenPayoutInput,
  PrepareAttemptInput,
  SubmitPayoutInput,
} from '../../src/activities/payout-activities';
import { requestDigest } from '../../src/client/start-payout';
import { payeeIdentity } from '../../src/domain/policy/earlier-payout';
import { exampleRequest } from '../support/example-request';
import { installedPolicy } from '../support/payout-harness';
import { createMemoryRegister } from '../support/memory-register';
import type { MemoryRegister } from '../support/memory-register';
import { accepted, scriptedProvider } from '../support/scripted-provider';
import type { ScriptedProvider } from '../support/scripted-provider';
import {
  attemptOf,
  fakeMachine,
  planFor,
  request,
  runId,
  scheduledAtMs,
  sha256,
  stage,
} from './activity-stage';
import type { Machine } from './activity-stage';

type World = {
  readonly register: MemoryRegister;
  readonly provider: ScriptedProvider;
  readonly machine: Machine;
  readonly installation: Partial<Installation>;
};
function world(changes: Partial<Installation> = {}, script = {}): World {
  const register = createMemoryRegister();
  const provider = scriptedProvider({ submits: [accepted()], ...script });
  return { register, provider, machine: fakeMachine(), installation: { register, ...changes } };
}

const identity = { originalRunId: runId, firstRunId: runId };

async function open(
  { provider, installation, machine }: World,
  {
    of = request,
    run = runId,
    ...changes
  }: Partial<OpenPayoutInput> & { readonly of?: typeof request; readonly run?: string } = {},
) {
  const workflowId = `payout/${of.tenant}/${of.reference.toLowerCase()}`;
  return stage(provider, {
    installation,
    machine,
    of,
    info: { workflowExecution: { workflowId, runId: run } },
  }).run('openPayout', {
    schema: 1,
    input: { schema: 1, request: of },
    startedAt: scheduledAtMs,
    ...identity,
    ...changes,
  });
}

async function prepare(
  { provider, installation, machine }: World,
  { run = runId, ...changes }: Partial<PrepareAttemptInput> & { readonly run?: string } = {},
) {
  const workflowExecution = { workflowId: 'payout/acme/order-1', runId: run };
  return stage(provider, { installation, machine, info: { workflowExecution } }).run('prepareAttempt', {
    schema: 1,
    request,
    plan: await planFor(provider),
    generation: 1,
    originalRunId: runId,
    startedAt: scheduledAtMs,
    ...changes,
  });
}

async function submit(
  { provider, installation, machine }: World,
  { run = runId, ...changes }: Partial<SubmitPayoutInput> & { readonly run?: string } = {},
) {
  const workflowExecution = { workflowId: 'payout/acme/order-1', runId: run };
  return stage(provider, { installation, machine, info: { workflowExecution } }).run('submitPayout', {
    schema: 1,
    plan: await planFor(provider),
    attempt: attemptOf(),
    originalRunId: runId,
    askOnly: false,
    writeWithinMs: 5_000,
    ...changes,
  });
}

const submits = ({ provider }: World): number =>
  provider.calls.filter(({ kind }) => kind === 'submit').length;
const none = (code: string) => ({ kind: 'failed', failure: { effect: 'none', code } });

describe('opening', () => {
  it('claims the reference, with what the register keeps of it and no name or number in clear', async () => {
    const set = world();
    expect(await open(set)).toMatchObject({ kind: 'planned' });
    expect(set.register.intents).toEqual([
      {
        tenant: 'acme',
        reference: request.reference,
        workflowId: 'payout/acme/order-1',
        originalRunId: runId,
        requestDigest: requestDigest(request),
        requestedBy: request.requestedBy,
        mode: 'sandbox',
        account: 'main',
        amount: { value: request.amount.value, currency: 'USDT' },
        payee: sha256(payeeIdentity(request)),
        startedAt: scheduledAtMs,
      },
    ]);
    expect(JSON.stringify(set.register.intents)).not.toContain(request.beneficiary.name);
  });

  it('enters the first attempt where it freezes it along, and only there', async () => {
    const set = world();
    const opened = await open(set);
    if (opened.kind !== 'planned' || opened.attempt === undefined) throw new Error('no attempt');
    const { key, bodyHash } = opened.attempt;
    expect(set.register.attempts).toMatchObject([{ key, bodyHash, generation: 1, isMarked: false }]);
    const priced = world({}, { quotes: [] });
    await open(priced);
    expect(priced.register.attempts).toEqual([]);
    expect(priced.register.intents).toHaveLength(1);
  });

  it('answers the same whenever it is run again, by whichever worker', async () => {
    const set = world();
    const first = await open(set);
    expect(await open(set)).toEqual(first);
    expect(await open({ ...set, machine: fakeMachine() })).toEqual(first);
    expect(set.register.intents).toHaveLength(1);
    expect(set.register.attempts).toHaveLength(1);
  });

  it.each<readonly [string, Partial<Installation>, object, string]>([
    ['no route', { routes: [] }, {}, 'no_route'],
    ['a worker of another mode', { mode: 'live' }, {}, 'account_changed'],
    ['no request', {}, { of: { ...request, amount: { value: '-1', side: 'source' } } }, 'request_invalid'],
    ['a second run of a cron', {}, { firstRunId: 'run-0' }, 'request_invalid'],
  ])('claims nothing where there is %s', async (_name, installation, changes, reason) => {
    const set = world(installation);
    expect(await open(set, changes)).toMatchObject({ reason });
    expect(set.register.intents).toEqual([]);
    expect(set.register.calls).toEqual([]);
  });

  it('claims nothing where the policy says no', async () => {
    const policy = installedPolicy({
      schema: 1,
      label: 'test',
      people: [],
      roles: {},
      rules: [],
      otherwise: { kind: 'block', reason: 'not today' },
    });
    const set = world({ policy });
    expect(await open(set)).toMatchObject({ reason: 'policy_blocked' });
    expect(set.register.calls).toEqual([]);
  });

  it('refuses another run of the reference, and freezes nothing for it', async () => {
    const set = world();
    await open(set);
    const second = { originalRunId: 'run-2', firstRunId: 'run-2', run: 'run-2' };
    const refused = await open(set, second);
    expect(refused).toMatchObject({ kind: 'rejected', reason: 'reference_reused' });
    expect(JSON.stringify(refused)).toContain(`run ${runId} of payout/acme/order-1`);
    expect(set.register.attempts).toHaveLength(1);
  });

  it('takes no place for a reference that is spent', async () => {
    const taken: string[] = [];
    const machine = fakeMachine();
    const set: World = {
      ...world(),
      machine: {
        ...machine,
        ports: {
          ...machine.ports,
          endOfPayout: async () => ({ kind: 'unpaid' }),
          takePlace: async ({ reference }) => {
            taken.push(reference);
            return { kind: 'taken', by: reference };
          },
        },
      },
    };
    await open(set);
    const of = exampleRequest({ replaces: 'order-0' });
    const second = { of, originalRunId: 'run-2', firstRunId: 'run-2', run: 'run-2' };
    expect(await open(set, second)).toMatchObject({ reason: 'reference_reused' });
    expect(taken).toEqual([]);
  });

  it.each([
    ['away', 'away', 0],
    ['late', ['lost'], 1],
    ['away for the attempt', ['none', 'away'], 1],
  ] as const)('is held while the register is %s', async (_name, trouble, intents) => {
    const set = world();
    set.register.meet(trouble);
    expect(await open(set)).toMatchObject({ kind: 'held', reason: 'register_unavailable' });
    expect(set.register.intents).toHaveLength(intents);
    set.register.meet('none');
    expect(await open(set)).toMatchObject({ kind: 'planned' });
  });

  it('is not held in a reset run, which has to find out first what was sent', async () => {
    const set = world();
    set.register.meet('away');
    expect(await open(set, { run: 'run-2' })).toMatchObject({ kind: 'planned', attempt: { generation: 1 } });
  });
});

describe('preparing an attempt', () => {
  it('enters it before it answers', async () => {
    const set = world({}, { quotes: [] });
    await open(set);
    const { key, bodyHash } = await prepare(set);
    expect(set.register.attempts).toMatchObject([{ key, bodyHash }]);
  });

  it.each([
    ['away', 'RegisterUnavailable'],
    ['lost', 'RegisterUnavailable'],
  ] as const)('fails with a type of its own while the register is %s', async (trouble, type) => {
    const set = world({}, { quotes: [] });
    await open(set);
    set.register.meet(trouble);
    const failure: unknown = await prepare(set).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type, nonRetryable: true });
  });

  it('fails where another text was sent under the key', async () => {
    const set = world();
    await open(set);
    const [entered] = set.register.attempts;
    if (entered === undefined) throw new Error('nothing was entered');
    const other = { ...entered, bodyHash: 'e'.repeat(64) };
    await set.register.enterAttempt(other);
    await set.register.markSent({ ...other, originalRunId: runId });
    await expect(prepare(set)).rejects.toMatchObject({ type: 'AttemptConflict', nonRetryable: true });
    // In a reset run that text may be the one of the run before it: what it sent is asked for first.
    await expect(prepare(set, { run: 'run-2' })).resolves.toMatchObject({ generation: 1 });
  });

  it('claims again for a living run where the register forgot it, or came later than the run', async () => {
    const set = world();
    const { key } = await prepare(set);
    expect(set.register.intents).toMatchObject([
      { originalRunId: runId, requestDigest: requestDigest(request) },
    ]);
    expect(set.register.attempts).toMatchObject([{ key }]);
  });

  it('does not take another run’s intent for its own when it enters a frozen attempt again', async () => {
    const set = world();
    await open(set, { originalRunId: 'run-0', firstRunId: 'run-0', run: 'run-0' });
    const frozen = attemptOf();
    await expect(prepare(set, { frozen })).rejects.toMatchObject({ type: 'AttemptConflict' });
  });

  it('enters a frozen attempt as it is, whatever the configuration would make of it today', async () => {
    const set = world({ id: 'renamed', accounts: new Map() });
    const frozen = attemptOf();
    expect(await prepare(set, { frozen })).toEqual(frozen);
    expect(set.register.attempts).toMatchObject([{ key: frozen.key, bodyHash: frozen.bodyHash }]);
  });
});

describe('a first send', () => {
  const entered = async (): Promise<World> => {
    const set = world({}, { quotes: [] });
    await open(set);
    const { key, generation, bodyHash } = attemptOf();
    await set.register.enterAttempt({
      ...set.register.intents[0]!,
      account: 'main',
      key,
      generation,
      bodyHash,
    });
    return set;
  };

  it('is marked before the first byte', async () => {
    const set = await entered();
    const marked: boolean[] = [];
    const provider = {
      ...set.provider,
      submit: async () => {
        marked.push(set.register.attempts[0]?.isMarked === true);
        return accepted();
      },
    };
    expect(await submit({ ...set, provider })).toMatchObject({ kind: 'accepted' });
    expect(marked).toEqual([true]);
  });

  it.each([['away'], ['lost']] as const)('is not made while the register is %s', async (trouble) => {
    const set = await entered();
    set.register.meet(trouble);
    expect(await submit(set)).toEqual({ ...none('register_unavailable'), mayBeMarked: true });
    expect(submits(set)).toBe(0);
  });

  it('is not made where the register does not know the attempt', async () => {
    const set = world();
    expect(await submit(set)).toEqual(none('attempt_unregistered'));
    expect(submits(set)).toBe(0);
  });

  it('is not made where another text was marked, nor for a run that does not have the reference', async () => {
    const set = await entered();
    expect(await submit(set, { originalRunId: 'run-0', run: 'run-0' })).toEqual(none('attempt_conflict'));
    await submit(set);
    const other = attemptOf('{"amount":"1.00"}');
    expect(await submit(set, { attempt: other })).toEqual(none('attempt_conflict'));
    expect(await submit(set, { attempt: other, resolves: true })).toEqual(none('attempt_conflict'));
    expect(submits(set)).toBe(1);
  });

  it('is forbidden by time that the mark took, and says that it may be marked', async () => {
    const set = await entered();
    const { register } = set;
    const slow = {
      ...register,
      markSent: async (mark: Parameters<typeof register.markSent>[0]) => {
        set.machine.elapse(5_001);
        return register.markSent(mark);
      },
    };
    const provider = {
      ...set.provider,
      submit: async (_attempt: unknown, { beforeWrite }: { readonly beforeWrite?: () => void }) => {
        try {
          beforeWrite?.();
        } catch {
          return { kind: 'failed', failure: { effect: 'none', code: 'not_sent' } } as const;
        }
        return accepted();
      },
    };
    const installation = { ...set.installation, register: slow };
    expect(await submit({ ...set, provider, installation })).toEqual({
      ...none('not_sent'),
      mayBeMarked: true,
    });
  });

  it('asks Temporal once more after the mark: the round trip may have outlived the attempt', async () => {
    const set = await entered();
    let isCurrent = true;
    const { register } = set;
    const late = {
      ...register,
      markSent: async (mark: Parameters<typeof register.markSent>[0]) => {
        isCurrent = false;
        return register.markSent(mark);
      },
    };
    const machine = fakeMachine([], () => isCurrent);
    const installation = { ...set.installation, register: late };
    expect(await submit({ ...set, machine, installation })).toEqual({
      ...none('not_sent'),
      mayBeMarked: true,
    });
    expect(submits(set)).toBe(0);
  });

  it('asks nothing where something else forbids it', async () => {
    const set = await entered();
    const machine = fakeMachine([], () => true, { paused: true, by: 'olga', reason: 'x', since: 1 });
    expect(await submit({ ...set, machine })).toEqual(none('account_paused'));
    expect(set.register.calls).not.toContain('markSent');
  });
});

describe('a send that finds out what became of an earlier one', () => {
  it.each([
    ['is away', 'away'],
    ['is late', 'lost'],
    ['has forgotten it', 'none'],
  ] as const)('is made although the register %s', async (_name, trouble) => {
    const set = world();
    set.register.meet(trouble);
    expect(await submit(set, { resolves: true })).toMatchObject({ kind: 'accepted' });
    expect(submits(set)).toBe(1);
  });

  it.each([
    ['is away', 'away', { ...none('register_unavailable'), mayBeMarked: true }],
    ['has forgotten it', 'none', none('attempt_unregistered')],
  ] as const)(
    'is not made in a reset run, where it may be the first one, while the register %s',
    async (_name, trouble, answer) => {
      const set = world();
      set.register.meet(trouble);
      const reset = { run: 'run-2', acknowledgedRunId: 'run-2', resolves: true };
      expect(await submit(set, reset)).toEqual(answer);
      expect(submits(set)).toBe(0);
    },
  );

  it('does not wait for a register that hangs', async () => {
    const set = world();
    const register = { ...set.register, markSent: async () => new Promise<never>(() => undefined) };
    const machine: Machine = {
      ...set.machine,
      ports: {
        ...set.machine.ports,
        // Twenty times as fast as a clock.
        every: (ms, run) => {
          const timer = setInterval(run, ms / 20);
          return () => clearInterval(timer);
        },
      },
    };
    expect(await submit({ ...set, machine, installation: { register } }, { resolves: true })).toMatchObject({
      kind: 'accepted',
    });
    expect(submits(set)).toBe(1);
  });
});
