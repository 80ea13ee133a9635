import type { ActivityPorts } from './activity-ports';

/**
 * Gives work a signal that is aborted after `ms`, and with `outer`. For local activities: past their time limit the run would
 * see a failure of ours where the answer is that somebody else takes too long.
 */
export async function withinTime<T>(
  ports: Pick<ActivityPorts, 'every'>,
  ms: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly kind: 'done'; readonly value: T } | { readonly kind: 'too-late' }> {
  const limit = new AbortController();
  let stopWaiting: () => void = () => undefined;
  const late = new Promise<{ readonly kind: 'too-late' }>((resolve) => {
    stopWaiting = ports.every(Math.max(1, ms), () => {
      limit.abort();
      resolve({ kind: 'too-late' });
    });
  });
  const done = work(AbortSignal.any([outer, limit.signal])).then(
    (value) => ({ kind: 'done', value }) as const,
    (error: unknown) => {
      if (limit.signal.aborted) return { kind: 'too-late' } as const;
      throw error;
    },
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    stopWaiting();
  }
}
