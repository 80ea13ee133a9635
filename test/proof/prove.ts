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
import { readRecordedFaults } from '../support/proof-record';
import { runKills } from './processes/kill-run';
import { runSeeds, runShard } from './simulation/run-shards';
import type { CaseReport } from './simulation/submit-case-run';

const usage = `npm run prove -- [options]
  --seeds N     payouts of the seeded simulation (20000)
  --from N      the first seed (1)
  --bundle N    seeds that also run on the production bundle in the worker's VM (5000)
  --bug-seeds N seeds in which a seeded bug has to be noticed (6000)
  --kills N     kill -9 of real workers and Temporal servers in a run of their own, about 6 s each (0)
  --kill-seed N what that run draws from (drawn, and printed)
  --shards N    processes side by side (2)
  --seed N      replay one seed: its trace, its verdict, and whether it comes out the same twice
  --case ID     replay one row of the exhaustive table, such as payfield/depth-1/after-write/reset`;

const folder = join(__dirname, '..', '..', 'proof-report');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '20000' },
      from: { type: 'string', default: '1' },
      bundle: { type: 'string', default: '5000' },
      'bug-seeds': { type: 'string', default: '6000' },
      kills: { type: 'string', default: '0' },
      'kill-seed': { type: 'string' },
      shards: { type: 'string', default: '2' },
      seed: { type: 'string' },
      case: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  if (values.seed !== undefined || values.case !== undefined) {
    const one = values.seed === undefined ? `--case=${values.case ?? ''}` : `--seed=${values.seed}`;
    process.stdout.write(await runShard([one]));
    return;
  }
  const report = await prove({
    from: Number(values.from),
    seeds: Number(values.seeds),
    bundle: Number(values.bundle),
    bugSeeds: Number(values['bug-seeds']),
    kills: Number(values.kills),
    killSeed: Number(values['kill-seed'] ?? randomInt(2 ** 31)),
    shards: Number(values.shards),
  });
  mkdirSync(folder, { recursive: true });
  const page = pageOf(report);
  writeFileSync(join(folder, 'proof-report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(folder, 'proof-report.md'), page);
  process.stdout.write(page);
  if (!hasPassed(report)) process.exitCode = 1;
}

type ProofOptions = {
  readonly from: number;
  readonly seeds: number;
  readonly bundle: number;
  readonly bugSeeds: number;
  readonly kills: number;
  readonly killSeed: number;
  readonly shards: number;
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
  const simulation = await timed(`${seeds} seeds`, () => runSeeds({ from, count: seeds, shards }));
  const twins =
    bundle === 0
      ? undefined
      : await timed(`${bundle} seeds on the production bundle`, async () => {
          const [here, inVm] = [
            await runSeeds({ from, count: bundle, shards }),
            await runSeeds({ from, count: bundle, shards, host: 'vm' }),
          ];
          return { seeds: bundle, isEqual: here.traceHashes === inVm.traceHashes, hash: inVm.traceHashes };
        });
  const detected = await timed('seeded bugs', async () => {
    const bugs: ProofReport['detected'][number][] = [];
    for (const { name, guard } of bugSeeds === 0 ? [] : seededBugs) {
      const { runs, failures } = await runSeeds({
        from: 1,
        count: bugSeeds,
        shards: 1,
        seededBug: name,
        stopAt: 1,
      });
      const [violation] = failures.flatMap(({ violations }) => violations);
      bugs.push({ name, guard, seeds: runs, ...(violation === undefined ? {} : { violation }) });
    }
    return bugs;
  });
  const killRun =
    kills === 0
      ? undefined
      : await timed('kills', () => runKills({ kills, seed: killSeed, onProgress: say }));
  return {
    startedAt: new Date(startedAt).toISOString(),
    seconds,
    cases,
    simulation,
    ...(twins === undefined ? {} : { bundle: twins }),
    detected,
    recorded: readRecordedFaults(),
    ...(killRun === undefined ? {} : { killRun }),
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
