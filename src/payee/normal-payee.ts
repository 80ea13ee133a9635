import type { Beneficiary, Card, PayoutRequest } from '../domain/payout-request';
import { readBankAccount } from './bank-account';
import { passesLuhn } from './check-digits';
import { readCryptoWallet } from './crypto-wallet';
import { readMobileWallet } from './mobile-wallet';
import { nationalCurrency } from './national-currencies';
import { nameProblem } from './payee-name';
import type { FieldFinding, PayeeFinding } from './payee-finding';
import { looksLikeSpreadsheetDamage, spreadsheetHint } from './spreadsheet-damage';

/** A payee in normal form. What is wrong makes the payout impossible; what is doubtful is told to people. */
export type PayeeReading = {
  readonly beneficiary: Beneficiary;
  readonly problems: readonly PayeeFinding[];
  readonly warnings: readonly PayeeFinding[];
  /** Paths of what was written otherwise in the request. */
  readonly changed: readonly string[];
};

/**
 * Reads what identifies a payee by the rules of its country and method. The normal form is what is digested, approved,
 * screened and sent; reading it again changes nothing.
 */
export function readPayee(payee: Pick<PayoutRequest, 'beneficiary' | 'destination'>): PayeeReading {
  const account = withCurrencyDoubt(readAccount(payee), payee);
  const problem = nameProblem(payee.beneficiary.name);
  return problem === undefined ? account : { ...account, problems: [problem, ...account.problems] };
}

/** Accounts in other currencies exist, so nobody is refused; a slip of the pen (EUR for PHP) looks the same. */
function withCurrencyDoubt(
  read: PayeeReading,
  { beneficiary: { method }, destination }: Pick<PayoutRequest, 'beneficiary' | 'destination'>,
): PayeeReading {
  const national = nationalCurrency(destination.country);
  const isLocal = method === 'bank-account' || method === 'mobile-wallet';
  if (!isLocal || national === undefined || national === destination.currency) return read;
  const message = `is another currency than that of the country (${national}): not every account there can take it`;
  return { ...read, warnings: [...read.warnings, { path: 'destination.currency', message }] };
}

function readAccount({
  beneficiary,
  destination,
}: Pick<PayoutRequest, 'beneficiary' | 'destination'>): PayeeReading {
  switch (beneficiary.method) {
    case 'bank-account': {
      const { account, findings } = readBankAccount(beneficiary.account, destination);
      return reading(beneficiary, { ...beneficiary, account }, findings);
    }
    case 'mobile-wallet': {
      const { account, findings } = readMobileWallet(beneficiary.account, destination.country);
      return reading(beneficiary, { ...beneficiary, account }, findings);
    }
    case 'card': {
      const { account, findings } = readCard(beneficiary.account);
      return reading(beneficiary, { ...beneficiary, account }, findings);
    }
    case 'crypto-wallet': {
      const { account, findings } = readCryptoWallet(beneficiary.account, destination.currency);
      return reading(beneficiary, { ...beneficiary, account }, findings);
    }
    case 'saved-destination':
      // Only the provider knows what its ids look like.
      return reading(
        beneficiary,
        beneficiary,
        looksLikeSpreadsheetDamage(beneficiary.account.destinationId)
          ? [{ field: 'destinationId', severity: 'doubtful', message: spreadsheetHint }]
          : [],
      );
    default:
      // Not `assertNever`: it would print the beneficiary.
      throw new Error('unhandled payout method');
  }
}

/** What makes a payee impossible, for those who got one that was read before. */
export const payeeProblems = (
  request: Pick<PayoutRequest, 'beneficiary' | 'destination'>,
): readonly PayeeFinding[] => readPayee(request).problems;

const separators = /[\p{Zs}\p{Pd}]/gu;
const isCardNumber = (digits: string): boolean =>
  /^\d{12,19}$/.test(digits) && passesLuhn(digits) && !/^0+$/.test(digits);

/** ISO/IEC 7812: 12 to 19 digits, the last of them a check digit. */
function readCard(given: Card): { readonly account: Card; readonly findings: readonly FieldFinding[] } {
  const cardNumber = given.cardNumber.replaceAll(separators, '');
  const refuse = (message: string) => ({
    account: { ...given, cardNumber },
    findings: [{ field: 'cardNumber', severity: 'refused' as const, message }],
  });
  if (looksLikeSpreadsheetDamage(given.cardNumber)) {
    return refuse(`must be a card number: it ${spreadsheetHint}`);
  }
  if (!/^\d{12,19}$/.test(cardNumber)) return refuse('must be a card number: 12 to 19 digits');
  // A security code or an expiry date behind the number makes a longer one, and every tenth passes the check digit.
  const blocks = given.cardNumber.split(separators).filter((block) => block !== '');
  if (blocks.length > 1 && blocks.some(isCardNumber)) {
    return refuse('must be one card number alone: other digits stand beside it');
  }
  return isCardNumber(cardNumber)
    ? { account: { ...given, cardNumber }, findings: [] }
    : refuse('is no valid card number (check digit)');
}

function reading(
  given: Beneficiary,
  beneficiary: Beneficiary,
  findings: readonly FieldFinding[],
): PayeeReading {
  const told = (severity: FieldFinding['severity']): readonly PayeeFinding[] =>
    findings
      .filter((finding) => finding.severity === severity)
      .map(({ field, message }) => ({ path: pathOf(field), message }));
  const before: Readonly<Record<string, unknown>> = given.account;
  const changed = Object.entries(beneficiary.account)
    .filter(([field, value]) => before[field] !== value)
    .map(([field]) => pathOf(field));
  return {
    beneficiary: changed.length === 0 ? given : beneficiary,
    problems: told('refused'),
    warnings: told('doubtful'),
    changed,
  };
}

const pathOf = (field: string): string => `beneficiary.account.${field}`;
