import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';

/** The code with which an update was refused; rejects when it was not. */
export async function refusalOf(answer: Promise<unknown>): Promise<string | null | undefined> {
  const error: unknown = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorkflowUpdateFailedError)) throw new Error(`not refused: ${String(error)}`);
  return (error.cause as ApplicationFailure).type;
}
