import type { BankAccount } from '../domain/payout-request';
import type { NationalAccountRule } from './national-accounts';

/**
 * Why a text is more than one account number, or undefined. A bank's code and the number behind it, or two numbers, become
 * the account of somebody else once the space between them is gone. Digits without spaces and hyphens are taken at their
 * word, so whoever has such a number can say so.
 */
export function moreThanOneNumber(
  given: BankAccount,
  rule: NationalAccountRule | undefined,
): string | undefined {
  const blocks = given.accountNumber.split(separators).filter((block) => block !== '');
  if (blocks.length < 2) return undefined;
  const field = codeFields.find((one) => standsBeside(blocks, codeOf(given, one)));
  // Where the bank is a part of every number, it stands in front by right.
  if (field !== undefined && rule?.banksIn === undefined) {
    return `${alone}: what is in beneficiary.account.${field} stands beside it`;
  }
  const name = codeInFront(blocks, rule);
  if (name !== undefined) return `${alone}: ${name} stands beside it`;
  if (rule !== undefined && /^[A-Za-z]{2,}$/.test(blocks[0] ?? ''))
    return `${alone}: a word stands before it`;
  const numbers = blocks.filter((block) => leastWholeNumber.test(block) && rule?.form.test(block) !== false);
  return numbers.length > 1 ? `${alone}: two numbers stand there` : undefined;
}

/** Whether digits without separators begin with the bank's code: unusual, and possible. */
export function beginsWithCode(
  account: BankAccount,
  rule: NationalAccountRule | undefined,
): (typeof codeFields)[number] | undefined {
  if (rule?.banksIn !== undefined) return undefined;
  return codeFields.find((field) => {
    const code = codeOf(account, field);
    return (
      code.length >= leastTellingCode &&
      account.accountNumber.length > code.length &&
      account.accountNumber.toUpperCase().startsWith(code)
    );
  });
}

const separators = /[\p{Zs}\p{Pd}]+/u;
const codeFields = ['bankCode', 'branchCode', 'ifsc'] as const;
const codeOf = (account: BankAccount, field: (typeof codeFields)[number]): string =>
  (account[field] ?? '').split(separators).join('').toUpperCase();

const alone = 'must be one account number alone, without spaces and hyphens if all of it is the number';

/** People group in fours and sixes; blocks of eight and more that fit the country's form are numbers of their own. */
const leastWholeNumber = /^\d{8,}$/;
/** Six digits are not the same by chance. */
const leastTellingCode = 6;
const leastCodeInFront = 3;

/** The first blocks are the code, or (where it is long enough to tell) the last ones. */
const standsBeside = (blocks: readonly string[], code: string): boolean =>
  (code.length >= leastCodeInFront && firstBlocks(blocks).some((one) => one.toUpperCase() === code)) ||
  (code.length >= leastTellingCode && lastBlocks(blocks).some((one) => one.toUpperCase() === code));

const firstBlocks = (blocks: readonly string[]): readonly string[] =>
  blocks.slice(1).map((_, index) => blocks.slice(0, index + 1).join(''));
const lastBlocks = (blocks: readonly string[]): readonly string[] =>
  blocks.slice(1).map((_, index) => blocks.slice(index + 1).join(''));

/** A code with a check digit of its own proves itself; another one has to be a block, and leave a whole number. */
function codeInFront(blocks: readonly string[], rule: NationalAccountRule | undefined): string | undefined {
  const code = rule?.code;
  if (rule === undefined || code === undefined) return undefined;
  const { isValid } = code;
  if (isValid !== undefined) {
    const proven = [...firstBlocks(blocks), ...lastBlocks(blocks)].some(
      (one) => code.form.test(one) && isValid(one),
    );
    return proven ? code.name : undefined;
  }
  const [first = '', ...rest] = blocks;
  if (!rule.form.test(rest.join(''))) return undefined;
  if (first.length >= 5 && code.form.test(first)) return code.name;
  return code.branchInFront?.test(first) === true ? "a branch's code" : undefined;
}
