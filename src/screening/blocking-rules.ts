import { createHash } from 'node:crypto';
import { extractIBAN } from 'ibantools';
import { readIban } from '../payee/iban';
import { isSameInstitution, maybeSameInstitution } from '../payee/institutions';
import { phoneNumberCountries } from '../payee/phone-number';
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
  const { bank = {} } = subject;
  const codes = [bank.bic, bank.ifsc, bank.bankCode].filter((code) => code !== undefined).map(bare);
  const country = subject.country.toUpperCase();
  const ibans = ibansOf(subject);
  const countries = countriesOf(subject, codes, ibans);
  // The bank stands in an IBAN as well: as the country's code, or as the first letters of its BIC.
  const bankCodes: readonly CountryCode[] = [
    ...codes.map((code) => ({ country, code })),
    ...ibans.flatMap(({ country: of, banks }) => banks.map((code) => ({ country: of, code }))),
  ];
  const beginnings = ibans.flatMap(({ country: of, banks }) =>
    banks.filter((code) => /^[A-Z]{4}$/.test(code)).map((code) => code + of),
  );
  const isBlocked = (rule: BlockedBank): boolean =>
    // Some routes take a BIC or an IFSC as the bank code: a prefix is compared with every code that is given.
    [rule.bicPrefix, rule.ifscPrefix].some(
      (prefix) => prefix !== undefined && codes.some((code) => code.startsWith(bare(prefix))),
    ) ||
    (rule.bicPrefix !== undefined &&
      beginnings.some((beginning) => isBeginningOf(beginning, bare(rule.bicPrefix ?? '')))) ||
    (rule.bankCode !== undefined &&
      bankCodes.some(
        ({ country: of, code }) => of === rule.country && isSameInstitution(of, code, rule.bankCode ?? ''),
      ));
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

/**
 * Rules that nobody can say are kept: the bank is named by a code that is none of the country's scheme, where a bank is
 * blocked by its code.
 */
export function doubtfulRules(rules: BlockingRules, subject: ScreeningSubject): readonly ScreeningHit[] {
  const country = subject.country.toUpperCase();
  const { bankCode, bic, ifsc } = subject.bank ?? {};
  // An IBAN and an IFSC say which bank it is.
  const code = bankCode ?? (ibansOf(subject).length > 0 ? undefined : bic);
  if (code === undefined) return [];
  return rules.banks
    .filter(
      (rule) =>
        rule.bankCode !== undefined &&
        rule.country === country &&
        maybeSameInstitution(country, code, rule.bankCode) &&
        (ifsc === undefined || maybeSameInstitution(country, ifsc, rule.bankCode)),
    )
    .map(({ name }) => ({
      list: rulesName,
      entry: `blocked-bank:${name}`,
      score: '0',
      reason: 'blocked-bank',
    }));
}

type CountryCode = { readonly country: string; readonly code: string };

/** One of them goes on where the other ends: then nobody can say that they are not the same bank. */
const isBeginningOf = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);

/** A bank sits in a country, and so does a telephone, wherever the request says the money goes. */
function countriesOf(
  { country, identifiers = [] }: ScreeningSubject,
  codes: readonly string[],
  ibans: readonly Iban[],
): ReadonlySet<string> {
  const bics = codes.filter((code) => /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/.test(code));
  const isIfsc = codes.some((code) => /^[A-Z]{4}0[A-Z0-9]{6}$/.test(code));
  return new Set([
    country.toUpperCase(),
    ...bics.map((bic) => bic.slice(4, 6)),
    ...(isIfsc ? ['IN'] : []),
    ...ibans.map(({ country: of }) => of),
    // Of a calling code that several countries share, each that cannot be excluded counts.
    ...identifiers.flatMap((identifier) =>
      identifier.kind === 'phone'
        ? phoneNumberCountries(identifier.value, identifier.country ?? country)
        : [],
    ),
  ]);
}

/** `banks`: the bank's code, and where it is told by its branch (sort codes) that one, too. */
type Iban = { readonly country: string; readonly banks: readonly string[] };

/** One that is broken is still of its country. */
function ibansOf({ identifiers = [] }: ScreeningSubject): readonly Iban[] {
  return identifiers.flatMap((identifier) => {
    if (identifier.kind !== 'account') return [];
    const read = readIban(identifier.value);
    if (read.kind === 'not-an-iban') return [];
    if (read.kind === 'broken') return [{ country: read.country, banks: [] }];
    const { bankIdentifier, branchIdentifier } = extractIBAN(read.iban);
    const banks = [bankIdentifier, ...(read.country === 'GB' ? [branchIdentifier] : [])];
    return [{ country: read.country, banks: banks.filter((code) => code !== undefined) }];
  });
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
