import type { RequestConditions } from '../routing';

/**
 * A team's policy: who must agree to which payout. Plain JSON, read by `config/load-policy.ts`. It is found again by the
 * hash of its content; what it decides is frozen into the run, so a later document changes nothing for a payout that is
 * under way.
 */
export type PolicyDocument = {
  readonly schema: 1;
  /** What people call this version of the policy: `acme payments, July 2026`. */
  readonly label: string;
  readonly people: readonly PolicyPerson[];
  /** Who fills a role, by person id. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Asked from the first to the last; the first that matches decides. */
  readonly rules: readonly PolicyRule[];
  /** What happens when no rule matches. */
  readonly otherwise: PolicyOutcome;
  /** Rules of single tenants. They are asked before the common ones, which still follow. */
  readonly tenants?: Readonly<Record<string, TenantPolicy>>;
};

export type TenantPolicy = {
  readonly rules: readonly PolicyRule[];
  /** Takes the place of the document's `otherwise`, after the tenant's rules and the common ones. */
  readonly otherwise?: PolicyOutcome;
};

/** Somebody, once, however many accounts they have. Ids and accounts are compared as `personId` writes them. */
export type PolicyPerson = { readonly id: string; readonly accounts?: readonly string[] };

export type PolicyRule = {
  readonly name: string;
  readonly when: PolicyConditions;
  readonly then: PolicyOutcome;
  /** Why a larger amount may need fewer people here than a smaller one needs elsewhere. Without it that is an error. */
  readonly fewerPeopleBecause?: string;
};

/** What a request does not give (a funding account, a metadata entry) is none of any list. */
export type PolicyConditions = RequestConditions & {
  /** Provider accounts, by their ids in the configuration. */
  readonly accounts?: readonly string[];
  readonly providers?: readonly string[];
  /** Who asked: person ids, their accounts, or names of services that are nobody. */
  readonly requesters?: readonly string[];
  /** The requested amount, by its currency. An amount in a currency that is not named here does not match. */
  readonly amounts?: Readonly<Record<string, AmountRange>>;
  readonly metadata?: Readonly<Record<string, readonly string[]>>;
  /** An earlier payout of the tenant has the same payee and amount. */
  readonly sameAs?: {
    /** How far back, in whole hours; 24 where none is named. */
    readonly withinHours?: number;
  };
};

/** `from` and `to` belong to the range, `below` does not: thresholds that meet need no last cent. */
export type AmountRange = { readonly from?: string; readonly to?: string; readonly below?: string };

export type PolicyOutcome =
  | ({ readonly kind: 'auto-approve' } & OutcomeExtras)
  | ({ readonly kind: 'approve'; readonly levels: readonly ApprovalLevel[] } & OutcomeExtras)
  | { readonly kind: 'block'; readonly reason: string };

export type OutcomeExtras = {
  readonly extraScreening?: true;
  /** How far the firm quote may be from the indicative one before people are asked again: `"0.5"`. */
  readonly quoteBandPercent?: string;
};

/** Levels are asked one after the other. A person counts once in a payout, whatever roles they fill. */
export type ApprovalLevel = {
  readonly role: string;
  /** How many different people of the role must approve. */
  readonly quorum: number;
  /** From the moment the level is asked. */
  readonly deadlineMs: number;
  readonly reminderAfterMs?: number;
  /** After this long the people of `escalateTo` may decide as well. */
  readonly escalateAfterMs?: number;
  readonly escalateTo?: string;
};

/** How many different people must agree; undefined where nobody can (a block). */
export const peopleNeeded = (outcome: PolicyOutcome): number | undefined =>
  outcome.kind === 'block'
    ? undefined
    : outcome.kind === 'auto-approve'
      ? 0
      : outcome.levels.reduce((sum, { quorum }) => sum + quorum, 0);

/** Whether any rule that payouts of the tenant are asked about looks for an earlier payout (of any tenant, where none is named). */
export const asksForEarlier = (document: PolicyDocument, tenant?: string): boolean =>
  policyEntries(document).some(
    (entry) =>
      entry.rule?.when.sameAs !== undefined &&
      (tenant === undefined || entry.tenant === undefined || entry.tenant === tenant),
  );

/** One place in the order of evaluation: a rule, or what happens when none matches. */
export type PolicyEntry = {
  /** Where it stands in the document: `rules`, 2. */
  readonly path: readonly (string | number)[];
  /** Only payouts of this tenant are asked about. */
  readonly tenant?: string;
  /** From 1, in its own list; undefined for `otherwise`. */
  readonly position?: number;
  readonly rule?: PolicyRule;
  readonly outcome: PolicyOutcome;
};

/** The order of evaluation. For one tenant: its rules, the common rules, then its `otherwise`, or the common one. */
export function policyEntries(document: PolicyDocument): readonly PolicyEntry[] {
  const tenants = Object.entries(document.tenants ?? {});
  const entriesOf = (rules: readonly PolicyRule[], list: readonly string[], tenant?: string): PolicyEntry[] =>
    rules.map((rule, index) => ({
      path: [...list, 'rules', index],
      position: index + 1,
      rule,
      outcome: rule.then,
      ...(tenant === undefined ? {} : { tenant }),
    }));
  return [
    ...tenants.flatMap(([tenant, { rules }]) => entriesOf(rules, ['tenants', tenant], tenant)),
    ...entriesOf(document.rules, []),
    ...tenants.flatMap(([tenant, { otherwise }]) =>
      otherwise === undefined ? [] : [{ path: ['tenants', tenant, 'otherwise'], tenant, outcome: otherwise }],
    ),
    { path: ['otherwise'], outcome: document.otherwise },
  ];
}
