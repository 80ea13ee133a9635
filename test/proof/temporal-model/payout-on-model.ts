import { createActivities } from '../../../src/activities/create-activities';
import { payoutStatusAttribute } from '../../../src/contract/search-attributes';
import type { PayoutSnapshot } from '../../../src/domain/payout-snapshot';
import type { PayoutProvider, SubmitReply } from '../../../src/providers/provider';
import { exampleRequest } from '../../support/example-request';
import { installationOf } from '../../support/payout-harness';
import { accepted, contracts, found, read, scriptedProvider } from '../../support/scripted-provider';
import type { WorkflowHostFactory } from './commands-and-jobs';
import { runSynchronously } from './drive';
import { ServerModel } from './server-model';
import type { ServerOptions } from './server-options';
import { installVirtualGlobals } from './virtual-globals';
import { WorkerModel } from './worker-model';
import { createSimulatedPorts } from './worker-ports';
import type { Activities, WorkerProcess } from './worker-process';
import { World } from './world';

/** A whole payout on the model, with production workflow and activities: what the model's own tests look at. */
export type PayoutOnModel = {
  readonly world: World;
  readonly server: ServerModel;
  readonly worker: WorkerModel;
  /** Sends that reached the provider. */
  readonly sends: readonly string[];
  readonly workflowId: string;
  /** Runs until something holds; the end is whatever the world says. */
  readonly runUntil: (isReached: () => boolean) => string;
  readonly status: () => string;
  readonly snapshot: () => PayoutSnapshot | undefined;
};

export type PayoutOnModelOptions = {
  readonly seed: number;
  readonly createHost: WorkflowHostFactory;
  readonly server?: ServerOptions;
  readonly eviction?: number;
  readonly keepTrace?: boolean;
  /** What the provider says of the payout once it has it. Default: paid. */
  readonly statuses?: 'paid' | 'pending';
  /** Between the provider's answer and its arrival. */
  readonly onSent?: (process: WorkerProcess) => void;
};

const mostSteps = 100_000;

/** Must be called in a macrotask. Call `restore` when done: the clock of this realm is the world's meanwhile. */
export function startPayoutOnModel(options: PayoutOnModelOptions): PayoutOnModel & { restore(): void } {
  const world = new World(options.seed, { keepTrace: options.keepTrace ?? false });
  const restore = installVirtualGlobals(world);
  const server = new ServerModel(world, options.server);
  const sends: string[] = [];
  const provider = scriptedProvider({
    contract: contracts.byKey,
    lookUps: [found('prov-1')],
    statuses: [options.statuses === 'pending' ? read('accepted', 'pending') : read('paid', 'completed')],
  });
  const createProcessActivities = (process: WorkerProcess): Activities => {
    const installation = installationOf(inProcess(provider, process, sends, options.onSent));
    const ports = createSimulatedPorts(world, server, process);
    return createActivities({ installation, ports });
  };
  const worker = new WorkerModel(world, server, {
    createHost: options.createHost,
    createActivities: createProcessActivities,
    faults: { eviction: options.eviction ?? 0 },
  });
  const request = exampleRequest();
  const workflowId = `payout/${request.tenant}/${request.reference}`;
  server.start({
    workflowId,
    workflowType: 'payoutWorkflow',
    args: [{ schema: 1, request }],
    memo: { requestDigest: 'digest' },
    searchAttributes: { [payoutStatusAttribute.name]: 'received' },
  });
  return {
    world,
    server,
    worker,
    sends,
    workflowId,
    restore,
    runUntil: (isReached) => runSynchronously(world, isReached, mostSteps),
    status: () => {
      const status = server.current(workflowId).searchAttributes.get(payoutStatusAttribute.name);
      return typeof status === 'string' ? status : '';
    },
    snapshot: () => {
      const { end } = server.current(workflowId);
      return end?.kind === 'completed' ? (end.result as PayoutSnapshot) : undefined;
    },
  };
}

/** The provider as seen from a process: it is asked at once, and its answers take a while to arrive there. */
function inProcess(
  provider: PayoutProvider,
  process: WorkerProcess,
  sends: string[],
  onSent: ((process: WorkerProcess) => void) | undefined,
): PayoutProvider {
  return {
    ...provider,
    submit: async (attempt, call): Promise<SubmitReply> => {
      await process.delay(20);
      call.beforeWrite?.();
      sends.push(attempt.key);
      onSent?.(process);
      await process.delay(100);
      return accepted();
    },
  };
}
