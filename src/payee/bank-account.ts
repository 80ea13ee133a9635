import { isSEPACountry } from 'ibantools';
import { isCountry } from '../domain/country';
import type { BankAccount, PayoutRequest } from '../domain/payout-request';
import { asciiUpperCase } from './ascii-case';
import { countryOfIbans, ibanLength, isInIbanRegistry, readIban } from './iban';
import type { IbanReading } from './iban';
import { isIndianBank } from './indian-banks';
import { bankContradictions, bicForm, ifscForm } from './named-bank';
import { nationalAccountRule } from './national-accounts';
import type { BankCodeRule, NationalAccountRule } from './national-accounts';
import { beginsWithCode, moreThanOneNumber } from './one-number';
import type { FieldFinding } from './payee-finding';
import { looksLikeSpreadsheetDamage, mayHaveLostLastDigits, spreadsheetHint } from './spreadsheet-damage';

type Field = keyof BankAccount;
type Finding = FieldFinding<Field>;
type Destination = PayoutRequest['destination'];

const refused = (field: Field, message: string): Finding => ({ field, severity: 'refused', message });
const doubtful = (field: Field, message: string): Finding => ({ field, severity: 'doubtful', message });

export type BankAccountReading = { readonly account: BankAccount; readonly findings: readonly Finding[] };

/** Reads a bank account by the rules of the destination's country. */
export function readBankAccount(given: BankAccount, destination: Destination): BankAccountReading {
  const rule = nationalAccountRule(destination.country);
  const iban = readIban(given.accountNumber);
  const account = normalAccount(given, rule, iban);
  const damaged = damageFindings(given);
  const isDamaged = (field: Field): boolean => damaged.some((finding) => finding.field === field);
  const findings = [
    ...damaged,
    ...(isDamaged('accountNumber')
      ? []
      : oneNumberFindings(given, account, rule, iban, numberFindings(account, destination, rule, iban))),
    ...codeFindings(account, rule, iban).filter(({ field }) => !isDamaged(field)),
    ...ifscFindings(account, destination.country, rule),
    ...bicFindings(account, destination.country),
  ];
  // What is refused anyhow says nothing about a bank.
  const isRefused = findings.some(({ severity }) => severity === 'refused');
  return {
    account,
    findings: isRefused ? findings : [...findings, ...bankContradictions(account, rule, iban)],
  };
}

/** What the check digits of an IBAN prove to be one number needs no other look. */
function oneNumberFindings(
  given: BankAccount,
  account: BankAccount,
  rule: NationalAccountRule | undefined,
  iban: IbanReading,
  found: readonly Finding[],
): readonly Finding[] {
  if (iban.kind === 'iban' || found.some(({ severity }) => severity === 'refused')) return found;
  const problem = moreThanOneNumber(given, rule);
  if (problem !== undefined) return [refused('accountNumber', problem)];
  const field = beginsWithCode(account, rule);
  return field === undefined
    ? found
    : [...found, doubtful('accountNumber', `begins with what is in beneficiary.account.${field}`)];
}

const withoutSpaces = (text: string): string => text.replaceAll(/\p{Zs}/gu, '');
const withoutSeparators = (text: string): string => text.replaceAll(/[\p{Zs}\p{Pd}]/gu, '');

/** One writing for each identifier: what people type for the eye falls away, digits and letters stay. */
function normalAccount(
  given: BankAccount,
  rule: NationalAccountRule | undefined,
  iban: IbanReading,
): BankAccount {
  const { bankCode, branchCode, ifsc, bic } = given;
  return {
    ...given,
    accountNumber: iban.kind === 'iban' ? iban.iban : normalDigits(given.accountNumber, rule !== undefined),
    ...(bankCode === undefined ? {} : { bankCode: normalDigits(bankCode, rule?.code !== undefined) }),
    ...(branchCode === undefined ? {} : { branchCode: normalDigits(branchCode, rule?.code !== undefined) }),
    ...(ifsc === undefined ? {} : { ifsc: asciiUpperCase(withoutSeparators(ifsc)) }),
    ...(bic === undefined ? {} : { bic: asciiUpperCase(withoutSeparators(bic)) }),
  };
}

/** Hyphens between digits are for the eye where the country's form has none; elsewhere nobody knows what they mean. */
function normalDigits(text: string, known: boolean): string {
  const digits = withoutSeparators(text);
  return known && /^\d+$/.test(digits) ? digits : withoutSpaces(text);
}

/** A column that a spreadsheet took for numbers. */
const damageFindings = (account: BankAccount): readonly Finding[] =>
  (['accountNumber', 'bankCode', 'branchCode'] as const).flatMap((field) => {
    const text = account[field];
    return text !== undefined && looksLikeSpreadsheetDamage(text)
      ? [
          refused(
            field,
            `must be ${field === 'accountNumber' ? 'an account number' : 'a code'}: it ${spreadsheetHint}`,
          ),
        ]
      : [];
  });

const plainNumber = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,32}[A-Za-z0-9])?$/;

function numberFindings(
  account: BankAccount,
  destination: Destination,
  rule: NationalAccountRule | undefined,
  iban: IbanReading,
): readonly Finding[] {
  const { accountNumber } = account;
  const { country } = destination;
  if (iban.kind === 'iban') return ibanFindings(iban, country, rule);
  if (iban.kind === 'broken' && (ibanLength(country) !== undefined || iban.country === country)) {
    return [refused('accountNumber', brokenIban(iban))];
  }
  if (!plainNumber.test(accountNumber)) {
    return [
      refused('accountNumber', 'must be an account number or IBAN: up to 34 letters, digits and hyphens'),
    ];
  }
  const needed = ibanNeeded(destination);
  if (needed !== undefined && (rule === undefined || needed.everywhere)) {
    return [{ field: 'accountNumber', severity: needed.severity, message: needed.message }];
  }
  if (rule === undefined) {
    return [
      doubtful(
        'accountNumber',
        iban.kind === 'broken'
          ? 'begins like an IBAN and is none'
          : 'was not checked: no form of accounts in that country is known here',
      ),
    ];
  }
  return nationalFindings(account, rule);
}

function nationalFindings(
  { accountNumber, bankCode }: BankAccount,
  rule: NationalAccountRule,
): readonly Finding[] {
  if (!rule.form.test(accountNumber)) {
    const message = expectedDigits(rule.expected, accountNumber, rule.digits);
    return [
      rule.source === undefined
        ? doubtful('accountNumber', unusual(message))
        : refused('accountNumber', message),
    ];
  }
  const verdict = rule.check?.(accountNumber, bankCode);
  return [
    ...(verdict === undefined ? [] : [{ field: 'accountNumber' as const, ...verdict }]),
    ...(mayHaveLostLastDigits(accountNumber)
      ? [
          doubtful(
            'accountNumber',
            'has zeros from the sixteenth digit on: a spreadsheet may have made them up',
          ),
        ]
      : []),
  ];
}

/** "must be 10 digits", and what probably happened where some are missing. */
function expectedDigits(expected: string, text: string, digits: number | undefined): string {
  const lost = digits !== undefined && /^\d+$/.test(text) && text.length < digits;
  return `must be ${expected}${lost ? ' (leading zeros may have been lost in a spreadsheet)' : ''}`;
}

const unusual = (message: string): string => message.replace(/^must be/, 'is usually');

/** ISO 13616; the length is SWIFT's registry's. */
function brokenIban({ country, length, fault }: Extract<IbanReading, { kind: 'broken' }>): string {
  if (fault === 'length') return `must be an IBAN: those of ${country} have ${length} characters`;
  return fault === 'form'
    ? `must be an IBAN: letters and digits are not where ${country} has them`
    : 'must be an IBAN: its check digits do not fit';
}

function ibanFindings(
  { country: of, nationalCheckFails }: Extract<IbanReading, { kind: 'iban' }>,
  country: string,
  rule: NationalAccountRule | undefined,
): readonly Finding[] {
  if (of === country || countryOfIbans(country) === of) {
    return nationalCheckFails === true
      ? [doubtful('accountNumber', "holds check digits of its country's own that do not fit")]
      : [];
  }
  // A country with a form of its own and without IBANs has no account that is an IBAN.
  if (ibanLength(country) === undefined && rule?.source !== undefined) {
    return [refused('accountNumber', `must be ${rule.expected}; an IBAN is no account there`)];
  }
  return [doubtful('accountNumber', 'is an IBAN of another country than the destination')];
}

/**
 * Where nothing but an IBAN reaches an account. Sources: Regulation (EU) 260/2012, article 5 and annex (credit transfers
 * in euro); the central banks of AE (2011), BH (2012), JO (2014), KW (2013), QA (2014), SA (2010), TR (2010) and UA (2020).
 */
const mandated: ReadonlySet<string> = new Set(['AE', 'BH', 'JO', 'KW', 'QA', 'SA', 'TR', 'UA']);

function ibanNeeded({
  country,
  currency,
}: Destination):
  | { readonly severity: Finding['severity']; readonly message: string; readonly everywhere: boolean }
  | undefined {
  if (currency === 'EUR' && (isSEPACountry(country) || countryOfIbans(country) !== country)) {
    return {
      severity: 'refused',
      message: 'must be an IBAN: euro transfers go to nothing else',
      everywhere: true,
    };
  }
  if (mandated.has(country)) {
    return { severity: 'refused', message: 'must be an IBAN: the country requires it', everywhere: true };
  }
  return isInIbanRegistry(countryOfIbans(country))
    ? { severity: 'doubtful', message: 'is usually an IBAN in that country', everywhere: false }
    : undefined;
}

const anyCode = /^[A-Za-z0-9][A-Za-z0-9-]{0,19}$/;

/** The bank's code. One with letters may be the provider's own word for a bank; digits are the country's. */
function codeFindings(
  account: BankAccount,
  rule: NationalAccountRule | undefined,
  iban: IbanReading,
): readonly Finding[] {
  const plain = (['bankCode', 'branchCode'] as const).flatMap((field) => {
    const code = account[field];
    return code === undefined || anyCode.test(code)
      ? []
      : [refused(field, 'must be up to 20 letters, digits and hyphens')];
  });
  if (plain.length > 0 || rule?.code === undefined || iban.kind !== 'not-an-iban') return plain;
  const { code } = rule;
  const field = code.orBranchCode === true && account.bankCode === undefined ? 'branchCode' : 'bankCode';
  const text = account[field];
  if (text === undefined) {
    return code.needed === true
      ? [doubtful('bankCode', `is missing: ${code.name} says which bank it is`)]
      : [];
  }
  const problem = codeProblem(text, code);
  return problem === undefined ? [] : [{ field, ...problem }];
}

function codeProblem(text: string, code: BankCodeRule): Omit<Finding, 'field'> | undefined {
  const message = expectedDigits(`${code.name}: ${code.expected}`, text, code.digits);
  if (!/^\d+$/.test(text)) return { severity: 'doubtful', message: unusual(message) };
  return code.form.test(text) && code.isValid?.(text) !== false
    ? undefined
    : { severity: 'refused', message };
}

function ifscFindings(
  { ifsc }: BankAccount,
  country: string,
  rule: NationalAccountRule | undefined,
): readonly Finding[] {
  if (ifsc === undefined) {
    return rule?.needsIfsc === true
      ? [refused('ifsc', 'is needed: no account in India is found without it')]
      : [];
  }
  if (!ifscForm.test(ifsc)) {
    return [refused('ifsc', 'must be an IFSC: four letters, a zero, six letters or digits')];
  }
  if (country !== 'IN')
    return [refused('ifsc', 'belongs to bank accounts in India (destination.country "IN")')];
  return isIndianBank(ifsc.slice(0, 4))
    ? []
    : [doubtful('ifsc', 'begins with four letters of no known bank')];
}

function bicFindings({ bic }: BankAccount, country: string): readonly Finding[] {
  if (bic === undefined) return [];
  const of = bic.slice(4, 6);
  // ISO 9362 also uses XK, which ISO 3166-1 leaves to its users.
  if (!bicForm.test(bic) || !(isCountry(of) || of === 'XK')) {
    return [
      refused(
        'bic',
        'must be a BIC (ISO 9362): 8 or 11 letters and digits, of which the fifth and sixth are a country',
      ),
    ];
  }
  return of === country || countryOfIbans(country) === of
    ? []
    : [doubtful('bic', 'is of a bank in another country than the destination')];
}
