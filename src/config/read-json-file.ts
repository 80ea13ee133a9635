import { readFileSync, statSync } from 'node:fs';
import type { ConfigurationProblem } from './configuration-problem';
import { duplicateKeyProblems } from './duplicate-keys';

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
  } catch (error) {
    return { ok: false, problem: `is not valid JSON${whereIn(text, error)}` };
  }
}

/** V8's message quotes the text around the fault, which may be a secret in the wrong place: only the position is taken. */
export function whereIn(text: string, error: unknown): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}
