import { createHash } from 'node:crypto';
import type { ScreeningHit, ScreeningSubject } from './screener';

/** What is refused whoever is paid. */
export type BlockingRules = {
  /** ISO 3166-1 alpha-2. */
  readonly countries: readonly string[];
  readonly banks: readonly BlockedBank[];
};

/** One bank, by exactly one kind of code. Prefixes cover its branches. */
export type BlockedBank = {
  /** The rule's name, which stands in the payout. */
  readonly name: string;
  /** Together with `country`: the same code is another bank elsewhere. */
  readonly bankCode?: string | undefined;
  readonly country?: string | undefined;
  readonly bicPrefix?: string | undefined;
  readonly ifscPrefix?: string | undefined;
};

/** Rules that a payout to this subject breaks. */
export function brokenRules(rules: BlockingRules, subject: ScreeningSubject): readonly ScreeningHit[] {
  const { country, bank = {} } = subject;
  const codes = [bank.bic, bank.ifsc, bank.bankCode].filter((code) => code !== undefined).map(bare);
  const bics = codes.filter((code) => /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/.test(code));
  // A bank sits in a country, wherever the request says the money goes.
  const countries = new Set([country.toUpperCase(), ...bics.map((bic) => bic.slice(4, 6))]);
  const isBlocked = (rule: BlockedBank): boolean =>
    // Some routes take a BIC or an IFSC as the bank code: a prefix is compared with every code that is given.
    [rule.bicPrefix, rule.ifscPrefix].some(
      (prefix) => prefix !== undefined && codes.some((code) => code.startsWith(bare(prefix))),
    ) ||
    (rule.bankCode !== undefined &&
      rule.country === country.toUpperCase() &&
      codes.includes(bare(rule.bankCode)));
  const hit = (entry: string, reason: ScreeningHit['reason']): ScreeningHit => ({
    list: rulesName,
    entry,
    score: '1',
    reason,
  });
  return [
    ...rules.countries
      .filter((blocked) => countries.has(blocked))
      .map((blocked) => hit(`blocked-country:${blocked}`, 'blocked-country')),
    ...rules.banks.filter(isBlocked).map(({ name }) => hit(`blocked-bank:${name}`, 'blocked-bank')),
  ];
}

/** The list name under which the rules stand in a decision. */
export const rulesName = 'rules';

/** SHA-256 of the rules; undefined when there are none. */
export function rulesVersion({ countries, banks }: BlockingRules): string | undefined {
  if (countries.length + banks.length === 0) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([countries.toSorted(), banks]))
    .digest('hex');
}

const bare = (code: string): string => code.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();
