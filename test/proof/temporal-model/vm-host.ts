import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import { builtBundlePath } from '../../../src/worker/workflow-bundle';
import type { WorkflowHostFactory } from './commands-and-jobs';
import type { SdkActivator, WorkerInterface } from './run-activation';
import { creationOptions, runActivation, runQuery } from './run-activation';

type WorkflowInVm = {
  readonly activator: SdkActivator;
  readonly workflowModule: WorkerInterface;
  dispose(): Promise<void>;
};
type Creator = { createWorkflow(options: unknown): Promise<unknown>; destroy(): Promise<void> };
const CreatorClass = ReusableVMWorkflowCreator as unknown as new (
  script: Script,
  bundle: { readonly code: string; readonly filename: string; readonly sourceMap: object },
  timeoutMs: number,
  registeredActivityNames: { has(name: string): boolean },
) => Creator;

const filename = 'workflow-bundle.js';

export type VmHosts = { readonly create: WorkflowHostFactory; destroy(): Promise<void> };

/**
 * The production bundle, evaluated for each run in the VM of the worker's own creator, with its globals and its microtask
 * queue. Made by the constructor and not by `create`, which would hook every promise of this process for stack traces.
 */
export function createVmHosts(code: string = readFileSync(builtBundlePath, 'utf8')): VmHosts {
  const bundle = { code, filename, sourceMap: {} };
  const creator = new CreatorClass(new Script(code, { filename }), bundle, 10_000, { has: () => true });
  const open = new Set<WorkflowInVm>();
  const dispose = (inVm: WorkflowInVm): void => {
    // Synchronous up to its end: it only forgets.
    if (open.delete(inVm)) void inVm.dispose();
  };
  const create: WorkflowHostFactory = (start, soon) => {
    let inVm: WorkflowInVm | undefined;
    let problem: unknown;
    return {
      activate(activation, done) {
        const activate = ({ activator, workflowModule }: WorkflowInVm): void =>
          runActivation(activator, workflowModule, activation, soon, done);
        if (inVm !== undefined) {
          activate(inVm);
          return;
        }
        creator.createWorkflow(creationOptions(start)).then(
          (created) => {
            inVm = created as WorkflowInVm;
            open.add(inVm);
          },
          (error: unknown) => {
            problem = error;
          },
        );
        soon(() => {
          if (inVm === undefined) done({ taskFailed: problem });
          else activate(inVm);
        });
      },
      query: (name, args) =>
        inVm === undefined
          ? { kind: 'failed', error: new Error('the workflow has not begun') }
          : runQuery(inVm.activator, name, args),
      dispose() {
        if (inVm !== undefined) dispose(inVm);
      },
    };
  };
  return {
    create,
    destroy: async () => {
      for (const inVm of open) dispose(inVm);
      await creator.destroy();
    },
  };
}
