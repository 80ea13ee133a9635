/**
 * `npm run prove`: runs the proof, writes one page about it to the terminal and to `proof-report/`, and fails when anything
 * was violated. `--seed N` and `--case ID` replay one payout with its whole trace instead.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededBugs } from './detection/seeded-bugs';
import type { ProofReport } from './report/proof-report';
import { hasPassed } from './report/proof-report';
import { pageOf } from './report/page';
import { submitCases } from './expectations/submit-cases';
import { readRecordedFaults } from '../support/proof-record';
import { runKills } from './processes/kill-run';
import { runSeeds, runShard } from './simulation/run-shards';
import { mergeSummaries } from './simulation/summary';
import { readTestedSeeds } from './simulation/tested-seeds';
import type { CaseReport } from './simulation/submit-case-run';

const usage = `npm run prove -- [options]
  --seeds N     payouts of the seeded simulation (20000)
  --from N      the first seed (1)
  --with-tested counts the seeds of the last test run, too
  --beside-tests the tests run meanwhile: waits for the end of its input before it reads what they recorded
  --bundle N    as many of these also run on the production bundle in the worker's VM (5000)
  --bug-seeds N seeds in which a seeded bug has to be noticed (6000)
  --kills N     kill -9 of real workers and Temporal servers in a run of their own, about 6 s each (0)
  --kill-seed N what that run draws from (drawn, and printed)
  --shards N    processes side by side (2)
  --seed N      replay one seed: its trace, its verdict, and whether it comes out the same twice
  --case ID     replay one row of the exhaustive table, such as payfield/depth-1/after-write/reset`;

const folder = join(__dirname, '..', '..', 'proof-report');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** What was asked for cannot be run: said in one sentence, without a stack. */
class WrongUsage extends Error {}

function readOptions() {
  const options = {
    seeds: { type: 'string', default: '20000' },
    from: { type: 'string', default: '1' },
    bundle: { type: 'string', default: '5000' },
    'bug-seeds': { type: 'string', default: '6000' },
    kills: { type: 'string', default: '0' },
    'kill-seed': { type: 'string' },
    shards: { type: 'string', default: '2' },
    'with-tested': { type: 'boolean', default: false },
    'beside-tests': { type: 'boolean', default: false },
    seed: { type: 'string' },
    case: { type: 'string' },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** `Number('abc')` would run nothing, and say that nothing was violated. */
function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d{1,10}$/.test(text) && number >= least) return number;
  throw new WrongUsage(`--${option} ${JSON.stringify(text)} is no whole number from ${least} on`);
}

async function main(): Promise<void> {
  const values = readOptions();
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  if (values.seed !== undefined) {
    await replaySeed(wholeNumber('seed', values.seed, 0));
    return;
  }
  if (values.case !== undefined) {
    await replayCase(values.case);
    return;
  }
  const report = await prove({
    from: wholeNumber('from', values.from, 0),
    seeds: wholeNumber('seeds', values.seeds, 1),
    bundle: wholeNumber('bundle', values.bundle, 0),
    bugSeeds: wholeNumber('bug-seeds', values['bug-seeds'], 0),
    kills: wholeNumber('kills', values.kills, 0),
    killSeed:
      values['kill-seed'] === undefined
        ? randomInt(2 ** 31)
        : wholeNumber('kill-seed', values['kill-seed'], 0),
    shards: wholeNumber('shards', values.shards, 1),
    withTested: values['with-tested'],
    besideTests: values['beside-tests'],
  });
  mkdirSync(folder, { recursive: true });
  const page = pageOf(report);
  writeFileSync(join(folder, 'proof-report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(folder, 'proof-report.md'), page);
  process.stdout.write(page);
  if (!hasPassed(report)) process.exitCode = 1;
}

async function replaySeed(seed: number): Promise<void> {
  const printed = await runShard([`--seed=${seed}`]);
  process.stdout.write(printed);
  // The trace, and then what came of it as one document.
  const { hash, again, violations } = JSON.parse(printed.slice(printed.lastIndexOf('\n{\n'))) as {
    readonly hash: string;
    readonly again: string;
    readonly violations: readonly string[];
  };
  const isSame = hash === again;
  const found = violations.length === 0 ? 'Nothing is violated.' : `Violated: ${violations.join('; ')}.`;
  process.stdout.write(
    `\nSeed ${seed} was run twice and ${isSame ? 'came out the same' : `did NOT come out the same (${hash}, ${again})`}. ${found}\n`,
  );
  if (!isSame || violations.length > 0) process.exitCode = 1;
}

async function replayCase(id: string): Promise<void> {
  if (!submitCases.some((one) => one.id === id)) {
    throw new WrongUsage(
      `there is no case ${JSON.stringify(id)}; a case is CONTRACT/depth-DEPTH/CRASH-POINT/OUTCOME, such as ${submitCases[0]?.id ?? ''}`,
    );
  }
  const printed = await runShard([`--case=${id}`]);
  process.stdout.write(printed);
  const [report] = JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '[]') as readonly CaseReport[];
  const problems = report?.problems ?? ['it was not run'];
  process.stdout.write(
    `\n${id} ${problems.length === 0 ? 'ends as the table says.' : `does NOT end as the table says: ${problems.join('; ')}.`}\n`,
  );
  if (problems.length > 0) process.exitCode = 1;
}

type ProofOptions = {
  readonly from: number;
  readonly seeds: number;
  readonly bundle: number;
  readonly bugSeeds: number;
  readonly kills: number;
  readonly killSeed: number;
  readonly shards: number;
  readonly withTested: boolean;
  readonly besideTests: boolean;
};

async function prove(options: ProofOptions): Promise<ProofReport> {
  const { from, seeds, bundle, bugSeeds, kills, killSeed, shards } = options;
  const startedAt = Date.now();
  const seconds: Record<string, number> = {};
  const timed = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const begun = Date.now();
    say(`${name} …`);
    const result = await run();
    seconds[name] = Math.round((Date.now() - begun) / 1_000);
    return result;
  };

  const cases = await timed(
    'exhaustive cases',
    async () => JSON.parse(await runShard(['--cases'])) as CaseReport[],
  );
  const twice = Math.min(bundle, seeds);
  const first =
    twice === 0 ? undefined : await timed(`${twice} seeds`, () => runSeeds({ from, count: twice, shards }));
  const rest =
    twice === seeds
      ? undefined
      : await timed(`${seeds - twice} more seeds`, () =>
          runSeeds({ from: from + twice, count: seeds - twice, shards }),
        );
  const twins =
    first === undefined
      ? undefined
      : await timed(`the first ${twice} once more, on the production bundle`, async () => {
          const { traceHashes: hash } = await runSeeds({ from, count: twice, shards, host: 'vm' });
          return { seeds: twice, isEqual: hash === first.traceHashes, hash };
        });
  const detected = await timed('seeded bugs', async () => {
    const notice = async ({ name, guard }: (typeof seededBugs)[number]) => {
      const range = { from: 1, count: bugSeeds, shards: 1, stopAt: 1 };
      const { runs, failures } = await runSeeds({ ...range, seededBug: name });
      const [violation] = failures.flatMap(({ violations }) => violations);
      return { name, guard, seeds: runs, ...(violation === undefined ? {} : { violation }) };
    };
    const bugs: ProofReport['detected'][number][] = [];
    const wanted = bugSeeds === 0 ? [] : [...seededBugs];
    while (wanted.length > 0) bugs.push(...(await Promise.all(wanted.splice(0, shards).map(notice))));
    return bugs;
  });
  const killRun =
    kills === 0
      ? undefined
      : await timed('kills', () => runKills({ kills, seed: killSeed, onProgress: say }));
  if (options.besideTests) await timed('the tests beside it', endOfInput);
  const tested = options.withTested ? readTestedSeeds() : undefined;
  if (options.withTested && tested === undefined)
    throw new WrongUsage('--with-tested: `npm test` has not been run here');
  if (tested !== undefined && tested.summary.from + tested.summary.runs > from)
    throw new WrongUsage(`--with-tested: give --from ${tested.summary.from + tested.summary.runs} or more`);
  const simulation = mergeSummaries([tested?.summary, first, rest].filter((part) => part !== undefined));
  return {
    startedAt: new Date(startedAt).toISOString(),
    seconds,
    cases,
    simulation,
    ...(tested === undefined
      ? {}
      : { tested: { at: tested.at, runs: tested.summary.runs, counted: tested.summary.counted } }),
    ...(twins === undefined ? {} : { bundle: twins }),
    detected,
    recorded: readRecordedFaults(),
    ...(killRun === undefined ? {} : { killRun }),
  };
}

/** Whoever runs the tests closes it when they are over. */
const endOfInput = async (): Promise<void> => {
  for await (const _ of process.stdin);
};

main().catch((error: unknown) => {
  if (error instanceof WrongUsage) {
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exitCode = 2;
    return;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
