import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { evaluatePolicy, policyHash } from '../../../src/domain/policy/evaluate-policy';
import { explainPolicy } from '../../../src/domain/policy/explain-policy';
import type { PolicyConditions, PolicyDocument } from '../../../src/domain/policy/policy-document';
import { policyFacts } from '../../../src/domain/policy/policy-facts';
import type { PolicyFacts } from '../../../src/domain/policy/policy-facts';
import { exampleRequest } from '../../support/example-request';
import { holds } from '../../support/property';
import { turned } from '../../support/turned';
import { facts, policy } from './random-policies';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const plain = (change: Partial<PolicyDocument> = {}): PolicyDocument => ({
  schema: 1,
  label: 'plain',
  people: [{ id: 'Ada', accounts: ['ada@x', 'slack:1'] }, { id: 'ben' }, { id: 'cyd' }],
  roles: { staff: ['ada', 'ben'], heads: ['cyd'] },
  rules: [],
  otherwise: { kind: 'block', reason: 'no rule' },
  ...change,
});

const route = { account: 'main', provider: 'pontis' };
const factsOf = (change: Parameters<typeof exampleRequest>[0] = {}): PolicyFacts => {
  const found = policyFacts(exampleRequest(change), route);
  if (found === undefined) throw new Error('no currency');
  return found;
};

/** A policy with one rule that auto-approves, and a block behind it. */
const onlyWhen = (when: PolicyConditions): PolicyDocument =>
  // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
  plain({ rules: [{ name: 'one', when, then: { kind: 'auto-approve' } }] });

describe('a condition', () => {
  test.each<readonly [string, PolicyConditions, Parameters<typeof exampleRequest>[0], boolean]>([
    ['nothing', {}, {}, true],
    ['tenant', { tenants: ['acme'] }, {}, true],
    ['another tenant', { tenants: ['globex'] }, {}, false],
    ['country', { countries: ['IN', 'PH'] }, {}, true],
    ['another country', { countries: ['IN'] }, {}, false],
    ['destination currency', { currencies: ['PHP'] }, {}, true],
    ['another destination currency', { currencies: ['USDT'] }, {}, false],
    ['source currency', { sourceCurrencies: ['USDT'] }, {}, true],
    ['another source currency', { sourceCurrencies: ['PHP'] }, {}, false],
    ['method', { methods: ['bank-account'] }, {}, true],
    ['another method', { methods: ['card'] }, {}, false],
    ['account', { accounts: ['main'] }, {}, true],
    ['another account', { accounts: ['other'] }, {}, false],
    ['provider', { providers: ['pontis'] }, {}, true],
    ['another provider', { providers: ['payfield'] }, {}, false],
    ['side', { sides: ['source'] }, {}, true],
    ['another side', { sides: ['destination'] }, {}, false],
    ['requester', { requesters: ['dana'] }, {}, true],
    ['requester, typed otherwise', { requesters: ['DANA '] }, {}, true],
    [
      'a person by one account, asked by another',
      { requesters: ['slack:1'] },
      { requestedBy: 'ADA@x' },
      true,
    ],
    ['another requester', { requesters: ['ben'] }, {}, false],
    ['no funding account', { fundingAccounts: ['f'] }, {}, false],
    [
      'funding account',
      { fundingAccounts: ['f'] },
      { source: { currency: 'USDT', fundingAccount: 'f' } },
      true,
    ],
    ['metadata', { metadata: { team: ['a', 'b'] } }, { metadata: { team: 'b' } }, true],
    ['other metadata', { metadata: { team: ['a'] } }, { metadata: { team: 'b' } }, false],
    ['no metadata', { metadata: { team: ['a'] } }, {}, false],
    ['metadata of everybody’s prototype', { metadata: { toString: ['a'] } }, { metadata: {} }, false],
    ['from, met exactly', { amounts: { USDT: { from: '125' } } }, {}, true],
    ['from, missed by the smallest unit', { amounts: { USDT: { from: '125.000001' } } }, {}, false],
    ['to, met exactly', { amounts: { USDT: { to: '125' } } }, {}, true],
    ['to, missed by the smallest unit', { amounts: { USDT: { to: '124.999999' } } }, {}, false],
    ['below, met exactly', { amounts: { USDT: { below: '125' } } }, {}, false],
    ['below, kept by the smallest unit', { amounts: { USDT: { below: '125.000001' } } }, {}, true],
    ['an amount in another currency', { amounts: { PHP: { to: '1000' } } }, {}, false],
    ['any amount of the currency', { amounts: { USDT: {} } }, {}, true],
    [
      'amounts beyond what floats can tell apart',
      { amounts: { USDT: { to: '99999999999999999.999998' } } },
      { amount: { value: '99999999999999999.999999', side: 'source' } },
      false,
    ],
    ['two conditions of which one fails', { countries: ['PH'], methods: ['card'] }, {}, false],
  ])('%s', (_, when, change, matches) => {
    const { decidedBy } = evaluatePolicy(onlyWhen(when), factsOf(change));
    expect(decidedBy.kind).toBe(matches ? 'rule' : 'otherwise');
  });

  test('an amount to arrive is compared in the destination currency', () => {
    const arriving = factsOf({ amount: { value: '5000', side: 'destination' } });
    expect(arriving.amount).toEqual({ value: '5000', currency: 'PHP' });
    expect(evaluatePolicy(onlyWhen({ amounts: { PHP: { from: '5000' } } }), arriving).decidedBy.kind).toBe(
      'rule',
    );
  });

  test('where neither request nor account knows what is debited, an amount to debit has no facts', () => {
    const request = exampleRequest({ source: { fundingAccount: 'f' } });
    expect(policyFacts(request, route)).toBeUndefined();
    expect(policyFacts(request, { ...route, sourceCurrency: 'EUR' })?.amount.currency).toBe('EUR');
  });
});

describe('order', () => {
  const approve = (role: string) =>
    ({ kind: 'approve', levels: [{ role, quorum: 1, deadlineMs: 1000 }] }) as const;
  const document = plain({
    rules: [
      // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
      { name: 'a', when: { countries: ['PH'] }, then: approve('staff') },
      // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
      { name: 'b', when: {}, then: approve('heads') },
    ],
    tenants: {
      globex: {
        // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
        rules: [{ name: 'own', when: { methods: ['card'] }, then: { kind: 'auto-approve' } }],
        otherwise: { kind: 'block', reason: 'globex' },
      },
    },
  });

  test('the first rule that matches decides', () => {
    expect(evaluatePolicy(document, factsOf()).decidedBy).toEqual({ kind: 'rule', name: 'a', position: 1 });
    expect(
      evaluatePolicy(document, factsOf({ destination: { country: 'IN', currency: 'INR' } })).decidedBy,
    ).toEqual({ kind: 'rule', name: 'b', position: 2 });
  });

  test('a tenant’s rules come before the common ones, its default after them', () => {
    const card = { method: 'card', name: 'A', account: { cardNumber: '1' } } as const;
    expect(evaluatePolicy(document, factsOf({ tenant: 'globex', beneficiary: card })).decidedBy).toEqual({
      kind: 'rule',
      name: 'own',
      position: 1,
      tenant: 'globex',
    });
    expect(evaluatePolicy(document, factsOf({ tenant: 'globex' })).decidedBy).toMatchObject({ name: 'a' });
    expect(evaluatePolicy(document, factsOf({ beneficiary: card })).decidedBy).toMatchObject({ name: 'a' });
    const bare = { ...document, rules: [] };
    expect(evaluatePolicy(bare, factsOf({ tenant: 'globex' }))).toMatchObject({
      decidedBy: { kind: 'otherwise', tenant: 'globex' },
      outcome: { kind: 'block', reason: 'globex' },
    });
    expect(evaluatePolicy(bare, factsOf()).outcome).toEqual({ kind: 'block', reason: 'no rule' });
  });
});

describe('people', () => {
  const level = { role: 'staff', quorum: 1, deadlineMs: 1000, escalateAfterMs: 500, escalateTo: 'heads' };
  const decide = (requestedBy: string, ...levels: readonly (typeof level)[]) => {
    const document = plain({ otherwise: { kind: 'approve', levels } });
    const { outcome, requester } = evaluatePolicy(document, factsOf({ requestedBy }));
    if (outcome.kind !== 'approve') throw new Error(outcome.kind);
    return { ...outcome, requester };
  };

  test('whoever asked is not among them, by whichever account they asked', () => {
    expect(decide('SLACK:1', level)).toMatchObject({
      requester: 'ada',
      levels: [{ people: ['ben'], escalation: { afterMs: 500, role: 'heads', people: ['cyd'] } }],
    });
    expect(decide('somebody', level).levels[0]?.people).toEqual(['ada', 'ben']);
  });

  test('the accounts of those who may decide are frozen with them, and those of whoever asked', () => {
    expect(decide('somebody', level).accounts).toEqual({ 'ada@x': 'ada', 'slack:1': 'ada' });
    expect(decide('ada', level).accounts).toEqual({ 'ada@x': 'ada', 'slack:1': 'ada' });
  });

  test('a person counts once, so levels share the people', () => {
    expect(decide('somebody', level).enoughPeople).toBe('yes');
    expect(decide('somebody', level, level).enoughPeople).toBe('yes');
    expect(decide('somebody', level, level, level).enoughPeople).toBe('after-escalation');
    expect(decide('ada', level, level, level).enoughPeople).toBe('no');
    expect(decide('ada', { ...level, quorum: 2 }).enoughPeople).toBe('after-escalation');
  });
});

test('of the metadata, a decision keeps what the policy asks about', () => {
  const decision = evaluatePolicy(
    onlyWhen({ metadata: { team: ['a'] } }),
    factsOf({ metadata: { team: 'b', note: 'private' } }),
  );
  expect(decision.facts.metadata).toEqual({ team: 'b' });
});

describe('the hash', () => {
  /** The same document with one leaf changed, for each leaf. */
  function* changed(value: unknown): Generator {
    if (typeof value === 'string') yield `${value}!`;
    else if (typeof value === 'number') yield value + 1;
    else if (typeof value === 'boolean') yield !value;
    else if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) {
        for (const other of changed(element)) yield value.with(index, other);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        for (const other of changed(member)) yield { ...value, [name]: other };
      }
    }
  }

  test('does not depend on the order of members', () => {
    holds([policy], (document) =>
      expect(policyHash(turned(document) as PolicyDocument, sha256)).toBe(policyHash(document, sha256)),
    );
  });

  test('changes with any value', () => {
    holds(
      [policy],
      (document) => {
        const all = [document, ...(changed(document) as Generator<PolicyDocument>)];
        expect(new Set(all.map((one) => policyHash(one, sha256))).size).toBe(all.length);
      },
      30,
    );
  });
});

/** The documented order, written down once more in the plainest way. */
function reference(document: PolicyDocument, given: PolicyFacts): string {
  const persons = new Map<string, string>();
  for (const { id, accounts = [] } of document.people) {
    for (const name of [id, ...accounts]) persons.set(name.toLowerCase(), id.toLowerCase());
  }
  const person = (name: string): string => persons.get(name.toLowerCase()) ?? name.toLowerCase();
  const number = (value: string): number => Math.round(Number(value) * 1000);
  const matches = (when: PolicyConditions): boolean => {
    if (when.tenants && !when.tenants.includes(given.tenant)) return false;
    if (when.accounts && !when.accounts.includes(given.account)) return false;
    if (when.providers && !when.providers.includes(given.provider)) return false;
    if (when.countries && !when.countries.includes(given.country)) return false;
    if (when.currencies && !when.currencies.includes(given.currency)) return false;
    if (when.methods && !when.methods.includes(given.method)) return false;
    if (when.sides && !when.sides.includes(given.side)) return false;
    if (when.sourceCurrencies && !when.sourceCurrencies.includes(given.sourceCurrency ?? '-')) return false;
    if (when.fundingAccounts && !when.fundingAccounts.includes(given.fundingAccount ?? '-')) return false;
    if (when.requesters && !when.requesters.map(person).includes(person(given.requestedBy))) return false;
    for (const [key, values] of Object.entries(when.metadata ?? {})) {
      if (!values.includes(given.metadata?.[key] ?? '-')) return false;
    }
    if (when.sameAs) {
      const hours = when.sameAs.withinHours ?? 24;
      if (given.earlier === undefined || given.earlier.agoMs > hours * 3_600_000) return false;
    }
    if (when.amounts) {
      const range = when.amounts[given.amount.currency];
      if (!range) return false;
      const value = number(given.amount.value);
      if (range.from && value < number(range.from)) return false;
      if (range.to && value > number(range.to)) return false;
      if (range.below && value >= number(range.below)) return false;
    }
    return true;
  };
  const own = document.tenants?.[given.tenant];
  for (const { name, when } of [...(own?.rules ?? []), ...document.rules]) {
    if (matches(when)) return name;
  }
  return own?.otherwise ? 'own otherwise' : 'otherwise';
}

describe('any policy and any facts', () => {
  test('have exactly one decision, and it is the reference’s', () => {
    holds(
      [policy, facts],
      (document, given) => {
        const { decidedBy, outcome, because } = evaluatePolicy(document, given);
        const name =
          decidedBy.kind === 'rule' ? decidedBy.name : decidedBy.tenant ? 'own otherwise' : 'otherwise';
        expect(name).toBe(reference(document, given));
        expect(['auto-approve', 'approve', 'block']).toContain(outcome.kind);
        expect(because).not.toBe('');
      },
      2000,
    );
  });

  test('are decided the same each time, and the explanation ends with the rule that decided', () => {
    holds([policy, facts], (document, given) => {
      const decision = evaluatePolicy(document, given);
      const explained = explainPolicy(document, given);
      expect(explained.decision).toEqual(decision);
      expect(evaluatePolicy(structuredClone(document), structuredClone(given))).toEqual(decision);
      expect(explained.steps.filter(({ matched }) => matched).length).toBe(
        decision.decidedBy.kind === 'rule' ? 1 : 0,
      );
      if (decision.decidedBy.kind === 'rule') {
        expect(explained.steps.at(-1)).toMatchObject({ name: decision.decidedBy.name, matched: true });
      }
    });
  });

  test('never ask whoever asked for the payout', () => {
    holds([policy, facts, fc.constantFrom('ada', 'ADA@X', 'cyd')], (document, given, requestedBy) => {
      const { outcome, requester } = evaluatePolicy(document, { ...given, requestedBy });
      if (outcome.kind !== 'approve') return;
      const asked = outcome.levels.flatMap(({ people, escalation }) => [
        ...people,
        ...(escalation?.people ?? []),
      ]);
      expect(asked).not.toContain(requester);
    });
  });
});
