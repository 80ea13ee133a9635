import { PayoutClientError, PayoutRequestInvalidError } from '../../src/client';
import type { ListedPayout, PayoutEvent, PayoutView } from '../../src/client';
import { columnsOf, shortened, wrapped } from '../../src/cli/output/text-width';
import { createPrinter } from '../../src/cli/output/printer';
import type { Printer } from '../../src/cli/output/printer';
import { printDeployment, printMove } from '../../src/cli/output/version-lines';
import { createCli, payee, snapshot, streamOf } from './fake-cli';

/** On a terminal of 80 columns nothing is wider: it would be broken in the middle of a word. */

const columns = 80;
const terminal = { terminal: true, columns, env: { NO_COLOR: '1' } } as const;
const tooWide = (text: string): readonly string[] =>
  text.split('\n').filter((line) => columnsOf(line) > columns);

const hex = '0123456789abcdef'.repeat(4);
const view: PayoutView = {
  ...snapshot({
    status: 'unconfirmed',
    requestedBy: 'service-account-of-the-backend@treasury.example',
    held: {
      reason: 'outcome_unknown',
      owner: 'operations',
      since: 0,
      deadlineAt: 1,
      nextCheckAt: 1,
      escalated: true,
      note: 'neither a look-up nor a replay is possible any more, and only the provider can tell',
    },
    account: { id: 'pontis-main', provider: 'pontis', mode: 'live' },
    attempt: { key: hex, generation: 1, sends: 2, unresolved: 1 },
    resolution: {
      proposal: 'abcdef0123456789',
      kind: 'never-accepted',
      by: 'dana',
      at: 0,
      evidence:
        'support ticket 4711 of 3 May: they searched by key and by amount, and have no payout of ours',
    },
  }),
  approval: {
    ...snapshot().approval!,
    digest: `screening:v1:${hex}`,
    mayDecide: ['alice', 'bob', 'carol', 'dimitri', 'elena', 'farid', 'grace', 'heinrich', 'ines', 'jorge'],
  },
};
const listed = (change: Partial<ListedPayout>): ListedPayout => ({
  tenant: 'a-tenant-with-a-rather-long-name',
  reference: 'invoice-2026-11-30-000017',
  workflowId: 'w',
  runId: 'run',
  status: 'awaiting-approval',
  final: false,
  heldReason: 'provider_refusal_unclear',
  attention: 'escalated',
  amount: { value: '1234567.00', currency: 'USDT', side: 'source' },
  account: 'payfield-settlement-europe',
  providerPayoutId: hex,
  startedAt: 0,
  cursor: '1790000000000.0197f6a2-7d3c-7d42-8a43-5c4d1b4a2f10',
  ...change,
});
const event: PayoutEvent = {
  seq: 1234,
  at: 0,
  type: 'provider-status-ignored',
  status: 'awaiting-approval',
  by: 'dana',
  code: 'account_suspended',
  note: 'a note of people that is as long as people write when they explain what happened there',
};
const client = {
  get: async () => view,
  payee: async () => payee(),
  timeline: async () => [event],
  list: () => streamOf(listed({}), listed({ reference: 'x'.repeat(64) }), listed({ tenant: 'a' })),
  events: () => streamOf(event),
  workers: async () => ({
    taskQueue: 'payouts',
    polled: false,
    workers: [
      {
        identity: '4711@payouts-worker-6f7c9d8b5-x2x9z.payouts.svc',
        asksFor: ['workflow', 'activity'] as const,
        lastAskedAt: 0,
        polled: false,
        buildId: hex,
        deployment: 'payouts',
      },
    ],
  }),
  accounts: () =>
    streamOf({
      account: 'pontis-main',
      paused: true,
      by: 'dana',
      since: 0,
      reason: 'an incident at the provider that is explained at some length by whoever paused it',
    }),
};

describe.each([
  ['show', 'acme/r-1', '--timeline'],
  ['list'],
  ['list', '--limit', '3'],
  ['watch', 'acme/r-1'],
  ['workers'],
  ['accounts'],
])('payouts %s %s %s', (...args) => {
  const command = args.filter((word) => word !== undefined);

  it('fits 80 columns, and keeps every word that fits whole', async () => {
    const { out, err } = await createCli(client, terminal).run(...command);
    expect(tooWide(out + err)).toEqual([]);
    expect((out + err).length).toBeGreaterThan(50);
    // What is broken is broken at spaces: each word is one of the unbroken output.
    const plain = await createCli(client).run(...command);
    const whole = new Set((plain.out + plain.err).split(/\s+/));
    const extra = (out + err).split(/\s+/).filter((word) => !whole.has(word) && !word.endsWith('…'));
    const headings = new Set(extra);
    for (const word of headings) expect(word).toMatch(/^[a-z-]*:?$/);
  });

  it('is broken and cut nowhere but on a terminal', async () => {
    const { out } = await createCli(client, { columns }).run(...command);
    expect(out).not.toContain('…');
    expect(out).toBe((await createCli(client).run(...command)).out);
  });
});

const commands = [
  [],
  ...[
    'demo',
    'dev',
    'worker',
    'workers',
    'simulators',
    'start',
    'show',
    'list',
    'watch',
    'decide',
    'token',
  ].map((name) => [name]),
  ...['cancel', 'recall', 'edit', 'resume', 'resolve', 'pause', 'topup', 'accounts', 'replay'].map((name) => [
    name,
  ]),
  ['versions'],
  ...['list', 'ramp', 'promote', 'rollback', 'move'].map((name) => ['versions', name]),
  ['config'],
  ['config', 'check'],
  ['policy'],
  ['policy', 'check'],
  ['policy', 'explain'],
];

it.each(commands.map((command) => [command.join(' '), command] as const))(
  'the help of payouts %s fits 80 columns',
  async (_, command) => {
    const { out } = await createCli({}, terminal).run(...command, '--help');
    expect(out).toContain('Usage: payouts');
    expect(tooWide(out)).toEqual([]);
  },
);

it('the list above has every command', async () => {
  const { out } = await createCli().run('--help');
  const [, list = ''] = /\nCommands:\n([^]*?)\n\n/.exec(out) ?? [];
  const named = [...list.matchAll(/^ {2}([a-z]+)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  expect(new Set(named)).toEqual(new Set(commands.flatMap(([name]) => name ?? [])));
});

/** They are read from a server by the worker's side, which these tests have not. */
it.each([
  ['versions', printVersions],
  ['versions move', printMoved],
])('what payouts %s prints fits 80 columns', (_, print) => {
  let out = '';
  print(createPrinter({ isTTY: true, columns, write: (text) => (out += text) }, terminal.env));
  expect(tooWide(out)).toEqual([]);
  expect(out.split('\n').length).toBeGreaterThan(8);
});

function printVersions(printer: Printer): void {
  const version = {
    openPayouts: 12_345,
    workers: ['acme/1.6.0+3f2a9c01b7de/4711@payouts-worker-6f7c9d8b5-x2x9z'],
    builds: ['3f2a9c01b7de', '9b1c44f0a2e1'],
    drainageCheckedAt: 0,
  };
  printDeployment(
    {
      deployment: 'payouts-settlement-europe',
      taskQueues: ['payouts'],
      versions: [
        { ...version, buildId: '1.6.0-3f2a9c01b7de', state: 'ramping', percent: 12.5, stranded: false },
        { ...version, buildId: hex, state: 'draining', workers: [], stranded: true },
        { ...version, buildId: '1.5.0-9b1c44f0a2e1', state: 'draining', openPayouts: 0, stranded: false },
      ],
      unversioned: { openPayouts: 7, workers: [] },
    },
    printer,
  );
}

function printMoved(printer: Printer): void {
  const run = (reference: string) => ({ workflowId: `payout/a-tenant-with-a-rather-long-name/${reference}` });
  const difference = 'event 7 is a timer, and this code would have started the activity submitPayout here';
  const failure = { code: 'temporal_unavailable', message: 'Temporal did not answer: connection refused' };
  printMove(
    {
      replayed: 9,
      refused: [{ ...run('r-1'), difference }],
      moved: [run('r-2')],
      putBack: [{ ...run('r-3'), difference }],
      gone: [run('r-4')],
      failed: [
        { ...run('r-5'), isBack: true, ...failure },
        { ...run('r-6'), isBack: false, ...failure },
      ],
      untried: [run('r-7')],
    },
    true,
    printer,
  );
}

it.each([
  [
    'a refusal',
    new PayoutClientError(
      'payout_refused',
      'the payout said no, and explains at length why it said no to this',
    ),
  ],
  [
    'fields of a request',
    new PayoutRequestInvalidError([
      {
        path: 'beneficiary.account.accountNumber',
        message: 'must be an account number of this country, with digits',
      },
    ]),
  ],
])('errors fit 80 columns: %s', async (_, error) => {
  const { run } = createCli(
    {
      start: async () => {
        throw error;
      },
    },
    { ...terminal, input: '{}' },
  );
  const { err } = await run('start', '-');
  expect(tooWide(err)).toEqual([]);
  expect(err.split('\n').length).toBeGreaterThan(2);
});

describe('width', () => {
  it('counts wide characters twice, and marks not at all', () => {
    expect(['abc', '中文', 'ｶﾅ', 'é', '한글', '👍'].map(columnsOf)).toEqual([3, 4, 2, 1, 4, 2]);
  });

  it('breaks at spaces only, indents what follows, and leaves long words whole', () => {
    expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrapped('  one two three', 9, '    ')).toEqual(['  one two', '    three']);
    expect(wrapped('a 0123456789 b', 5)).toEqual(['a', '0123456789', 'b']);
    expect(wrapped('中文 中文', 5)).toEqual(['中文', '中文']);
  });

  it('cuts with an ellipsis that has its place', () => {
    expect(shortened('abcdef', 6)).toBe('abcdef');
    expect(shortened('abcdefg', 6)).toBe('abcde…');
    expect(shortened('中文中', 5)).toBe('中文…');
  });
});
