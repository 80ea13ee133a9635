import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';

/** A failure with everything about it that workflow code can tell apart. */
export function wordsOf(error: unknown): string {
  if (error instanceof ActivityFailure) {
    return `ActivityFailure(${error.retryState}, ${error.message}) <- ${wordsOf(error.cause)}`;
  }
  if (error instanceof TimeoutFailure) {
    const cause = error.cause === undefined ? '' : ` <- ${wordsOf(error.cause)}`;
    return `TimeoutFailure(${error.timeoutType}, ${error.message})${cause}`;
  }
  if (error instanceof ApplicationFailure) {
    return `ApplicationFailure(${error.type}${error.nonRetryable === true ? ', non-retryable' : ''})`;
  }
  if (error instanceof CancelledFailure) return `CancelledFailure(${error.message})`;
  return error instanceof Error ? error.name : String(error);
}
