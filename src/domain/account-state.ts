/** Whether new sends by a provider account wait, and who said so. Times are Unix milliseconds of the workflow's clock. */
export type AccountState =
  | { readonly paused: false; readonly by?: string; readonly since?: number; readonly reason?: string }
  | { readonly paused: true; readonly by: string; readonly since: number; readonly reason: string };

/** Reads the state out of a memo; undefined when it is none. */
export function parseAccountState(value: unknown): AccountState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { paused, by, since, reason } = value as Record<string, unknown>;
  if (paused === false) {
    return {
      paused,
      ...(typeof by === 'string' ? { by } : {}),
      ...(typeof since === 'number' ? { since } : {}),
      ...(typeof reason === 'string' ? { reason } : {}),
    };
  }
  if (paused !== true || typeof by !== 'string' || typeof since !== 'number' || typeof reason !== 'string')
    return undefined;
  return { paused, by, since, reason };
}
