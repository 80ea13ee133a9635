/**
 * `npm run bench`: what a payout costs, beside the workflow that somebody writes on a first day, in the same rounds on a
 * server of its own. Prints tables and writes them to `bench-report/`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { additionNames } from './additions';
import type { AdditionName } from './additions';
import { benchPage } from './bench-page';
import { builtFrom } from './earlier-build';
import { runBench } from './run-bench';

const usage = `npm run bench -- [options]
  --rounds N       interleaved rounds, after one to warm up (5)
  --payouts N      payouts of each subject in each round (120)
  --concurrency N  of these at a time (8)
  --sequential N   payouts of each subject in each round, one after the other (15)
  --waiting N      payouts that wait while their cost is measured (20; 0 leaves it out)
  --startups N     starts of a worker of each build (3; 0 leaves it out)
  --before WHAT    another build in the same rounds: a commit, or a folder that holds its dist
  --with WHAT      this build once more with a register, metrics or traces: what that costs; can be repeated
  --json           the report as JSON on standard output instead of the tables
  --markdown       nothing but the tables, without progress: to be pasted`;

const root = join(__dirname, '..', '..');

async function main(): Promise<void> {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      rounds: text('5'),
      payouts: text('120'),
      concurrency: text('8'),
      sequential: text('15'),
      waiting: text('20'),
      startups: text('3'),
      before: { type: 'string' },
      with: { type: 'string', multiple: true, default: [] },
      json: flag,
      markdown: flag,
      help: flag,
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const whole = (
    name: 'rounds' | 'payouts' | 'concurrency' | 'sequential' | 'waiting' | 'startups',
    least: number,
  ) => {
    const number = Number(values[name]);
    if (!Number.isInteger(number) || number < least)
      throw new Error(`--${name} takes a whole number from ${least} on`);
    return number;
  };
  const say = values.markdown ? () => undefined : (line: string) => void process.stderr.write(`${line}\n`);
  const before = values.before === undefined ? undefined : builtFrom(root, values.before, say);
  const report = await runBench({
    builds: { ...(before === undefined ? {} : { before }), payouts: root },
    rounds: whole('rounds', 1),
    payouts: whole('payouts', 1),
    concurrency: whole('concurrency', 1),
    sequential: whole('sequential', 1),
    waiting: whole('waiting', 0),
    reads: 10,
    startUps: whole('startups', 0),
    additions: values.with.map(additionOf),
    say,
  });
  const json = `${JSON.stringify(report, undefined, 2)}\n`;
  const page = benchPage(report);
  const folder = join(root, 'bench-report');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bench-report.json'), json);
  writeFileSync(join(folder, 'bench-report.md'), page);
  process.stdout.write(values.json ? json : page);
}

function additionOf(name: string): AdditionName {
  const known = additionNames.find((one) => one === name);
  if (known === undefined) throw new Error(`--with takes ${additionNames.join(', ')}`);
  return known;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
