import { readFileSync, statSync } from 'node:fs';
import type { ConfigurationProblem } from './configuration-problem';
import { duplicateKeyProblems } from './duplicate-keys';
import { findJsonFault } from './json-fault';

const maxFileBytes = 1024 * 1024;

/** Reads a file that people write by hand. `duplicates` are to be refused; the rest is looked at all the same. */
export function readJsonFile(file: string):
  | {
      readonly ok: true;
      readonly json: unknown;
      readonly duplicates: readonly ConfigurationProblem[];
    }
  | { readonly ok: false; readonly problem: string } {
  let text: string;
  try {
    if (statSync(file).size > maxFileBytes) {
      return { ok: false, problem: `is larger than ${maxFileBytes} bytes` };
    }
    text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    return { ok: false, problem: `${file} cannot be read (${code})` };
  }
  try {
    const json: unknown = JSON.parse(text);
    return { ok: true, json, duplicates: duplicateKeyProblems(text) };
  } catch {
    return { ok: false, problem: text.trim() === '' ? 'is empty' : `is not valid JSON${whereIn(text)}` };
  }
}

/** Where a text stops being JSON. Nothing of it is quoted: it may hold a secret in the wrong place. */
export function whereIn(text: string): string {
  const fault = findJsonFault(text);
  if (fault === undefined) return '';
  const { line, column, atEnd } = fault;
  return ` (line ${line}, column ${column}${atEnd ? ': it ends too early' : ''})`;
}
