import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workflowIdIn } from './history-text';

export type Recorded = { readonly name: string; readonly text: string };

let quiet = false;

/** Replays histories with a workflow bundle; the names of those it refuses, with the reason. */
export async function refusedHistories(
  codePath: string,
  recordings: readonly Recorded[],
): Promise<Readonly<Record<string, string>>> {
  // Without a single worker the runtime would never be shut down again.
  if (!quiet && recordings.length > 0) {
    quiet = true;
    // What a replay refuses is reported by the result.
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
    });
  }
  const refused: Record<string, string> = {};
  // One by one: a run that was reset has the workflow id of the run before.
  for (const { name, text } of recordings) {
    const results = Worker.runReplayHistories({ workflowBundle: { codePath } }, [
      { workflowId: workflowIdIn(text), history: JSON.parse(text) as unknown },
    ]);
    for await (const { error } of results) {
      if (error !== undefined) refused[name] = `${error.name}: ${error.message}`;
    }
  }
  return refused;
}
