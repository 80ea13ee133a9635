import { listedIdentifier, readListedIdentifier } from './identifiers';
import type { PayeeIdentifier } from './identifiers';
import { isEntryId } from './screener';

export type ListFormat = 'csv' | 'json' | 'txt';

/** One entry of a list: a person, a company, whatever it is. */
export type ListEntry = {
  /** The list's own id where it gives one that looks like one; else the entry's place in the list: `#1`. */
  readonly id: string;
  /** The name, then the aliases. Empty for an entry that has identifiers only. */
  readonly names: readonly string[];
  readonly identifiers: readonly PayeeIdentifier[];
};

export type ParsedList =
  | { readonly ok: true; readonly entries: readonly ListEntry[] }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads the names of a screening list. Anything that is not as documented makes the whole list unusable: a list that is
 * half read would clear the other half.
 *
 * - `txt`: one name per line; empty lines and lines that begin with `#` are skipped.
 * - `csv`: RFC 4180 with a header; the column `name`, and `id`, `aliases` and `identifiers` (both separated by `;`) if there
 *   are such.
 * - `json`: an array of names or of `{ "name", "id"?, "aliases"?, "identifiers"? }`, or an object that holds it as `entries`.
 *
 * A name that could be several (with `|`, `;`, a tab, a line break, `a.k.a.`) is refused, and so is a column or a field that
 * seems to hold aliases and is not read: the second name would be found by nobody.
 *
 * Ids travel into histories and logs, so one that does not look like an id (a name in that column) is not taken.
 */
export function parseList(bytes: Uint8Array, format: ListFormat): ParsedList {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bad('is not UTF-8');
  }
  const parsed = parsers[format](text);
  if (!parsed.ok) return parsed;
  if (parsed.entries.length === 0) return bad('is empty');
  return parsed;
}

/** What may stand between two names of one person, in any width; Arabic has a semicolon of its own. */
const separators = /[|;\u061b\p{Cc}\u2028\u2029]|\b[afn]\.\s?k\.\s?a\b|\b[afn]\/k\/a\b/iu;
/** Columns and fields that would be aliases, in other words than ours. */
const aliasWords =
  /^(?:alias|aka|a\.k\.a\.?|also[ _-]?known[ _-]?as|alt(?:ernate|ernative)?[ _-]?names?|other[ _-]?names?|names|akas?)$/i;

/** Why an entry's names or identifiers cannot be taken, or nothing. `where` is the line, row or entry. */
function problemOf({ names, identifiers }: GivenEntry, where: string): string | undefined {
  if (names.some((name) => name.trim() === '') || (names.length === 0 && identifiers.length === 0))
    return `has an empty name (${where})`;
  if (names.some((name) => separators.test(name.normalize('NFKC').trim())))
    return `has a name that could be several (${where}): | ; tabs, line breaks and a.k.a. separate names, and each needs a place of its own`;
  if (identifiers.includes(undefined))
    return `has an identifier that is none (${where}): wallet:NETWORK:ADDRESS, account:IBAN, account:COUNTRY:NUMBER, phone:+NUMBER or card:NUMBER`;
  return undefined;
}

const bad = (problem: string): ParsedList => ({ ok: false, problem });
function good(entries: readonly GivenEntry[]): ParsedList {
  for (const entry of entries) {
    const problem = problemOf(entry, entry.where);
    if (problem !== undefined) return bad(problem);
  }
  return {
    ok: true,
    entries: entries.map(({ id, names, identifiers }, index) => ({
      id: typeof id === 'string' && isEntryId(id) ? id : `#${index + 1}`,
      names,
      identifiers: identifiers.filter((identifier) => identifier !== undefined),
    })),
  };
}

type GivenEntry = {
  readonly id?: unknown;
  readonly names: readonly string[];
  /** Undefined stands for one that cannot be read. */
  readonly identifiers: readonly (PayeeIdentifier | undefined)[];
  /** For a person who has to find it. */
  readonly where: string;
};

const parsers: Readonly<Record<ListFormat, (text: string) => ParsedList>> = {
  txt: (text) =>
    good(
      text
        .split(/\r\n|\r|\n/)
        .map((line, index) => ({ line: line.trim(), where: `line ${index + 1}` }))
        .filter(({ line }) => line !== '' && !line.startsWith('#'))
        .map(({ line, where }) => ({ names: [line], identifiers: [], where })),
    ),
  json: parseJson,
  csv: parseCsv,
};

function parseJson(text: string): ParsedList {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return bad('is not valid JSON');
  }
  const entries: unknown = Array.isArray(json) ? json : (json as { entries?: unknown } | null)?.entries;
  if (!Array.isArray(entries)) return bad('holds no array of entries');
  const given: GivenEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    const where = `entry ${index + 1}`;
    if (typeof entry === 'string') {
      given.push({ names: [entry], identifiers: [], where });
      continue;
    }
    const fields = (entry ?? {}) as Readonly<Record<string, unknown>>;
    const { id, name, aliases = [], identifiers = [] } = fields;
    const unread = Object.keys(fields).find((key) => aliasWords.test(key));
    if (unread !== undefined)
      return bad(`has a field ${unread} that is not read (${where}): call it aliases`);
    if (!Array.isArray(identifiers)) return bad(`has identifiers that are no array (${where})`);
    const named = name === undefined && identifiers.length > 0 ? [] : [name];
    const all: readonly unknown[] = Array.isArray(aliases)
      ? [...named, ...(aliases as unknown[])]
      : [undefined];
    if (!all.every((one) => typeof one === 'string')) return bad(`has an entry without a name (${where})`);
    given.push({
      id: typeof id === 'number' ? String(id) : id,
      names: all,
      identifiers: (identifiers as readonly unknown[]).map(identifierOf),
      where,
    });
  }
  return good(given);
}

/** `"wallet:TRC20:T…"`, or `{ "kind": "wallet", "network": "TRC20", "value": "T…" }`. */
function identifierOf(given: unknown): PayeeIdentifier | undefined {
  if (typeof given === 'string') return readListedIdentifier(given);
  const { kind, value, network, country, bankCode } = (given ?? {}) as Readonly<Record<string, unknown>>;
  const texts = [kind, value, network, country, bankCode].filter((one) => one !== undefined);
  if (typeof kind !== 'string' || typeof value !== 'string' || !texts.every((one) => typeof one === 'string'))
    return undefined;
  const bank = bankCode === undefined ? '' : `/${bankCode as string}`;
  const scope =
    (network as string | undefined) ?? (country === undefined ? undefined : `${country as string}${bank}`);
  return listedIdentifier(kind, value, scope);
}

function parseCsv(text: string): ParsedList {
  const rows = csvRows(text);
  if (rows === undefined) return bad('is not valid CSV (quotes)');
  const [header, ...records] = rows;
  const columns = (header ?? []).map((column) => column.trim().toLowerCase());
  const [nameAt, aliasesAt, idAt, identifiersAt] = [
    columns.indexOf('name'),
    columns.indexOf('aliases'),
    columns.indexOf('id'),
    columns.indexOf('identifiers'),
  ] as const;
  if (nameAt === -1) return bad('has no column called name');
  const unread = columns.find((column) => aliasWords.test(column));
  if (unread !== undefined) return bad(`has a column ${unread} that is not read: call it aliases`);
  const twice = columns.find((column, index) => column !== '' && columns.indexOf(column) < index);
  if (twice !== undefined) return bad('has two columns of one name');
  const given: GivenEntry[] = [];
  for (const [index, record] of records.entries()) {
    if (record.length === 1 && record[0] === '') continue;
    if (record.length !== columns.length) return bad(`has a row of another length (row ${index + 2})`);
    const identifiers = separated(record[identifiersAt]).map(readListedIdentifier);
    const name = record[nameAt] ?? '';
    given.push({
      id: record[idAt]?.trim(),
      names: [
        ...(name.trim() === '' && identifiers.length > 0 ? [] : [name]),
        ...separated(record[aliasesAt]),
      ],
      identifiers,
      where: `row ${index + 2}`,
    });
  }
  return good(given);
}

/** The values of one cell. */
const separated = (cell = ''): readonly string[] =>
  cell
    .split(';')
    .map((value) => value.trim())
    .filter((value) => value !== '');

/** RFC 4180; undefined when quotes do not match. */
function csvRows(text: string): string[][] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (field.lastIndex < text.length || row.length > 0) {
    const match = field.exec(text);
    if (!match) return undefined;
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') {
      if (field.lastIndex < text.length) continue;
      row.push('');
    }
    rows.push(row);
    row = [];
    if (field.lastIndex >= text.length) break;
  }
  return rows;
}
