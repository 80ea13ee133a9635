import type { CheckAnswer, PayoutCheck } from '../../src/client';
import { PayoutClientError } from '../../src/client';
import { exampleRequest } from '../support/example-request';
import { createCli } from './fake-cli';

const planned: CheckAnswer = {
  kind: 'planned',
  account: 'pontis-main',
  provider: 'pontis',
  mode: 'sandbox',
  needsQuote: true,
  policy: {
    label: 'acme payments',
    because: 'rule 1 “large”: 125.00 USDT is at least 100.00 USDT',
    lines: [
      '2 different people must approve',
      '1. payments: 2 of alice and bob, within 1 day of being asked',
    ],
    peopleNeeded: 2,
  },
  warnings: ['notAfter has passed: nothing would be sent, and it would expire'],
};
const check = (change: Partial<PayoutCheck> = {}): PayoutCheck => ({
  verdict: 'starts',
  problems: [],
  warnings: [],
  normalised: [],
  reference: 'free',
  worker: { answered: true, answer: planned },
  ...change,
});
const input = JSON.stringify(exampleRequest());
const run = async (result: PayoutCheck, ...more: string[]) =>
  createCli({ check: async () => result }, { input }).run('start', '-', '--check', ...more);

it('prints account, price and policy in words, and starts nothing', async () => {
  const cli = createCli({ check: async () => check() }, { input });
  const { code, out } = await cli.run('start', '-', '--check');
  expect({ code, out }).toEqual({
    code: 0,
    out: [
      'check\tacme/order-1: nothing was started',
      'verdict\tit would be started',
      'reference\tfree',
      'account\tpontis-main (pontis, sandbox)',
      'price\tasked for before people are, and before the send',
      'policy\tacme payments',
      'decided by\trule 1 “large”: 125.00 USDT is at least 100.00 USDT',
      'decision\t2 different people must approve',
      '\t1. payments: 2 of alice and bob, within 1 day of being asked',
      'warning\tnotAfter has passed: nothing would be sent, and it would expire',
      '',
    ].join('\n'),
  });
  expect(cli.asked.map(({ method }) => method)).toEqual(['check']);
  expect(cli.asked[0]?.argument).toEqual(exampleRequest());
});

it('prints one JSON document', async () => {
  expect(JSON.parse((await run(check(), '--json')).out)).toEqual(check());
});

it.each<readonly [string, Partial<PayoutCheck>, number, string]>([
  [
    'not valid',
    {
      verdict: 'refused',
      reference: 'not-asked',
      worker: { answered: false },
      problems: [
        { path: 'amount.value', message: 'is missing' },
        { path: '', message: 'is odd' },
      ],
    },
    2,
    'verdict\tit would be refused\nproblem\tamount.value is missing\nproblem\t(request) is odd\n',
  ],
  [
    'refused by a worker',
    {
      verdict: 'refused',
      worker: {
        answered: true,
        answer: { kind: 'refused', reason: 'no_route', problems: ['no routing rule matches'] },
      },
    },
    4,
    'problem\tno_route: no routing rule matches\n',
  ],
  [
    'held at once',
    {
      verdict: 'held',
      worker: { answered: true, answer: { kind: 'held', reason: 'approval_blocked', note: 'rule 1' } },
    },
    4,
    'held because\tapproval_blocked: rule 1\n',
  ],
  ['taken', { verdict: 'refused', reference: 'other-content' }, 4, '(reference_reused)'],
  ['there already', { verdict: 'exists', reference: 'same-content' }, 0, 'a start meets it\n'],
  ['not answered', { verdict: 'not-known', worker: { answered: false } }, 5, 'worker\tnot answered: '],
  [
    'not found out',
    { verdict: 'not-known', worker: { answered: true, answer: { kind: 'not-known', note: 'see the log' } } },
    5,
    'worker\tsee the log\n',
  ],
  [
    'written otherwise',
    { normalised: [{ path: 'beneficiary.account.accountNumber', value: 'DE89370400440532013000' }] },
    0,
    'written as\tbeneficiary.account.accountNumber: DE89370400440532013000\n',
  ],
  ['left behind', { leftBehind: 'check/acme/1' }, 0, 'left behind\tcheck/acme/1 could not be deleted'],
])('has its exit code and words when it is %s', async (_, change, expected, words) => {
  const { code, out, err } = await run(check(change));
  expect({ code, err }).toEqual({ code: expected, err: '' });
  expect(out).toContain(words);
});

it('prints nothing that a terminal obeys', async () => {
  const hostile = '\u001b[31m\u202e\n';
  const { out } = await run(
    check({
      verdict: 'refused',
      normalised: [{ path: hostile, value: hostile }],
      worker: { answered: true, answer: { kind: 'refused', reason: 'no_route', problems: [hostile] } },
      leftBehind: hostile,
    }),
  );
  expect(out).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}]/u);
});

it('fails as other commands do when Temporal is away', async () => {
  const cli = createCli(
    {
      check: async () => {
        throw new PayoutClientError('temporal_unavailable', 'x');
      },
    },
    { input },
  );
  expect((await cli.run('start', '-', '--check')).code).toBe(5);
});

it('reads a file as `start` does: what is no JSON is not sent anywhere', async () => {
  const cli = createCli({}, { input: '{"amount"' });
  expect((await cli.run('start', '-', '--check')).code).toBe(2);
  expect(cli.opened).toEqual([]);
});
