import * as fc from 'fast-check';
import type {
  PolicyConditions,
  PolicyDocument,
  PolicyOutcome,
  PolicyRule,
} from '../../../src/domain/policy/policy-document';
import type { PolicyFacts } from '../../../src/domain/policy/policy-facts';

/**
 * Policies and facts out of few words, so that rules meet each other all the time. JPY has no decimals, USD two and KWD
 * three; `from`, `to` and `below` meet at the same amounts.
 */
const currencies = ['USD', 'JPY', 'KWD'] as const;
const steps = ['1', '2', '10', '11', '50'] as const;
const people = ['ada', 'ben', 'cyd', 'dov'] as const;

const some = <T>(values: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc.subarray([...values], { minLength: 1 });

const range = fc
  .record(
    { from: fc.nat(4), upper: fc.nat(4), kind: fc.constantFrom('to' as const, 'below' as const) },
    { requiredKeys: [] },
  )
  .map(({ from, upper, kind }) => {
    const high = upper === undefined ? undefined : Math.max(upper, from ?? 0);
    return {
      ...(from === undefined ? {} : { from: steps[from] ?? '1' }),
      ...(high === undefined ? {} : { [kind ?? 'to']: steps[high] ?? '50' }),
    };
  });

const conditions: fc.Arbitrary<PolicyConditions> = fc.record(
  {
    tenants: some(['own', 'acme', 'third']),
    countries: some(['PH', 'IN']),
    accounts: some(['main', 'spare']),
    providers: some(['pontis', 'payfield']),
    currencies: some(currencies),
    methods: some(['bank-account', 'mobile-wallet', 'card', 'crypto-wallet', 'saved-destination'] as const),
    sourceCurrencies: some(currencies),
    fundingAccounts: some(['f1', 'f2']),
    sides: some(['source', 'destination'] as const),
    requesters: some([...people, 'ada@x', 'robot']),
    amounts: some(currencies).chain((codes) =>
      fc
        .tuple(...codes.map(() => range))
        .map((ranges) => Object.fromEntries(codes.map((code, index) => [code, ranges[index] ?? {}]))),
    ),
    sameAs: fc.record({ withinHours: fc.constantFrom(1, 2, 24, 168) }, { requiredKeys: [] }),
    metadata: fc.dictionary(fc.constantFrom('team', 'batch'), some(['x', 'y']), {
      minKeys: 1,
      maxKeys: 2,
      noNullPrototype: true,
    }),
  },
  { requiredKeys: [] },
);

/** Mostly amounts and one thing more, as people write them. */
const plainConditions: fc.Arbitrary<PolicyConditions> = fc
  .tuple(conditions, fc.nat(8), fc.boolean())
  .map(([all, kept, withAmounts]) => {
    const names = Object.keys(all) as (keyof PolicyConditions)[];
    const one = names[kept % Math.max(1, names.length)];
    return {
      ...(one === undefined ? {} : { [one]: all[one] }),
      ...(withAmounts && all.amounts !== undefined ? { amounts: all.amounts } : {}),
    };
  });

export const outcome: fc.Arbitrary<PolicyOutcome> = fc.oneof(
  fc.constant({ kind: 'auto-approve' } as const),
  fc
    .array(
      fc
        .record({
          role: fc.constantFrom('staff', 'heads'),
          quorum: fc.integer({ min: 1, max: 2 }),
          escalates: fc.boolean(),
        })
        .map(({ role, quorum, escalates }) => ({
          role,
          quorum,
          deadlineMs: 3_600_000,
          ...(escalates ? { escalateAfterMs: 60_000, escalateTo: role === 'staff' ? 'heads' : 'staff' } : {}),
        })),
      { minLength: 1, maxLength: 2 },
    )
    .map((levels) => ({ kind: 'approve', levels }) as const),
  fc.constant({ kind: 'block', reason: 'no' } as const),
);

const rule = (name: string): fc.Arbitrary<PolicyRule> =>
  fc
    .record({
      when: fc.oneof({ arbitrary: plainConditions, weight: 3 }, conditions),
      // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
      then: outcome,
      excused: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ when, then, excused }) => ({
      name,
      when,
      // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
      then,
      ...(excused === 0 ? { fewerPeopleBecause: 'agreed beforehand' } : {}),
    }));

const ruleList = (prefix: string, maxLength: number): fc.Arbitrary<readonly PolicyRule[]> =>
  fc
    .nat(maxLength)
    .chain((length) => fc.tuple(...Array.from({ length }, (_, index) => rule(`${prefix}${index + 1}`))));

export const policy: fc.Arbitrary<PolicyDocument> = fc
  .record({
    rules: ruleList('rule ', 6),
    otherwise: outcome,
    tenantRules: ruleList('own ', 2),
    tenantOtherwise: fc.option(outcome, { nil: undefined }),
    hasTenant: fc.boolean(),
  })
  .map(({ rules, otherwise, tenantRules, tenantOtherwise, hasTenant }) => ({
    schema: 1,
    label: 'drawn',
    people: [{ id: 'ada', accounts: ['ada@x'] }, { id: 'ben' }, { id: 'cyd' }, { id: 'dov' }],
    roles: { staff: ['ada', 'ben', 'cyd'], heads: ['cyd', 'dov'] },
    rules,
    otherwise,
    ...(hasTenant
      ? {
          tenants: {
            own: {
              rules: tenantRules,
              ...(tenantOtherwise === undefined ? {} : { otherwise: tenantOtherwise }),
            },
          },
        }
      : {}),
  }));

const decimalsOf: Readonly<Record<string, number>> = { USD: 2, JPY: 0, KWD: 3 };

/** Amounts at, just below and just above the bounds, and others. */
export const amountIn = (currency: string): fc.Arbitrary<string> => {
  const decimals = decimalsOf[currency] ?? 2;
  const scale = 10 ** decimals;
  return fc
    .oneof(
      fc
        .tuple(fc.constantFrom(...steps), fc.constantFrom(-1, 0, 1))
        .map(([step, nudge]) => Number(step) * scale + nudge),
      fc.integer({ min: 1, max: 60 * scale }),
    )
    .map((units) => (Math.max(1, units) / scale).toFixed(decimals));
};

export const facts: fc.Arbitrary<PolicyFacts> = fc
  .record(
    {
      tenant: fc.constantFrom('own', 'acme', 'fourth'),
      requestedBy: fc.constantFrom(...people, 'ada@x', 'ADA@X', 'robot', 'nobody'),
      side: fc.constantFrom('source' as const, 'destination' as const),
      country: fc.constantFrom('PH', 'IN', 'KE'),
      account: fc.constantFrom('main', 'other'),
      provider: fc.constantFrom('pontis', 'syncgram'),
      currency: fc.constantFrom(...currencies),
      source: fc.constantFrom(...currencies),
      fundingAccount: fc.constantFrom('f1', 'f2', 'f3'),
      method: fc.constantFrom(
        'bank-account' as const,
        'mobile-wallet' as const,
        'card' as const,
        'crypto-wallet' as const,
      ),
      metadata: fc.dictionary(fc.constantFrom('team', 'batch', 'other'), fc.constantFrom('x', 'y', 'z'), {
        noNullPrototype: true,
      }),
      earlier: fc.record({
        reference: fc.constant('order-17'),
        // At and around the hours above.
        agoMs: fc
          .tuple(fc.constantFrom(0, 1, 2, 24, 168), fc.constantFrom(-1, 0, 1))
          .map(([hours, nudge]) => Math.max(0, hours * 3_600_000 + nudge)),
      }),
      hasSource: fc.boolean(),
    },
    {
      requiredKeys: [
        'tenant',
        'account',
        'provider',
        'requestedBy',
        'side',
        'country',
        'currency',
        'source',
        'method',
        'hasSource',
      ],
    },
  )
  .chain(({ source, hasSource, ...rest }) => {
    const amountCurrency = rest.side === 'source' ? source : rest.currency;
    return amountIn(amountCurrency).map((value) => ({
      ...rest,
      ...(hasSource || rest.side === 'source' ? { sourceCurrency: source } : {}),
      amount: { value, currency: amountCurrency },
    }));
  });
