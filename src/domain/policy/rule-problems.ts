import { canonicalJson } from '../canonical-json';
import type { AmountSide } from '../payout-request';
import { entryInWords } from './evaluate-policy';
import {
  SearchTooLong,
  allFacts,
  amountsOf,
  asFactSpace,
  asksForAmounts,
  common,
  isEmpty,
  narrowed,
  outside,
  pairSpace,
  ruleSpace,
  sameButForAmounts,
  witnessOf,
} from './fact-space';
import type { FactSpace, Hole, RuleSpace, SearchBudget } from './fact-space';
import { peopleNeeded, policyEntries } from './policy-document';
import type { PolicyDocument, PolicyEntry } from './policy-document';
import type { PolicyFacts } from './policy-facts';
import type { PolicyProblem, PolicyRoute } from './policy-problem';
import { listInWords, moneyInWords } from './policy-words';

/** How many spaces one question may look at before it is given up (and reported as not checked). */
export type SearchLimits = { readonly stepsPerQuestion: number };

type Placed = {
  readonly entry: PolicyEntry;
  readonly space: RuleSpace;
  /** The spaces of everything that is asked before. */
  readonly earlier: readonly RuleSpace[];
  readonly unreachable: boolean;
};

const path = (entry: PolicyEntry, ...keys: readonly (string | number)[]) => [...entry.path, ...keys];

/** What is wrong with rules and their order. Every answer is exact, except where `not-checked` says that there is none. */
export function ruleProblems(
  document: PolicyDocument,
  options: { readonly routes?: readonly PolicyRoute[]; readonly limits?: SearchLimits },
): readonly PolicyProblem[] {
  const steps = options.limits?.stepsPerQuestion ?? 20_000;
  const problems: PolicyProblem[] = [];
  const find = (
    entry: PolicyEntry,
    space: FactSpace,
    holes: readonly Hole[],
  ): FactSpace | undefined | 'not-found-out' => {
    const budget: SearchBudget = { left: steps };
    try {
      return outside(space, holes, budget);
    } catch (error) {
      if (!(error instanceof SearchTooLong)) throw error;
      problems.push({
        kind: 'not-checked',
        severity: 'warning',
        path: entry.path,
        message: 'the conditions are too intricate to be checked against the rules before it',
      });
      return 'not-found-out';
    }
  };

  const placed: Placed[] = [];
  for (const entry of policyEntries(document)) {
    const space = ruleSpace(entry.rule?.when ?? {}, document.people, entry.tenant);
    const earlier = placed.map((other) => other.space);
    const reached = find(entry, asFactSpace(space), holesOf(earlier, 0));
    const unreachable = reached === undefined;
    if (unreachable && entry.rule !== undefined) problems.push(unreachableProblem(entry, space, placed));
    placed.push({ entry, space, earlier, unreachable });
  }

  problems.push(...overlapProblems(placed));
  for (const smaller of placed) {
    for (const larger of placed) {
      const problem = fewerPeople(smaller, larger, find);
      if (problem !== undefined) problems.push(problem);
    }
  }
  problems.push(...liftedBlocks(placed, find));
  if (options.routes !== undefined)
    problems.push(...currencyProblems(document, placed, options.routes, find));
  return problems;
}

const holesOf = (spaces: readonly RuleSpace[], amount: 0 | 1): readonly Hole[] =>
  spaces.map((space) => ({ ...space, amount }));

const named = ({ rule, position = 0, tenant }: PolicyEntry): string =>
  entryInWords({
    ...(rule === undefined ? { kind: 'otherwise' } : { kind: 'rule', name: rule.name, position }),
    ...(tenant === undefined ? {} : { tenant }),
  });

function unreachableProblem(entry: PolicyEntry, space: RuleSpace, placed: readonly Placed[]): PolicyProblem {
  const meeting = placed.filter((other) => !isEmpty(asFactSpace(common(space, other.space))));
  const alone = meeting.find(
    (other) =>
      outside(asFactSpace(space), holesOf([other.space], 0), { left: Number.POSITIVE_INFINITY }) ===
      undefined,
  );
  const why = isEmpty(asFactSpace(space))
    ? 'no payout can meet all of its conditions'
    : alone !== undefined
      ? `${named(alone.entry)} stands before it and matches everything that it matches`
      : `${listInWords(
          meeting.map((other) => named(other.entry)),
          'and',
        )} stand before it and together match everything that it matches`;
  return {
    kind: 'unreachable-rule',
    severity: 'error',
    path: path(entry),
    message: `“${entry.rule?.name ?? ''}” can never decide: ${why}`,
  };
}

/** For each rule that can decide, by its path: facts about which it does. */
export function reachableWitnesses(document: PolicyDocument): ReadonlyMap<string, PolicyFacts> {
  const witnesses = new Map<string, PolicyFacts>();
  const earlier: RuleSpace[] = [];
  for (const entry of policyEntries(document)) {
    const space = ruleSpace(entry.rule?.when ?? {}, document.people, entry.tenant);
    const reached = outside(asFactSpace(space), holesOf(earlier, 0), { left: 20_000 });
    const [witness] = reached === undefined ? [] : witnessOf(reached);
    if (witness !== undefined) witnesses.set(entry.path.join('.'), witness);
    earlier.push(space);
  }
  return witnesses;
}

/** Two rules about the same payouts whose amounts overlap: which one decides is a matter of their order alone. */
function overlapProblems(placed: readonly Placed[]): readonly PolicyProblem[] {
  return placed.flatMap((later, index) =>
    placed.slice(0, index).flatMap((first): readonly PolicyProblem[] => {
      if (later.unreachable || first.unreachable) return [];
      if (!asksForAmounts(first.space) || !asksForAmounts(later.space)) return [];
      if (!sameButForAmounts(first.space, later.space)) return [];
      if (canonicalJson(first.entry.outcome) === canonicalJson(later.entry.outcome)) return [];
      const both = asFactSpace(common(first.space, later.space));
      if (isEmpty(both)) return [];
      const [witness] = witnessOf(both);
      if (witness === undefined) return [];
      const { value, currency } = witness.amount;
      return [
        {
          kind: 'overlapping-amounts',
          severity: 'warning',
          path: path(later.entry, 'when', 'amounts', currency),
          message: `${moneyInWords(value, currency)} is in ${named(first.entry)} as well, which decides only because it stands first`,
        },
      ];
    }),
  );
}

type Find = (
  entry: PolicyEntry,
  space: FactSpace,
  holes: readonly Hole[],
) => FactSpace | undefined | 'not-found-out';

/**
 * Whether, for otherwise equal facts, `larger` decides an amount above one that `smaller` decides, and asks fewer people.
 * A block asks nobody and pays nobody, so it is neither more nor less.
 */
function fewerPeople(smaller: Placed, larger: Placed, find: Find): PolicyProblem | undefined {
  const most = peopleNeeded(smaller.entry.outcome);
  const fewer = peopleNeeded(larger.entry.outcome);
  if (most === undefined || fewer === undefined || fewer >= most) return undefined;
  if (smaller.unreachable || larger.unreachable) return undefined;
  if (larger.entry.rule?.fewerPeopleBecause !== undefined) return undefined;
  const pair = pairSpace(smaller.space, larger.space);
  if (isEmpty(pair)) return undefined;
  const found = find(larger.entry, pair, [...holesOf(smaller.earlier, 0), ...holesOf(larger.earlier, 1)]);
  if (found === undefined || found === 'not-found-out') return undefined;
  const [small, large] = witnessOf(found);
  if (small === undefined || large === undefined) return undefined;
  const people = (count: number): string =>
    count === 0 ? 'nobody' : count === 1 ? 'one person' : `${count} people`;
  return {
    kind: 'fewer-people-for-more-money',
    severity: 'error',
    path: path(larger.entry),
    witness: [small, large],
    message:
      `${named(larger.entry)} asks ${people(fewer)} for ${moneyInWords(large.amount.value, large.amount.currency)}, ` +
      `but ${named(smaller.entry)} asks ${people(most)} for ${moneyInWords(small.amount.value, small.amount.currency)} ` +
      `of the same kind; where that is meant, say why in fewerPeopleBecause`,
  };
}

/** A tenant's rules stand before the common ones, so they can let pass what is blocked for everybody: that is said aloud. */
function liftedBlocks(placed: readonly Placed[], find: Find): readonly PolicyProblem[] {
  const rules = placed.filter(({ entry }) => entry.rule !== undefined);
  const commonRules = rules.filter(({ entry }) => entry.tenant === undefined);
  const blocks = commonRules.filter(({ entry }) => entry.outcome.kind === 'block');
  const lifting = rules.filter(
    ({ entry, unreachable }) => entry.tenant !== undefined && entry.outcome.kind !== 'block' && !unreachable,
  );
  return lifting.flatMap((rule) =>
    blocks.flatMap((block): readonly PolicyProblem[] => {
      const both = asFactSpace(common(rule.space, block.space));
      const before = commonRules.slice(0, commonRules.indexOf(block)).map(({ space }) => space);
      const found = find(rule.entry, both, holesOf([...rule.earlier, ...before], 0));
      if (found === undefined || found === 'not-found-out') return [];
      return [
        {
          kind: 'block-lifted',
          severity: 'warning',
          path: path(rule.entry),
          message: `${named(rule.entry)} lets pass what ${named(block.entry)} blocks for everybody else`,
        },
      ];
    }),
  );
}

/** Currencies that an account can be asked to pay in and about which no rule says anything. */
function currencyProblems(
  document: PolicyDocument,
  placed: readonly Placed[],
  routes: readonly PolicyRoute[],
  find: Find,
): readonly PolicyProblem[] {
  const rules = placed.filter(({ entry }) => entry.rule !== undefined);
  // A tenant's own rules say nothing about the others'.
  const about = rules.filter(({ entry: { rule, tenant }, unreachable }) => {
    const { amounts, currencies, sourceCurrencies } = rule?.when ?? {};
    const aboutMoney = amounts !== undefined || currencies !== undefined || sourceCurrencies !== undefined;
    return aboutMoney && tenant === undefined && !unreachable;
  });
  const otherwise: PolicyEntry = { path: ['otherwise'], outcome: document.otherwise };
  const bare = new Map<string, Set<string>>();
  for (const route of routes) {
    const { account, provider, when = {} } = route;
    for (const side of when.sides ?? (['source', 'destination'] as const)) {
      const { amountFrom: from, amountTo: to, ...conditions } = when;
      const whole = ruleSpace(
        {
          ...conditions,
          sides: [side],
          accounts: [account],
          ...(provider === undefined ? {} : { providers: [provider] }),
        },
        document.people,
      );
      for (const currency of currenciesOf(document, routes, route, side)) {
        const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
        const inCurrency = narrowed(whole, side === 'source' ? 'sourceCurrency' : 'currency', [currency]);
        const space = common(inCurrency, { ...allFacts, amounts: amountsOf({ [currency]: range }) });
        const isSpokenOf = about.some((rule) => !isEmpty(asFactSpace(common(rule.space, space))));
        if (isSpokenOf) continue;
        const rest = find(
          otherwise,
          asFactSpace(space),
          holesOf(
            rules.map((rule) => rule.space),
            0,
          ),
        );
        if (rest === undefined || rest === 'not-found-out') continue;
        const what = `${side === 'source' ? 'debited' : 'arriving'} in ${currency}`;
        bare.set(what, (bare.get(what) ?? new Set()).add(account));
      }
    }
  }
  return [...bare].map(([what, accounts]) => ({
    kind: 'currency-without-rule',
    severity: 'warning',
    path: ['otherwise'],
    message: `no rule speaks of amounts ${what}, which ${listInWords([...accounts], 'and')} can carry: only the default decides`,
  }));
}

/**
 * What a route names; where it takes any currency, those that another route or the policy names on the same side. (Of
 * all the currencies of the world nobody wants a list.)
 */
function currenciesOf(
  document: PolicyDocument,
  routes: readonly PolicyRoute[],
  route: PolicyRoute,
  side: AmountSide,
): readonly string[] {
  const key = side === 'source' ? 'sourceCurrencies' : 'currencies';
  const own = route.when?.[key];
  if (own !== undefined) return own;
  const others = [
    ...routes.map(({ when }) => when?.[key]),
    ...policyEntries(document).map(({ rule }) => rule?.when[key]),
  ];
  return [...new Set(others.flatMap((list) => list ?? []))].sort();
}
