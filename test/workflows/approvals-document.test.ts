import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Installation } from '../../src/activities/installation';
import { runCli } from '../../src/cli/program';
import { createPayoutClient } from '../../src/client';
import type { PolicyDocument } from '../../src/domain/policy/policy-document';
import type { Quote } from '../../src/domain/quote';
import type { ScreeningDecision } from '../../src/screening/screener';
import type { PayoutHarness } from '../support/payout-harness';
import { installationOf, installedPolicy, payoutRequest, startHarness } from '../support/payout-harness';
import { accepted, failed, read, scriptedProvider } from '../support/scripted-provider';

/**
 * The two outputs in docs/approvals.md, played on the real server with the commands that people type. Printed times count
 * from nine o'clock on a Monday, to the nearest five minutes, because a run takes some real seconds; nothing else of what
 * is printed is changed. To write the document anew, paste what a failing test shows.
 */

const minute = 60_000;
const hour = 60 * minute;
const reference = 'invoice-2041';

const policy: PolicyDocument = {
  schema: 1,
  label: 'acme payments, July 2026',
  people: ['alice', 'bob', 'carol', 'dora', 'erin', 'hugo'].map((id) => ({ id })),
  roles: { payments: ['alice', 'bob', 'carol'], treasury: ['dora', 'erin'], 'finance-lead': ['hugo'] },
  rules: [
    {
      name: 'large',
      when: { amounts: { USDT: { from: '10000' } } },
      // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
      then: {
        kind: 'approve',
        quoteBandPercent: '0.5',
        levels: [
          { role: 'payments', quorum: 2, deadlineMs: 24 * hour, reminderAfterMs: 4 * hour },
          {
            role: 'treasury',
            quorum: 1,
            deadlineMs: 48 * hour,
            reminderAfterMs: 3 * hour,
            escalateAfterMs: 24 * hour,
            escalateTo: 'finance-lead',
          },
        ],
      },
    },
  ],
  otherwise: { kind: 'block', reason: 'no rule' },
};

const quote = (rate: string, arrives: string): Quote => ({
  quoteId: `q-${rate}`,
  source: { value: '12500.00', currency: 'USDT' },
  destination: { value: arrives, currency: 'PHP' },
  rate,
  validForMs: 30 * minute,
});

const list = (version: string, listedAt: string): ScreeningDecision => ({
  kind: 'clear',
  lists: [`ofac@${version}`],
  checks: [{ list: 'ofac', version, entries: 18_204, listedAt, checkedAt: listedAt }],
});

let harness: PayoutHarness | undefined;
afterAll(() => harness?.stop());

async function printed(name: string): Promise<string> {
  const document = await readFile(join(resolve(__dirname, '../..'), 'docs/approvals.md'), 'utf8');
  const [, text = ''] = new RegExp(`^\`\`\`text name=${name}\\n([^]*?)^\`\`\`$`, 'm').exec(document) ?? [];
  return text;
}

test('the payout of docs/approvals.md is priced anew, voided, approved again, held for funds and paid, as printed there', async () => {
  let lists = list('3f9c1d22', '2026-07-06T04:00:00.000Z');
  const provider = scriptedProvider({
    submits: [failed('insufficient_funds'), accepted('po_58213')],
    statuses: [read('processing', 'in_transfer'), read('paid', 'completed')],
    quotes: [
      quote('56.40', '705000.00'),
      quote('55.90', '698750.00'),
      quote('55.95', '699375.00'),
      quote('55.92', '699000.00'),
    ],
    poll: { delaysMs: [1_000] },
  });
  const account = { id: 'pontis-main', mode: 'sandbox', fingerprint: 'f'.repeat(64), provider } as const;
  const installation: Partial<Installation> = {
    accounts: new Map([['pontis-main', account]]),
    routes: [{ account: 'pontis-main' }],
    policy: installedPolicy(policy),
    screener: { screen: async () => lists },
  };
  harness = await startHarness(installationOf(provider, installation));
  const { client, taskQueue } = harness;
  const payout = await harness.start(
    payoutRequest({ reference, requestedBy: 'nina', amount: { value: '12500.00', side: 'source' } }),
  );

  const payouts = async (...args: readonly string[]): Promise<string> => {
    let out = '';
    let err = '';
    const code = await runCli([...args], {
      stdout: { isTTY: true, columns: 240, write: (text) => (out += text) },
      stderr: { isTTY: true, write: (text) => (err += text) },
      // People sit at a terminal here.
      ask: async () => 'y',
      env: { NO_COLOR: '1' },
      signal: new AbortController().signal,
      readText: async () => {
        throw new Error('no file is read here');
      },
      openClient: () => createPayoutClient({ client, taskQueue }),
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return out;
  };
  const approve = async (by: string, ...more: readonly string[]): Promise<void> =>
    void (await payouts('decide', `acme/${reference}`, '--approve', '--as', by, ...more));
  const asked = (level: number, approved: number) =>
    payout.until(
      `level ${level}`,
      ({ approval }) =>
        approval?.open === true && approval.level === level && approval.approvedBy.length === approved,
    );

  const { startedAt } = await asked(1, 0);
  await payout.fastForward(30 * minute);
  await approve('alice', '--reason', 'invoice 2041 checked');
  await payout.fastForward(4 * hour);
  await approve('bob');
  await asked(2, 2);
  const shown = await payouts('show', `acme/${reference}`);
  await payout.fastForward(hour);
  await approve('dora', '--reason', 'in the July budget');
  // The price has moved by more than the band: what was approved is void.
  await asked(1, 0);
  await payout.fastForward(15 * minute);
  await approve('carol', '--reason', 'new price accepted');
  await approve('alice', '--reason', 'new price accepted');
  await asked(2, 2);
  lists = list('a81e07b4', '2026-07-06T14:00:00.000Z');
  await payout.fastForward(30 * minute);
  await approve('erin');
  await payout.until('held', ({ held }) => held?.reason === 'insufficient_funds');
  // Before the first try by itself, and while the price still holds.
  await payout.fastForward(10 * minute);
  await payouts('resume', `acme/${reference}`, '--as', 'dora', '--reason', '50,000 USDT topped up');
  await payout.skipToEnd();
  const timeline = await payouts('show', `acme/${reference}`, '--timeline');

  const monday = Date.parse('2026-07-06T09:00:00Z');
  const steady = (text: string): string =>
    text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, (time) => {
      const offset = Date.parse(time.replace(' ', 'T')) - startedAt;
      const at = new Date(monday + Math.round(offset / (5 * minute)) * 5 * minute).toISOString();
      return `${at.slice(0, 10)} ${at.slice(11, 19)}Z`;
    });
  expect(steady(shown)).toBe(await printed('approvals-asked'));
  const table = timeline.slice(timeline.indexOf('#   time'));
  expect(steady(table)).toBe(await printed('approvals-timeline'));
}, 180_000);
