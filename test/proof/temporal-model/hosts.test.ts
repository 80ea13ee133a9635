import { createSdkHosts } from './sdk-host';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import * as productionWorkflows from '../../../src/workflows';
import { createProbeHosts, playOnModel } from '../probes/play-on-model';
import { nameOf, probes } from '../probes/probes';
import type { WorkflowHostFactory } from './commands-and-jobs';
import { inMacrotask } from './drive';
import { startPayoutOnModel } from './payout-on-model';
import { createVmHosts } from './vm-host';
import type { VmHosts } from './vm-host';

const inThisRealm = createSdkHosts(productionWorkflows);

/** Payouts with kills, stops, evictions and slow tasks: everything that makes a trace. */
async function hashesOf(createHost: WorkflowHostFactory, seeds: number): Promise<readonly string[]> {
  const hashes: string[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) hashes.push(await hashOf(createHost, seed));
  return hashes;
}

const hashOf = (createHost: WorkflowHostFactory, seed: number): Promise<string> =>
  inMacrotask(() => {
    const payout = startPayoutOnModel({
      seed,
      createHost,
      eviction: 0.3,
      server: { faults: { lostHandOut: 0.1, lostWorkflowTask: 0.1, slowHandOut: 0.1 } },
      onSent: () => {
        if (!payout.world.fault('kill', 0.4)) return;
        payout.worker.kill();
        payout.world.after(payout.world.between(1, 20_000), () => payout.worker.restart());
      },
    });
    try {
      const end = payout.runUntil(() => payout.snapshot() !== undefined);
      expect(payout.server.current(payout.workflowId).taskFailures).toEqual([]);
      return `${end} ${payout.status()} ${payout.world.hash()}`;
    } finally {
      payout.restore();
    }
  });

async function createBundledHosts(workflowsPath: string): Promise<VmHosts> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  return createVmHosts(code);
}

it('gives the same trace for the same seed, run after run', async () => {
  const first = await hashesOf(inThisRealm, 30);
  expect(await hashesOf(inThisRealm, 30)).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(20);
});

it('gives the same traces in the worker’s own VM, over the production bundle', async () => {
  const hosts = await createBundledHosts(require.resolve('../../../src/workflows/index'));
  try {
    expect(await hashesOf(hosts.create, 30)).toEqual(await hashesOf(inThisRealm, 30));
  } finally {
    await hosts.destroy();
  }
});

it('plays every probe with the same trace by both drivers and in both hosts', async () => {
  const hosts = await createBundledHosts(require.resolve('../probes/probe-workflows'));
  const createHost = createProbeHosts();
  try {
    for (const probe of probes) {
      const played = await inMacrotask(() => playOnModel(probe, { createHost, keepTrace: true }));
      const byLoop = await playOnModel(probe, { createHost, driver: 'event-loop' });
      const inVm = await inMacrotask(() => playOnModel(probe, { createHost: hosts.create, keepTrace: true }));
      const name = nameOf(probe);
      expect({ name, hash: byLoop.hash }).toEqual({ name, hash: played.hash });
      expect({ name, trace: inVm.trace }).toEqual({ name, trace: played.trace });
    }
  } finally {
    await hosts.destroy();
  }
});
