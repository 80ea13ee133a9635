/**
 * The register under a whole installation: workers as processes of their own, real providers by HTTP, and a PostgreSQL that is
 * killed, hangs, or has no room left, while payouts are under way.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { SimulatorName } from '../../src/simulators/start-simulators';
import { migrated, registerVariables } from '../register/register-on-postgres';
import { expectNothingElse, expectPaidOnce } from '../support/expect-paid';
import type { FoundPostgres } from '../support/found-postgres';
import { startFoundPostgres } from '../support/found-postgres';
import type { PayoutStage } from '../support/payout-stage';
import { providers, startStage } from '../support/payout-stage';
import { eventually } from '../support/process-watch';
import { createDraws } from '../support/seeded-draws';

/** How many payouts row 29 sends through the restarts: a nightly run asks for 5,000. */
const payoutsUnderRestarts = Number(process.env['PAYOUTS_TEST_RESTART_PAYOUTS'] ?? '200');
const seed = Number(process.env['PAYOUTS_TEST_SEED'] ?? Date.now() % 1_000_000);
const fewestTroubles = 6;
const mostTroubles = Math.max(12, payoutsUnderRestarts / 20);
/** A start every so often: about what two cores carry beside everything else. */
const startEveryMs = 60;

type Payout = { readonly provider: SimulatorName; readonly request: PayoutRequest };

const next = (stage: PayoutStage, n: number): Payout => {
  const provider = providers[n % providers.length] ?? 'pontis';
  return { provider, request: stage.request(provider) };
};

/** Every key that a provider ever saw is in the register, marked as sent, and of the payout that it belongs to. */
async function expectEverySendRegistered(
  postgres: FoundPostgres,
  stage: PayoutStage,
  payouts: readonly Payout[],
): Promise<void> {
  // The providers first: what they see after that may be marked by then.
  const seen = payouts.filter(({ provider, request }) => stage.submits(provider, request).length > 0);
  const rows = await postgres.run(
    `select distinct reference from payouts.payouts_attempts where first_sent_at is not null`,
  );
  const marked = new Set(rows.map((row) => row['reference']));
  expect(seen.map(({ request }) => request.reference).filter((reference) => !marked.has(reference))).toEqual(
    [],
  );
}

test(
  `row 29: ${payoutsUnderRestarts} payouts while PostgreSQL is killed, restarted and hangs are paid once each`,
  async () => {
    console.log(`seed ${seed}`);
    const draws = createDraws(seed);
    const postgres = await startFoundPostgres();
    await migrated(postgres.address());
    const stage = await startStage('register-restarts', {
      variables: registerVariables(postgres),
      ungated: true,
    });
    try {
      const workers = [stage.startWorker(), stage.startWorker()];
      await Promise.all(workers.map(({ started }) => started));
      const ended = new AbortController();
      let troubles = 0;
      const trouble = async (): Promise<void> => {
        // So many at most: where restarts take long, hardly any time would be left between them.
        while (!ended.signal.aborted && troubles < mostTroubles) {
          await sleep(500 + draws.below(1_500));
          const awayMs = draws.below(2_000);
          if (draws.chance(0.7)) {
            await postgres.kill();
            await sleep(awayMs);
            await postgres.start();
          } else {
            postgres.hang();
            await sleep(awayMs);
            postgres.resume();
          }
          troubles += 1;
        }
      };
      const troubled = trouble();
      const payouts: Payout[] = [];
      for (let n = 0; n < payoutsUnderRestarts; n += 1) {
        const payout = next(stage, n);
        payouts.push(payout);
        await stage.client.start(payout.request);
        await sleep(startEveryMs);
      }
      // It goes on for a while with all of them under way, and nobody lends a hand afterwards.
      await eventually('there was trouble enough', () => troubles >= fewestTroubles, 240_000);
      ended.abort();
      await troubled;
      for (const { provider, request } of payouts) {
        await stage.settled(request, { throughHolds: true });
        await expectPaidOnce(stage, provider, request);
      }
      expectNothingElse(stage, payouts);
      const [counted] = await postgres.run(
        `select (select count(*)::int from payouts.intents) as intents,
           (select count(*)::int from payouts.attempts where first_sent_at is not null) as sent`,
      );
      expect(counted).toMatchObject({ intents: payouts.length });
      await expectEverySendRegistered(postgres, stage, payouts);
    } finally {
      await stage.stop();
      await postgres.stop();
    }
  },
  300_000 + payoutsUnderRestarts * 400,
);

/** A file system of its own that can be filled; undefined where this machine lets nobody make one. */
function smallFileSystem(megabytes: number): { readonly folder: string; remove(): void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'payouts-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    folder,
    remove() {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Takes all the room there is; returns how to give it back. */
function fill(folder: string): () => void {
  const path = join(folder, 'filler');
  const file = openSync(path, 'w');
  try {
    for (let size = 1 << 20; size >= 512;) {
      try {
        if (writeSync(file, Buffer.alloc(size)) === 0) size /= 2;
      } catch {
        size /= 2;
      }
    }
  } finally {
    closeSync(file);
  }
  return () => rmSync(path);
}

const small = smallFileSystem(160);
if (small === undefined)
  console.log('Skipped: row 32 needs a file system of its own (root, and a machine that lets it mount one)');

(small === undefined ? test.skip : test)(
  'row 32: with its disk full nothing new is sent, what was sent is followed, and with room again all is paid once',
  async () => {
    if (small === undefined) return;
    const own = join(small.folder, 'postgres');
    mkdirSync(own);
    const postgres = await startFoundPostgres({ within: own });
    const stage = await startStage('register-full', {
      variables: registerVariables(postgres),
      ungated: true,
    });
    try {
      await migrated(postgres.address());
      const worker = stage.startWorker();
      await worker.started;
      const before = Array.from({ length: 6 }, (_, n) => next(stage, n));
      for (const { request } of before) await stage.client.start(request);
      for (const { provider, request } of before) await expectPaidOnce(stage, provider, request);

      const makeRoom = fill(small.folder);
      // A page that is there still has room for some rows: so many more that it cannot be enough.
      const during = Array.from({ length: 120 }, (_, n) => next(stage, n));
      for (const { request } of during) await stage.client.start(request);
      const held = await eventuallyHeld(stage, during);
      expect(stage.submits(held.provider, held.request)).toEqual([]);
      // Whatever was sent in the meantime has its row: a mark that finds no room is no mark.
      await expectMarkedBeforeSend(postgres, stage, during);

      makeRoom();
      await postgres.start();
      for (const { provider, request } of during) {
        await stage.settled(request, { throughHolds: true });
        await expectPaidOnce(stage, provider, request);
      }
      expectNothingElse(stage, [...before, ...during]);
      await expectEverySendRegistered(postgres, stage, [...before, ...during]);
      expect(await worker.stop()).toBe(0);
    } finally {
      await stage.stop();
      await postgres.stop();
      small.remove();
    }
  },
  400_000,
);

/** One of them that waits for the register. */
async function eventuallyHeld(stage: PayoutStage, payouts: readonly Payout[]): Promise<Payout> {
  for (let left = 600; left > 0; left -= 1) {
    for (const payout of payouts) {
      const { heldReason } = await stage.outcome(payout.request);
      if (heldReason === 'register_unavailable') return payout;
    }
    await sleep(100);
  }
  throw new Error('nothing waits for the register');
}

/** While the disk is full a server may have ended for good: then nothing can be marked, and nothing may be sent any more. */
async function expectMarkedBeforeSend(
  postgres: FoundPostgres,
  stage: PayoutStage,
  payouts: readonly Payout[],
): Promise<void> {
  try {
    await postgres.run('select 1');
  } catch {
    return;
  }
  await expectEverySendRegistered(postgres, stage, payouts);
}
