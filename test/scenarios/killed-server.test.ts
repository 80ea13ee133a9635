/**
 * `kill -9` of the Temporal server, which keeps everything in a file, and of server and worker together, while payouts
 * are under way. It comes back on the same port with the same file, and nothing that it had acknowledged is gone.
 */
import { expectNothingElse, expectPaidOnce } from '../support/expect-paid';
import { startOwnTemporalServer } from '../support/own-temporal-server';
import type { OwnTemporalServer } from '../support/own-temporal-server';
import type { PayoutStage } from '../support/payout-stage';
import { isRecovery, isStatusRead, isSubmit, providers, startStage } from '../support/payout-stage';
import { eventually } from '../support/process-watch';
import { recordFaults } from '../support/proof-record';
import type { GatePoint, GateStop, StoppedExchange } from '../support/provider-gate';
import type { TemporalGate } from '../support/temporal-gate';
import { startTemporalGate } from '../support/temporal-gate';
import { WorkerSuccession } from '../support/worker-succession';

const installation = 'killed-server';

type Scene = {
  readonly stage: PayoutStage;
  readonly server: OwnTemporalServer;
  readonly temporal: TemporalGate;
  readonly workers: WorkerSuccession;
};

async function withOwnServer(play: (scene: Scene) => Promise<void>): Promise<void> {
  const server = await startOwnTemporalServer();
  const temporal = await startTemporalGate(server.address);
  const stage = await startStage(installation, {
    temporalAddress: server.address,
    workerAddress: temporal.address,
  });
  try {
    const workers = new WorkerSuccession(() => stage.startWorker());
    await workers.current.started;
    await play({ stage, server, temporal, workers });
    expect(await workers.current.stop()).toBe(0);
    recordFaults(installation, {
      'kill -9 of the Temporal server': server.kills(),
      'kill -9 of a worker': workers.killed,
    });
  } finally {
    await stage.stop();
    await temporal.stop();
    await server.stop();
  }
}

/** One payout for each provider, all of them standing at the same point. */
async function startStanding(stage: PayoutStage, at: GatePoint, what: typeof isSubmit = isSubmit) {
  return Promise.all(
    providers.map(async (provider) => {
      const request = stage.request(provider);
      const stop: GateStop = { at, match: what[provider] };
      const exchange: StoppedExchange = stage.gates[provider].stopNext(stop);
      await stage.client.start(request);
      await exchange.reached;
      return { provider, request, exchange };
    }),
  );
}

type Standing = Awaited<ReturnType<typeof startStanding>>;

/** The server dies, perhaps the worker with it; what stands goes on while both are away, or stays where it is for good. */
async function killServer(
  { server, workers }: Scene,
  standing: Standing,
  options: { readonly andWorker: boolean; readonly goesOn: boolean },
): Promise<void> {
  await server.kill();
  const goOn = (): void => {
    if (options.goesOn) for (const { exchange } of standing) exchange.release();
  };
  if (options.andWorker) {
    await workers.killCurrent(async () => {
      goOn();
      await server.restart();
    });
    await workers.current.started;
    return;
  }
  goOn();
  await server.restart();
}

async function expectAllPaid(stage: PayoutStage, standing: Standing): Promise<void> {
  for (const { provider, request } of standing) await expectPaidOnce(stage, provider, request);
}

describe('kill -9 of the Temporal server, and a restart with the same file', () => {
  it.concurrent(
    'alone, under a status read and a send: the worker goes on with what it had, every payout is paid by one debit',
    () =>
      withOwnServer(async (scene) => {
        const { stage, server, workers } = scene;
        // First of all: later on, earlier payouts read their status, too.
        const waiting = await startStanding(stage, 'written', isStatusRead);
        await killServer(scene, waiting, { andWorker: false, goesOn: true });
        await expectAllPaid(stage, waiting);
        for (const { request } of waiting) expect(await stage.sends(request)).toEqual(['completed']);

        const written = await startStanding(stage, 'written');
        await killServer(scene, written, { andWorker: false, goesOn: true });
        await expectAllPaid(stage, written);

        const processed = await startStanding(stage, 'processed');
        await killServer(scene, processed, { andWorker: false, goesOn: true });
        await expectAllPaid(stage, processed);
        // The worker reports when the server is back; one that was away for too long has given the send up.
        for (const { request } of [...written, ...processed]) {
          expect(['completed', 'timed out']).toContain((await stage.sends(request))[0]);
        }

        expectNothingElse(stage, [...waiting, ...written, ...processed]);
        expect({ kills: server.kills(), workersKilled: workers.killed }).toEqual({
          kills: 3,
          workersKilled: 0,
        });
      }),
    200_000,
  );

  it.concurrent(
    'alone, right after it acknowledged something: that is not lost, every payout is paid by one debit',
    () =>
      withOwnServer(async (scene) => {
        const { stage, server, temporal, workers } = scene;
        // Between two payouts: the start has been acknowledged, and nothing more.
        const [provider] = providers;
        if (provider === undefined) throw new Error('no provider');
        const acknowledged = { provider, request: stage.request(provider) };
        await stage.client.start(acknowledged.request);
        await server.kill();
        await server.restart();
        await expectPaidOnce(stage, provider, acknowledged.request);

        // The completion has been acknowledged; the next workflow task has not reached the worker.
        const reported = await startStanding(stage, 'processed');
        temporal.freeze('to-worker');
        // All at once: what is frozen for long looks like a broken connection to the worker.
        for (const { exchange } of reported) exchange.release();
        await Promise.all(
          reported.map(({ request }) =>
            eventually('Temporal knows the result', async () =>
              (await stage.sends(request)).includes('completed'),
            ),
          ),
        );
        await server.kill();
        await server.restart();
        for (const { request } of reported) expect(await stage.sends(request)).toEqual(['completed']);
        temporal.thaw();
        await expectAllPaid(stage, reported);

        expectNothingElse(stage, [acknowledged, ...reported]);
        expect({ kills: server.kills(), workersKilled: workers.killed }).toEqual({
          kills: 2,
          workersKilled: 0,
        });
      }),
    200_000,
  );

  it.concurrent(
    'with the worker, under a status read and before a send: another one finishes, every payout is paid by one debit',
    () =>
      withOwnServer(async (scene) => {
        const { stage, server, workers } = scene;
        const waiting = await startStanding(stage, 'processed', isStatusRead);
        await killServer(scene, waiting, { andWorker: true, goesOn: false });
        await expectAllPaid(stage, waiting);

        const connecting = await startStanding(stage, 'connecting');
        await killServer(scene, connecting, { andWorker: true, goesOn: false });
        await expectAllPaid(stage, connecting);

        expectNothingElse(stage, [...waiting, ...connecting]);
        expect({ kills: server.kills(), workersKilled: workers.killed }).toEqual({
          kills: 2,
          workersKilled: 2,
        });
      }),
    200_000,
  );

  it.concurrent(
    'with the worker, under a send and its recovery: another one finishes, every payout is paid by one debit',
    () =>
      withOwnServer(async (scene) => {
        const { stage, server, workers } = scene;
        const arrived = await startStanding(stage, 'written');
        await killServer(scene, arrived, { andWorker: true, goesOn: true });
        await expectAllPaid(stage, arrived);

        // Twice: the second time with the first steps of recovery under way.
        const booked = await startStanding(stage, 'mid-reply');
        const recovery = providers.map((provider) =>
          stage.gates[provider].stopNext({ at: 'written', match: isRecovery[provider] }),
        );
        await killServer(scene, booked, { andWorker: true, goesOn: false });
        await Promise.all(recovery.map(({ reached }) => reached));
        await killServer(scene, [], { andWorker: true, goesOn: false });
        await expectAllPaid(stage, booked);

        for (const { request } of [...arrived, ...booked]) {
          expect((await stage.sends(request))[0]).toBe('timed out');
        }
        expectNothingElse(stage, [...arrived, ...booked]);
        expect({ kills: server.kills(), workersKilled: workers.killed }).toEqual({
          kills: 3,
          workersKilled: 3,
        });
      }),
    200_000,
  );
});
