import * as fc from 'fast-check';
import { approvalRuleFor } from '../../../src/domain/approval';
import type { ApprovalPolicy } from '../../../src/domain/approval';
import { evaluatePolicy } from '../../../src/domain/policy/evaluate-policy';
import { peopleNeeded } from '../../../src/domain/policy/policy-document';
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

test('thresholds as a policy ask the same people, and as many of them', () => {
  holds(
    [approval, facts],
    (given, about) => {
      const policy = policyOfThresholds(given);
      const { decidedBy, outcome } = evaluatePolicy(policy, { ...about, requestedBy: 'robot' });
      const rule = approvalRuleFor(given, about.amount.value, about.amount.currency);
      const decided =
        decidedBy.kind === 'rule' ? policy.rules[decidedBy.position - 1]?.then : policy.otherwise;
      expect(decided && peopleNeeded(decided)).toBe(rule.required);
      if (outcome.kind !== 'approve') return;
      expect(outcome.levels).toEqual([
        { role: 'approvers', quorum: rule.required, people: ['ada', 'ben'], deadlineMs: 5000 },
      ]);
    },
    1000,
  );
});
