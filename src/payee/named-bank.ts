import type { BankAccount } from '../domain/payout-request';
import { bankPartOfIban, countryOfIbans } from './iban';
import type { IbanReading } from './iban';
import type { NationalAccountRule } from './national-accounts';
import type { FieldFinding } from './payee-finding';

type Finding = FieldFinding<keyof BankAccount>;

/** ISO 9362: four characters of the party, the country, two of the place, and three of a branch. */
export const bicForm = /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/;

/** Reserve Bank of India: the bank's four letters, a zero, and six letters or digits of the branch. */
export const ifscForm = /^[A-Z]{4}0[A-Z0-9]{6}$/;

const pathOf = (field: keyof BankAccount): string => `beneficiary.account.${field}`;
const contradicts = (field: Finding['field'], other: keyof BankAccount): Finding => ({
  field,
  severity: 'doubtful',
  message: `names another bank or branch than ${pathOf(other)}`,
});

/**
 * Two fields that name two banks: the provider goes by one of them, and nobody knows by which. Doubtful and not refused,
 * because banks pay through each other and keep codes of banks that they took over.
 */
export const bankContradictions = (
  account: BankAccount,
  rule: NationalAccountRule | undefined,
  iban: IbanReading,
): readonly Finding[] => [
  ...codesAgainstNumber(account, rule, iban),
  ...bicAgainstIban(account, iban),
  ...branchAgainstBank(account, rule),
  ...codesAgainstIfsc(account),
];

/** The number itself says which bank it is at: every IBAN, and what SPEI, the CBU and others copied from it. */
function codesAgainstNumber(
  account: BankAccount,
  rule: NationalAccountRule | undefined,
  iban: IbanReading,
): readonly Finding[] {
  const named = (['bankCode', 'branchCode'] as const).filter((field) => {
    const code = account[field]?.toUpperCase();
    if (code === undefined) return false;
    if (iban.kind === 'iban') return isOtherThanIbans(code, iban);
    const known = rule?.banksIn?.(account.accountNumber) ?? [];
    return known.length > 0 && /^\d+$/.test(code) && !known.some((one) => isSameNumber(one, code));
  });
  return named.map((field) => contradicts(field, 'accountNumber'));
}

const isSameNumber = (left: string, right: string): boolean => withoutZeros(left) === withoutZeros(right);
const withoutZeros = (code: string): string => code.replace(/^0+(?=\d)/, '');

/** Digits are compared with digits and four letters with four letters; another word is the provider's own. */
function isOtherThanIbans(code: string, iban: Extract<IbanReading, { kind: 'iban' }>): boolean {
  const part = bankPartOfIban(iban.iban);
  // Countries write a part of it (the bank, the branch, the region), and leave zeros out.
  if (/^\d+$/.test(code))
    return /\d{2}/.test(part) && !part.includes(code) && !part.includes(withoutZeros(code));
  if (/^[A-Z]{4}$/.test(code)) return /^[A-Z]{4}/.test(part) && !part.startsWith(code);
  return bicForm.test(code) && isBicOfOtherBank(code, iban, part);
}

const bicAgainstIban = ({ bic }: BankAccount, iban: IbanReading): readonly Finding[] =>
  bic !== undefined &&
  bicForm.test(bic) &&
  iban.kind === 'iban' &&
  isBicOfOtherBank(bic, iban, bankPartOfIban(iban.iban))
    ? [contradicts('bic', 'accountNumber')]
    : [];

/** Where IBANs begin with the BIC's four letters those are compared, everywhere the country. */
const isBicOfOtherBank = (
  bic: string,
  { country }: Extract<IbanReading, { kind: 'iban' }>,
  part: string,
): boolean =>
  countryOfIbans(bic.slice(4, 6)) !== country ||
  (/^[A-Z]{4}/.test(part) && /^[A-Z]{4}/.test(bic) && !part.startsWith(bic.slice(0, 4)));

/** A sort code and its like hold the branch, or may stand in either field. */
function branchAgainstBank(
  { bankCode, branchCode }: BankAccount,
  rule: NationalAccountRule | undefined,
): readonly Finding[] {
  const code = rule?.code;
  if (bankCode === undefined || branchCode === undefined || code === undefined) return [];
  if (!/^\d+$/.test(bankCode) || !/^\d+$/.test(branchCode)) return [];
  const isOtherBranch =
    code.holdsBranch?.test(bankCode) === true &&
    !bankCode.startsWith(branchCode) &&
    !bankCode.endsWith(branchCode);
  const isOtherCodeOfTheKind =
    branchCode.length >= 5 &&
    branchCode.length === bankCode.length &&
    code.form.test(branchCode) &&
    branchCode !== bankCode;
  return isOtherBranch || isOtherCodeOfTheKind ? [contradicts('branchCode', 'bankCode')] : [];
}

function codesAgainstIfsc(account: BankAccount): readonly Finding[] {
  const { ifsc } = account;
  if (ifsc === undefined || !ifscForm.test(ifsc)) return [];
  return (['bankCode', 'branchCode'] as const)
    .filter((field) => {
      const code = account[field]?.toUpperCase() ?? '';
      return (ifscForm.test(code) && code !== ifsc) || (/^[A-Z]{4}$/.test(code) && code !== ifsc.slice(0, 4));
    })
    .map((field) => contradicts(field, 'ifsc'));
}
