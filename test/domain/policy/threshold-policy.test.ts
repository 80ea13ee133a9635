import * as fc from 'fast-check';
import { evaluatePolicy } from '../../../src/domain/policy/evaluate-policy';
import { peopleNeeded } from '../../../src/domain/policy/policy-document';
import type { PolicyFacts } from '../../../src/domain/policy/policy-facts';
import type { ApprovalPolicy } from '../../../src/domain/policy/threshold-policy';
import { policyOfThresholds } from '../../../src/domain/policy/threshold-policy';
import { holds } from '../../support/property';
import { facts } from './random-policies';

const step = fc.record({
  from: fc.constantFrom('0', '1', '2', '2.00', '10', '11', '50'),
  approvals: fc.nat(3),
});
const approval: fc.Arbitrary<ApprovalPolicy> = fc.record({
  approvers: fc.constant(['Ada', 'ben', 'ADA ']),
  expiresAfterMs: fc.constant(5000),
  thresholds: fc.dictionary(fc.constantFrom('USD', 'JPY'), fc.array(step, { minLength: 1, maxLength: 4 }), {
    noNullPrototype: true,
  }),
  otherwise: fc.nat(2),
});

/** How many people an amount needs, worked out another way: from the highest threshold that it reaches, in cents. */
function expected({ thresholds, otherwise }: ApprovalPolicy, amount: string, currency: string): number {
  const cents = (value: string): bigint => {
    const [whole = '0', part = ''] = value.split('.');
    return BigInt(whole) * 10n ** 18n + BigInt(part.padEnd(18, '0'));
  };
  const steps = Object.hasOwn(thresholds, currency) ? (thresholds[currency] ?? []) : [];
  const reached = steps.filter(({ from }) => cents(from) <= cents(amount)).map(({ from }) => cents(from));
  const highest = reached.reduce((most, one) => (one > most ? one : most), -1n);
  const asked = steps.filter(({ from }) => cents(from) === highest).map(({ approvals }) => approvals);
  return asked.length === 0 ? Math.max(1, otherwise) : Math.max(...asked);
}

const about: PolicyFacts = {
  tenant: 'acme',
  requestedBy: 'robot',
  amount: { value: '1', currency: 'USD' },
  side: 'source',
  country: 'KE',
  currency: 'KES',
  method: 'bank-account',
  account: 'main',
  provider: 'pontis',
};

/** What the policy asks for an amount. */
function asked(approval: ApprovalPolicy, value: string, currency: string) {
  const { outcome, because } = evaluatePolicy(policyOfThresholds(approval), {
    ...about,
    amount: { value, currency },
  });
  const levels = outcome.kind === 'approve' ? outcome.levels : [];
  return { required: levels.reduce((sum, { quorum }) => sum + quorum, 0), levels, because };
}

describe('how many people an amount needs', () => {
  const policy: ApprovalPolicy = {
    approvers: ['Ann@Example.com', ' bob '],
    expiresAfterMs: 3_600_000,
    // Not sorted: the order in the configuration file must not matter.
    thresholds: {
      USD: [
        { from: '10000', approvals: 2 },
        { from: '0', approvals: 0 },
        { from: '1000.00', approvals: 1 },
      ],
      KES: [{ from: '500', approvals: 3 }],
    },
    otherwise: 2,
  };

  test.each([
    ['0.01', 'USD', 0],
    ['999.99', 'USD', 0],
    ['1000', 'USD', 1],
    ['1000.00', 'USD', 1],
    ['1000.01', 'USD', 1],
    ['9999.99', 'USD', 1],
    ['10000', 'USD', 2],
    ['10000.00', 'USD', 2],
    ['999999999999.99', 'USD', 2],
    // Below the lowest threshold, and without any: people decide.
    ['499.99', 'KES', 2],
    ['500', 'KES', 3],
    ['1', 'EUR', 2],
    ['1', 'constructor', 2],
    ['1', '__proto__', 2],
  ])('%s %s: %i', (amount, currency, required) =>
    expect(asked(policy, amount, currency).required).toBe(required),
  );

  test('a currency without a rule needs somebody, whatever the configuration says', () => {
    expect(asked({ ...policy, otherwise: 0 }, '1', 'EUR').required).toBe(1);
    expect(asked({ ...policy, otherwise: 0 }, '1', 'KES').required).toBe(1);
  });

  test('of two rules for the same threshold the one that asks for more people counts', () => {
    const rules = [
      { from: '100', approvals: 1 },
      { from: '100.00', approvals: 3 },
      { from: '100.0', approvals: 2 },
    ];
    for (const list of [rules, rules.toReversed()]) {
      expect(asked({ ...policy, thresholds: { USD: list } }, '100', 'USD').required).toBe(3);
    }
  });

  test('the order of the thresholds does not matter', () => {
    const rule = fc.record({
      from: fc.nat({ max: 1_000_000 }).map(String),
      approvals: fc.nat({ max: 5 }),
    });
    const drawn = fc
      .uniqueArray(rule, { selector: ({ from }) => from, maxLength: 6 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    holds([drawn, fc.nat({ max: 1_000_000 })], ([list, shuffled], amount) => {
      const required = (thresholds: typeof list): number =>
        asked({ ...policy, thresholds: { USD: thresholds } }, String(amount), 'USD').required;
      expect(required(shuffled)).toBe(required(list));
    });
  });

  test('approvers are known by their identity, and the rule says which setting decided', () => {
    const rule = asked(policy, '1500', 'USD');
    expect(rule.levels).toMatchObject([{ people: ['ann@example.com', 'bob'], deadlineMs: 3_600_000 }]);
    expect(rule.because).toContain('USD from 1000.00');
    expect(asked(policy, '1', 'EUR').because).toContain('no rule matches');
  });
});

test('thresholds as a policy ask the same people, and as many of them', () => {
  holds(
    [approval, facts],
    (given, about) => {
      const policy = policyOfThresholds(given);
      const { decidedBy, outcome } = evaluatePolicy(policy, { ...about, requestedBy: 'robot' });
      const required = expected(given, about.amount.value, about.amount.currency);
      const decided =
        decidedBy.kind === 'rule' ? policy.rules[decidedBy.position - 1]?.then : policy.otherwise;
      expect(decided && peopleNeeded(decided)).toBe(required);
      if (outcome.kind !== 'approve') return;
      expect(outcome.levels).toEqual([
        { role: 'approvers', quorum: required, people: ['ada', 'ben'], deadlineMs: 5000 },
      ]);
    },
    1000,
  );
});
