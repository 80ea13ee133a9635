import { countryCodes } from '../country';
import { currencyExponent } from '../currency';
import type { AmountSide, PayoutMethod } from '../payout-request';
import { hourMs, mostHoursBack, usualHoursBack } from './earlier-payout';
import type { AmountRange, PolicyConditions, PolicyPerson } from './policy-document';
import type { PolicyFacts } from './policy-facts';
import { personOf } from './policy-people';

/**
 * Sets of facts, exactly. What a rule matches is a product of sets (which countries, which methods, …) and, for each
 * currency, of amounts; a question such as "can this rule ever decide?" is "is anything of its space outside the spaces
 * of the rules before it?". Answers come with a witness: facts that anybody can evaluate.
 *
 * A space may hold two amounts for the same facts otherwise: that is how a smaller amount is compared with a larger one.
 */
export type FactSpace = {
  readonly values: ReadonlyMap<string, ValueSet>;
  /** One set of amounts, or two: the smaller and the larger. */
  readonly amounts: readonly [AmountSet] | readonly [AmountSet, AmountSet];
};

/** These values, or (`except`) all others. The absence of a value is the empty text. */
type ValueSet = { readonly values: ReadonlySet<string>; readonly except: boolean };

/** Amounts in minor units by currency, and whether all amounts of every other currency belong to it. */
type AmountSet = { readonly named: ReadonlyMap<string, readonly Interval[]>; readonly others: boolean };
type Interval = readonly [from: bigint, to: bigint];

/** What one rule matches. */
export type RuleSpace = { readonly values: ReadonlyMap<string, ValueSet>; readonly amounts: AmountSet };

/** A rule's space, taken out of the first or the second amount's. */
export type Hole = RuleSpace & { readonly amount: 0 | 1 };

const everyValue: ValueSet = { values: new Set(), except: true };
const everyAmount: AmountSet = { named: new Map(), others: true };

/** All facts. */
export const allFacts: RuleSpace = { values: new Map(), amounts: everyAmount };

const optionalValues = (name: string): boolean =>
  name === 'sourceCurrency' || name === 'fundingAccount' || name.startsWith('metadata.');

/** In which hour before this payout an earlier one with the same payee and amount was asked for; the empty text: none was. */
const hoursOfEarlier: readonly string[] = [
  '',
  ...Array.from({ length: mostHoursBack }, (_, index) => String(index + 1)),
];

const methods: readonly PayoutMethod[] = [
  'bank-account',
  'mobile-wallet',
  'card',
  'crypto-wallet',
  'saved-destination',
];
const sides: readonly AmountSide[] = ['source', 'destination'];

/** All there is, where that is few enough to list. */
function universeOf(name: string): readonly string[] | undefined {
  if (name === 'method') return methods;
  if (name === 'side') return sides;
  if (name === 'country') return [...countryCodes];
  if (name === 'earlier') return hoursOfEarlier;
  return undefined;
}

/** The space of a rule's conditions, for one tenant or for all. */
export function ruleSpace(
  when: PolicyConditions,
  people: readonly PolicyPerson[],
  tenant?: string,
): RuleSpace {
  const values = new Map<string, ValueSet>();
  const restrict = (name: string, allowed: readonly string[] | undefined): void => {
    if (allowed === undefined) return;
    const set = { values: new Set(allowed), except: false };
    values.set(name, intersection(values.get(name) ?? everyValue, set));
  };
  restrict('tenant', tenant === undefined ? undefined : [tenant]);
  restrict('tenant', when.tenants);
  restrict('country', when.countries);
  restrict('currency', when.currencies);
  restrict('method', when.methods);
  restrict('sourceCurrency', when.sourceCurrencies);
  restrict('fundingAccount', when.fundingAccounts);
  restrict('side', when.sides);
  restrict('account', when.accounts);
  restrict('provider', when.providers);
  restrict(
    'requester',
    when.requesters?.map((name) => personOf(people, name)),
  );
  for (const [key, allowed] of Object.entries(when.metadata ?? {})) restrict(`metadata.${key}`, allowed);
  if (when.sameAs !== undefined)
    restrict('earlier', hoursOfEarlier.slice(1, 1 + (when.sameAs.withinHours ?? usualHoursBack)));
  return { values, amounts: when.amounts === undefined ? everyAmount : amountsOf(when.amounts) };
}

/** All amounts of one currency that a range holds. */
export const amountsOf = (ranges: Readonly<Record<string, AmountRange>>): AmountSet => ({
  named: new Map(
    Object.entries(ranges).map(([currency, { from, to, below }]) => {
      const [[least, most]] = everyAmountOf(currency);
      const low = from === undefined ? least : larger(least, minorUnits(from, currency, 'up'));
      const upTo = to === undefined ? most : minorUnits(to, currency, 'down');
      const before = below === undefined ? most : minorUnits(below, currency, 'up') - 1n;
      const high = smaller(most, smaller(upTo, before));
      return [currency, low > high ? [] : [[low, high]]];
    }),
  ),
  others: false,
});

/** A value of a condition narrowed further; everything else stays. */
export const narrowed = (space: RuleSpace, name: string, allowed: readonly string[]): RuleSpace => ({
  ...space,
  values: new Map(space.values).set(
    name,
    intersection(space.values.get(name) ?? everyValue, { values: new Set(allowed), except: false }),
  ),
});

/** What two rules both match. */
export const common = (left: RuleSpace, right: RuleSpace): RuleSpace => ({
  values: commonValues(left.values, right.values),
  amounts: commonAmounts(left.amounts, right.amounts),
});

export const asFactSpace = ({ values, amounts }: RuleSpace): FactSpace => ({ values, amounts: [amounts] });

/** Facts with two amounts: `left` matches them with the smaller one, `right` with the larger one. */
export const pairSpace = (left: RuleSpace, right: RuleSpace): FactSpace => ({
  values: commonValues(left.values, right.values),
  amounts: [left.amounts, right.amounts],
});

/** Whether the conditions of two rules are the same apart from the amounts. */
export const sameButForAmounts = (left: RuleSpace, right: RuleSpace): boolean =>
  [...new Set([...left.values.keys(), ...right.values.keys()])].every((name) => {
    const [one, other] = [left.values.get(name) ?? everyValue, right.values.get(name) ?? everyValue];
    return (
      isNothing(name, intersection(one, complement(other))) &&
      isNothing(name, intersection(other, complement(one)))
    );
  });

/** Whether a rule asks about amounts. */
export const asksForAmounts = ({ amounts }: RuleSpace): boolean => !amounts.others;

/** A search may look at so many spaces; a policy of a few hundred rules needs a small part of it. */
export type SearchBudget = { left: number };

export class SearchTooLong extends Error {
  override readonly name = 'SearchTooLong';
}

/**
 * A part of `space` that lies in none of `holes`, or undefined when they cover it completely. Exact: a space is cut at
 * the first hole that meets it into disjoint pieces outside the hole, and each piece is searched on.
 */
export function outside(
  space: FactSpace,
  holes: readonly Hole[],
  budget: SearchBudget,
  index = 0,
): FactSpace | undefined {
  if (budget.left <= 0) throw new SearchTooLong('the policy is too intricate to be searched through');
  budget.left -= 1;
  if (isEmpty(space)) return undefined;
  const hole = holes[index];
  if (hole === undefined) return space;
  const slot = Math.min(hole.amount, space.amounts.length - 1);
  const covered: FactSpace = withAmounts(
    { ...space, values: commonValues(space.values, hole.values) },
    slot,
    commonAmounts(amountsAt(space, slot), hole.amounts),
  );
  if (isEmpty(covered)) return outside(space, holes, budget, index + 1);

  let inside = space;
  for (const [name, set] of hole.values) {
    const now = inside.values.get(name) ?? everyValue;
    const piece = { ...inside, values: new Map(inside.values).set(name, intersection(now, complement(set))) };
    const found = outside(piece, holes, budget, index + 1);
    if (found !== undefined) return found;
    inside = { ...inside, values: new Map(inside.values).set(name, intersection(now, set)) };
  }
  const without = commonAmounts(amountsAt(inside, slot), complementOfAmounts(hole.amounts));
  return outside(withAmounts(inside, slot, without), holes, budget, index + 1);
}

export const isEmpty = (space: FactSpace): boolean =>
  [...space.values].some(([name, set]) => isNothing(name, set)) || chooseMoney(space) === undefined;

/** Facts of a space: one for each of its amounts, the smaller first. The space must not be empty. */
export function witnessOf(space: FactSpace): readonly PolicyFacts[] {
  const money = chooseMoney(space);
  if (money === undefined) throw new Error('an empty space has no witness');
  const { side, currency, units } = money;
  const pick = (name: string): string => pickValue(name, space.values.get(name) ?? everyValue);
  const fixed = (name: string, own: boolean): string => (own ? currency : pick(name));
  const sourceCurrency = fixed('sourceCurrency', side === 'source');
  const fundingAccount = pick('fundingAccount');
  const earlier = pick('earlier');
  const metadata = Object.fromEntries(
    [...space.values.keys()]
      .filter((name) => name.startsWith('metadata.'))
      .map((name) => [name.slice('metadata.'.length), pick(name)] as const)
      .filter(([, value]) => value !== ''),
  );
  return units.map((amount) => ({
    tenant: pick('tenant'),
    requestedBy: pick('requester'),
    amount: { value: decimalOf(amount, currency), currency },
    side,
    country: pick('country'),
    currency: fixed('currency', side === 'destination'),
    ...(sourceCurrency === '' ? {} : { sourceCurrency }),
    ...(fundingAccount === '' ? {} : { fundingAccount }),
    method: pick('method') as PayoutMethod,
    account: pick('account'),
    provider: pick('provider'),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(earlier === '' ? {} : { earlier: { reference: 'earlier-payout', agoMs: Number(earlier) * hourMs } }),
  }));
}

// Values.

const complement = ({ values, except }: ValueSet): ValueSet => ({ values, except: !except });

function intersection(left: ValueSet, right: ValueSet): ValueSet {
  if (left.except && right.except) {
    return { values: new Set([...left.values, ...right.values]), except: true };
  }
  const [some, other] = left.except ? [right, left] : [left, right];
  return {
    values: new Set([...some.values].filter((value) => other.values.has(value) !== other.except)),
    except: false,
  };
}

function commonValues(
  left: ReadonlyMap<string, ValueSet>,
  right: ReadonlyMap<string, ValueSet>,
): ReadonlyMap<string, ValueSet> {
  const values = new Map(left);
  for (const [name, set] of right) values.set(name, intersection(values.get(name) ?? everyValue, set));
  return values;
}

function isNothing(name: string, { values, except }: ValueSet): boolean {
  if (!except) return values.size === 0;
  return universeOf(name)?.every((value) => values.has(value)) ?? false;
}

function pickValue(name: string, { values, except }: ValueSet): string {
  if (!except) return [...values].find((value) => value !== '') ?? '';
  const listed = universeOf(name)?.find((value) => !values.has(value));
  if (listed !== undefined) return listed;
  if (optionalValues(name) && !values.has('')) return '';
  return name.toLowerCase().endsWith('currency') ? freshCurrency(values) : freshName(name, values);
}

function freshName(name: string, taken: ReadonlySet<string>): string {
  const stem = `other-${name.replace(/^metadata\./, '')}`;
  let fresh = stem;
  for (let count = 2; taken.has(fresh); count += 1) fresh = `${stem}-${count}`;
  return fresh;
}

function freshCurrency(taken: ReadonlySet<string>): string {
  const known = ['CHF', 'SEK', 'JPY', 'KWD', 'BTC'].find((code) => !taken.has(code));
  if (known !== undefined) return known;
  let count = 100;
  while (taken.has(`USDT_NET${count}`)) count += 1;
  return `USDT_NET${count}`;
}

// Amounts.

const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right);
const smaller = (left: bigint, right: bigint): bigint => (left < right ? left : right);

/** An unknown code is counted as finely as anything is. */
const decimalsOf = (currency: string): number => currencyExponent(currency) ?? 18;

/** From one minor unit up to the eighteen digits before the point that a request may have. */
const everyAmountOf = (currency: string): readonly [Interval] => [
  [1n, 10n ** BigInt(18 + decimalsOf(currency)) - 1n],
];

function minorUnits(value: string, currency: string, rounded: 'up' | 'down'): bigint {
  const [whole = '', fraction = ''] = value.split('.');
  const step = 10n ** BigInt(18 - decimalsOf(currency));
  const finest = BigInt(whole + fraction.padEnd(18, '0'));
  return rounded === 'down' ? finest / step : (finest + step - 1n) / step;
}

function decimalOf(units: bigint, currency: string): string {
  const decimals = decimalsOf(currency);
  if (decimals === 0) return units.toString();
  const digits = units.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

const intervalsOf = ({ named, others }: AmountSet, currency: string): readonly Interval[] =>
  named.get(currency) ?? (others ? everyAmountOf(currency) : []);

const amountsAt = ({ amounts }: FactSpace, slot: number): AmountSet => amounts[slot] ?? amounts[0];

const withAmounts = (space: FactSpace, slot: number, changed: AmountSet): FactSpace => {
  const [first, second] = space.amounts;
  if (second === undefined) return { ...space, amounts: [changed] };
  return { ...space, amounts: slot === 0 ? [changed, second] : [first, changed] };
};

const commonAmounts = (left: AmountSet, right: AmountSet): AmountSet => ({
  named: new Map(
    [...new Set([...left.named.keys(), ...right.named.keys()])].map((currency) => [
      currency,
      intervalsOf(left, currency).flatMap(([from, to]) =>
        intervalsOf(right, currency)
          .map(([low, high]): Interval => [larger(from, low), smaller(to, high)])
          .filter(([low, high]) => low <= high),
      ),
    ]),
  ),
  others: left.others && right.others,
});

const complementOfAmounts = (set: AmountSet): AmountSet => ({
  named: new Map(
    [...set.named].map(([currency, intervals]) => {
      const [[least, most]] = everyAmountOf(currency);
      const gaps: Interval[] = [];
      let next = least;
      for (const [from, to] of intervals) {
        if (next < from) gaps.push([next, from - 1n]);
        next = to + 1n;
      }
      if (next <= most) gaps.push([next, most]);
      return [currency, gaps];
    }),
  ),
  others: !set.others,
});

/**
 * A side, a currency and an amount (or a smaller and a larger one) that a space allows together: the amount is in the
 * currency of its side, so neither can be chosen without the other.
 */
function chooseMoney(
  space: FactSpace,
): { readonly side: AmountSide; readonly currency: string; readonly units: readonly bigint[] } | undefined {
  const allowed = space.values.get('side') ?? everyValue;
  for (const side of sides) {
    if (allowed.values.has(side) === allowed.except) continue;
    const currencies = space.values.get(side === 'source' ? 'sourceCurrency' : 'currency') ?? everyValue;
    for (const currency of currencyChoices(currencies, space)) {
      const units = chooseUnits(space, currency);
      if (units !== undefined) return { side, currency, units };
    }
  }
  return undefined;
}

function currencyChoices({ values, except }: ValueSet, { amounts }: FactSpace): readonly string[] {
  if (!except) return [...values].filter((value) => value !== '');
  const named = amounts.flatMap((set) => [...set.named.keys()]);
  return [
    ...named.filter((currency) => !values.has(currency)),
    freshCurrency(new Set([...values, ...named])),
  ];
}

function chooseUnits({ amounts }: FactSpace, currency: string): readonly bigint[] | undefined {
  const [first, second] = amounts;
  const least = intervalsOf(first, currency)[0]?.[0];
  if (least === undefined || second === undefined) return least === undefined ? undefined : [least];
  const above = intervalsOf(second, currency).find(([, to]) => to > least);
  return above === undefined ? undefined : [least, larger(above[0], least + 1n)];
}
