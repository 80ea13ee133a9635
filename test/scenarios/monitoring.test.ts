/** What a worker tells those who watch it: every metric of ours in a real scrape, its health, and its log. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { payoutMetrics } from '../../src/contract/metrics';
import { findFreePort } from '../../src/dev/temporal-ports';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { Sample } from '../support/metric-scrape';
import { scrape, valueOf } from '../support/metric-scrape';
import { monitoredMetrics } from '../support/monitoring-files';
import type { OwnTemporalServer } from '../support/own-temporal-server';
import { startOwnTemporalServer } from '../support/own-temporal-server';
import type { PayoutStage, StageChanges } from '../support/payout-stage';
import { startStage } from '../support/payout-stage';
import { testTemporalAddress } from '../support/payout-worker';
import { migrated, registerVariables } from '../register/register-on-postgres';
import type { FoundPostgres } from '../support/found-postgres';
import { startFoundPostgres } from '../support/found-postgres';
import { eventually } from '../support/process-watch';
import { startTemporalGate } from '../support/temporal-gate';

const loopback = async (): Promise<string> => `127.0.0.1:${await findFreePort()}`;

type Watched = { readonly stage: PayoutStage; readonly metrics: string; readonly health: string };

async function startWatched(changes: StageChanges = {}): Promise<Watched> {
  const [metrics, health] = [await loopback(), await loopback()];
  const stage = await startStage('monitoring', {
    ungated: true,
    ...changes,
    worker: {
      metrics: { bindAddress: metrics, readEveryMs: 1_000 },
      health: { bindAddress: health, checkEveryMs: 500 },
    },
  });
  return { stage, metrics, health };
}

type Answer = { readonly status: number; readonly body: unknown };

async function answerOf(address: string, path: string): Promise<Answer | 'nothing'> {
  try {
    const reply = await fetch(`http://${address}${path}`);
    return { status: reply.status, body: await reply.json() };
  } catch {
    return 'nothing';
  }
}

const statusOf = async (address: string, path: string): Promise<number | undefined> => {
  const answer = await answerOf(address, path);
  return answer === 'nothing' ? undefined : answer.status;
};

/** As many as two people must agree to. */
const large = (request: PayoutRequest): PayoutRequest => ({
  ...request,
  amount: { ...request.amount, value: '1250.00' },
});

/** Accounts have the same names everywhere, so who pauses one has a server of its own. */
let temporal: OwnTemporalServer;
let postgres: FoundPostgres;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payouts-monitoring-'));
  [temporal, postgres] = await Promise.all([startOwnTemporalServer(), startFoundPostgres()]);
  await migrated(postgres.address());
});
afterAll(async () => {
  await Promise.all([temporal.stop(), postgres.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('metrics', () => {
  let watched: Watched;
  let samples: readonly Sample[];
  beforeAll(async () => {
    const file = join(folder, 'list.txt');
    writeFileSync(file, 'Invented Listedperson\n');
    // An hour old, so that its age is told from nothing else.
    utimesSync(file, Date.now() / 1000 - 3_600, Date.now() / 1000 - 3_600);
    watched = await startWatched({
      common: { contract: { replayWindowMs: 0 } },
      screening: { lists: [{ name: 'own-list', file, format: 'txt' }], maxListAgeDays: 2 },
      temporalAddress: temporal.address,
      variables: registerVariables(postgres),
    });
    const { stage, metrics } = watched;
    await stage.startWorker().started;
    const paid = stage.request('syncgram');
    const held = stage.request('payfield');
    const lost = stage.request('pontis');
    const waiting = large(stage.request('pontis'));
    stage.disturb('payfield', held, { kind: 'refuse', canned: 'insufficient-funds' });
    stage.loseReply('pontis', lost);
    for (const request of [paid, held, lost, waiting]) await stage.client.start(request);
    expect(await stage.settled(paid)).toMatchObject({ status: 'paid' });
    expect(await stage.settled(held)).toMatchObject({ heldReason: 'insufficient_funds' });
    expect(await stage.settled(lost)).toMatchObject({ status: 'unconfirmed' });
    // The reading of a moment: a task may be on its way to a busy worker, so the one that is kept is of a queue at rest.
    await eventually('everything that waits is seen', async () => {
      samples = await scrape(metrics);
      return (
        valueOf(samples, 'payouts_task_queue_backlog', { task_type: 'workflow' }) === 0 &&
        valueOf(samples, 'payouts_task_queue_backlog', { task_type: 'activity' }) === 0 &&
        valueOf(samples, 'payouts_held', { reason: 'insufficient_funds' }) === 1 &&
        valueOf(samples, 'payouts_unconfirmed') === 1 &&
        valueOf(samples, 'payouts_awaiting_approval') === 1 &&
        (valueOf(samples, 'payouts_held_oldest_seconds', { reason: 'insufficient_funds' }) ?? 0) > 0
      );
    });
  }, 120_000);
  afterAll(() => watched.stage.stop());

  test('every metric that dashboards and alerts ask for is in a scrape', () => {
    const there = new Set(samples.map(({ name }) => name));
    expect(monitoredMetrics().filter((name) => !there.has(name))).toEqual([]);
  });

  test('every metric of ours is in a scrape, with exactly its labels', () => {
    const added = ['installation', 'le', 'namespace', 'taskQueue', 'workflowType'];
    const suffix = { counter: '_total', gauge: '', histogram: '_bucket' } as const;
    const shown = payoutMetrics.map(({ name, kind }) => {
      const found = samples.filter((sample) => sample.name === `${name}${suffix[kind]}`);
      const labels = new Set(found.flatMap((sample) => Object.keys(sample.labels)));
      return [name, found.length > 0, [...labels].filter((label) => !added.includes(label)).toSorted()];
    });
    expect(shown).toEqual(payoutMetrics.map(({ name, labels }) => [name, true, labels.toSorted()]));
    const [one] = samples.filter(({ name }) => name === 'payouts_worker_ready');
    expect(one?.labels).toEqual({ installation: 'monitoring' });
  });

  test('they say what happened', () => {
    expect(valueOf(samples, 'payouts_ended_total', { provider: 'syncgram' })).toBe(1);
    expect(valueOf(samples, 'payouts_sends_total', { account: 'syncgram' })).toBe(1);
    expect(valueOf(samples, 'payouts_sends_total', { account: 'payfield', effect: 'none' })).toBe(1);
    expect(valueOf(samples, 'payouts_sends_total', { account: 'pontis', effect: 'unknown' })).toBe(1);
    expect(
      valueOf(samples, 'payouts_provider_failures_total', {
        account: 'payfield',
        operation: 'submit',
        code: 'insufficient_funds',
      }),
    ).toBe(1);
    expect(
      valueOf(samples, 'payouts_provider_call_duration_seconds_count', {
        account: 'syncgram',
        operation: 'submit',
        outcome: 'ok',
      }),
    ).toBe(1);
    expect(valueOf(samples, 'payouts_screenings_total', { decision: 'clear' })).toBeGreaterThanOrEqual(4);
    expect(valueOf(samples, 'payouts_holds_total', { reason: 'insufficient_funds' })).toBe(1);
  });

  test('they say what is so now, and that nothing else is', () => {
    const reasons = samples.filter(({ name, value }) => name === 'payouts_held' && value > 0);
    expect(reasons.map(({ labels }) => String(labels['reason'])).toSorted()).toEqual([
      'insufficient_funds',
      'outcome_unknown',
    ]);
    expect(valueOf(samples, 'payouts_attention', { attention: 'overdue' })).toBe(0);
    expect(valueOf(samples, 'payouts_screening_usable')).toBe(1);
    const age = valueOf(samples, 'payouts_screening_list_age_seconds', { list: 'own-list' }) ?? 0;
    expect(age).toBeGreaterThanOrEqual(3_600);
    expect(age).toBeLessThan(3_600 + 300);
    expect(valueOf(samples, 'payouts_screening_list_max_age_seconds', { list: 'own-list' })).toBe(172_800);
    expect(valueOf(samples, 'payouts_worker_ready')).toBe(1);
    expect(valueOf(samples, 'payouts_task_queue_pollers', { task_type: 'activity' })).toBe(1);
    expect(valueOf(samples, 'payouts_register_usable')).toBe(1);
    for (const reading of ['waiting', 'accounts', 'task-queue', 'screening', 'register']) {
      const at = valueOf(samples, 'payouts_observed_timestamp_seconds', { reading });
      expect(Math.abs(Date.now() / 1000 - (at ?? 0))).toBeLessThan(120);
    }
  });

  test('a register that goes away is told, and the worker stays ready', async () => {
    const usable = async () => valueOf(await scrape(watched.metrics), 'payouts_register_usable');
    await postgres.kill();
    await eventually('the gauge says so', async () => (await usable()) === 0);
    expect(await statusOf(watched.health, '/readyz')).toBe(200);
    await postgres.start();
    await eventually('the gauge says that it is back', async () => (await usable()) === 1);
  });

  test('no reference, tenant, person or account number is in a label', async () => {
    const text = JSON.stringify(samples.map(({ labels }) => labels));
    for (const secret of ['pontis-1', 'dora', 'Juan', '10000000', '4111', 'Ngozi', 'order'])
      expect(text).not.toContain(secret);
  });

  test('an account that people pause is told, and is no longer when they resume it', async () => {
    const { stage, metrics } = watched;
    const isPaused = async (): Promise<number | undefined> =>
      valueOf(await scrape(metrics), 'payouts_account_paused', { account: 'payfield', cause: 'people' });
    const { client } = stage;
    await client.pauseAccount({ account: 'payfield', by: 'dana', reason: 'monitoring test' });
    try {
      await eventually('the pause is seen', async () => (await isPaused()) === 1);
    } finally {
      await client.resumeAccount({ account: 'payfield', by: 'dana' });
    }
    await eventually('the end of the pause is seen', async () => (await isPaused()) === 0);
  });

  test('a payout that goes on is no longer held', async () => {
    const { stage, metrics } = watched;
    for await (const { tenant, reference } of stage.client.list({
      held: 'insufficient_funds',
      account: 'payfield',
    })) {
      if (tenant === 'monitoring') await stage.client.resume({ tenant, reference, by: 'dana' });
    }
    await eventually('nothing is held for money', async () => {
      samples = await scrape(metrics);
      return valueOf(samples, 'payouts_held', { reason: 'insufficient_funds' }) === 0;
    });
    expect(valueOf(samples, 'payouts_held_oldest_seconds', { reason: 'insufficient_funds' })).toBe(0);
  });
});

describe('health', () => {
  test('ready while it works, not while Temporal is away, and ready again; live all the time', async () => {
    const gate = await startTemporalGate(testTemporalAddress());
    const { stage, health } = await startWatched({ workerAddress: gate.address });
    try {
      const worker = stage.startWorker();
      await worker.started;
      await eventually('it is ready', async () => (await statusOf(health, '/readyz')) === 200);
      gate.cut();
      await eventually('it is not ready', async () => (await statusOf(health, '/readyz')) === 503);
      expect(await answerOf(health, '/readyz')).toEqual({
        status: 503,
        body: { status: 'unavailable', problems: ['Temporal does not answer'] },
      });
      expect(await statusOf(health, '/livez')).toBe(200);
      gate.thaw();
      await eventually('it is ready again', async () => (await statusOf(health, '/readyz')) === 200);
      await worker.logged('"worker not ready"');
    } finally {
      await stage.stop();
      await gate.stop();
    }
  }, 120_000);

  test('a process that stands still answers nothing', async () => {
    const { stage, health } = await startWatched();
    try {
      const worker = stage.startWorker();
      await worker.started;
      await eventually('it is ready', async () => (await statusOf(health, '/readyz')) === 200);
      worker.suspend();
      await expect(
        fetch(`http://${health}/livez`, { signal: AbortSignal.timeout(2_000) }),
      ).rejects.toMatchObject({ name: 'TimeoutError' });
      worker.wake();
      await eventually('it answers again', async () => (await statusOf(health, '/livez')) === 200);
    } finally {
      await stage.stop();
    }
  }, 120_000);

  test('not ready from the signal on, while it finishes what is under way, and gone afterwards', async () => {
    const { stage, health } = await startWatched({ ungated: false });
    try {
      const worker = stage.startWorker();
      await worker.started;
      await eventually('it is ready', async () => (await statusOf(health, '/readyz')) === 200);
      const request = stage.request('payfield');
      const held = stage.gates.payfield.stopNext({
        at: 'processed',
        match: ({ method }) => method === 'POST',
      });
      await stage.client.start(request);
      await held.reached;
      const ended = worker.stop();
      await eventually('it is not ready', async () => (await statusOf(health, '/readyz')) === 503);
      expect(await statusOf(health, '/livez')).toBe(200);
      held.release();
      expect(await ended).toBe(0);
      expect(await answerOf(health, '/livez')).toBe('nothing');
    } finally {
      await stage.stop();
    }
  }, 120_000);

  test('a worker whose address is taken does not start, and says which', async () => {
    const { stage, health } = await startWatched();
    try {
      await stage.startWorker().started;
      const second = stage.startWorker();
      await expect(second.started).rejects.toThrow(/configuration_address_unusable|cannot be served/);
      expect((await second.ended).code).toBe(2);
      expect(await statusOf(health, '/livez')).toBe(200);
    } finally {
      await stage.stop();
    }
  }, 120_000);
});

describe('the log', () => {
  test('has one line for the end of a payout, an error for a paused account, and names what was refused', async () => {
    const { stage } = await startWatched({ temporalAddress: temporal.address });
    try {
      const worker = stage.startWorker();
      await worker.started;
      const request = stage.request('payfield');
      await stage.client.start(request);
      await stage.settled(request);
      await worker.logged('"payout ended"');
      await expect(
        stage.client.resume({ tenant: request.tenant, reference: request.reference, by: 'dana' }),
      ).rejects.toMatchObject({ refusal: 'not_held' });
      await worker.logged('"message refused"');
      // Not the account of the tests above: its workflow is on their task queue.
      await stage.client.pauseAccount({ account: 'pontis', by: 'dana', reason: 'private words' });
      await stage.client.resumeAccount({ account: 'pontis', by: 'dana' });
      await worker.logged('"account resumed"');
      const lines = worker.lines().map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      const about = (event: string): readonly Readonly<Record<string, unknown>>[] =>
        lines.filter((line) => line['event'] === event);
      expect(about('payout ended')).toEqual([
        expect.objectContaining({
          level: 'info',
          status: 'paid',
          moneyMoved: 'yes',
          account: 'payfield',
          provider: 'payfield',
          workflowId: `payout/${request.tenant}/${request.reference}`,
        }),
      ]);
      expect(about('message refused')).toEqual([
        expect.objectContaining({ code: 'not_held', updateName: 'resume' }),
      ]);
      expect(about('account paused')).toEqual([
        expect.objectContaining({ level: 'error', account: 'pontis', pausedFor: 'people' }),
      ]);
      expect(worker.lines().join('\n')).not.toContain('private words');
      expect(worker.lines().join('\n')).not.toContain('dana');
    } finally {
      await stage.stop();
    }
  }, 120_000);
});
