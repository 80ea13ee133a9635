/** promtool, Prometheus' own checker of rules, where there is one. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** By `PAYOUTS_PROMTOOL`, else on the PATH; with `PAYOUTS_REQUIRE_PROMTOOL=1` its absence is an error. */
export function findPromtool(): string | undefined {
  const named = process.env['PAYOUTS_PROMTOOL'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = [
    ...(named === undefined ? [] : [named]),
    ...folders.map((folder) => join(folder, 'promtool')),
  ].find(isExecutable);
  if (found === undefined && process.env['PAYOUTS_REQUIRE_PROMTOOL'] === '1')
    throw new Error('promtool is required, and neither PAYOUTS_PROMTOOL nor the PATH leads to one');
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export type PromtoolResult = { readonly ok: boolean; readonly text: string };

export const runPromtool = (promtool: string, ...args: readonly string[]): Promise<PromtoolResult> =>
  new Promise((resolve) => {
    execFile(promtool, [...args], { timeout: 60_000 }, (error, out, err) =>
      resolve({ ok: error === null, text: `${out}${err}` }),
    );
  });
