import { compareAmounts } from '../money';
import { agoInWords, hoursBack, usualHoursBack } from './earlier-payout';
import type { AmountRange, PolicyConditions, PolicyPerson } from './policy-document';
import type { PolicyFacts } from './policy-facts';
import { personOf } from './policy-people';
import { listInWords, moneyInWords } from './policy-words';

/** One condition of a rule, looked at for one payout. `words` says what is so, whether it holds or not. */
export type CheckedCondition = { readonly holds: boolean; readonly words: string };

type ListCondition = keyof Omit<PolicyConditions, 'amounts' | 'metadata' | 'requesters' | 'sides' | 'sameAs'>;

const lists: Readonly<
  Record<ListCondition, { readonly noun: string; readonly value: (facts: PolicyFacts) => string | undefined }>
> = {
  tenants: { noun: 'the tenant', value: ({ tenant }) => tenant },
  countries: { noun: 'the destination country', value: ({ country }) => country },
  currencies: { noun: 'the destination currency', value: ({ currency }) => currency },
  methods: { noun: 'the method', value: ({ method }) => method },
  sourceCurrencies: { noun: 'the source currency', value: ({ sourceCurrency }) => sourceCurrency },
  fundingAccounts: { noun: 'the funding account', value: ({ fundingAccount }) => fundingAccount },
  accounts: { noun: 'the provider account', value: ({ account }) => account },
  providers: { noun: 'the provider', value: ({ provider }) => provider },
};
const listNames = Object.keys(lists) as readonly ListCondition[];

/** The conditions of a rule in the order in which people read them: the amount first. */
export function checkConditions(
  when: PolicyConditions,
  facts: PolicyFacts,
  people: readonly PolicyPerson[],
): readonly CheckedCondition[] {
  const checked: CheckedCondition[] = [];
  if (when.amounts !== undefined) checked.push(checkAmount(when.amounts, facts));
  if (when.sides !== undefined) {
    checked.push({
      holds: when.sides.includes(facts.side),
      words: `the amount is what ${facts.side === 'source' ? 'is debited' : 'arrives'}`,
    });
  }
  for (const name of listNames) {
    const allowed: readonly string[] | undefined = when[name];
    if (allowed === undefined) continue;
    const { noun, value } = lists[name];
    checked.push(oneOf(noun, allowed, value(facts)));
  }
  if (when.requesters !== undefined) {
    const allowed = when.requesters.map((name) => personOf(people, name));
    checked.push(oneOf('the requester', allowed, personOf(people, facts.requestedBy)));
  }
  for (const [key, allowed] of Object.entries(when.metadata ?? {})) {
    const given = facts.metadata && Object.hasOwn(facts.metadata, key) ? facts.metadata[key] : undefined;
    checked.push(oneOf(`metadata “${key}”`, allowed, given));
  }
  if (when.sameAs !== undefined) checked.push(checkEarlier(when.sameAs, facts));
  return checked;
}

function checkEarlier(
  { withinHours = usualHoursBack }: NonNullable<PolicyConditions['sameAs']>,
  { earlier }: PolicyFacts,
): CheckedCondition {
  const time = withinHours === 1 ? 'hour' : `${withinHours} hours`;
  if (earlier === undefined)
    return { holds: false, words: `no payout of the ${time} before has the same payee and amount` };
  const { reference, agoMs } = earlier;
  const holds = hoursBack(earlier) <= withinHours;
  const same = `the payee and amount are those of ${reference}, asked for ${agoInWords(agoMs)}`;
  return { holds, words: holds ? same : `${same}, which is more than ${withinHours} h` };
}

function oneOf(noun: string, allowed: readonly string[], value: string | undefined): CheckedCondition {
  if (value === undefined) return { holds: false, words: `${noun} is not given` };
  const holds = allowed.includes(value);
  return { holds, words: `${noun} is ${value}${holds ? '' : `, not ${listInWords(allowed, 'or')}`}` };
}

function checkAmount(
  ranges: Readonly<Record<string, AmountRange>>,
  { amount: { value, currency } }: PolicyFacts,
): CheckedCondition {
  if (!Object.hasOwn(ranges, currency)) {
    const named = listInWords(Object.keys(ranges), 'or');
    return { holds: false, words: `the amount is in ${currency}, not in ${named}` };
  }
  const { from, to, below } = ranges[currency] ?? {};
  const is = (holds: boolean, ...relation: readonly string[]): CheckedCondition => ({
    holds,
    words: `${moneyInWords(value, currency)} is ${relation.join(' ')}`,
  });
  const inWords = (bound: string): string => moneyInWords(bound, currency);
  if (from !== undefined && compareAmounts(value, from) < 0) return is(false, 'below', inWords(from));
  if (to !== undefined && compareAmounts(value, to) > 0) return is(false, 'above', inWords(to));
  if (below !== undefined && compareAmounts(value, below) >= 0) return is(false, 'not below', inWords(below));
  const bounds = [
    ...(from === undefined ? [] : [`at least ${inWords(from)}`]),
    ...(to === undefined ? [] : [`at most ${inWords(to)}`]),
    ...(below === undefined ? [] : [`below ${inWords(below)}`]),
  ];
  return bounds.length === 0
    ? { holds: true, words: `the amount is in ${currency}` }
    : is(true, listInWords(bounds, 'and'));
}
