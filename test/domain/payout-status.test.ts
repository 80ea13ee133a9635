import type { PayoutStatus } from '../../src/domain/payout-status';
import {
  isFinal,
  isPayoutStatus,
  mayBecome,
  moneyMovedIn,
  payoutStatuses,
  transitions,
} from '../../src/domain/payout-status';

/** Written out a second time, by hand, so that a slip in the source is seen: one row per status, one column per target. */
const allowed = `
received          > screening unconfirmed rejected expired cancelled
screening         > awaiting-approval submitting unconfirmed failed rejected expired cancelled
awaiting-approval > submitting unconfirmed failed rejected expired cancelled
submitting        > submitted processing paid unconfirmed awaiting-approval failed rejected expired cancelled
unconfirmed       > submitted processing paid submitting failed rejected expired cancelled
submitted         > processing paid failed returned
processing        > paid failed returned
paid              > returned
returned          >
failed            > paid
rejected          >
expired           >
cancelled         >
`;
const rows = new Map(
  allowed
    .trim()
    .split('\n')
    .map((line) => {
      const [from = '', to = ''] = line.split('>');
      return [from.trim(), to.trim().split(/\s+/).filter(Boolean)] as const;
    }),
);

const pairs = payoutStatuses.flatMap((from) => payoutStatuses.map((to) => [from, to] as const));

test('the statuses are the thirteen of the table', () => {
  expect([...payoutStatuses].sort()).toEqual([...rows.keys()].sort());
});

test.each(pairs)('%s → %s is as the table says', (from, to) => {
  expect(mayBecome(from, to)).toBe(rows.get(from)?.includes(to) ?? false);
});

test('no status leads to itself', () => {
  for (const status of payoutStatuses) expect(mayBecome(status, status)).toBe(false);
});

test('every status can be reached from received', () => {
  const reached = new Set<PayoutStatus>(['received']);
  for (const status of reached) for (const next of transitions[status]) reached.add(next);
  expect([...reached].sort()).toEqual([...payoutStatuses].sort());
});

test('every status that is not final has a way to a final one', () => {
  for (const status of payoutStatuses) {
    const reached = new Set<PayoutStatus>([status]);
    for (const step of reached) for (const next of transitions[step]) reached.add(next);
    expect([...reached].some(isFinal)).toBe(true);
  }
});

test('nothing that was accepted can go back to a send', () => {
  for (const status of ['submitted', 'processing', 'paid', 'returned', 'failed'] as const) {
    const reached = new Set<PayoutStatus>([status]);
    for (const step of reached) for (const next of transitions[step]) reached.add(next);
    expect([...reached]).not.toContain('submitting');
    expect([...reached]).not.toContain('awaiting-approval');
  }
});

test('only a provider’s change of mind leaves a final status', () => {
  const exits = payoutStatuses
    .filter(isFinal)
    .flatMap((from) => transitions[from].map((to) => `${from}>${to}`));
  expect(exits.sort()).toEqual(['failed>paid', 'paid>returned']);
});

describe('what a status says about the money', () => {
  const expected: Readonly<Record<PayoutStatus, readonly [settled: string, unresolved: string]>> = {
    received: ['no', 'unknown'],
    screening: ['no', 'unknown'],
    'awaiting-approval': ['no', 'unknown'],
    submitting: ['no', 'unknown'],
    unconfirmed: ['unknown', 'unknown'],
    submitted: ['unknown', 'unknown'],
    processing: ['unknown', 'unknown'],
    paid: ['yes', 'yes'],
    returned: ['yes', 'yes'],
    failed: ['no', 'unknown'],
    rejected: ['no', 'unknown'],
    expired: ['no', 'unknown'],
    cancelled: ['no', 'unknown'],
  };
  test.each(payoutStatuses.map((status) => [status, ...expected[status]] as const))(
    '%s: %s, and %s with an unresolved send',
    (status, settledAnswer, unresolvedAnswer) => {
      expect(moneyMovedIn(status, false)).toBe(settledAnswer);
      expect(moneyMovedIn(status, true)).toBe(unresolvedAnswer);
    },
  );
});

test.each(['', 'held', 'PAID', 'paid ', 'toString', '__proto__', 'constructor'])('%j is no status', (text) =>
  expect(isPayoutStatus(text)).toBe(false),
);

test('every status is recognised', () => {
  for (const status of payoutStatuses) expect(isPayoutStatus(status)).toBe(true);
});
