import * as fc from 'fast-check';
import { evaluatePolicy } from '../../../src/domain/policy/evaluate-policy';
import type { DecidingEntry } from '../../../src/domain/policy/evaluate-policy';
import { peopleNeeded } from '../../../src/domain/policy/policy-document';
import type {
  ApprovalLevel,
  PolicyConditions,
  PolicyDocument,
  PolicyOutcome,
  PolicyRule,
} from '../../../src/domain/policy/policy-document';
import type { PolicyFacts } from '../../../src/domain/policy/policy-facts';
import type { PolicyProblem, PolicyRoute } from '../../../src/domain/policy/policy-problem';
import { policyProblems } from '../../../src/domain/policy/policy-problems';
import { reachableWitnesses } from '../../../src/domain/policy/rule-problems';
import { holds } from '../../support/property';
import { amountIn, facts, policy } from './random-policies';

const level = (change: Partial<ApprovalLevel> = {}): ApprovalLevel => ({
  role: 'staff',
  quorum: 1,
  deadlineMs: 3_600_000,
  ...change,
});
const people = (...quorums: readonly number[]): PolicyOutcome => ({
  kind: 'approve',
  levels: quorums.map((quorum) => level({ quorum })),
});
const nobody: PolicyOutcome = { kind: 'auto-approve' };
const block: PolicyOutcome = { kind: 'block', reason: 'no' };
const rule = (
  name: string,
  when: PolicyConditions,
  outcome: PolicyOutcome,
  fewerPeopleBecause?: string,
): PolicyRule => ({
  name,
  when,
  // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
  then: outcome,
  ...(fewerPeopleBecause === undefined ? {} : { fewerPeopleBecause }),
});
const document = (rules: readonly PolicyRule[], change: Partial<PolicyDocument> = {}): PolicyDocument => ({
  schema: 1,
  label: 'test',
  people: [{ id: 'ada', accounts: ['ada@x'] }, { id: 'ben' }, { id: 'cyd' }, { id: 'dov' }],
  roles: { staff: ['ada', 'ben', 'cyd'], heads: ['dov'], none: [] },
  rules,
  otherwise: block,
  ...change,
});
const found = (kind: PolicyProblem['kind'], given: PolicyDocument, routes?: readonly PolicyRoute[]) =>
  policyProblems(given, routes ? { routes } : {})
    .filter((problem) => problem.kind === kind)
    .map(({ path, severity, message }) => `${severity} ${path.join('.')}: ${message}`);

describe('rules that can never decide', () => {
  test.each<readonly [string, readonly PolicyConditions[], number | undefined]>([
    ['the same twice', [{ countries: ['PH'] }, { countries: ['PH'] }], 1],
    ['part of one before', [{ countries: ['PH', 'IN'] }, { countries: ['PH'], methods: ['card'] }], 1],
    ['more than one before', [{ countries: ['PH'] }, { countries: ['PH', 'IN'] }], undefined],
    ['everything before', [{}, { tenants: ['acme'] }], 1],
    [
      'two before together, by countries',
      [{ countries: ['PH'] }, { countries: ['IN'] }, { countries: ['IN', 'PH'] }],
      2,
    ],
    [
      'all five methods before',
      [
        { methods: ['bank-account', 'card'] },
        { methods: ['mobile-wallet'] },
        { methods: ['crypto-wallet', 'saved-destination'] },
        {},
      ],
      3,
    ],
    ['a longer time before', [{ sameAs: {} }, { sameAs: { withinHours: 3 } }], 1],
    ['both sides before', [{ sides: ['source'] }, { sides: ['destination'] }, { countries: ['PH'] }], 2],
    [
      'amounts that meet, to the last cent',
      [
        { amounts: { USD: { to: '99.99' } } },
        { amounts: { USD: { from: '100' } } },
        { amounts: { USD: { from: '50', to: '200' } } },
      ],
      2,
    ],
    [
      'amounts that leave a cent',
      [
        { amounts: { USD: { to: '99.98' } } },
        { amounts: { USD: { from: '100' } } },
        { amounts: { USD: { from: '50', to: '200' } } },
      ],
      undefined,
    ],
    [
      'below and from',
      [{ amounts: { USD: { below: '5' } } }, { amounts: { USD: { from: '5' } } }, { amounts: { USD: {} } }],
      2,
    ],
    ['another currency of amounts', [{ amounts: { USD: {} } }, { amounts: { USD: {}, EUR: {} } }], undefined],
    [
      'an amount that arrives in a currency that does not',
      [{ amounts: { USD: {} }, sides: ['destination'], currencies: ['EUR'] }],
      0,
    ],
    [
      'an amount that is debited in a currency that is not',
      [{ amounts: { USD: {} }, sides: ['source'], sourceCurrencies: ['EUR'] }],
      0,
    ],
    ['the same without a side', [{ amounts: { USD: {} }, sourceCurrencies: ['EUR'] }], undefined],
    ['an empty range', [{ amounts: { JPY: { from: '1.2', to: '1.8' } } }], 0],
    ['metadata', [{ metadata: { team: ['a', 'b'] } }, { metadata: { team: ['a'], batch: ['x'] } }], 1],
    ['other metadata', [{ metadata: { team: ['a'] } }, { metadata: { batch: ['a'] } }], undefined],
    ['the same person by another account', [{ requesters: ['ada'] }, { requesters: ['ADA@x'] }], 1],
  ])('%s', (_, conditions, unreachable) => {
    const given = document(conditions.map((when, index) => rule(`r${index}`, when, block)));
    const paths = policyProblems(given)
      .filter(({ kind }) => kind === 'unreachable-rule')
      .map(({ path }) => path);
    expect(paths).toEqual(unreachable === undefined ? [] : [['rules', unreachable]]);
  });

  test('are named with what covers them', () => {
    const both = document([
      rule('a', { countries: ['PH'] }, block),
      rule('b', { countries: ['IN'] }, block),
      rule('c', { countries: ['IN'], methods: ['card'] }, block),
      rule('d', { countries: ['IN', 'PH'] }, block),
    ]);
    expect(found('unreachable-rule', both)).toEqual([
      'error rules.2: “c” can never decide: rule 2 “b” stands before it and matches everything that it matches',
      'error rules.3: “d” can never decide: rule 1 “a”, rule 2 “b” and rule 3 “c” stand before it and together match everything that it matches',
    ]);
  });

  test('a tenant’s rules cover the common ones only for that tenant', () => {
    const tenants = { own: { rules: [rule('t', {}, block)] } };
    expect(found('unreachable-rule', document([rule('a', {}, block)], { tenants }))).toEqual([]);
    expect(
      found('unreachable-rule', document([rule('a', { tenants: ['own'] }, block)], { tenants })),
    ).toHaveLength(1);
  });
});

describe('amounts that overlap', () => {
  const overlapping = (first: PolicyConditions, second: PolicyConditions, outcome = people(2)) =>
    found('overlapping-amounts', document([rule('a', first, people(1)), rule('b', second, outcome)]));

  test('are reported where only the order decides', () => {
    expect(overlapping({ amounts: { USD: { to: '1000' } } }, { amounts: { USD: { from: '1000' } } })).toEqual(
      [
        'warning rules.1.when.amounts.USD: 1,000.00 USD is in rule 1 “a” as well, which decides only because it stands first',
      ],
    );
  });

  test.each<readonly [string, PolicyConditions, PolicyConditions, PolicyOutcome]>([
    [
      'amounts that meet',
      { amounts: { USD: { below: '10' } } },
      { amounts: { USD: { from: '10' } } },
      people(2),
    ],
    ['other currencies', { amounts: { USD: {} } }, { amounts: { EUR: {} } }, people(2)],
    [
      'an exception before a general rule',
      { countries: ['PH'], amounts: { USD: {} } },
      { amounts: { USD: {} } },
      people(2),
    ],
    ['no amounts', { countries: ['PH'] }, { countries: ['PH'], amounts: { USD: {} } }, people(2)],
    [
      'a rule that can never decide',
      { amounts: { USD: { to: '10' } } },
      { amounts: { USD: { to: '5' } } },
      people(2),
    ],
    ['the same outcome', { amounts: { USD: { to: '10' } } }, { amounts: { USD: { from: '5' } } }, people(1)],
  ])('%s is not', (_, first, second, outcome) => expect(overlapping(first, second, outcome)).toEqual([]));
});

describe('more money with fewer people', () => {
  const small = { amounts: { USD: { below: '100' } } };
  const large = { amounts: { USD: { from: '100' } } };

  test('is an error that shows both amounts', () => {
    expect(
      found(
        'fewer-people-for-more-money',
        document([rule('a', small, people(2)), rule('b', large, people(1))]),
      ),
    ).toEqual([
      'error rules.1: rule 2 “b” asks one person for 100.00 USD, but rule 1 “a” asks 2 people for 0.01 USD of the same kind; where that is meant, say why in fewerPeopleBecause',
    ]);
  });

  test.each<readonly [string, readonly PolicyRule[]]>([
    ['more people', [rule('a', small, people(1)), rule('b', large, people(1, 1))]],
    ['a reason', [rule('a', small, people(2)), rule('b', large, nobody, 'because')]],
    [
      'another kind of payout',
      [
        rule('a', { ...small, sides: ['source'] }, people(2)),
        rule('b', { ...large, sides: ['destination'] }, nobody),
      ],
    ],
    ['another currency', [rule('a', small, people(2)), rule('b', { amounts: { EUR: {} } }, nobody)]],
    ['a block above', [rule('a', small, people(2)), rule('b', large, block)]],
    ['a block below', [rule('a', small, block), rule('b', large, nobody)]],
    [
      'a rule that a third one keeps from the larger amounts',
      [
        rule('x', large, people(3)),
        rule('a', { amounts: { USD: { from: '50' } } }, people(2)),
        rule('b', { amounts: { USD: {} } }, nobody),
      ],
    ],
  ])('%s is none', (_, rules) => expect(found('fewer-people-for-more-money', document(rules))).toEqual([]));

  test('is found across the default and across the rules of a tenant', () => {
    expect(
      found('fewer-people-for-more-money', document([rule('a', small, people(2))], { otherwise: people(1) })),
    ).toHaveLength(1);
    expect(
      found(
        'fewer-people-for-more-money',
        document([rule('b', {}, nobody)], { tenants: { own: { rules: [rule('t', small, people(1))] } } }),
      ),
    ).toHaveLength(1);
  });

  test('is found where an exception for a kind of payout leaves the large ones to a general rule', () => {
    const rules = [rule('a', { ...small, countries: ['NG'] }, people(2)), rule('b', {}, people(1))];
    expect(found('fewer-people-for-more-money', document(rules))).toHaveLength(1);
  });
});

describe('people and levels', () => {
  const withLevels = (...levels: readonly Partial<ApprovalLevel>[]) =>
    document([rule('a', {}, { kind: 'approve', levels: levels.map((one) => level(one)) })]);
  const messages = (given: PolicyDocument) =>
    policyProblems(given).map(({ severity, path, message }) => `${severity} ${path.join('.')}: ${message}`);
  const at = 'rules.0.then.levels';

  test.each<readonly [string, PolicyDocument, readonly string[]]>([
    ['nothing', withLevels({}), []],
    [
      'quorum too large',
      withLevels({ quorum: 4 }),
      [`error ${at}.0.quorum: asks for 4 people, but staff has 3`],
    ],
    [
      'nobody in the role',
      withLevels({ role: 'none' }),
      [`error ${at}.0.quorum: asks for 1 people, but none has 0`],
    ],
    [
      'quorum that only leaves no room for the requester',
      withLevels({ quorum: 3 }),
      [`warning ${at}: cannot be completed when ada, ben or cyd asks for the payout`],
    ],
    [
      'quorum that needs the escalation',
      withLevels({ role: 'heads', quorum: 3, escalateTo: 'staff', escalateAfterMs: 1000 }),
      [`warning ${at}.0.quorum: asks for 3 people, but heads has 1: it waits for the escalation every time`],
    ],
    [
      'levels that share too few people',
      withLevels({ quorum: 2 }, { quorum: 2 }),
      [
        `error ${at}: asks for 4 different people in all, but the roles have only 3 between them (a person counts once in a payout)`,
      ],
    ],
    ['unknown role', withLevels({ role: 'board' }), [`error ${at}.0.role: there is no role board`]],
    [
      'escalation to nobody',
      withLevels({ escalateTo: 'none', escalateAfterMs: 1000 }),
      [`error ${at}.0.escalateTo: nobody has the role none`],
    ],
    [
      'escalation to a role that there is not',
      withLevels({ escalateTo: 'board', escalateAfterMs: 1000 }),
      [`error ${at}.0.escalateTo: there is no role board`],
    ],
    [
      'escalation without a time',
      withLevels({ escalateTo: 'heads' }),
      [`error ${at}.0.escalateTo: needs escalateAfterMs, which says when`],
    ],
    [
      'escalation to nowhere',
      withLevels({ escalateAfterMs: 1000 }),
      [`error ${at}.0.escalateAfterMs: needs escalateTo, which says to whom`],
    ],
    [
      'reminder after the deadline',
      withLevels({ reminderAfterMs: 7_200_000 }),
      [`error ${at}.0.reminderAfterMs: reminds after 2 hours, but the deadline is after 1 hour`],
    ],
    [
      'escalation at the deadline',
      withLevels({ escalateTo: 'heads', escalateAfterMs: 3_600_000 }),
      [`error ${at}.0.escalateAfterMs: escalates after 1 hour, but the deadline is after 1 hour`],
    ],
    [
      'an account of two people',
      document([], {
        people: [
          { id: 'ada', accounts: ['x'] },
          { id: 'ben', accounts: [' X'] },
        ],
        roles: {},
      }),
      ['error people.1.accounts.0: x belongs to ada already'],
    ],
    [
      'a person twice',
      document([], { people: [{ id: 'ada' }, { id: 'ADA' }], roles: {} }),
      ['error people.1.id: ada stands on the list twice'],
    ],
    [
      'an id that is another’s account',
      document([], { people: [{ id: 'ada', accounts: ['ben'] }, { id: 'ben' }], roles: {} }),
      ['error people.1.id: ben belongs to ada already'],
    ],
    [
      'roles of nobody, of an account, and of somebody twice',
      document([], { roles: { staff: ['eve', 'ada@x', 'ben', 'BEN'] } }),
      [
        'error roles.staff.0: nobody among the people has the id eve',
        "error roles.staff.1: ada@x is an account of ada: write the person's id",
        'error roles.staff.3: ben stands in this role twice',
      ],
    ],
    [
      'a default that asks nobody',
      document([], { otherwise: nobody }),
      ['warning otherwise: whatever no rule speaks of is paid without anybody being asked'],
    ],
  ])('%s', (_, given, expected) => expect(messages(given)).toEqual(expected));

  test('a later level that may have nobody left', () => {
    const given = document(
      [rule('a', {}, { kind: 'approve', levels: [level(), level({ role: 'ben-only' })] })],
      { roles: { staff: ['ada', 'ben', 'cyd'], 'ben-only': ['ben'] } },
    );
    expect(messages(given)).toContain(
      `warning ${at}.1.role: ben-only may have nobody left: its people may have decided at an earlier level, and a person counts once in a payout`,
    );
  });

  test('a requester who can never ask is no reason for a warning', () => {
    const given = document([rule('a', { requesters: ['robot'] }, people(3))]);
    expect(found('quorum-too-large', given)).toEqual([]);
  });

  test('two rules of one name, unless they are of different tenants', () => {
    const same = rule('a', {}, block);
    const of = (rules: readonly PolicyRule[], tenants: PolicyDocument['tenants']) =>
      found('unknown-name', document(rules, tenants ? { tenants } : {})).length;
    expect(of([same, same], undefined)).toBe(1);
    expect(of([same], { own: { rules: [same] } })).toBe(1);
    expect(of([], { own: { rules: [same] }, other: { rules: [same] } })).toBe(0);
  });
});

describe('common blocks', () => {
  const blocked = rule('embargo', { countries: ['KP'] }, block);
  test('that a tenant’s rule lifts are reported', () => {
    const lifting = { own: { rules: [rule('t', { methods: ['card'] }, nobody)] } };
    expect(found('block-lifted', document([blocked], { tenants: lifting }))).toEqual([
      'warning tenants.own.rules.0: rule 1 of tenant own “t” lets pass what rule 1 “embargo” blocks for everybody else',
    ]);
    const elsewhere = { own: { rules: [rule('t', { countries: ['PH'] }, nobody)] } };
    expect(found('block-lifted', document([blocked], { tenants: elsewhere }))).toEqual([]);
  });
});

describe('currencies without a rule', () => {
  const routes: readonly PolicyRoute[] = [
    { account: 'main', provider: 'pontis', when: { sides: ['source'], sourceCurrencies: ['USDT'] } },
    { account: 'bd', when: { currencies: ['BDT'] } },
  ];
  test('are those that only the default catches', () => {
    const given = document([rule('a', { amounts: { USDT: { below: '10' } } }, block)]);
    expect(found('currency-without-rule', given, routes)).toEqual([
      'warning otherwise: no rule speaks of amounts arriving in BDT, which bd can carry: only the default decides',
    ]);
    expect(found('currency-without-rule', given)).toEqual([]);
  });
  test('are none where a rule for all payouts stands', () => {
    expect(found('currency-without-rule', document([rule('a', {}, block)]), routes)).toEqual([]);
  });
  test('a rule that only blocks a country speaks of no currency', () => {
    const given = document([rule('a', { countries: ['KP'] }, block)]);
    expect(found('currency-without-rule', given, routes)).toHaveLength(2);
  });
  test('the rules of a tenant say nothing about the others', () => {
    const tenants = { own: { rules: [rule('t', { amounts: { BDT: {} } }, block)] } };
    const given = document([rule('a', { amounts: { USDT: {} } }, block)], { tenants });
    expect(found('currency-without-rule', given, routes)).toHaveLength(1);
  });
  test('a rule about another account does not count', () => {
    const given = document([rule('a', { amounts: { USDT: {}, BDT: {} }, accounts: ['other'] }, block)]);
    expect(found('currency-without-rule', given, routes).length).toBeGreaterThan(1);
  });
});

test('a search that would take too long is given up and says so', () => {
  const rules = [rule('a', { countries: ['PH'] }, block), rule('b', { countries: ['IN', 'PH'] }, block)];
  expect(
    policyProblems(document(rules), { limits: { stepsPerQuestion: 1 } }).map(({ kind }) => kind),
  ).toContain('not-checked');
});

/** Who decides, as the path of the problem that would name it. */
function pathOf(entry: DecidingEntry): string {
  const list = entry.tenant === undefined ? '' : `tenants.${entry.tenant}.`;
  return entry.kind === 'otherwise' ? `${list}otherwise` : `${list}rules.${entry.position - 1}`;
}
const pathsOf = (given: PolicyDocument, kind: PolicyProblem['kind']): readonly string[] =>
  policyProblems(given)
    .filter((problem) => problem.kind === kind)
    .map(({ path }) => path.join('.'));

describe('any policy', () => {
  test('an unreachable rule never decides', () => {
    holds(
      [policy, fc.array(facts, { minLength: 20, maxLength: 20 })],
      (given, many) => {
        const unreachable = pathsOf(given, 'unreachable-rule');
        for (const one of many)
          expect(unreachable).not.toContain(pathOf(evaluatePolicy(given, one).decidedBy));
      },
      500,
    );
  });

  test('every other rule has a payout that it decides', () => {
    holds(
      [policy],
      (given) => {
        const unreachable = pathsOf(given, 'unreachable-rule');
        const witnesses = reachableWitnesses(given);
        const rules = [
          ...given.rules.map((_, index) => `rules.${index}`),
          ...(given.tenants?.['own']?.rules ?? []).map((_, index) => `tenants.own.rules.${index}`),
        ];
        for (const path of rules) {
          const witness = witnesses.get(path);
          if (unreachable.includes(path)) expect(witness).toBeUndefined();
          else if (witness === undefined) throw new Error(`${path} has no witness`);
          else expect(pathOf(evaluatePolicy(given, witness).decidedBy)).toBe(path);
        }
      },
      500,
    );
  });

  /** More money with fewer people and nobody says why. */
  const isViolation = (given: PolicyDocument, small: PolicyFacts, large: PolicyFacts): string | undefined => {
    const [less, more] = [evaluatePolicy(given, small), evaluatePolicy(given, large)];
    const [needsLess, needsMore] = [
      peopleNeeded(outcomeOf(given, less.decidedBy)),
      peopleNeeded(outcomeOf(given, more.decidedBy)),
    ];
    if (needsLess === undefined || needsMore === undefined || needsMore >= needsLess) return undefined;
    return ruleOf(given, more.decidedBy)?.fewerPeopleBecause === undefined
      ? pathOf(more.decidedBy)
      : undefined;
  };
  const ruleOf = (given: PolicyDocument, entry: DecidingEntry): PolicyRule | undefined => {
    if (entry.kind === 'otherwise') return undefined;
    const list = entry.tenant === undefined ? given : given.tenants?.[entry.tenant];
    return list?.rules[entry.position - 1];
  };
  const outcomeOf = (given: PolicyDocument, entry: DecidingEntry): PolicyOutcome =>
    ruleOf(given, entry)?.then ??
    (entry.tenant === undefined ? undefined : given.tenants?.[entry.tenant]?.otherwise) ??
    given.otherwise;
  const twoAmounts = facts.chain((one) =>
    fc.tuple(amountIn(one.amount.currency), amountIn(one.amount.currency)).map((values) => {
      const [small, large] = values.toSorted((left, right) => Number(left) - Number(right));
      const withValue = (value = ''): PolicyFacts => ({ ...one, amount: { ...one.amount, value } });
      return [withValue(small), withValue(large)] as const;
    }),
  );

  test('asks more money of no fewer people, unless the check names the rule', () => {
    let violations = 0;
    let clean = 0;
    holds(
      [policy, fc.array(twoAmounts, { minLength: 20, maxLength: 20 })],
      (given, pairs) => {
        const reported = pathsOf(given, 'fewer-people-for-more-money');
        if (reported.length === 0) clean += 1;
        for (const [small, large] of pairs) {
          const violated = isViolation(given, small, large);
          if (violated === undefined) continue;
          violations += 1;
          expect(reported).toContain(violated);
        }
      },
      600,
    );
    // Otherwise the law above was about nothing.
    expect(violations).toBeGreaterThan(20);
    expect(clean).toBeGreaterThan(20);
  });

  test('and what the check names can be shown', () => {
    let shown = 0;
    holds(
      [policy],
      (given) => {
        for (const { kind, path, witness } of policyProblems(given)) {
          if (kind !== 'fewer-people-for-more-money') continue;
          const [small, large] = witness ?? [];
          if (small === undefined || large === undefined) throw new Error('no witness');
          expect(Number(small.amount.value)).toBeLessThan(Number(large.amount.value));
          expect({ ...small, amount: large.amount }).toEqual(large);
          expect(isViolation(given, small, large)).toBe(path.join('.'));
          shown += 1;
        }
      },
      500,
    );
    expect(shown).toBeGreaterThan(20);
  });
});
