import { spawn } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import { join } from 'node:path';
import type { SimulationSummary } from './summary';
import { mergeSummaries } from './summary';

const root = join(__dirname, '..', '..', '..');
const register = join(root, 'test', 'support', 'register-typescript.cjs');
const applyBug = join(root, 'test', 'proof', 'detection', 'apply-seeded-bug.cjs');
const shard = join(__dirname, 'shard.ts');

/**
 * Most of what a payout leaves is garbage before it would be copied once: a twelfth of the time. The collector has no threads
 * of its own: with a shard for each core they would only take time from the other shards.
 */
const memory = ['--min-semi-space-size=128', '--max-semi-space-size=128', '--single-threaded-gc'];

/** Shards compute all the time, and nobody waits for one: they take what the tests beside them leave. */
const shardPriority = 5;

export type SeedRange = {
  readonly from: number;
  readonly count: number;
  /** Processes side by side. */
  readonly shards: number;
  /** sdk: the library in the process itself. vm: the production bundle in the worker's own VM. */
  readonly host?: 'sdk' | 'vm';
  /** One of `seeded-bugs.ts`. */
  readonly seededBug?: string;
  /** Ends a shard at so many seeds with violations. */
  readonly stopAt?: number;
};

/** Runs a range of seeds in processes of their own: a simulation takes over the clock of its process. */
export async function runSeeds(range: SeedRange): Promise<SimulationSummary> {
  const { from, count, shards, host = 'sdk', stopAt } = range;
  const each = Math.ceil(count / shards);
  const parts = Array.from({ length: shards }, (_, index) => ({
    first: from + index * each,
    size: Math.min(each, count - index * each),
  })).filter(({ size }) => size > 0);
  const summaries = await Promise.all(
    parts.map(({ first, size }) =>
      runShard(
        [
          `--from=${first}`,
          `--count=${size}`,
          `--host=${host}`,
          ...(stopAt === undefined ? [] : [`--stop=${stopAt}`]),
        ],
        range.seededBug,
      ),
    ),
  );
  return mergeSummaries(summaries.map((text) => JSON.parse(text) as SimulationSummary));
}

/** What a shard prints. */
export function runShard(options: readonly string[], seededBug?: string): Promise<string> {
  const child = spawn(
    process.execPath,
    [...memory, '--require', register, '--require', applyBug, shard, ...options],
    {
      cwd: root,
      env: { ...process.env, PROOF_SEEDED_BUG: seededBug ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  if (child.pid !== undefined) yieldToOthers(child.pid);
  let printed = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`the simulation ended with ${code}: ${complaint.slice(-2_000)}`));
    });
  });
}

function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, Math.max(getPriority(), shardPriority));
  } catch {
    // It has ended already, or the system does not let us: then it runs as everything else does.
  }
}
