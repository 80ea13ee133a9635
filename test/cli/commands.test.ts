import {
  PayoutClientError,
  PayoutRefusedError,
  PayoutRequestInvalidError,
  ReferenceReusedError,
} from '../../src/client';
import type { ListedPayout, PayoutEvent, PayoutOutcome } from '../../src/client';
import { exampleRequest } from '../support/example-request';
import { createCli, payee, snapshot, streamOf } from './fake-cli';

const refusing = (error: Error) => async () => {
  throw error;
};
const listed = (change: Partial<ListedPayout> = {}): ListedPayout => ({
  tenant: 'acme',
  reference: 'r-1',
  workflowId: 'payout/acme/r-1',
  runId: 'run',
  status: 'submitting',
  final: false,
  moneyMoved: 'unknown',
  heldReason: 'insufficient_funds',
  amount: { value: '125.00', currency: 'USDT', side: 'source' },
  account: 'pontis-main',
  startedAt: 1_790_000_000_000,
  cursor: '1790000000000.run',
  ...change,
});
/** Also with codes of tomorrow. */
const event = (seq: number, change: Partial<Record<keyof PayoutEvent, string | number>> = {}): PayoutEvent =>
  ({
    seq,
    at: 1_790_000_000_000,
    type: 'status-changed',
    status: 'submitted',
    ...change,
  }) as PayoutEvent;

describe('help', () => {
  const commands = [
    ['demo'],
    ['dev'],
    ['worker'],
    ['simulators'],
    ['start'],
    ['show'],
    ['list'],
    ['watch'],
    ['workers'],
    ['decide'],
    ['token'],
    ['cancel'],
    ['resume'],
    ['resolve'],
    ['pause'],
    ['accounts'],
    ['topup'],
    ['replay'],
    ['config', 'check'],
    ['policy', 'check'],
    ['policy', 'explain'],
  ];
  it.each(commands)('%s %s has examples and exit codes, and needs no Temporal', async (...command) => {
    const { run, opened } = createCli();
    const { code, out, err } = await run(...command.filter(Boolean), '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Examples:\n  ');
    expect(out).toContain('Exit codes:\n  0  done');
    expect(opened).toEqual([]);
  });

  it('lists every command', async () => {
    const { out } = await createCli().run('--help');
    for (const [command = ''] of commands) expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });

  it.each(commands.filter(([name]) => name !== 'worker'))(
    '%s %s says in which form --json prints',
    async (...command) => {
      const { out } = await createCli().run(...command.filter(Boolean), '--help');
      expect(out).toMatch(
        /--json\s+(print\s+(one\s+JSON\s+document|NDJSON|the\s+addresses\s+as\s+one\s+JSON)|the\s+last\s+line)/,
      );
    },
  );
});

const tokenOptions = ['--as', 'a', '--key', 'missing', '--issuer', 'i', '--audience', 'b'];

describe('bad input', () => {
  it.each([
    [[], 'usage_invalid'],
    [['pay'], 'usage_invalid'],
    [['show'], 'usage_invalid'],
    [['show', 'acme/r-1', 'acme/r-2'], 'usage_invalid'],
    [['show', 'acme/r-1', '--colour'], 'usage_invalid'],
    [['show', 'r-1'], 'payout_address_invalid'],
    [['show', 'ACME/r-1'], 'payout_address_invalid'],
    [['show', 'payout/acme/r-1/x'], 'payout_address_invalid'],
    [['show', 'acme/r 1'], 'payout_address_invalid'],
    [['show', ''], 'payout_address_invalid'],
    [['list', '--limit', '0'], 'limit_invalid'],
    [['list', '--limit', '1e3'], 'limit_invalid'],
    [['list', '--limit', '-1'], 'limit_invalid'],
    [['list', '--since', 'yesterday'], 'time_invalid'],
    [['list', '--since', '2026-02-31'], 'time_invalid'],
    [['list', '--since', '2026-11-30T10:00:00'], 'time_invalid'],
    [['list', '--until', '3 d'], 'time_invalid'],
    [['list', '--since', '-3d'], 'time_invalid'],
    [['list', '--mine', 'alice', '--status', 'paid'], 'list_unclear'],
    [['list', '--mine', 'alice', '--status-only'], 'list_unclear'],
    [['list', '--since', '3d', '--until', '5d'], 'list_unclear'],
    [['list', '--since', '2999-01-01'], 'list_unclear'],
    [['show', 'ACME/ORDER-17'], 'payout_address_invalid'],
    [['workers', '--payout', 'r-1'], 'payout_address_invalid'],
    [['versions', 'nonsense'], 'usage_invalid'],
    [['versions', 'list', 'nonsense'], 'usage_invalid'],
    [['watch', 'acme/r-1', '--after', 'x'], 'after_seq_invalid'],
    [['watch', 'acme/r-1', '--after-seq', 'x'], 'after_seq_invalid'],
    [['decide', 'acme/r-1', '--as', 'alice'], 'decision_missing'],
    [['decide', 'acme/r-1', '--as', 'alice', '--approve', '--reject'], 'decision_missing'],
    [['decide', 'acme/r-1', '--approve'], 'usage_invalid'],
    [['decide', 'acme/r-1', '--approve', '--as', 'a', '--proof', 'a b'], 'proof_unusable'],
    [['decide', 'acme/r-1', '--approve', '--as', 'a', '--proof', ''], 'proof_unusable'],
    [['decide', 'acme/r-1', '--approve', '--as', 'a', '--proof', 'x'.repeat(4097)], 'proof_unusable'],
    [['decide', 'acme/r-1', '--approve', '--as', 'a', '--proof-file', 'missing'], 'proof_unusable'],
    [['decide', 'acme/r-1', '--approve', '--as', 'a', '--proof', 'a', '--proof-file', '-'], 'proof_unusable'],
    [['token'], 'token_incomplete'],
    [['token', 'acme/r-1', '--approve', '--as', 'a', '--key', 'k', '--issuer', 'i'], 'token_incomplete'],
    [['token', 'r-1', ...tokenOptions, '--approve'], 'payout_address_invalid'],
    [['token', 'acme/r-1', ...tokenOptions], 'decision_missing'],
    [['token', 'acme/r-1', ...tokenOptions, '--approve', '--reject'], 'decision_missing'],
    [['token', 'acme/r-1', ...tokenOptions, '--approve'], 'key_unusable'],
    [['token', 'acme/r-1', ...tokenOptions, '--approve', '--lifetime', '61m'], 'lifetime_invalid'],
    [['token', 'acme/r-1', ...tokenOptions, '--approve', '--lifetime', '0s'], 'lifetime_invalid'],
    [['token', 'acme/r-1', ...tokenOptions, '--approve', '--lifetime', '300'], 'lifetime_invalid'],
    [['token', 'acme/r-1', '--new-key', 'missing/key.json'], 'token_unclear'],
    [['token', '--new-key', 'missing/folder/key.json'], 'key_not_written'],
    [['token', '--new-key', 'missing/folder/key.json', '--algorithm', 'RS256'], 'usage_invalid'],
    [['cancel', 'acme/r-1'], 'usage_invalid'],
    [['resume', 'acme/r-1'], 'usage_invalid'],
    [['resolve', 'acme/r-1', '--as', 'dana'], 'resolution_unclear'],
    [['resolve', 'acme/r-1', '--as', 'dana', '--never-accepted'], 'resolution_unclear'],
    [['resolve', 'acme/r-1', '--as', 'dana', '--keep-waiting'], 'resolution_unclear'],
    [['resolve', 'acme/r-1', '--as', 'dana', '--confirm', 'a', '--reject', 'a'], 'resolution_unclear'],
    [['resolve', 'acme/r-1', '--as', 'dana', '--adopt', 'a', '--evidence', 'b'], 'resolution_unclear'],
    [['resolve', 'acme/r-1', '--adopt', 'a'], 'usage_invalid'],
    [['pause', 'main', '--as', 'dana'], 'usage_invalid'],
    [['pause', 'acme/r-1', '--as', 'dana', '--reason', 'x'], 'account_invalid'],
    [['resume', 'Main', '--as', 'dana'], 'payout_address_invalid'],
    [['start', 'missing.json'], 'request_unreadable'],
    [['start'], 'usage_invalid'],
    [['worker'], 'configuration_missing'],
    [['config', 'check'], 'configuration_missing'],
    [['policy', 'check'], 'policy_missing'],
    [['policy', 'explain'], 'usage_invalid'],
    [['policy', 'explain', 'missing.json'], 'policy_missing'],
    [['dev', '--ui-port', '70000'], 'usage_invalid'],
    [['simulators', '--pontis-port', 'x'], 'usage_invalid'],
  ])('%j is refused with exit code 2', async (args, code) => {
    const { run, asked } = createCli();
    const plain = await run(...args);
    expect(plain.code).toBe(2);
    expect(plain.out).toBe('');
    expect(plain.err).toMatch(/^Error: ./);
    expect(plain.err.trimEnd().split('\n').length).toBeGreaterThan(1);
    const { err } = await run(...args, '--json');
    if (!args.includes('worker')) {
      expect(JSON.parse(err)).toEqual({
        error: { code, message: expect.any(String), next: expect.any(String) },
      });
    }
    expect(asked).toEqual([]);
  });

  it('shows the help when there is no command', async () => {
    expect((await createCli().run()).err).toContain('Usage: payouts');
  });
});

describe('exit codes of the client’s errors', () => {
  it.each([
    [new PayoutRequestInvalidError([{ path: 'amount.value', message: 'must be greater than zero' }]), 2],
    [new ReferenceReusedError('payout/acme/r-1', 'aaa', 'bbb'), 4],
    [new PayoutClientError('search_attributes_missing', 'x'), 5],
    [new PayoutClientError('temporal_unavailable', 'x'), 5],
    [new PayoutClientError('temporal_permission_denied', 'x'), 5],
    [new PayoutClientError('connection_settings_invalid', 'x'), 2],
    [new PayoutClientError('temporal_refused', 'x'), 1],
    [new Error('a bug'), 1],
  ])('start: %s', async (error, code) => {
    const { run, closedTimes } = createCli({ start: refusing(error) }, { input: '{}' });
    const { code: exited, out, err } = await run('start', '-');
    expect({ exited, out }).toEqual({ exited: code, out: '' });
    expect(err).toMatch(/^Error: /);
    expect(closedTimes()).toBe(1);
  });

  it.each([
    [new PayoutClientError('payout_not_found', 'x'), 3],
    [new PayoutClientError('worker_not_available', 'x'), 5],
    [new PayoutClientError('query_failed', 'x'), 1],
  ])('show: %s', async (error, code) => {
    expect((await createCli({ get: refusing(error) }).run('show', 'acme/r-1')).code).toBe(code);
  });

  it.each([
    [new PayoutRefusedError('requester_cannot_approve', 'x'), 4],
    [new PayoutClientError('payout_closed', 'x'), 4],
    [new PayoutClientError('reply_timed_out', 'x'), 5],
    [new PayoutClientError('payout_not_found', 'x'), 3],
  ])('decide: %s', async (error, code) => {
    const { run } = createCli({ decide: refusing(error) });
    expect((await run('decide', 'acme/r-1', '--approve', '--as', 'a', '--digest', 'd')).code).toBe(code);
  });

  it('names every bad field with its path, also as JSON', async () => {
    const problems = [
      { path: 'amount.value', message: 'must be greater than zero' },
      { path: '', message: 'is missing' },
    ];
    const { run } = createCli({ start: refusing(new PayoutRequestInvalidError(problems)) }, { input: '{}' });
    expect((await run('start', '-')).err).toBe(
      'Error: the payout request is not valid\n  amount.value must be greater than zero\n  (request) is missing\n' +
        'Nothing was sent. Correct the fields named and start again.\n',
    );
    expect(JSON.parse((await run('start', '-', '--json')).err).error.problems).toEqual(problems);
  });
});

describe('start', () => {
  const started = {
    tenant: 'acme',
    reference: 'r-1',
    workflowId: 'payout/acme/r-1',
    runId: 'run',
    started: true,
  };

  it('hands the request over as it is, and prints what came of it', async () => {
    const { run, asked, opened } = createCli({ start: async () => started }, { input: '{"schema":1}' });
    const { code, out } = await run(
      'start',
      '-',
      '--json',
      '--temporal-address',
      'host:1',
      '--namespace',
      'pay',
      '--task-queue',
      'q',
      '--profile',
      'prod',
    );
    expect({ code, out }).toEqual({ code: 0, out: `${JSON.stringify(started)}\n` });
    expect(asked[0]).toEqual({ method: 'start', argument: { schema: 1 } });
    expect(opened).toEqual([
      {
        address: 'host:1',
        namespace: 'pay',
        taskQueue: 'q',
        profile: 'prod',
        env: {},
        callTimeoutMs: 5_000,
        startTimeoutMs: 15_000,
      },
    ]);
  });

  it('says when the payout was there before', async () => {
    const { run } = createCli({ start: async () => ({ ...started, started: false }) }, { input: '{}' });
    expect((await run('start', '-')).out).toContain('was started before, with the same content');
  });

  it('quotes nothing of what is no JSON', async () => {
    const { run, asked } = createCli({}, { input: '{"accountNumber":"0012345678' });
    const { code, err } = await run('start', '-');
    expect(code).toBe(2);
    expect(err).not.toContain('0012345678');
    expect(asked).toEqual([]);
  });

  it.each([
    ['at the top', '{"schema":1,"reference":"r-1","reference":"r-2"}', 'reference'],
    [
      'further down',
      '{"schema":1,"amount":{"value":"1.00","side":"source","value":"100.00"}}',
      'amount.value',
    ],
    ['with the same content', '{"schema":1,"schema":1}', 'schema'],
    [
      'in another spelling of the same name',
      '{"amount":{"value":"1.00","v\\u0061lue":"2.00"}}',
      'amount.value',
    ],
  ])('starts nothing when a field stands there twice, %s', async (_where, input, path) => {
    const { run, asked, opened } = createCli({ start: async () => started }, { input });
    const { code, out, err } = await run('start', '-');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(new RegExp(`^Error: ${path}: `));
    const { error } = JSON.parse((await run('start', '-', '--json')).err) as { error: unknown };
    expect(error).toEqual({
      code: 'request_ambiguous',
      message: expect.stringContaining(path),
      next: 'Nothing was sent. Name every field once.',
    });
    expect({ asked, opened }).toEqual({ asked: [], opened: [] });
  });
});

describe('show', () => {
  it('prints one JSON document, with the timeline when asked for', async () => {
    const { run } = createCli({
      get: async () => snapshot(),
      payee: async () => payee(),
      timeline: async () => [event(1)],
    });
    expect(JSON.parse((await run('show', 'acme/r-1', '--json')).out)).toEqual({
      ...snapshot(),
      payee: payee(),
    });
    expect(JSON.parse((await run('show', 'payout/acme/r-1', '--json', '--timeline')).out)).toEqual({
      ...snapshot(),
      payee: payee(),
      timeline: [event(1)],
    });
  });

  it('tells a hold with its owner, since when, next check and deadline', async () => {
    const held = {
      reason: 'insufficient_funds' as const,
      owner: 'treasury' as const,
      since: 1_790_000_000_000,
      deadlineAt: 1_790_086_400_000,
      escalated: true,
    };
    const { run } = createCli({
      get: async () => snapshot({ status: 'submitting', held }),
      payee: async () => payee(),
    });
    const { out } = await run('show', 'acme/r-1');
    expect(out).toContain('status\tsubmitting, held: insufficient_funds\n');
    expect(out).toContain('whose turn\ttreasury, overdue\n');
    expect(out).toContain('held since\t2026-09-21 14:13:20Z\n');
    expect(out).toContain('next check\tnone: a person resumes it\n');
    expect(out).toContain('deadline\t2026-09-22 14:13:20Z\n');
  });

  it('says what to do, in the words of Temporal’s UI and with the commands for it', async () => {
    const held = {
      reason: 'outcome_unknown' as const,
      owner: 'operations' as const,
      since: 1_790_000_000_000,
      nextCheckAt: 1_790_000_060_000,
      deadlineAt: 1_790_086_400_000,
      escalated: false,
    };
    const shown = async (change: Partial<ReturnType<typeof snapshot>>) =>
      (
        await createCli({ get: async () => snapshot(change), payee: async () => payee() }).run(
          'show',
          'acme/r-1',
        )
      ).out;
    const waiting = await shown({});
    expect(waiting).toContain('now\tWaiting for people to approve.\n');
    expect(waiting).toContain('command\tpayouts decide acme/r-1 --approve --as YOU – From a terminal\n');
    const unknown = await shown({
      status: 'unconfirmed',
      held,
      findingOut: { nextLookAt: 1_790_000_060_000, peopleMayEndAt: 1_790_003_600_000 },
    });
    expect(unknown).toContain('Do not pay it by other means.\n');
    expect(unknown).not.toContain('**');
    expect(unknown).toContain(
      'what to do\tAsk the provider whether it has a payout with the attempt key below.\n',
    );
    expect(unknown).toContain('command\tpayouts resume acme/r-1 --as YOU – ');
    expect(unknown).toContain(
      'command\tpayouts resolve acme/r-1 --adopt ID --as YOU – The provider named its id\n',
    );
    const paused = await shown({
      status: 'submitting',
      account: { id: 'pontis-main', provider: 'pontis', mode: 'sandbox' },
      held: { ...held, reason: 'account_paused', owner: 'operations' },
    });
    const once = await shown({
      status: 'submitting',
      held: { ...held, reason: 'insufficient_funds', note: 'insufficient_funds' },
    });
    expect(once).toContain('held because\tinsufficient_funds\n');
    expect(paused).toContain('command\tpayouts resume pontis-main --as YOU – ');
    expect(paused).not.toContain('payouts resume acme/r-1');
    expect(unknown).toContain('people may end it\tfrom 2026-09-21 15:13:20Z on\n');
    expect(unknown).not.toContain('looks again');
    const looking = await shown({ status: 'unconfirmed', findingOut: { nextLookAt: 1_790_000_060_000 } });
    expect(looking).toContain('looks again\t2026-09-21 14:14:20Z\n');
  });

  it('says what to correct in a request that was rejected', async () => {
    const { run } = createCli({
      get: async () => snapshot({ status: 'rejected', final: true, reason: 'request_unsupported' }),
      payee: async () => payee(),
      timeline: async () => [
        event(1, { type: 'planned', code: 'request_unsupported', note: 'payer.userId: is required' }),
        event(2),
      ],
    });
    expect((await run('show', 'acme/r-1')).out).toContain(
      'reason\trequest_unsupported\nbecause\tpayer.userId: is required\n',
    );
  });

  it('shows what Temporal knows where no worker answers, and fails all the same', async () => {
    const client = {
      get: refusing(
        new PayoutClientError('worker_not_available', 'could not ask: nobody polls task queue q'),
      ),
      outcome: async (): Promise<PayoutOutcome> => ({
        tenant: 'acme',
        reference: 'r-1',
        final: false,
        status: 'received',
        moneyMoved: 'unknown',
      }),
    };
    const { run } = createCli(client);
    const { code, out, err } = await run('show', 'acme/r-1');
    expect({ code, out }).toEqual({ code: 5, out: expect.stringContaining('status\treceived\n') });
    expect(err).toContain('nobody polls task queue q');
    // A program gets one document, of one kind.
    const json = await run('show', 'acme/r-1', '--json');
    expect(json).toMatchObject({ code: 5, out: '' });
    const away = createCli({
      ...client,
      outcome: refusing(new PayoutClientError('temporal_unavailable', 'x')),
    });
    expect(await away.run('show', 'acme/r-1')).toMatchObject({
      code: 5,
      out: '',
      err: expect.stringContaining('nobody polls'),
    });
  });

  it('shows an ended payout without its timeline when no worker can read it', async () => {
    const { run } = createCli({
      get: async () => snapshot({ status: 'rejected', final: true, reason: 'no_route' }),
      payee: refusing(new PayoutClientError('worker_not_available', 'nobody answered')),
      timeline: refusing(new PayoutClientError('worker_not_available', 'x')),
    });
    const { code, out } = await run('show', 'acme/r-1');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('reason\tno_route\n') });
    expect(out).toContain('payee\tcannot be shown: nobody answered\n');
  });

  it('says which refusal of the provider ended it', async () => {
    const { run } = createCli({
      get: async () => snapshot({ status: 'failed', final: true, reason: 'provider_refused' }),
      payee: async () => payee(),
      timeline: async () => [event(1, { type: 'send-refused', code: 'invalid_request', note: 'http 422' })],
    });
    expect((await run('show', 'acme/r-1')).out).toContain(
      'because\tinvalid_request: The provider finds the request invalid: a mistake of ours or of the data. http 422\n',
    );
  });

  it('shows whom it pays, masked unless the whole is asked for', async () => {
    const listed = {
      found: 'possible' as const,
      entries: [
        { list: 'ofac', entry: '7', score: '0.91', reason: 'similar-name', names: ['SANTOS, B', 'Bea'] },
        { list: 'own', entry: '1', score: '0.9', reason: 'similar-alias' },
        { list: 'scripts', entry: 'script:arab', score: '0', reason: 'script-not-comparable' },
      ],
      more: 4,
    };
    const whole = payee({
      revealed: true,
      payee: {
        ...payee().payee!,
        givenName: 'Beatriz  Santos',
        purpose: 'Invoice 7',
        details: [
          {
            field: 'beneficiary.account.accountNumber',
            label: 'account number',
            value: '0012345678',
            masked: false,
            given: '0012 345 678',
          },
        ],
      },
    });
    const asked: unknown[] = [];
    const { run } = createCli({
      get: async () => snapshot(),
      payee: async (_, options) => {
        asked.push(options);
        return options?.reveal ? whole : payee({ listed });
      },
    });
    const { out } = await run('show', 'acme/r-1');
    expect(out).toContain(
      'payee\tBeatriz Santos\npaid to\tbank-account in PH, PHP\naccount number\t••••5678\n',
    );
    expect(out).toContain(
      'listed\tSANTOS, B; Bea – ofac 7, similar-name 0.91\n' +
        'listed\t(its names stand in the list) – own 1, similar-alias 0.9\n' +
        'not compared\tno list was compared with a name in this script (script:arab): look it up by hand\nlisted\t4 more entries\n',
    );
    const revealed = await run('show', 'acme/r-1', '--reveal');
    expect(revealed.out).toContain('payee\tBeatriz Santos (given as Beatriz  Santos)\n');
    expect(revealed.out).toContain(
      'account number\t0012345678 (given as 0012 345 678)\npurpose\tInvoice 7\n',
    );
    expect(asked).toEqual([{ reveal: false }, { reveal: true }]);
  });

  it.each([
    ['query_failed', 'the worker that answered does not know this question: it may be of an older version'],
    ['worker_not_available', 'x'],
    ['reply_unreadable', 'x'],
  ] as const)('shows the rest when the payee cannot be shown (%s)', async (code, why) => {
    const { run } = createCli({
      get: async () => snapshot(),
      payee: refusing(new PayoutClientError(code, 'x')),
    });
    expect(await run('show', 'acme/r-1')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`payee\tcannot be shown: ${why}\n`),
    });
    expect(JSON.parse((await run('show', 'acme/r-1', '--json')).out)).toEqual({
      ...snapshot(),
      payee: { unavailable: code },
    });
  });

  it('fails where Temporal does, and says that a run took on no request', async () => {
    const away = createCli({
      get: async () => snapshot(),
      payee: refusing(new PayoutClientError('temporal_unavailable', 'x')),
    });
    expect((await away.run('show', 'acme/r-1')).code).toBe(5);
    const none = createCli({
      get: async () => snapshot(),
      payee: async () => ({ schema: 1, revealed: false, amounts: {} }),
    });
    expect((await none.run('show', 'acme/r-1')).out).toContain('payee\tnone: no request was taken on\n');
  });

  it('asks no worker for the status only', async () => {
    const outcome = {
      tenant: 'acme',
      reference: 'r-1',
      final: false,
      status: 'unconfirmed' as const,
      moneyMoved: 'unknown' as const,
      closed: 'terminated' as const,
    };
    const { run, asked } = createCli({ outcome: async () => outcome });
    expect(JSON.parse((await run('show', 'acme/r-1', '--status-only', '--json')).out)).toEqual(outcome);
    expect((await run('show', 'acme/r-1', '--status-only')).out).toContain(
      'run ended from outside\tterminated\n',
    );
    expect(asked.map(({ method }) => method)).toEqual(['outcome', 'outcome']);
  });
});

describe('list', () => {
  it('streams one JSON object per line', async () => {
    const { run, asked } = createCli({
      list: () => streamOf(listed(), listed({ reference: 'r-2' })),
      get: async () => snapshot(),
    });
    const { out } = await run(
      'list',
      '--json',
      '--status',
      'submitting',
      'paid',
      '--held',
      '--tenant',
      'acme',
      '--account',
      'a',
      '--limit',
      '7',
    );
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).reference)).toEqual(['r-1', 'r-2']);
    expect(asked[0]?.argument).toEqual({
      status: ['submitting', 'paid'],
      held: true,
      tenant: 'acme',
      account: 'a',
      limit: 7,
    });
  });

  it('prints tab-separated lines into a pipe and a table on a terminal', async () => {
    const list = () => streamOf(listed());
    expect((await createCli({ list }).run('list', '--status-only')).out).toEqual(
      expect.stringMatching(
        /^acme\/r-1\tsubmitting\tinsufficient_funds\t125\.00 USDT\tpontis-main\t\d+d\t-\t-\t-\t-\t2026-09-21 14:13:20Z\n$/,
      ),
    );
    const wide = { terminal: true, columns: 200, env: { NO_COLOR: '1' } };
    const table = await createCli({ list }, wide).run('list', '--status-only');
    expect(table.out.split('\n')[0]).toMatch(/^payout {4}status +hold +amount +account +age +may decide +/);
  });

  it('colours on a terminal only, and never with NO_COLOR', async () => {
    const list = () => streamOf(listed());
    const escape = String.fromCodePoint(27);
    expect((await createCli({ list }, { terminal: true }).run('list', '--status-only')).out).toContain(
      escape,
    );
    for (const ports of [
      {},
      { terminal: true, env: { NO_COLOR: '1' } },
      { terminal: true, env: { TERM: 'dumb' } },
      { env: { FORCE_COLOR: '1' } },
    ]) {
      expect((await createCli({ list }, ports).run('list', '--status-only')).out).not.toContain(escape);
    }
  });
});

describe('watch', () => {
  it('stops at the last event of a final payout, not at the first final one', async () => {
    const events = [
      event(1),
      event(2, { status: 'paid', type: 'provider-status' }),
      event(3, { status: 'paid' }),
      event(4, { status: 'returned' }),
    ];
    const { run } = createCli({
      events: () => streamOf(...events),
      get: async () => snapshot({ status: 'paid', final: true, events: 3 }),
    });
    const { code, out } = await run('watch', 'acme/r-1', '--json');
    expect(code).toBe(0);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).seq),
    ).toEqual([1, 2, 3]);
  });

  it('goes on until the run is closed when asked to', async () => {
    const { run, asked } = createCli({
      events: () => streamOf(event(6, { status: 'paid', by: 'x', code: 'c', note: 'n' })),
    });
    const { out } = await run('watch', 'acme/r-1', '--until-closed', '--after-seq', '5');
    expect(out).toBe('6\t2026-09-21 14:13:20Z\tpaid\tstatus-changed\tby x, c, n\n');
    const events = asked.filter(({ method }) => method === 'events');
    expect(events.map(({ argument }) => (argument as { afterSeq: number }).afterSeq)).toEqual([5]);
  });
});

it('watch writes lines for people on a terminal only, and says nothing twice', async () => {
  const client = {
    events: () =>
      streamOf(event(6, { type: 'held', code: 'insufficient_funds', note: 'insufficient_funds' })),
  };
  const atTerminal = createCli(client, { terminal: true, env: { NO_COLOR: '1' } });
  expect((await atTerminal.run('watch', 'acme/r-1', '--until-closed')).out).toBe(
    '  6  2026-09-21 14:13:20Z  submitted  held: insufficient_funds\n',
  );
  expect((await createCli(client).run('watch', 'acme/r-1', '--until-closed')).out).toBe(
    '6\t2026-09-21 14:13:20Z\tsubmitted\theld\tinsufficient_funds\n',
  );
});

describe('decide', () => {
  const result = { decision: 'approve' as const, approvals: 2, required: 2 };

  const approve = ['decide', 'acme/r-1', '--approve', '--as', 'alice'] as const;
  /** The payout asks about `d1`, then about `d2`: what is read a second time is not what was shown. */
  const scripted = (digests: readonly string[] = ['d1', 'd2']) => {
    const left = [...digests];
    return {
      get: async () => {
        const digest = left.shift() ?? 'none';
        return snapshot({ approval: { ...snapshot().approval!, digest } });
      },
      payee: async () => payee(),
      decide: async () => result,
    };
  };
  const decisions = (asked: readonly { method: string; argument: unknown }[]) =>
    asked.filter(({ method }) => method === 'decide').map(({ argument }) => argument);

  it.each(['y', 'Y', ' yes '])(
    'shows whom it pays, asks, and decides on the digest shown: %j',
    async (yes) => {
      const { run, asked, questions } = createCli(scripted(), { answers: [yes] });
      const { code, out } = await run(...approve, '--reason', 'fine');
      expect(code).toBe(0);
      expect(questions).toEqual(['Approve it as alice? (y/N) ']);
      for (const line of [
        'payee\tBeatriz Santos',
        'account number\t••••5678',
        'to be debited\t125.00 USDT',
        'requested by\tdana',
        'asked for by\trule 2 “large”: 10,000 USD or more',
        'approval\t1 of 2',
        'approve as\talice',
        'digest\td1',
      ])
        expect(out).toContain(`${line}\n`);
      expect(out).toContain('Approved acme/r-1, digest d1: 2 of 2 approvals\n');
      expect(asked.map(({ method }) => method)).toEqual(['get', 'payee', 'decide']);
      expect(decisions(asked)).toEqual([
        {
          tenant: 'acme',
          reference: 'r-1',
          by: 'alice',
          decision: 'approve',
          digest: 'd1',
          reason: 'fine',
        },
      ]);
    },
  );

  it.each([
    ['n', 'nothing was decided'],
    ['', 'nothing was decided'],
    ['yess', 'nothing was decided'],
    ['ye s', 'nothing was decided'],
    [null, 'there was no answer: nothing was decided'],
  ])('decides nothing after %j, and says so', async (answer, message) => {
    const { run, asked } = createCli(scripted(), { answers: [answer] });
    const { code, err } = await run(...approve);
    expect({ code, err }).toEqual({ code: 6, err: expect.stringContaining(message) });
    expect(decisions(asked)).toEqual([]);
  });

  it('asks about what it is: a rejection, and a review in its own words', async () => {
    const review = { ...snapshot().approval!, purpose: 'screening' as const };
    const of = (...flags: string[]) => {
      const cli = createCli(
        { ...scripted(), get: async () => snapshot({ approval: review }) },
        { answers: [null] },
      );
      return cli.run('decide', 'acme/r-1', ...flags).then(() => cli.questions[0]);
    };
    expect(await of('--approve', '--as', 'farid')).toBe(
      'Say as farid that the payee is nobody who is listed? (y/N) ',
    );
    expect(await of('--reject', '--as', 'farid')).toBe(
      'Say as farid that the payee is listed? That ends the payout. (y/N) ',
    );
    const { run, questions } = createCli(scripted(), { answers: [null] });
    await run('decide', 'acme/r-1', '--reject', '--as', 'bo\u202eb\n');
    expect(questions).toEqual(['Reject it as bo\\u{202e}b\\x0a? That ends the payout. (y/N) ']);
  });

  it('shows identifiers whole when asked to', async () => {
    const reveals: unknown[] = [];
    const { run } = createCli(
      {
        ...scripted(),
        payee: async (_, options) => {
          reveals.push(options?.reveal);
          return payee();
        },
      },
      { answers: ['n'] },
    );
    await run(...approve, '--reveal');
    expect(reveals).toEqual([true]);
  });

  it.each([
    ['without a terminal', undefined, []],
    ['for a program on a terminal', ['y'], ['--json']],
    ['when the token comes by standard input', ['y'], ['--proof-file', '-']],
  ] as const)('needs --digest or --yes %s', async (_, answers, options) => {
    const { run, asked, opened, questions } = createCli(scripted(), {
      ...(answers === undefined ? {} : { answers }),
      input: 'eyJ.eyJ.abc',
    });
    const { code, err } = await run(...approve, ...options);
    expect(code).toBe(2);
    expect(err).toMatch(/--digest[^]*--yes/);
    expect({ asked, opened, questions }).toEqual({ asked: [], opened: [], questions: [] });
    for (const enough of [['--yes'], ['--digest', 'd1']]) {
      const other = createCli(scripted(), {
        ...(answers === undefined ? {} : { answers }),
        input: 'eyJ.eyJ.abc',
      });
      expect((await other.run(...approve, ...options, ...enough)).code).toBe(0);
      expect(other.questions).toEqual([]);
      expect(decisions(other.asked)).toMatchObject([{ digest: 'd1' }]);
    }
  });

  it('asks nobody for a name where nobody sits: only a terminal shows the payee', async () => {
    const { run, asked } = createCli(scripted());
    expect((await run(...approve, '--yes')).out).toContain('digest\td1\n');
    expect(asked.map(({ method }) => method)).toEqual(['get', 'decide']);
  });

  it('with a digest on a terminal asks about that one, and says what is asked about instead', async () => {
    const same = createCli(scripted(), { answers: ['y'] });
    expect((await same.run(...approve, '--digest', 'd1')).code).toBe(0);
    expect(same.questions).toHaveLength(1);
    expect(decisions(same.asked)).toMatchObject([{ digest: 'd1' }]);

    const other = createCli(
      { ...scripted(), decide: refusing(new PayoutRefusedError('digest_mismatch', 'refused')) },
      { answers: ['y'] },
    );
    const { code, out, err } = await other.run(...approve, '--digest', 'd0');
    expect(code).toBe(4);
    expect(out).toContain('digest\td0\nasked about now\td1\n');
    expect(err).toContain('refused; it asks now about d2');
    expect(other.questions).toEqual([]);
    expect(decisions(other.asked)).toMatchObject([{ digest: 'd0' }]);
  });

  it('says what is asked about now when the one shown is so no more', async () => {
    const moved = { ...scripted(), decide: refusing(new PayoutRefusedError('digest_mismatch', 'refused')) };
    const { run, asked } = createCli(moved, { answers: ['y'] });
    const { code, err } = await run(...approve);
    expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('it asks now about d2') });
    expect(decisions(asked)).toMatchObject([{ digest: 'd1' }]);
    const away = createCli({ ...moved, get: refusing(new PayoutClientError('temporal_unavailable', 'x')) });
    expect((await away.run(...approve, '--digest', 'd0')).err).toContain('could not be read');
  });

  it('shows what it can of a payout whose worker knows no payee', async () => {
    const { run, questions } = createCli(
      { ...scripted(), payee: refusing(new PayoutClientError('query_failed', 'x')) },
      { answers: ['y'] },
    );
    const { code, out } = await run(...approve);
    expect({ code, questions: questions.length }).toEqual({ code: 0, questions: 1 });
    expect(out).toContain('payee\tcannot be shown: the worker that answered does not know this question');
  });

  it('decides without asking on the digest shown, when told to', async () => {
    const { run, asked } = createCli({ get: async () => snapshot(), decide: async () => result });
    const { code, out } = await run(...approve, '--yes', '--reason', 'fine');
    expect(code).toBe(0);
    expect(out).toContain('to be debited\t125.00 USDT\n');
    expect(out).toContain('Approved acme/r-1, digest d1: 2 of 2 approvals\n');
    expect(asked[1]).toEqual({
      method: 'decide',
      argument: {
        tenant: 'acme',
        reference: 'r-1',
        by: 'alice',
        decision: 'approve',
        digest: 'd1',
        reason: 'fine',
      },
    });
  });

  it('decides on the digest given, without asking for another', async () => {
    const { run, asked } = createCli({ decide: async () => ({ ...result, decision: 'reject' as const }) });
    const { out } = await run('decide', 'acme/r-1', '--reject', '--as', 'a', '--digest', 'old', '--json');
    expect(JSON.parse(out)).toEqual({
      tenant: 'acme',
      reference: 'r-1',
      digest: 'old',
      decision: 'reject',
      approvals: 2,
      required: 2,
    });
    expect(asked.map(({ method }) => method)).toEqual(['decide']);
  });

  it.each([
    ['from the command line', ['--proof', 'eyJ.eyJ.abc']],
    ['from standard input, as `payouts token` prints it', ['--proof-file', '-']],
  ])('hands a proof over %s', async (_, options) => {
    const { run, asked } = createCli({ decide: async () => result }, { input: 'eyJ.eyJ.abc\n' });
    const decision = ['decide', 'acme/r-1', '--approve', '--as', 'alice', '--digest', 'd'];
    const { code, out } = await run(...decision, ...options);
    expect({ code, out }).toEqual({ code: 0, out: 'Approved acme/r-1, digest d: 2 of 2 approvals\n' });
    expect(asked).toMatchObject([{ method: 'decide', argument: { by: 'alice', proof: 'eyJ.eyJ.abc' } }]);
  });

  it('repeats nothing of what is no token', async () => {
    const { run, asked } = createCli({}, { input: 'Bearer eyJkanarienvogel' });
    const { code, err } = await run('decide', 'acme/r-1', '--approve', '--as', 'a', '--proof-file', '-');
    expect(code).toBe(2);
    expect(err).not.toContain('kanarienvogel');
    expect(asked).toEqual([]);
  });

  it('has nothing to decide where no approval is asked for', async () => {
    const { approval: _, ...without } = snapshot({ status: 'paid' });
    const { run } = createCli({ get: async () => without });
    const { code, err } = await run('decide', 'acme/r-1', '--approve', '--as', 'alice', '--json', '--yes');
    expect(code).toBe(4);
    expect(JSON.parse(err).error.code).toBe('nothing_to_decide');
  });
});

describe('cancel and resume', () => {
  it.each([
    ['cancelled' as const, 0],
    ['too-late' as const, 4],
    ['not-known' as const, 4],
  ])('%s has exit code %d', async (outcome, code) => {
    const { run, asked } = createCli({ cancel: async () => outcome });
    const json = await run('cancel', 'acme/r-1', '--as', 'dana', '--reason', 'twice', '--json');
    expect({ code: json.code, out: JSON.parse(json.out) }).toEqual({
      code,
      out: { tenant: 'acme', reference: 'r-1', outcome },
    });
    expect(asked[0]?.argument).toEqual({ tenant: 'acme', reference: 'r-1', by: 'dana', reason: 'twice' });
    expect((await run('cancel', 'acme/r-1', '--as', 'dana')).out).toContain(outcome.replace('-', ' '));
  });

  it('resumes', async () => {
    const { run } = createCli({ resume: async () => ({ resumed: 'daily_limit' }) });
    expect(JSON.parse((await run('resume', 'acme/r-1', '--as', 'dana', '--json')).out)).toEqual({
      tenant: 'acme',
      reference: 'r-1',
      resumed: 'daily_limit',
    });
  });
});

describe('edit', () => {
  const replacement = {
    tenant: 'acme',
    reference: 'r-2',
    workflowId: 'payout/acme/r-2',
    runId: 'run',
    started: true,
  } as const;
  const ended = (status: 'rejected' | 'paid' | 'received'): PayoutOutcome => ({
    tenant: 'acme',
    reference: 'r-2',
    status,
    final: status !== 'received',
    moneyMoved: status === 'paid' ? 'yes' : status === 'rejected' ? 'no' : 'unknown',
  });
  const edit = ['edit', 'acme/r-1', '-', '--as', 'dana'] as const;
  const input = JSON.stringify(exampleRequest({ reference: 'r-2' }));

  it.each(['received', 'paid'] as const)('says what takes the place of what: %s', async (status) => {
    const { run } = createCli(
      { replace: async () => replacement, outcome: async () => ended(status) },
      { input },
    );
    expect(await run(...edit)).toEqual({
      code: 0,
      out: 'Recalled acme/r-1; acme/r-2 takes its place\n',
      err: '',
    });
  });

  it('says when the new payout is refused at once', async () => {
    const { run } = createCli(
      { replace: async () => replacement, outcome: async () => ended('rejected') },
      { input },
    );
    const { code, out, err } = await run(...edit);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain('acme/r-1 is taken back, and acme/r-2 is rejected');
    expect(err).toContain('payouts show acme/r-2');
  });

  it.each([
    ['reference_reused', 'Nothing was started'],
    ['replacement_refused', 'Nothing was recalled or started'],
    ['replacement_not_started', 'payouts start FILE'],
    ['payout_closed', 'Nothing was started or paid'],
  ] as const)('exits with 4 after %s, and says what became of the old one', async (code, next) => {
    const { run } = createCli(
      {
        replace: async () => {
          throw new PayoutClientError(code, 'why');
        },
      },
      { input },
    );
    expect(await run(...edit)).toMatchObject({ code: 4, err: expect.stringContaining(next) });
  });
});

describe('hostile values', () => {
  // ESC, BEL, CSI as C1, right-to-left override, zero-width joiner, line separator, newline, tab, NUL, DEL
  const hostile = `\u001b]0;x\u0007\u001b[31m\u009b2J\u202e\u200d\u2028\n\t\u0000\u007f`;
  const raw = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

  it('reach no terminal, table, pipe or JSON in a form that it obeys', async () => {
    const client = {
      get: async () => snapshot({ requestedBy: hostile, providerStatus: hostile }),
      payee: async () =>
        payee({
          payee: {
            ...payee().payee!,
            name: hostile,
            givenName: hostile,
            purpose: hostile,
            details: [{ field: 'f', label: 'l', value: hostile, masked: false, given: hostile }],
          },
          listed: {
            found: 'match',
            entries: [{ list: hostile, entry: hostile, score: '1', reason: 'r', names: [hostile] }],
          },
        }),
      timeline: async () => [event(1, { note: hostile, by: hostile })],
      list: () => streamOf(listed({ account: hostile, reference: hostile })),
      events: () => streamOf(event(1, { note: hostile })),
      start: refusing(new PayoutRequestInvalidError([{ path: hostile, message: hostile }])),
      decide: refusing(new PayoutRefusedError(hostile, hostile)),
    };
    for (const terminal of [true, false]) {
      const { run } = createCli(client, { terminal, env: { NO_COLOR: '1' }, input: '{}' });
      for (const args of [
        ['show', 'acme/r-1', '--timeline'],
        ['show', 'acme/r-1', '--timeline', '--json'],
        ['list'],
        ['list', '--json'],
        ['watch', 'acme/r-1'],
        ['watch', 'acme/r-1', '--json'],
        ['start', '-'],
        ['start', '-', '--json'],
        ['decide', 'acme/r-1', '--approve', '--as', 'a', '--digest', 'd'],
        ['show', hostile],
        [hostile],
        ['list', '--limit', hostile],
      ]) {
        const { out, err } = await run(...args);
        expect(out).not.toMatch(raw);
        expect(err).not.toMatch(raw);
      }
    }
  });

  it('stay the same value in JSON', async () => {
    const value = `${hostile}\u{10ffff}\u{e0001}\ud800`;
    const { run } = createCli({
      get: async () => snapshot({ requestedBy: value }),
      payee: async () => payee(),
    });
    const { out } = await run('show', 'acme/r-1', '--json');
    expect(JSON.parse(out).requestedBy).toBe(value);
    expect(out.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('resolve', () => {
  const address = { tenant: 'acme', reference: 'r-1' };
  it.each([
    [['--adopt', 'prov-1'], { action: 'adopt', providerPayoutId: 'prov-1' }, 'adopted', 0],
    [['--adopt', 'prov-1'], { action: 'adopt', providerPayoutId: 'prov-1' }, 'mismatch', 4],
    [['--adopt', 'prov-1'], { action: 'adopt', providerPayoutId: 'prov-1' }, 'not-found', 4],
    [
      ['--never-accepted', '--evidence', 'ticket 4711: none'],
      { action: 'never-accepted', evidence: 'ticket 4711: none' },
      'proposed',
      0,
    ],
    [['--confirm', 'ab12'], { action: 'confirm', proposal: 'ab12' }, 'ended', 0],
    [['--confirm', 'ab12'], { action: 'confirm', proposal: 'ab12' }, 'not-read', 4],
    [['--confirm', 'ab12'], { action: 'confirm', proposal: 'ab12' }, 'found-otherwise', 4],
    [
      ['--reject', 'ab12', '--reason', 'ask again'],
      { action: 'reject', proposal: 'ab12', reason: 'ask again' },
      'rejected',
      0,
    ],
    [['--keep-waiting', '--reason', 'Monday'], { action: 'keep-waiting', reason: 'Monday' }, 'waiting', 0],
  ] as const)('%j asks for %j; %s exits with %i', async (args, asked, outcome, code) => {
    const answer = { outcome, proposal: 'ab12' };
    const cli = createCli({ resolve: async () => answer });
    const plain = await cli.run('resolve', 'acme/r-1', '--as', 'dana', ...args);
    expect({ code: plain.code, err: plain.err }).toEqual({ code, err: '' });
    expect(plain.out).toMatch(/^acme\/r-1: ./);
    expect(cli.asked[0]).toEqual({ method: 'resolve', argument: { ...address, by: 'dana', ...asked } });
    const { out } = await cli.run('resolve', 'acme/r-1', '--as', 'dana', '--json', ...args);
    expect(JSON.parse(out)).toEqual({ ...address, ...answer });
  });

  it('tells the second person the command, and shows what it is about', async () => {
    const cli = createCli({
      resolve: async () => ({ outcome: 'proposed', proposal: 'ab12' }),
      get: async () =>
        snapshot({
          resolution: {
            proposal: 'ab12',
            kind: 'never-accepted',
            by: 'dana',
            at: 0,
            evidence: 'ticket 4711',
          },
        }),
      payee: async () => payee(),
    });
    const { out } = await cli.run('resolve', 'acme/r-1', '--as', 'dana', '--adopt', 'p-1');
    expect(out).toContain('payouts resolve acme/r-1 --confirm ab12 --as WHO');
    const shown = (await cli.run('show', 'acme/r-1')).out;
    expect(shown).toContain('evidence\tticket 4711');
    expect(shown).toContain('nobody yet');
  });

  it.each([
    ['misconfigured', 'Check the id first'],
    ['credentials_refused', 'Trying again helps only when that is mended.'],
    ['timeout', 'No reply in time. Try again in a moment.'],
    ['code_of_tomorrow', 'See docs/errors.md.'],
  ])('says why the provider could not be asked: %s', async (code, words) => {
    const cli = createCli({
      resolve: async () => ({ outcome: 'not-read' }),
      timeline: async () => [event(1), event(2, { type: 'resolution-refused', code, note: 'nosuchid' })],
    });
    const { out } = await cli.run('resolve', 'acme/r-1', '--as', 'dana', '--adopt', 'nosuchid');
    expect(out).toContain(`${code}: `);
    expect(out).toContain(words);
    const json = await cli.run('resolve', 'acme/r-1', '--as', 'dana', '--adopt', 'nosuchid', '--json');
    expect(JSON.parse(json.out)).toMatchObject({ outcome: 'not-read', refused: { code } });
  });

  it('answers also when the timeline cannot be read any more', async () => {
    const cli = createCli({
      resolve: async () => ({ outcome: 'mismatch' }),
      timeline: refusing(new PayoutClientError('worker_not_available', 'x')),
    });
    const { code, out } = await cli.run('resolve', 'acme/r-1', '--as', 'dana', '--adopt', 'prov-1');
    expect({ code, out }).toEqual({ code: 4, out: expect.stringContaining('is not ours') });
  });

  it('is refused with the payout’s own reason', async () => {
    const cli = createCli({
      resolve: refusing(new PayoutRefusedError('same_person', 'refused (same_person)')),
    });
    const { code, err } = await cli.run('resolve', 'acme/r-1', '--as', 'dana', '--confirm', 'ab12');
    expect(code).toBe(4);
    expect(err).toContain('same_person');
    expect(err).toContain('Have a second, different person confirm it.');
  });
});

describe('what a message names', () => {
  it('is the tenant in small letters that was meant', async () => {
    const { err } = await createCli().run('show', 'ACME/ORDER-17');
    expect(err).toContain('a tenant has no capital letters\nWrite acme/ORDER-17.\n');
    // What is no address in small letters either gets no such advice.
    expect((await createCli().run('show', 'ACME')).err).not.toContain('capital');
  });

  it('is the command that is none', async () => {
    expect((await createCli().run('versions', 'nonsense')).err).toContain(
      "unknown command 'nonsense' of `payouts versions`",
    );
  });

  it('is where a request stops being JSON, and how large one may be', async () => {
    const { run } = createCli({}, { input: '{\n  "schema": 1,\n}' });
    expect((await run('start', '-')).err).toContain('standard input is not JSON (line 3, column 1)');
    expect((await run('start', 'nofile.json')).err).toContain('at most 16 KiB');
  });

  it('is the accounts that there are, for one that was never paused nor seen', async () => {
    const refusal = new PayoutRefusedError('not_paused', 'refused (not_paused)');
    const list = ({ account }: { readonly account?: string } = {}) =>
      account === 'nonesuch' ? streamOf<ListedPayout>() : streamOf(listed());
    const cli = createCli({ resumeAccount: refusing(refusal), list });
    const { code, err } = await cli.run('resume', 'nonesuch', '--as', 'dana');
    expect({ code, err }).toEqual({
      code: 4,
      err: expect.stringContaining('no payout was ever routed to account nonesuch'),
    });
    expect(err).toContain('pontis-main');
    const seen = await cli.run('resume', 'pontis-main', '--as', 'dana');
    expect(seen).toMatchObject({ code: 4, err: expect.stringContaining('refused (not_paused)') });
  });

  it('is one sentence where a payout asks about something else', async () => {
    const mismatch = new PayoutRefusedError('digest_mismatch', 'It names other content.');
    const cli = createCli({ get: async () => snapshot(), decide: refusing(mismatch) });
    const { err } = await cli.run('decide', 'acme/r-1', '--approve', '--as', 'alice', '--digest', 'd0');
    expect(err).toContain('It names other content; it asks now about d1\n');
  });
});

describe('accounts', () => {
  const view = { account: 'pontis-main', paused: true, by: 'dana', since: 0, reason: 'incident 12' } as const;

  it('are paused, resumed by the same command as payouts, and listed', async () => {
    const cli = createCli({
      pauseAccount: async () => view,
      resumeAccount: async () => ({ account: 'pontis-main', paused: false, payouts: 3 }),
      resume: async () => ({ resumed: 'account_paused' }),
      accounts: () => streamOf(view),
      list: () => streamOf(listed()),
    });
    expect((await cli.run('pause', 'pontis-main', '--as', 'dana', '--reason', 'incident 12')).out).toBe(
      'Paused pontis-main of every installation of the namespace: new sends wait; unresolved ones go on being resolved\n',
    );
    expect((await cli.run('resume', 'pontis-main', '--as', 'erin')).out).toContain(
      'tried again now, 3 payouts',
    );
    await cli.run('resume', 'acme/r-1', '--as', 'erin');
    expect(cli.asked).toEqual([
      { method: 'list', argument: { account: 'pontis-main', limit: 500, pageSize: 500 } },
      { method: 'pauseAccount', argument: { account: 'pontis-main', by: 'dana', reason: 'incident 12' } },
      { method: 'resumeAccount', argument: { account: 'pontis-main', by: 'erin' } },
      { method: 'resume', argument: { tenant: 'acme', reference: 'r-1', by: 'erin' } },
    ]);
    expect((await cli.run('accounts')).out).toBe(
      'pontis-main\tpaused\t1970-01-01 00:00:00Z\tdana\tincident 12\tseen\tall\n',
    );
    expect(JSON.parse((await cli.run('accounts', '--json')).out)).toEqual({ ...view, seen: true });
  });

  it('are paused by the workers that send for them: another task queue is named, everywhere needs none', async () => {
    const cli = createCli({
      pauseAccount: async ({ everywhere }) => ({
        ...view,
        ...(everywhere === true ? {} : { installation: 'acme-1' }),
      }),
      list: () => streamOf(listed({ taskQueue: 'payouts-b' })),
      workers: async () => ({ taskQueue: 'payouts', polled: true, workers: [] }),
    });
    const pause = ['pause', 'pontis-main', '--as', 'dana', '--reason', 'incident 12'];
    const refused = await cli.run(...pause);
    expect({ code: refused.code, err: refused.err }).toMatchObject({
      code: 4,
      err: expect.stringContaining('Name theirs: --task-queue payouts-b.'),
    });
    expect(cli.asked.map(({ method }) => method)).not.toContain('pauseAccount');
    expect((await cli.run(...pause, '--everywhere')).out).toContain('of every installation');
    expect((await cli.run(...pause, '--unseen')).out).toContain('of installation acme-1');
  });

  it('are topped up, which is said of every payout that waits', async () => {
    const cli = createCli({
      toppedUp: async ({ reason }) =>
        reason === undefined
          ? { account: 'pontis-main', paused: false, payouts: 0 }
          : { ...view, payouts: 3 },
      list: ({ account } = {}) => (account === 'ponits' ? streamOf<ListedPayout>() : streamOf(listed())),
    });
    const { out } = await cli.run('topup', 'pontis-main', '--as', 'tess', '--reason', 'transfer 4711');
    expect(out).toContain('tried again now, 3 payouts');
    expect(out).toContain('is paused');
    expect((await cli.run('topup', 'pontis-main', '--as', 'tess')).out).toContain('no payout was seen');
    expect(cli.asked.filter(({ method }) => method === 'toppedUp')).toEqual([
      { method: 'toppedUp', argument: { account: 'pontis-main', by: 'tess', reason: 'transfer 4711' } },
      { method: 'toppedUp', argument: { account: 'pontis-main', by: 'tess' } },
    ]);
    const refused = await cli.run('topup', 'ponits', '--as', 'tess');
    expect({ code: refused.code, err: refused.err }).toMatchObject({
      code: 4,
      err: expect.stringContaining('nobody is told'),
    });
    expect((await cli.run('topup', 'acme/r-1', '--as', 'tess')).code).toBe(2);
  });

  it('show a pause that the machine made, with its cause', async () => {
    const cli = createCli({
      accounts: () => streamOf({ ...view, by: 'payouts', cause: 'credentials_refused' as const }),
      list: () => streamOf(listed()),
    });
    expect((await cli.run('accounts')).out).toContain('\tpaused: credentials_refused\t');
  });

  it('are not paused under a name that no payout was ever routed to, unless asked for', async () => {
    const cli = createCli({
      pauseAccount: async () => view,
      accounts: () => streamOf(view),
      list: (filter) =>
        filter?.account === undefined
          ? streamOf(listed(), listed({ account: 'payfield' }), listed())
          : streamOf<ListedPayout>(),
    });
    const refused = await cli.run('pause', 'ponits', '--as', 'dana', '--reason', 'incident 12');
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('nothing is paused, sends go on');
    expect(refused.err).toContain('Accounts seen lately: payfield, pontis-main.');
    expect(cli.asked.map(({ method }) => method)).toEqual(['list', 'list']);
    await cli.run('pause', 'ponits', '--unseen', '--as', 'dana', '--reason', 'incident 12');
    expect(cli.asked.slice(2).map(({ method }) => method)).toEqual(['pauseAccount']);
    expect((await cli.run('accounts')).out).toContain('none ever: check the name');
  });
});
