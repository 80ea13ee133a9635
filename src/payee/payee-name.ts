import type { PayeeFinding } from './payee-finding';

/** Screening compares names: a number or an address in their place would pass it, whoever stands behind. */
export const nameProblem = (name: string): PayeeFinding | undefined =>
  name.normalize('NFKC').split(/\s+/u).some(isOfName)
    ? undefined
    : {
        path: 'beneficiary.name',
        message: 'must be a name: with a letter, and not a number, an e-mail or a web address',
      };

const isOfName = (word: string): boolean =>
  /\p{L}/u.test(word) &&
  !/@.*\.|:\/\//u.test(word) &&
  !/^[+-]?[\d.,]+e[+-]?\d+$/iu.test(word) &&
  !isNumber(word);

/** Account numbers hold letters too (IBAN, wallets); no word of a name has so many digits. */
const isNumber = (word: string): boolean => (word.match(/\p{Nd}/gu) ?? []).length >= 6;
