import './workflow-realm';
import { setActivator } from '@temporalio/workflow/lib/global-attributes';
import { Activator } from '@temporalio/workflow/lib/internals';
import * as workerInterface from '@temporalio/workflow/lib/worker-interface';
import type { WorkflowHostFactory } from './commands-and-jobs';
import type { SdkActivator, WorkerInterface } from './run-activation';
import { creationOptions, runActivation, runQuery } from './run-activation';
import { useWorkflowClock } from './virtual-globals';

type WorkflowFunction = (...args: never[]) => Promise<unknown>;

const library = workerInterface as unknown as WorkerInterface;
const SdkActivatorClass = Activator as unknown as new (options: unknown) => SdkActivator & {
  workflow: WorkflowFunction;
};

/**
 * The SDK's own workflow library in this realm: no VM, no core. Import `./workflow-realm` before the workflows.
 *
 * One context serves all runs, where production has one for each: our workflows keep no state in modules, and the seeds
 * that also run in `vm-host` show that this changes nothing.
 */
export function createSdkHosts(workflows: Readonly<Record<string, WorkflowFunction>>): WorkflowHostFactory {
  return (start, soon) => {
    const workflow = workflows[start.workflowType];
    if (workflow === undefined) throw new Error(`no workflow ${start.workflowType}`);
    const activator = new SdkActivatorClass({
      ...creationOptions(start),
      sourceMap: undefined,
      getTimeOfDay: () => 0n,
      registeredActivityNames: { has: () => true },
      stackTracesEnabled: false,
    });
    activator.workflow = workflow;
    const clock = { now: () => activator.now, random: () => activator.currentRandom() };
    const enter = (): void => {
      setActivator(activator as never);
      useWorkflowClock(clock);
    };
    const leave = (): void => {
      setActivator(undefined);
      useWorkflowClock(undefined);
    };
    return {
      activate(activation, done) {
        enter();
        runActivation(activator, library, activation, soon, (outcome) => {
          leave();
          done(outcome);
        });
      },
      query(name, args) {
        enter();
        try {
          return runQuery(activator, name, args);
        } finally {
          leave();
        }
      },
      dispose: leave,
    };
  };
}
