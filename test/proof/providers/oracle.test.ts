import type { LedgerEntry } from '../../../src/simulators/provider-core';
import { findViolations, readLedgers } from './oracle';
import type { Intent, LedgerSource, OurEnd } from './oracle';

const intent = (change: Partial<Intent> = {}): Intent => ({
  reference: 'order-1',
  host: 'pontis',
  beneficiary: '001',
  amount: '10.00',
  currency: 'USDT',
  ...change,
});
const entry = (change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  sequence: 1,
  at: 0,
  kind: 'debit',
  providerPayoutId: 'p1',
  callerKey: 'key-1',
  amount: '10.00',
  currency: 'USDT',
  beneficiary: '001',
  ...change,
});
const ledger = (...entries: readonly LedgerEntry[]): LedgerSource => ({
  name: 'pontis',
  simulator: { ledger: () => entries },
});
const end = (change: Partial<OurEnd> = {}): OurEnd => ({
  intent: intent(),
  status: 'paid',
  final: true,
  moneyMoved: 'yes',
  held: false,
  ...change,
});
const broken = (source: LedgerSource, ...ends: readonly OurEnd[]): readonly string[] =>
  findViolations([source], ends).map(({ invariant }) => invariant);

test('one debit, called paid', () => expect(broken(ledger(entry()), end())).toEqual([]));

test.each([
  ['under a new key', { callerKey: 'key-2' }],
  ['under the same key', {}],
  ['written with other decimals', { callerKey: 'key-2', amount: '10' }],
])('a second debit %s is seen', (_name, change) => {
  const source = ledger(entry(), entry({ providerPayoutId: 'p2', ...change }));
  expect(readLedgers([source], [intent()]).of(intent()).payouts).toEqual(['p1', 'p2']);
  expect(broken(source, end())).toEqual(expect.arrayContaining(['I1', 'I3', 'I6']));
});

test('a second debit is seen though the first was given back', () => {
  const source = ledger(
    entry(),
    entry({ kind: 'credit' }),
    entry({ providerPayoutId: 'p2', callerKey: 'key-2' }),
  );
  expect(broken(source, end())).toEqual(['I1']);
});

test('one payout that fails and is paid after all is one payout', () => {
  const source = ledger(entry(), entry({ kind: 'credit' }), entry());
  expect(broken(source, end())).toEqual([]);
});

test('money to another account, another amount or at another provider is nobody’s', () => {
  for (const change of [{ beneficiary: '002' }, { amount: '10.01' }, { currency: 'USD' }]) {
    expect(broken(ledger(entry(), entry({ providerPayoutId: 'p2', ...change })), end())).toEqual(['I1']);
  }
  expect(readLedgers([{ ...ledger(entry()), name: 'payfield' }], [intent()]).foreign).toHaveLength(1);
});

test('paid without a debit, failed with one, and neither ended nor held', () => {
  expect(broken(ledger(), end())).toEqual(['I3', 'I6']);
  const failed = end({ status: 'failed', moneyMoved: 'no' });
  expect(broken(ledger(entry()), failed)).toEqual(['I3', 'I6']);
  expect(broken(ledger(entry(), entry({ kind: 'credit' })), failed)).toEqual([]);
  const open = end({ status: 'unconfirmed', final: false, moneyMoved: 'unknown' });
  expect(broken(ledger(entry()), open)).toEqual(['I2']);
});

test('what is held as unknown may have been debited or not, but not twice', () => {
  const held = end({ status: 'unconfirmed', final: false, moneyMoved: 'unknown', held: true });
  expect(broken(ledger(), held)).toEqual([]);
  expect(broken(ledger(entry()), held)).toEqual([]);
  expect(broken(ledger(entry(), entry({ providerPayoutId: 'p2' })), held)).toContain('I1');
});

test('returned money is back', () => {
  const returned = end({ status: 'returned' });
  expect(broken(ledger(entry(), entry({ kind: 'credit' })), returned)).toEqual([]);
  expect(broken(ledger(entry()), returned)).toEqual(['I3', 'I6']);
});

test('two intents that look alike may be debited twice, and not three times', () => {
  const other = end({ intent: intent({ reference: 'order-2' }) });
  const two = [entry(), entry({ providerPayoutId: 'p2' })];
  expect(broken(ledger(...two), end(), other)).toEqual([]);
  expect(broken(ledger(...two, entry({ providerPayoutId: 'p3' })), end(), other)).toContain('I1');
});

test('the sum of the money is compared exactly, without floats', () => {
  const ends = ['0.10', '0.20', '0.30'].map((amount, index) =>
    end({ intent: intent({ reference: `r${index}`, beneficiary: `b${index}`, amount }) }),
  );
  const entries = ends.map(({ intent: { beneficiary, amount } }, index) =>
    entry({ beneficiary, amount, providerPayoutId: `p${index}` }),
  );
  expect(broken(ledger(...entries), ...ends)).toEqual([]);
});
