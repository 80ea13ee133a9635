import { createActivities } from '../../../src/activities/create-activities';
import type { InstalledPolicy } from '../../../src/activities/installation';
import type { SubmitPayoutInput } from '../../../src/activities/payout-activities';
import type { Screener } from '../../../src/screening/screener';
import type { Contract } from '../expectations/submit-cases';
import { createSimulatedInstallation } from '../providers/simulated-accounts';
import type { NetworkProcess, VirtualNetwork } from '../providers/virtual-network';
import type { WorkflowHostFactory } from '../temporal-model/commands-and-jobs';
import type { ServerModel } from '../temporal-model/server-model';
import { WorkerModel } from '../temporal-model/worker-model';
import { createSimulatedPorts } from '../temporal-model/worker-ports';
import type { WorkerFaults } from '../temporal-model/worker-process';
import type { World } from '../temporal-model/world';
import type { TroubledRegister } from './register-trouble';
import type { SendWatch } from './send-watch';

export type SimulatedWorkerDeps = {
  readonly world: World;
  readonly server: ServerModel;
  readonly network: VirtualNetwork;
  readonly watch: SendWatch;
  readonly contract: Contract;
  readonly createHost: WorkflowHostFactory;
  readonly screener: Screener;
  readonly policy: () => InstalledPolicy;
  readonly register: TroubledRegister;
  readonly name: string;
  readonly faults: WorkerFaults;
  readonly clockErrorMs: number;
  /** How often a send's input is not what the workflow wrote. */
  readonly alteredRate: () => number;
};

/** A production worker, activities and adapters included, in one simulated process at a time. */
export class SimulatedWorker {
  readonly model: WorkerModel;
  readonly #world: World;
  #network: NetworkProcess | undefined;

  constructor(deps: SimulatedWorkerDeps) {
    const { world, server, network, watch, contract, createHost, screener, name, faults } = deps;
    const { clockErrorMs, alteredRate } = deps;
    this.#world = world;
    this.model = new WorkerModel(world, server, {
      name,
      createHost,
      faults,
      clockErrorMs,
      createActivities: (process) => {
        const attached = network.attach();
        this.#network = attached;
        const installation = createSimulatedInstallation({
          world,
          send: attached.send,
          contracts: [contract],
          clockErrorMs: () => process.wallClock - world.now,
          screener,
          policy: deps.policy,
          register: deps.register.seenFrom(process),
        });
        const activities = createActivities({
          installation: watch.watch(installation),
          ports: createSimulatedPorts(world, server, process),
        });
        return {
          ...activities,
          submitPayout: (input: SubmitPayoutInput) => {
            const received = world.fault('altered-task', alteredRate()) ? altered(input, watch) : input;
            if (received.resolves) watch.resolving.add(received.attempt);
            return activities.submitPayout(received);
          },
        };
      },
    });
  }

  get isGone(): boolean {
    return this.model.process.isGone;
  }

  kill(): void {
    this.#network?.kill();
    this.model.kill();
  }

  /** kill -9, and another process in its place after a while. */
  killAndRestart(afterMs: number): void {
    if (this.isGone) return;
    this.kill();
    this.#world.after(afterMs, () => this.restart());
  }

  restart(): void {
    if (this.isGone) this.model.restart();
  }

  /** SIGSTOP now, SIGCONT after `ms`. */
  pause(ms: number): void {
    const { process } = this.model;
    const network = this.#network;
    if (!process.isRunning) return;
    network?.pause();
    process.stop();
    this.#world.after(ms, () => {
      network?.resume();
      process.continue();
    });
  }

  /** As a deployment does it: the old process ends gracefully, the new one is there at once. */
  redeploy(graceMs: number): void {
    if (this.isGone) return;
    this.model.shutDownGracefully(graceMs);
    this.#world.after(graceMs + 11_000, () => {
      this.kill();
      this.restart();
    });
  }
}

/** A task that was damaged on its way: still readable, but not what was frozen. */
function altered(input: SubmitPayoutInput, watch: SendWatch): SubmitPayoutInput {
  const body = input.attempt.body.replace('{', '{ ');
  watch.altered.add(body);
  return { ...input, attempt: { ...input.attempt, body } };
}
