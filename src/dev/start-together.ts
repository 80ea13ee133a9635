import { StartInterruptedError } from './start-interrupted';

/** One part of an environment. `stop` resolves when it is gone. */
type Part = { stop(): Promise<void> };

/**
 * Starts parts side by side. When one fails, or `interrupt` ends the start, the others hear of it by their signal, and what
 * did start is stopped before the first error is thrown: nothing is left that keeps this process alive.
 */
export async function startTogether<Parts extends readonly Part[]>(
  starts: { readonly [Index in keyof Parts]: (signal: AbortSignal) => Promise<Parts[Index]> },
  interrupt?: AbortSignal,
): Promise<Parts> {
  const over = new AbortController();
  const interrupted = (): void => over.abort(new StartInterruptedError());
  if (interrupt?.aborted === true) throw new StartInterruptedError();
  interrupt?.addEventListener('abort', interrupted, { once: true });
  const settled = await Promise.allSettled(
    starts.map(async (start) => {
      try {
        return await start(over.signal);
      } catch (error) {
        // Only the first reason counts: what the others say follows from it.
        over.abort(error);
        throw error;
      }
    }),
  );
  interrupt?.removeEventListener('abort', interrupted);
  const parts = settled.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  if (!over.signal.aborted) return parts as unknown as Parts;
  await Promise.allSettled(parts.map(async (part) => part.stop()));
  throw over.signal.reason;
}
