import { isIndianBank } from './indian-banks';
import { nigerianInstitutions } from './nuban';

/**
 * The institutions that a code may stand for. `bank`: a published list holds it. `other`: its form says that it is none of
 * these banks, and one institution may have several such codes.
 */
export type Institutions = {
  readonly ids: readonly string[];
  readonly known: 'bank' | 'other' | undefined;
};

/**
 * How a country's codes say which bank it is. Only where that is published can two codes be told to be of different banks:
 * a bank has codes of several schemes, and words that providers have for it.
 */
const schemes: Readonly<Record<string, (code: string) => Institutions>> = {
  NG: nigerianInstitutions,
  IN: indianInstitution,
  GB: sortCode,
};

const nothingKnown: Institutions = { ids: [], known: undefined };

function institutionsOf(country: string, code: string): Institutions {
  const bare = bareCode(code);
  return Object.hasOwn(schemes, country) ? (schemes[country]?.(bare) ?? nothingKnown) : nothingKnown;
}

/** Whether two codes of one country's banks are the same bank, however each is written. */
export function isSameInstitution(country: string, one: string, other: string): boolean {
  if (withoutLeadingZeros(one) === withoutLeadingZeros(other)) return true;
  const { ids } = institutionsOf(country, one);
  return institutionsOf(country, other).ids.some((id) => ids.includes(id));
}

/** Whether two codes of one country's banks are certainly two banks. */
export function areDifferentInstitutions(country: string, one: string, other: string): boolean {
  const kinds = [one, other].map((code) => institutionsOf(country, code).known);
  if (kinds.includes(undefined) || isSameInstitution(country, one, other)) return false;
  return kinds.includes('bank');
}

/** Whether a country's codes are told apart here, and these two cannot be: one of them is none of its scheme. */
export const maybeSameInstitution = (country: string, one: string, other: string): boolean =>
  Object.hasOwn(schemes, country) &&
  !isSameInstitution(country, one, other) &&
  !areDifferentInstitutions(country, one, other);

const bareCode = (code: string): string => code.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();

/** Codes and numbers without what people put between; of digits alone, leading zeros are often lost on the way. */
export function withoutLeadingZeros(text: string): string {
  const bare = bareCode(text);
  return /^\d+$/.test(bare) ? bare.replace(/^0+(?=\d)/, '') : bare;
}

/**
 * Banks that became part of another, and whose customers kept their numbers. Source: Government of India, schemes of
 * amalgamation (State Bank 2017; Baroda 2018; Canara, Indian, Punjab National, Union 2020; Lakshmi Vilas 2020).
 */
const joinedBanks: Readonly<Record<string, string | undefined>> = {
  SBBJ: 'SBIN',
  SBHY: 'SBIN',
  SBMY: 'SBIN',
  STBP: 'SBIN',
  SBTR: 'SBIN',
  VIJB: 'BARB',
  BKDN: 'BARB',
  SYNB: 'CNRB',
  ALLA: 'IDIB',
  ORBC: 'PUNB',
  UTBI: 'PUNB',
  ANDB: 'UBIN',
  CORP: 'UBIN',
  LAVB: 'DBSS',
};

/** The first four letters of an IFSC. */
function indianInstitution(code: string): Institutions {
  const [, bank] = /^([A-Z]{4})(?:0[A-Z0-9]{6})?$/.exec(code) ?? [];
  if (bank === undefined) return nothingKnown;
  return { ids: [joinedBanks[bank] ?? bank], known: isIndianBank(bank) ? 'bank' : undefined };
}

/** Pay.UK: a sort code and a number are one account, and the number at another sort code is another one. */
function sortCode(code: string): Institutions {
  return /^\d{5,6}$/.test(code) ? { ids: [code.padStart(6, '0')], known: 'bank' } : nothingKnown;
}
