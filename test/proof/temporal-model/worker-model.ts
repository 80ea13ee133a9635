import type { WorkflowHostFactory } from './commands-and-jobs';
import type { ServerModel } from './server-model';
import type { Activities, WorkerFaults } from './worker-process';
import { WorkerProcess } from './worker-process';
import type { World } from './world';

export type WorkerOptions = {
  readonly name?: string;
  readonly createHost: WorkflowHostFactory;
  /** Called for each process: what it keeps in memory dies with it. */
  readonly createActivities: (process: WorkerProcess) => Activities;
  readonly faults?: WorkerFaults;
  /** How far its wall clock is ahead, in ms; its stopwatch is right. */
  readonly clockErrorMs?: number;
};

/** A worker: one process at a time, which can be killed, started again, stopped and cut off at any moment. */
export class WorkerModel {
  readonly #world: World;
  readonly #server: ServerModel;
  readonly #options: WorkerOptions;
  #process: WorkerProcess;
  #starts = 0;
  clockErrorMs: number;

  constructor(world: World, server: ServerModel, options: WorkerOptions) {
    this.#world = world;
    this.#server = server;
    this.#options = options;
    this.clockErrorMs = options.clockErrorMs ?? 0;
    this.#process = this.#start();
  }

  get process(): WorkerProcess {
    return this.#process;
  }

  #start(): WorkerProcess {
    this.#starts += 1;
    const process = new WorkerProcess({
      world: this.#world,
      server: this.#server,
      identity: `${this.#options.name ?? 'worker'}/${this.#starts}`,
      createHost: this.#options.createHost,
      createActivities: this.#options.createActivities,
      faults: this.#options.faults ?? {},
      clockErrorMs: () => this.clockErrorMs,
    });
    this.#server.matching.add(process);
    this.#server.workerAvailable();
    return process;
  }

  /** `kill -9`: nothing in the process ever goes on, and nobody is told. */
  kill(): void {
    this.#process.kill();
    this.#server.matching.remove(this.#process);
  }

  /** A new process; the old one is killed if it still is there. */
  restart(): void {
    this.kill();
    this.#process = this.#start();
  }

  /** SIGSTOP. */
  stop(): void {
    this.#process.stop();
  }

  /** SIGCONT. */
  continue(): void {
    this.#process.continue();
  }

  /** SIGTERM, and what the SDK's worker does then. Ask `process.isGone` when it has ended. */
  shutDownGracefully(graceMs: number, forceMs?: number): void {
    this.#process.shutDownGracefully(graceMs, forceMs);
  }

  /** The server cannot be reached for a while; the rest of the world can. */
  partition(ms: number): void {
    const process = this.#process;
    process.cutOff();
    this.#world.after(ms, () => process.reconnect());
  }
}
