/** Starts every simulated provider, each behind its own port, with development credentials unless told otherwise. */
import { createPayfieldCore } from './payfield/payfield-core';
import { payfieldDevelopmentOptions } from './payfield/payfield-options';
import { createPontisCore } from './pontis/pontis-core';
import { pontisDevelopmentOptions } from './pontis/pontis-options';
import type { ProviderCore } from './provider-core';
import type { RunningSimulator, SimulatorServerOptions } from './simulator-server';
import { startSimulator } from './simulator-server';
import { createSyncgramCore } from './syncgram/syncgram-core';
import { syncgramDevelopmentOptions } from './syncgram/syncgram-options';

type ServerSetup = Omit<SimulatorServerOptions, 'createCore'>;

/** Every simulated provider; one line adds one. */
const registry = {
  pontis: register(createPontisCore, pontisDevelopmentOptions),
  payfield: register(createPayfieldCore, payfieldDevelopmentOptions),
  syncgram: register(createSyncgramCore, syncgramDevelopmentOptions),
};

export type SimulatorName = keyof typeof registry;
export type SimulatorSetup<Name extends SimulatorName> = (typeof registry)[Name]['developmentOptions'];

/** A running provider together with what it was started with, so that a caller can be configured from it. */
export type RunningProvider<Setup extends { readonly credentials: object }> = RunningSimulator & {
  readonly options: Setup;
  readonly credentials: Setup['credentials'];
};

export type RunningSimulators = {
  readonly [Name in SimulatorName]: RunningProvider<SimulatorSetup<Name>>;
} & {
  /** Stops every provider. */
  readonly stop: () => Promise<void>;
};

/** What differs from the development setup of each provider. */
export type SimulatorSetups = { readonly [Name in SimulatorName]?: Partial<SimulatorSetup<Name>> };

export type StartSimulatorsOptions = SimulatorSetups &
  Omit<ServerSetup, 'port' | 'keptIn'> & {
    /** Free ports unless given. */
    readonly ports?: Partial<Readonly<Record<SimulatorName, number>>>;
    /** Beginning of the files, one for each, to keep over restarts what they know. Default: in memory. */
    readonly keptIn?: string;
  };

export const simulatorNames = Object.keys(registry) as SimulatorName[];

/** Starts all of them, or none when one cannot start. */
export async function startSimulators(options: StartSimulatorsOptions = {}): Promise<RunningSimulators> {
  const { host, ports = {}, adminToken, clock, random, keptIn, ...setups } = options;
  const server = {
    ...(host !== undefined && { host }),
    ...(adminToken !== undefined && { adminToken }),
    ...(clock && { clock }),
    ...(random && { random }),
  };
  const running: [SimulatorName, RunningSimulator][] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map(([, provider]) => provider.stop()));
  };
  try {
    for (const name of simulatorNames) {
      const registration: StartsAnySetup = registry[name];
      const kept = keptIn === undefined ? {} : { keptIn: `${keptIn}.${name}.jsonl` };
      running.push([
        name,
        await registration.start({ ...server, ...kept, port: ports[name] ?? 0 }, setups[name]),
      ]);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...Object.fromEntries(running), stop } as RunningSimulators;
}

/** A registration seen without its own kind of setup; `setups` has the right kind under the same name. */
type StartsAnySetup = { start(server: ServerSetup, changes?: object): Promise<RunningSimulator> };

type Registration<Setup extends { readonly credentials: object }> = {
  readonly developmentOptions: Setup;
  start(server: ServerSetup, changes?: Partial<Setup>): Promise<RunningProvider<Setup>>;
};

function register<Setup extends { readonly credentials: object }>(
  createCore: (options: Setup) => ProviderCore,
  developmentOptions: Setup,
): Registration<Setup> {
  return {
    developmentOptions,
    async start(server, changes = {}) {
      const options = { ...developmentOptions, ...changes };
      const running = await startSimulator({ ...server, createCore: () => createCore(options) });
      return { ...running, options, credentials: options.credentials };
    },
  };
}
