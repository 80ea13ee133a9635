import { complementToTen, passesLuhn, remainderOf, weightedSum } from './check-digits';
import { readNuban } from './nuban';

/**
 * Bank accounts by country: what a number looks like there, and what has to stand beside it. Only what a named source
 * defines is refused; what is merely customary is doubtful. Countries whose accounts are IBANs are in `iban.ts`; a row here
 * for one of them is about the national form that is in use there as well.
 */
export type NationalAccountRule = {
  /** After spaces and (between digits) hyphens are gone. */
  readonly form: RegExp;
  /** "10 digits", for the message. */
  readonly expected: string;
  /** Lengths in digits, where a number that is too short may have lost leading zeros. */
  readonly digits?: number;
  /** Who defines it. Without one, another form is doubtful and not refused. */
  readonly source?: string;
  /** The bank's code, in `bankCode` or, where the country calls it so, `branchCode`. */
  readonly code?: BankCodeRule;
  /** The bank (and branch) inside the number, in every writing that is in use for it; none where nobody can tell. */
  readonly banksIn?: (account: string) => readonly string[];
  /** India. */
  readonly needsIfsc?: boolean;
  /** Asked when the form fits. */
  readonly check?: (account: string, bankCode: string | undefined) => AccountVerdict;
};

export type BankCodeRule = {
  /** "a sort code" */
  readonly name: string;
  readonly form: RegExp;
  readonly expected: string;
  readonly digits?: number;
  readonly isValid?: (code: string) => boolean;
  /** The branch's code may stand for it. */
  readonly orBranchCode?: boolean;
  /** Codes of this form say which branch it is, too. */
  readonly holdsBranch?: RegExp;
  /** What people write before the number where branches have codes of their own. */
  readonly branchInFront?: RegExp;
  /** Without it no bank can be found. */
  readonly needed?: boolean;
};

/** Undefined: right, as far as anybody can tell. */
export type AccountVerdict =
  { readonly severity: 'refused' | 'doubtful'; readonly message: string } | undefined;

const refused = (message: string): AccountVerdict => ({ severity: 'refused', message });
const doubtful = (message: string): AccountVerdict => ({ severity: 'doubtful', message });

/** The bank, the branch, and both together, of a number that begins with them. */
const bankAndBranch = (account: string, bankEnds: number, branchEnds: number): readonly string[] => [
  account.slice(0, bankEnds),
  account.slice(bankEnds, branchEnds),
  account.slice(0, branchEnds),
];

const rules: Readonly<Record<string, NationalAccountRule | undefined>> = {
  /** BCRA, Comunicación A 2622 (CBU) and A 6510 (CVU): 7 + 1 and 13 + 1 digits. An alias is a name for one. */
  AR: {
    form: /^\d{22}$|^(?=.*[A-Za-z])[A-Za-z0-9.-]{6,20}$/,
    expected: 'a CBU or CVU: 22 digits with two check digits',
    digits: 22,
    source: 'BCRA A 2622',
    // A CVU begins with zeros: it is a payment service's.
    banksIn: (account) => (/^(?!000)\d{22}$/.test(account) ? bankAndBranch(account, 3, 7) : []),
    check: (account) => {
      if (!/^\d{22}$/.test(account)) return doubtful('is taken for an alias, which has no check digit');
      const weights = [3, 1, 7, 9];
      // The weights run from the right of each block.
      const block = (digits: string): boolean =>
        complementToTen(weightedSum(Array.from(digits.slice(0, -1)).toReversed().join(''), weights)) ===
        digits.at(-1);
      return block(account.slice(0, 8)) && block(account.slice(8))
        ? undefined
        : refused('must be a CBU or CVU: its check digits do not fit');
    },
  },
  /** Australian Payments Network, BECS: accounts of up to nine digits at a BSB of six. */
  AU: {
    form: /^\d{5,9}$/,
    expected: '5 to 9 digits',
    source: 'AusPayNet BECS procedures',
    code: {
      name: 'a BSB',
      form: /^\d{6}$/,
      expected: '6 digits',
      digits: 6,
      holdsBranch: /^\d{6}$/,
      orBranchCode: true,
      needed: true,
    },
  },
  /** Bangladesh Bank, BEFTN operating rules: an account field of 17 characters. Routing numbers have nine digits. */
  BD: {
    form: /^[A-Za-z0-9]{5,17}$/,
    expected: '5 to 17 digits',
    code: { name: 'a routing number', form: /^\d{9}$|^\d{3}$/, expected: '9 digits' },
  },
  /** FEBRABAN CNAB 240: up to 12 digits and a check digit, which may be X. Bank codes are COMPE (3) or ISPB (8). */
  BR: {
    form: /^\d{1,20}[0-9Xx]?$/,
    expected: 'digits, of which the last may be X',
    code: {
      name: 'a bank code (COMPE or ISPB)',
      form: /^\d{3}$|^\d{8}$/,
      expected: '3 or 8 digits',
      // The agency.
      branchInFront: /^\d{4}$/,
      needed: true,
    },
  },
  /** Payments Canada, Standard 005: up to 12 digits, at an institution of 3 and a transit number of 5. */
  CA: {
    form: /^\d{5,12}$/,
    expected: '5 to 12 digits',
    source: 'Payments Canada Standard 005',
    code: {
      name: 'an institution and transit number',
      form: /^\d{3}$|^\d{8}$|^0\d{8}$/,
      expected: '3, 8 or 9 digits',
      holdsBranch: /^\d{8,9}$/,
      needed: true,
    },
  },
  /** China UnionPay: personal accounts are numbered like cards (ISO/IEC 7812), 62…; others are each bank's own. */
  CN: {
    form: /^\d{8,32}$/,
    expected: '8 to 32 digits',
    check: (account) =>
      /^62\d{14,17}$/.test(account) && !passesLuhn(account)
        ? refused('must be a UnionPay number: its check digit does not fit')
        : undefined,
  },
  /** Pay.UK, "Validating account numbers": eight digits at a sort code of six. Which sort code checks how is its table. */
  GB: {
    form: /^\d{8}$/,
    expected: '8 digits, or an IBAN',
    digits: 8,
    source: 'Pay.UK, Validating Account Numbers',
    code: {
      name: 'a sort code',
      form: /^\d{6}$/,
      expected: '6 digits',
      digits: 6,
      holdsBranch: /^\d{6}$/,
      orBranchCode: true,
      needed: true,
    },
  },
  GH: { form: /^\d{6,20}$/, expected: 'digits' },
  HK: {
    form: /^\d{6,15}$/,
    expected: '6 to 15 digits',
    code: { name: 'a clearing code', form: /^\d{3}$/, expected: '3 digits', digits: 3, needed: true },
  },
  ID: { form: /^\d{5,20}$/, expected: '5 to 20 digits' },
  /** NPCI, IMPS and NACH: accounts of 9 to 18 digits, found by the branch's IFSC (Reserve Bank of India). */
  IN: {
    form: /^\d{9,18}$/,
    expected: '9 to 18 digits',
    source: 'NPCI, Reserve Bank of India',
    needsIfsc: true,
  },
  /** Zengin: seven digits, at a bank of four and a branch of three. */
  JP: {
    form: /^\d{7}$/,
    expected: '7 digits',
    digits: 7,
    source: 'Zengin data format',
    code: {
      name: 'a bank code',
      form: /^\d{4}$|^\d{7}$/,
      expected: '4 digits',
      digits: 4,
      holdsBranch: /^\d{7}$/,
      needed: true,
    },
  },
  KE: { form: /^\d{5,20}$/, expected: 'digits' },
  KR: { form: /^\d{10,16}$/, expected: '10 to 16 digits' },
  LK: { form: /^\d{5,18}$/, expected: 'digits' },
  /** Bank Al-Maghrib, RIB: 24 digits, of which the last two make the whole divisible by 97. */
  MA: {
    form: /^\d{24}$/,
    expected: 'a RIB: 24 digits with a key of two digits',
    digits: 24,
    source: 'Bank Al-Maghrib, RIB',
    banksIn: (account) => bankAndBranch(account, 3, 6),
    check: (account) =>
      remainderOf(account, 97) === 0 ? undefined : refused('must be a RIB: its key does not fit'),
  },
  /**
   * Banco de México, SPEI: a CLABE of 18 digits with a check digit (weights 3, 7, 1, each product modulo 10), the 16
   * digits of a debit card, or the 10 of a mobile phone.
   */
  MX: {
    form: /^\d{18}$|^\d{16}$|^\d{10}$/,
    expected: 'a CLABE: 18 digits with a check digit',
    digits: 18,
    source: 'Banco de México, SPEI; CECOBAN, CLABE',
    // SPEI's own numbers of participants are the bank's three digits behind two of its kind.
    banksIn: (account) =>
      account.length === 18 ? ['', '2', '37', '40', '90'].map((kind) => kind + account.slice(0, 3)) : [],
    check: (account) => {
      if (account.length === 16) {
        return passesLuhn(account) ? undefined : refused('must be a CLABE of 18 digits or a card number');
      }
      if (account.length === 10) return doubtful('is taken for a phone number, which has no check digit');
      return complementToTen(weightedSum(account.slice(0, 17), [3, 7, 1])) === account[17]
        ? undefined
        : refused('must be a CLABE: its check digit does not fit');
    },
  },
  MY: { form: /^\d{6,17}$/, expected: '6 to 17 digits' },
  /** Central Bank of Nigeria: see `nuban.ts`. */
  NG: {
    form: /^\d{10}$/,
    expected: 'a NUBAN: 10 digits with a check digit',
    digits: 10,
    source: 'Central Bank of Nigeria, NUBAN',
    // A code with letters is an aggregator's own.
    code: {
      name: 'a bank code',
      form: /^\d{3}$|^\d{5}$|^\d{6}$|^\d{9}$/,
      expected: '3, 5, 6 or 9 digits',
      holdsBranch: /^\d{9}$/,
      digits: 3,
      needed: true,
    },
    check: (account, bankCode) => {
      const reading = readNuban(account, bankCode);
      if (reading === 'wrong') {
        return refused(
          'must be a NUBAN: 10 digits with a check digit for the bank in bankCode, which does not fit',
        );
      }
      if (reading === 'doubtful') return doubtful('has a check digit that does not fit the bank in bankCode');
      return reading === 'unchecked' && bankCode !== undefined
        ? doubtful('could not be checked: bankCode is on no list of the Central Bank of Nigeria')
        : undefined;
    },
  },
  NP: { form: /^[A-Za-z0-9]{8,20}$/, expected: '8 to 20 letters and digits' },
  /** Payments NZ: bank 2, branch 4, account 7 and suffix 2 or 3. */
  NZ: {
    form: /^\d{15,16}$/,
    expected: '15 or 16 digits (bank, branch, account and suffix)',
    digits: 15,
    source: 'Payments NZ, account number structure',
    banksIn: (account) => bankAndBranch(account, 2, 6),
  },
  /** Cámara de Compensación Electrónica: the CCI that other banks are paid by. */
  PE: {
    form: /^\d{20}$/,
    expected: 'a CCI: 20 digits',
    digits: 20,
    banksIn: (account) => (account.length === 20 ? bankAndBranch(account, 3, 6) : []),
  },
  /** Bangko Sentral publishes no form; banks use ten to sixteen digits, e-money issuers the phone number. */
  PH: { form: /^\d{6,19}$/, expected: '6 to 19 digits' },
  PK: { form: /^\d{8,20}$/, expected: 'an IBAN, or 8 to 20 digits' },
  /** Bank of Russia, control key of accounts (letter 515 of 1997): over the last three digits of the BIK and the account. */
  RU: {
    form: /^\d{20}$/,
    expected: '20 digits with a control key',
    digits: 20,
    source: 'Bank of Russia, 08.09.1997 No. 515',
    code: { name: 'a BIK', form: /^\d{9}$/, expected: '9 digits', digits: 9, needed: true },
    check: (account, bik) =>
      bik !== undefined && /^\d{9}$/.test(bik) && weightedSum(bik.slice(6) + account, [7, 1, 3]) % 10 !== 0
        ? refused('must be an account at the bank in bankCode: its control key does not fit')
        : undefined,
  },
  SG: { form: /^\d{6,16}$/, expected: '6 to 16 digits' },
  TH: { form: /^\d{10,15}$/, expected: '10 to 15 digits' },
  TZ: { form: /^[A-Za-z0-9]{5,20}$/, expected: '5 to 20 letters and digits' },
  UG: { form: /^\d{5,20}$/, expected: 'digits' },
  /** Nacha operating rules: an account field of 17 characters. ABA: routing numbers of nine digits (weights 3, 7, 1). */
  US: {
    form: /^[A-Za-z0-9]{3,17}$/,
    expected: '3 to 17 digits',
    source: 'Nacha operating rules',
    code: {
      name: 'an ABA routing number',
      form: /^\d{9}$/,
      expected: '9 digits with a check digit',
      digits: 9,
      isValid: (code) => Number(code) !== 0 && weightedSum(code, [3, 7, 1]) % 10 === 0,
      needed: true,
    },
    check: (account) => (/^\d+$/.test(account) ? undefined : doubtful('holds letters, which is unusual')),
  },
  VN: { form: /^[A-Za-z0-9]{6,19}$/, expected: '6 to 19 letters and digits' },
  /** Payments Association of South Africa: branch codes of six digits; accounts of seven to eleven are customary. */
  ZA: {
    form: /^\d{7,13}$/,
    expected: '7 to 13 digits',
    code: {
      name: 'a branch code',
      form: /^\d{6}$/,
      expected: '6 digits',
      digits: 6,
      holdsBranch: /^\d{6}$/,
      orBranchCode: true,
      needed: true,
    },
  },
};

/** The row of a country, or undefined where none is known. */
export const nationalAccountRule = (country: string): NationalAccountRule | undefined =>
  Object.hasOwn(rules, country) ? rules[country] : undefined;

/** Countries with a row, for documents and tests. */
export const countriesWithAccountRules: readonly string[] = Object.keys(rules);
