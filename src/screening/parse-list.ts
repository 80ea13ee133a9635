export type ListFormat = 'csv' | 'json' | 'txt';

export type ParsedList =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads the names of a screening list. Anything that is not as documented makes the whole list unusable: a list that is
 * half read would clear the other half.
 *
 * - `txt`: one name per line; empty lines and lines that begin with `#` are skipped.
 * - `csv`: RFC 4180 with a header; the column `name`, and `aliases` (separated by `;`) if there is one.
 * - `json`: an array of names or of `{ "name", "aliases"? }`, or an object that holds it as `entries`.
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
  if (parsed.names.length === 0) return bad('is empty');
  const blank = parsed.names.findIndex((name) => name.trim() === '');
  return blank === -1 ? parsed : bad(`has an empty name (entry ${blank + 1})`);
}

const bad = (problem: string): ParsedList => ({ ok: false, problem });
const good = (names: readonly string[]): ParsedList => ({ ok: true, names });

const parsers: Readonly<Record<ListFormat, (text: string) => ParsedList>> = {
  txt: (text) =>
    good(
      text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#')),
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
  const names: string[] = [];
  for (const [index, entry] of entries.entries()) {
    if (typeof entry === 'string') {
      names.push(entry);
      continue;
    }
    const { name, aliases = [] } = (entry ?? {}) as { name?: unknown; aliases?: unknown };
    const all: readonly unknown[] = Array.isArray(aliases) ? [name, ...(aliases as unknown[])] : [undefined];
    if (!all.every((one) => typeof one === 'string')) return bad(`has an entry without a name (entry ${index + 1})`);
    names.push(...all);
  }
  return good(names);
}

function parseCsv(text: string): ParsedList {
  const rows = csvRows(text);
  if (rows === undefined) return bad('is not valid CSV (quotes)');
  const [header, ...records] = rows;
  const columns = (header ?? []).map((column) => column.trim().toLowerCase());
  const [nameAt, aliasesAt] = [columns.indexOf('name'), columns.indexOf('aliases')];
  if (nameAt === -1) return bad('has no column called name');
  const names: string[] = [];
  for (const [index, record] of records.entries()) {
    if (record.length === 1 && record[0] === '') continue;
    if (record.length !== columns.length) return bad(`has a row of another length (row ${index + 2})`);
    names.push(record[nameAt] ?? '');
    const aliases = aliasesAt === -1 ? '' : (record[aliasesAt] ?? '');
    names.push(...aliases.split(';').map((alias) => alias.trim()).filter((alias) => alias !== ''));
  }
  return good(names);
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
