import { isEntryId } from './screener';

export type ListFormat = 'csv' | 'json' | 'txt';

/** One entry of a list: a person, a company, whatever it is. */
export type ListEntry = {
  /** The list's own id where it gives one that looks like one; else the entry's place in the list: `#1`. */
  readonly id: string;
  /** The name, then the aliases. */
  readonly names: readonly string[];
};

export type ParsedList =
  | { readonly ok: true; readonly entries: readonly ListEntry[] }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads the names of a screening list. Anything that is not as documented makes the whole list unusable: a list that is
 * half read would clear the other half.
 *
 * - `txt`: one name per line; empty lines and lines that begin with `#` are skipped.
 * - `csv`: RFC 4180 with a header; the column `name`, and `id` and `aliases` (separated by `;`) if there are such.
 * - `json`: an array of names or of `{ "name", "id"?, "aliases"? }`, or an object that holds it as `entries`.
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
  const blank = parsed.entries.findIndex(({ names }) => names.some((name) => name.trim() === ''));
  return blank === -1 ? parsed : bad(`has an empty name (entry ${blank + 1})`);
}

const bad = (problem: string): ParsedList => ({ ok: false, problem });
const good = (entries: readonly GivenEntry[]): ParsedList => ({
  ok: true,
  entries: entries.map(({ id, names }, index) => ({
    id: typeof id === 'string' && isEntryId(id) ? id : `#${index + 1}`,
    names,
  })),
});

type GivenEntry = { readonly id?: unknown; readonly names: readonly string[] };

const parsers: Readonly<Record<ListFormat, (text: string) => ParsedList>> = {
  txt: (text) =>
    good(
      text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => ({ names: [line] })),
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
    if (typeof entry === 'string') {
      given.push({ names: [entry] });
      continue;
    }
    const { id, name, aliases = [] } = (entry ?? {}) as { id?: unknown; name?: unknown; aliases?: unknown };
    const all: readonly unknown[] = Array.isArray(aliases) ? [name, ...(aliases as unknown[])] : [undefined];
    if (!all.every((one) => typeof one === 'string'))
      return bad(`has an entry without a name (entry ${index + 1})`);
    given.push({ id: typeof id === 'number' ? String(id) : id, names: all });
  }
  return good(given);
}

function parseCsv(text: string): ParsedList {
  const rows = csvRows(text);
  if (rows === undefined) return bad('is not valid CSV (quotes)');
  const [header, ...records] = rows;
  const columns = (header ?? []).map((column) => column.trim().toLowerCase());
  const [nameAt, aliasesAt, idAt] = [
    columns.indexOf('name'),
    columns.indexOf('aliases'),
    columns.indexOf('id'),
  ];
  if (nameAt === -1) return bad('has no column called name');
  const given: GivenEntry[] = [];
  for (const [index, record] of records.entries()) {
    if (record.length === 1 && record[0] === '') continue;
    if (record.length !== columns.length) return bad(`has a row of another length (row ${index + 2})`);
    const aliases = aliasesAt === -1 ? '' : (record[aliasesAt] ?? '');
    given.push({
      id: record[idAt]?.trim(),
      names: [
        record[nameAt] ?? '',
        ...aliases
          .split(';')
          .map((alias) => alias.trim())
          .filter((alias) => alias !== ''),
      ],
    });
  }
  return good(given);
}

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
