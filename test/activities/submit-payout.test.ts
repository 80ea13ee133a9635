import type { InstalledAccount, Installation } from '../../src/activities/installation';
import type { SubmitPayoutInput } from '../../src/activities/payout-activities';
import type { PayoutProvider, ProviderCall, SubmitReply } from '../../src/providers/provider';
import { accepted, failed, scriptedProvider } from '../support/scripted-provider';
import { attemptOf, fakeMachine, planFor, runId, stage } from './activity-stage';
import type { Machine } from './activity-stage';

const writeWithinMs = 5_000;

/** A provider whose submit is the test's own. */
function submitting(
  submit: (call: ProviderCall) => Promise<SubmitReply>,
): PayoutProvider & { sends: number } {
  const provider = {
    ...scriptedProvider({}),
    sends: 0,
    submit: async (_attempt: unknown, call: ProviderCall) => {
      provider.sends += 1;
      return submit(call);
    },
  };
  return provider;
}

async function submit(
  provider: PayoutProvider,
  {
    input = {},
    ...options
  }: {
    readonly input?: Partial<SubmitPayoutInput>;
    readonly machine?: Machine;
    readonly installation?: Partial<Installation>;
    readonly info?: NonNullable<Parameters<typeof stage>[1]>['info'];
    readonly before?: (environment: ReturnType<typeof stage>['environment']) => void;
  } = {},
) {
  const set = stage(provider, options);
  options.before?.(set.environment);
  const plan = await planFor(provider);
  const result = await set.run('submitPayout', {
    schema: 1,
    plan,
    attempt: attemptOf(),
    originalRunId: runId,
    askOnly: false,
    writeWithinMs,
    ...input,
  });
  // Whatever the end, nothing goes on beating.
  expect(set.machine.repeating()).toBe(0);
  return { ...set, result };
}

const unknown = (code: string) => ({ kind: 'failed', failure: { effect: 'unknown', code } });
const none = (code: string) => ({ kind: 'failed', failure: { effect: 'none', code } });

/** As adapters do: what `beforeWrite` forbids is certainly not sent. */
const carefully = (machine: Machine, delayMs: number) =>
  submitting(async ({ beforeWrite }) => {
    machine.elapse(delayMs);
    try {
      beforeWrite?.();
    } catch {
      return failed('not_sent');
    }
    return accepted();
  });

describe('the moment before the first byte', () => {
  it.each([
    [writeWithinMs, 'accepted'],
    [writeWithinMs + 1, 'failed'],
    [48 * 3_600_000, 'failed'],
  ])('%i ms after the attempt began: %s', async (delayMs, kind) => {
    const machine = fakeMachine();
    const { result } = await submit(carefully(machine, delayMs), { machine });
    expect(result.kind).toBe(kind);
  });

  it('I1: nothing is sent for an attempt that Temporal no longer waits for', async () => {
    const machine = fakeMachine([], () => false);
    const provider = carefully(machine, 0);
    expect((await submit(provider, { machine })).result).toEqual(none('not_sent'));
    expect(provider.sends).toBe(0);
  });

  it('counts the time that asking Temporal took', async () => {
    const machine: Machine = fakeMachine([], () => {
      machine.elapse(writeWithinMs + 1);
      return true;
    });
    expect((await submit(carefully(machine, 0), { machine })).result).toEqual(none('not_sent'));
  });

  it('forbids it once Temporal no longer wants the attempt', async () => {
    const machine = fakeMachine();
    const { result } = await submit(carefully(machine, 0), { machine, before: (env) => env.cancel() });
    expect(result).toEqual(none('not_sent'));
  });
});

describe('a cancellation', () => {
  it('after the write reaches the adapter by its signal, and the adapter’s word counts', async () => {
    let cancel: () => void = () => undefined;
    const provider = submitting(async ({ beforeWrite, signal }) => {
      beforeWrite?.();
      cancel();
      expect(signal?.aborted).toBe(true);
      return failed('interrupted', 'unknown');
    });
    const { result } = await submit(provider, { before: (env) => (cancel = () => env.cancel()) });
    expect(result).toEqual(unknown('interrupted'));
  });
});

describe('what makes a send impossible', () => {
  it('is a body that is not the frozen one', async () => {
    const provider = scriptedProvider({});
    const attempt = { ...attemptOf(), body: '{"amount":"1250.00"}' };
    expect((await submit(provider, { input: { attempt } })).result).toEqual(none('account_changed'));
    expect(provider.calls).toEqual([]);
  });

  const account = (changes: Partial<InstalledAccount>, provider: PayoutProvider) =>
    new Map([
      ['main', { id: 'main', mode: 'sandbox' as const, fingerprint: 'f'.repeat(64), provider, ...changes }],
    ]);

  it.each<readonly [string, (provider: PayoutProvider) => Partial<Installation>]>([
    ['an account that is gone', () => ({ accounts: new Map() })],
    [
      'an account that moved',
      (provider) => ({ accounts: account({ fingerprint: 'e'.repeat(64) }, provider) }),
    ],
    ['an account in another mode', (provider) => ({ accounts: account({ mode: 'live' }, provider) })],
    ['a worker in another mode', () => ({ mode: 'live' })],
  ])('is %s', async (_name, changes) => {
    const provider = scriptedProvider({});
    const { result } = await submit(provider, { installation: changes(provider) });
    expect(result).toEqual(none('account_changed'));
    expect(provider.calls).toEqual([]);
  });

  it('is a second attempt: the first one may have sent', async () => {
    const provider = scriptedProvider({});
    expect((await submit(provider, { info: { attempt: 2 } })).result).toEqual(unknown('attempt_lost'));
    expect(provider.calls).toEqual([]);
  });

  it('is a question only', async () => {
    const provider = scriptedProvider({});
    expect((await submit(provider, { input: { askOnly: true } })).result).toEqual(none('not_sent'));
    expect(provider.calls).toEqual([]);
  });
});

describe('heartbeats', () => {
  it.each([
    [999, 0],
    [1_000, 1],
    [3_500, 3],
  ])('of a call of %i ms: %i', async (ms, count) => {
    const machine = fakeMachine();
    const provider = submitting(async ({ beforeWrite }) => {
      beforeWrite?.();
      machine.elapse(ms);
      return accepted();
    });
    const { beats, result } = await submit(provider, { machine });
    expect(result.kind).toBe('accepted');
    expect(beats).toHaveLength(count);
  });
});

describe('an adapter that throws', () => {
  it.each([
    ['before the write has sent nothing', false, none('refusal_unclear')],
    ['after the write may have sent', true, unknown('attempt_lost')],
  ])('%s', async (_name, writes, expected) => {
    const provider = submitting(async ({ beforeWrite }) => {
      if (writes) beforeWrite?.();
      throw new TypeError('a bug');
    });
    expect((await submit(provider)).result).toEqual(expected);
  });

  it('because it was forbidden to write has sent nothing', async () => {
    const machine = fakeMachine();
    const provider = submitting(async ({ beforeWrite }) => {
      machine.elapse(writeWithinMs + 1);
      beforeWrite?.();
      return accepted();
    });
    expect((await submit(provider, { machine })).result).toMatchObject({ failure: { effect: 'none' } });
  });
});

describe('in a run that follows a reset', () => {
  const reset = { originalRunId: 'run-0' };

  it.each<readonly [string, readonly string[] | 'unavailable', boolean]>([
    ['an earlier run used this key', ['key-1'], false],
    ['an earlier run used another key', ['key-0'], true],
    ['earlier runs used this key and another one', ['key-1', 'key-2'], true],
    ['it cannot be read what they used', 'unavailable', true],
  ])('nothing is sent when %s', async (_name, keys, conflict) => {
    const provider = scriptedProvider({});
    const { result, machine } = await submit(provider, { input: reset, machine: fakeMachine(keys) });
    expect(result).toEqual({ kind: 'reset-run', runId, conflict });
    expect(provider.calls).toEqual([]);
    expect(machine.asked).toEqual([{ workflowId: 'payout/acme/order-1', runId, originalRunId: 'run-0' }]);
  });

  it('it is sent when no earlier run ever came to a send', async () => {
    const { result } = await submit(scriptedProvider({}), { input: reset, machine: fakeMachine([]) });
    expect(result.kind).toBe('accepted');
  });

  it.each([
    ['nothing was sent', [], {}],
    ['what was sent is known to have moved nothing', ['key-1'], { acknowledgedRunId: runId }],
    ['a replay could tell what was sent', ['key-1'], { acknowledgedRunId: runId, resolves: true }],
  ] as const)(
    'a payout that another run called ended without money stays so: %s',
    async (_when, keys, also) => {
      const provider = scriptedProvider({});
      const machine = fakeMachine(keys, undefined, undefined, true);
      const { result } = await submit(provider, { input: { ...reset, ...also }, machine });
      expect(result).toEqual({ kind: 'failed', failure: { effect: 'none', code: 'ended_in_another_run' } });
      expect(provider.calls).toEqual([]);
    },
  );

  it('it is sent once the workflow has taken note of exactly this run', async () => {
    const machine = fakeMachine(['key-1']);
    const noted = { ...reset, acknowledgedRunId: runId };
    expect((await submit(scriptedProvider({}), { input: noted, machine })).result.kind).toBe('accepted');
    const other = { ...reset, acknowledgedRunId: 'run-0' };
    expect((await submit(scriptedProvider({}), { input: other, machine })).result.kind).toBe('reset-run');
  });

  it('a question is answered even when nothing was ever sent', async () => {
    const { result } = await submit(scriptedProvider({}), { input: { ...reset, askOnly: true } });
    expect(result).toEqual({ kind: 'reset-run', runId, conflict: false });
  });

  it('but in an ordinary run nobody is asked', async () => {
    const { machine, result } = await submit(scriptedProvider({}), { machine: fakeMachine('unavailable') });
    expect(result.kind).toBe('accepted');
    expect(machine.asked).toEqual([]);
  });
});

it('passes on no more of the reply than the history needs', async () => {
  const answer = { ...accepted('p-9'), requestId: 'request-1' } as SubmitReply;
  const provider = scriptedProvider({ submits: [answer] });
  expect(Object.keys((await submit(provider)).result).sort()).toEqual([
    'echo',
    'kind',
    'providerPayoutId',
    'providerStatus',
    'status',
  ]);
});

describe('a paused account', () => {
  const paused = { paused: true, by: 'dana', since: 0, reason: 'incident 12' } as const;

  it.each([
    ['a first send, while it is paused', paused, {}, none('account_paused'), 0],
    ['a first send, while nobody can say', 'unavailable', {}, none('not_sent'), 0],
    ['a first send, while it is not', { paused: false }, {}, { kind: 'accepted' }, 1],
    ['a replay of an unresolved one', paused, { resolves: true }, { kind: 'accepted' }, 1],
    ['a replay, while nobody can say', 'unavailable', { resolves: true }, { kind: 'accepted' }, 1],
  ] as const)('%s', async (_what, pause, input, expected, sends) => {
    const provider = submitting(async () => accepted());
    const { result } = await submit(provider, { input, machine: fakeMachine([], undefined, pause) });
    expect(result).toMatchObject(expected);
    expect(provider.sends).toBe(sends);
  });

  it('is not asked about where nothing is sent', async () => {
    const provider = submitting(async () => accepted());
    const machine = fakeMachine();
    const ports = { ...machine.ports, accountPause: () => Promise.reject(new Error('was asked')) };
    const { result } = await submit(provider, { input: { askOnly: true }, machine: { ...machine, ports } });
    expect(result).toEqual(none('not_sent'));
  });
});

describe('credentials', () => {
  const refused = {
    paused: true,
    by: 'payouts',
    since: 7,
    reason: 'refused',
    cause: 'credentials_refused',
    checkedAt: 7,
  } as const;
  const byPeople = { paused: true, by: 'dana', since: 7, reason: 'incident 12' } as const;
  const probe = { probesCredentials: true } as const;
  const accepts = { said: 'accepted', since: 7 } as const;

  it('that are refused are reported, and the refusal is the answer', async () => {
    const machine = fakeMachine();
    const { result } = await submit(
      submitting(async () => failed('credentials_refused')),
      { machine },
    );
    expect(result).toEqual(none('credentials_refused'));
    expect(machine.reports).toEqual([{ said: 'refused' }]);
  });

  it.each([
    ['cannot be reported', async () => 'unavailable' as const],
    ['make the report fail', () => Promise.reject(new Error('a bug'))],
  ])('that %s are refused all the same', async (_what, reportCredentials) => {
    const machine = fakeMachine();
    const { result } = await submit(
      submitting(async () => failed('credentials_refused')),
      {
        machine: { ...machine, ports: { ...machine.ports, reportCredentials } },
      },
    );
    expect(result).toEqual(none('credentials_refused'));
  });

  it.each([
    ['a send that was not refused before', refused, {}, 'account_paused', 0, []],
    ['one that was refused before', refused, probe, undefined, 1, [accepts]],
    ['one that was refused before, past a pause of people', byPeople, probe, 'account_paused', 0, []],
    ['a replay that was refused before', refused, { ...probe, resolves: true }, undefined, 1, [accepts]],
    ['a replay past a pause of people', byPeople, { ...probe, resolves: true }, undefined, 1, []],
    ['a replay that was never refused', refused, { resolves: true }, undefined, 1, []],
  ] as const)('are tried by %s or not', async (_what, pause, input, code, sends, reports) => {
    const provider = submitting(async () => accepted());
    const machine = fakeMachine([], undefined, pause);
    const { result } = await submit(provider, { input, machine });
    expect(result).toMatchObject(code === undefined ? { kind: 'accepted' } : none(code));
    expect(provider.sends).toBe(sends);
    expect(machine.reports).toEqual(reports);
  });

  it('are tried by a send that gets leave', async () => {
    const provider = submitting(async () => accepted());
    const machine = fakeMachine([], undefined, refused);
    const ports = { ...machine.ports, mayProbe: async () => true };
    expect((await submit(provider, { machine: { ...machine, ports } })).result.kind).toBe('accepted');
    expect(machine.reports).toEqual([accepts]);
  });

  it.each([
    ['insufficient_funds', true],
    ['refused', true],
    ['account_suspended', true],
    ['not_reachable', false],
    ['rate_limited', false],
    ['misconfigured', false],
    ['refusal_unclear', false],
    ['server_error', false],
    ['timeout', false],
  ] as const)('are accepted where the provider says %s: %s', async (code, isAccepted) => {
    const machine = fakeMachine([], undefined, refused);
    await submit(
      submitting(async () => failed(code)),
      { input: probe, machine },
    );
    expect(machine.reports).toEqual(isAccepted ? [accepts] : []);
  });
});
