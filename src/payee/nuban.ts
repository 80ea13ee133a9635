import { complementToTen, weightedSum } from './check-digits';

/**
 * Nigeria's account numbers (NUBAN). Source: Central Bank of Nigeria, "Revised Standards on Nigeria Uniform Bank Account
 * Number (NUBAN) Scheme for Banks and Other Financial Institutions", 2020: nine digits and a check digit, which is made
 * over six digits of the institution (`000` and a bank's three; `9` and another institution's five) and the nine, with the
 * weights 3, 7, 3 again and again.
 */
const weights = [3, 7, 3] as const;

/** The check digit of nine digits at an institution of six. */
const checkDigit = (institution: string, serial: string): string =>
  complementToTen(weightedSum(institution + serial, weights));

/**
 * `unchecked`: no bank is named, or its code is none of the scheme's. `doubtful`: right at a bank that this one took over,
 * or wrong for a code of the scheme's form that is on no list of the Central Bank's.
 */
export type NubanReading = 'right' | 'wrong' | 'doubtful' | 'unchecked';

/** Compares the check digit of a number of ten digits with the bank. */
export function readNuban(account: string, bankCode: string | undefined): NubanReading {
  const institutions = institutionsOf(bankCode ?? '');
  if (institutions.length === 0) return 'unchecked';
  const isRightAt = (codes: readonly string[]): boolean =>
    codes.some((institution) => checkDigit(institution, account.slice(0, 9)) === account[9]);
  if (isRightAt(institutions)) return 'right';
  const tookOver = institutions.flatMap((institution) => takenOver[institution] ?? []);
  const known = institutions.some((institution) => institution.startsWith('9') || isDepositBank(institution));
  return known && !isRightAt(tookOver) ? 'wrong' : 'doubtful';
}

/** The six digits that a code in use may stand for: more than one where two lists use the same digits. */
function institutionsOf(code: string): readonly string[] {
  if (/^\d{3}$/.test(code)) return [`000${code}`];
  if (/^\d{5}$/.test(code)) return [`9${code}`];
  // A sort code: the bank's three digits, and six of the branch.
  if (/^\d{9}$/.test(code)) return [`000${code.slice(0, 3)}`];
  // Wallets of OPay and PalmPay have codes such as 999992, and their owner's phone number for an account number.
  if (/^9(?!9999)\d{5}$/.test(code)) return [code];
  const ofTransfers = transferCodes[code];
  return [
    ...(isDepositBank(code) ? [code] : []),
    ...(ofTransfers === undefined ? [] : [`000${ofTransfers}`]),
  ];
}

/**
 * The institutions that a code in use may stand for, a bank that was taken over as the one that took it over. Of deposit
 * money banks there is a list. Others are numbered apart from them, by the Central Bank (five digits, or six from 9 on) and
 * by NIBSS (six digits from 01 on), and no list here says which of these numbers are the same.
 */
export function nigerianInstitutions(code: string): {
  readonly ids: readonly string[];
  readonly known: 'bank' | 'other' | undefined;
} {
  const found = writingsOf(code).flatMap(institutionsOf);
  const isOther = /^\d{5}$|^(?!00)\d{6}$/.test(code);
  return {
    ids: [...new Set(found.map(successorOf))],
    known: found.some(isDepositBank) ? 'bank' : isOther ? 'other' : undefined,
  };
}

/** A code that lost its leading zeros may have had three digits or six. */
function writingsOf(code: string): readonly string[] {
  if (!/^\d{1,5}$/.test(code) || isDepositBank(`000${code}`)) return [code];
  return [...new Set([code, code.padStart(3, '0'), code.padStart(6, '0')])];
}

/** Deposit money banks by the Central Bank's three digits; closed and merged ones keep theirs. */
const depositBanks: ReadonlySet<string> = new Set(
  (
    '011 014 023 030 032 033 035 040 044 050 056 057 058 063 068 069 070 076 082 084 085 100 101 102 103 104 105 106 ' +
    '107 214 215 221 232 301 302 303 304'
  ).split(' '),
);

const isDepositBank = (institution: string): boolean =>
  institution.startsWith('000') && depositBanks.has(institution.slice(3));

/** Customers of a bank that was merged into another may have kept their numbers. */
const takenOver: Readonly<Record<string, readonly string[] | undefined>> = {
  '000030': ['000084'],
  '000044': ['000063', '000069'],
  '000050': ['000056'],
  '000076': ['000014'],
  '000214': ['000085'],
  '000232': ['000040'],
};

const successorOf = (institution: string): string =>
  Object.entries(takenOver).find(([, former]) => former?.includes(institution))?.[0] ?? institution;

/** NIBSS Instant Payment numbers its members otherwise. Source: NIBSS, list of NIP institutions; deposit money banks. */
const transferCodes: Readonly<Record<string, string | undefined>> = {
  '000001': '232',
  '000002': '082',
  '000003': '214',
  '000004': '033',
  '000005': '063',
  '000006': '301',
  '000007': '070',
  '000008': '076',
  '000009': '023',
  '000010': '050',
  '000011': '215',
  '000012': '221',
  '000013': '058',
  '000014': '044',
  '000015': '057',
  '000016': '011',
  '000017': '035',
  '000018': '032',
  '000019': '084',
  '000020': '030',
  '000021': '068',
  '000022': '100',
  '000023': '101',
  '000025': '102',
  '000026': '302',
  '000027': '103',
  '000029': '303',
  '000030': '104',
  '000031': '105',
  '000034': '106',
  '000036': '107',
  '000037': '304',
};
