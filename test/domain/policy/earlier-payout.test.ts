import { agoInWords, hoursBack, payeeIdentity } from '../../../src/domain/policy/earlier-payout';
import { evaluatePolicy } from '../../../src/domain/policy/evaluate-policy';
import { explainPolicy } from '../../../src/domain/policy/explain-policy';
import type { PolicyConditions, PolicyDocument } from '../../../src/domain/policy/policy-document';
import { asksForEarlier } from '../../../src/domain/policy/policy-document';
import { policyFacts } from '../../../src/domain/policy/policy-facts';
import type { PolicyFacts } from '../../../src/domain/policy/policy-facts';
import type { Beneficiary } from '../../../src/domain/payout-request';
import { exampleRequest } from '../../support/example-request';

const hour = 3_600_000;
const policy = (sameAs: PolicyConditions['sameAs'], tenant?: string): PolicyDocument => {
  const rule = {
    name: 'the same again',
    when: sameAs === undefined ? {} : { sameAs },
    // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
    then: {
      kind: 'approve' as const,
      levels: [{ role: 'payments', quorum: 1, deadlineMs: hour }],
    },
  };
  return {
    schema: 1,
    label: 'test',
    people: [{ id: 'alice' }],
    roles: { payments: ['alice'] },
    rules: tenant === undefined ? [rule] : [],
    otherwise: { kind: 'auto-approve' },
    ...(tenant === undefined ? {} : { tenants: { [tenant]: { rules: [rule] } } }),
  };
};
const facts = (agoMs?: number): PolicyFacts => {
  const known = policyFacts(exampleRequest(), { account: 'main', provider: 'pontis' });
  if (known === undefined) throw new Error('no facts');
  return agoMs === undefined ? known : { ...known, earlier: { reference: 'order-17', agoMs } };
};

test.each([
  [{}, undefined, 'otherwise'],
  [{}, 0, 'rule'],
  [{}, 24 * hour, 'rule'],
  [{}, 24 * hour + 1, 'otherwise'],
  [{ withinHours: 1 }, hour, 'rule'],
  [{ withinHours: 1 }, hour + 1, 'otherwise'],
  [{ withinHours: 168 }, 168 * hour, 'rule'],
  // Clocks of two machines: entered just after, it is the same moment.
  [{}, -5, 'rule'],
])('sameAs %j with an earlier payout %s ms before: %s decides', (sameAs, agoMs, kind) => {
  expect(evaluatePolicy(policy(sameAs), facts(agoMs)).decidedBy.kind).toBe(kind);
});

test('the reason names the earlier reference, and the decision freezes what it was decided on', () => {
  const decision = evaluatePolicy(policy({}), facts(5 * 60_000 + 7));
  expect(decision.because).toBe(
    'rule 1 “the same again”: the payee and amount are those of order-17, asked for 5 minutes before',
  );
  expect(decision.facts.earlier).toEqual({ reference: 'order-17', agoMs: 300_007 });
  expect(decision.outcome.kind).toBe('approve');
});

test.each([
  [undefined, 'no payout of the 24 hours before has the same payee and amount'],
  [
    30 * hour,
    'the payee and amount are those of order-17, asked for 30 hours before, which is more than 24 h',
  ],
])('the explanation says why it does not hold (%s)', (agoMs, words) => {
  const explained = explainPolicy(policy({ withinHours: 24 }), facts(agoMs));
  expect(explained.steps).toMatchObject([{ matched: false, because: words }]);
});

test.each([
  [0, 'less than a minute before'],
  [59_999, 'less than a minute before'],
  [60_000, '1 minute before'],
  [119 * 60_000, '119 minutes before'],
  [2 * hour, '2 hours before'],
  [24 * hour, '1 day before'],
  [25 * hour, '25 hours before'],
])('%d ms are %s', (ms, words) => expect(agoInWords(ms)).toBe(words));

test('hours are counted from one, and a full hour belongs to itself', () => {
  expect([0, 1, hour, hour + 1, 24 * hour].map((agoMs) => hoursBack({ reference: 'r', agoMs }))).toEqual([
    1, 1, 1, 2, 24,
  ]);
});

test('a tenant is asked about only where a rule of its own or a common one asks', () => {
  expect(asksForEarlier(policy({}), 'acme')).toBe(true);
  expect(asksForEarlier(policy({}, 'acme'), 'acme')).toBe(true);
  expect(asksForEarlier(policy({}, 'acme'), 'globex')).toBe(false);
  expect(asksForEarlier(policy({}, 'acme'))).toBe(true);
  expect(asksForEarlier(policy(undefined), 'acme')).toBe(false);
});

describe('a payee is the same', () => {
  const identity = (beneficiary: Beneficiary, change = {}): string =>
    payeeIdentity(exampleRequest({ beneficiary, ...change }));
  const account: Beneficiary = {
    method: 'bank-account',
    name: 'Beatriz Santos',
    account: { accountNumber: '0012345678', bankCode: 'BOPI' },
  };
  const wallet = (memo?: string): Beneficiary => ({
    method: 'crypto-wallet',
    name: 'x',
    account: { address: 'rDsbeomae4FXwgQTJp9Rs64Qg9vDiTCdBv', ...(memo === undefined ? {} : { memo }) },
  });

  test('whatever the name, the bank’s name, the amount and the reference are', () => {
    const other: Beneficiary = {
      method: 'bank-account',
      name: 'B. Santos',
      account: { accountNumber: '0012345678', bankName: 'Example Bank', bic: 'BOPIPHMM' },
    };
    expect(identity(other, { reference: 'order-2', amount: { value: '7', side: 'source' } })).toBe(
      identity(account),
    );
  });

  test.each<readonly [string, string, string]>([
    [
      'another account',
      identity(account),
      identity({ ...account, account: { accountNumber: '0012345679' } }),
    ],
    [
      'another country',
      identity(account),
      identity(account, { destination: { country: 'IN', currency: 'PHP' } }),
    ],
    ['another tenant', identity(account), identity(account, { tenant: 'globex' })],
    ['another memo', identity(wallet('1')), identity(wallet('2'))],
    ['a memo and none', identity(wallet('1')), identity(wallet())],
    [
      'a phone and a card of the same digits',
      identity({ method: 'mobile-wallet', name: 'x', account: { phoneNumber: '4111111111111111' } }),
      identity({ method: 'card', name: 'x', account: { cardNumber: '4111111111111111' } }),
    ],
    [
      'two saved destinations',
      identity({
        method: 'saved-destination',
        name: 'x',
        account: { destinationId: 'd1', kind: 'bank-account' },
      }),
      identity({
        method: 'saved-destination',
        name: 'x',
        account: { destinationId: 'd2', kind: 'bank-account' },
      }),
    ],
  ])('but not with %s', (_, one, other) => expect(one).not.toBe(other));
});
