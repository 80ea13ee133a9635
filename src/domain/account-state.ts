/** Why the machine paused an account by itself. People give a reason in words, and no cause. */
export type PauseCause = 'credentials_refused';

/** Whether new sends by a provider account wait, and who said so. Times are Unix milliseconds of the workflow's clock. */
export type AccountState =
  | { readonly paused: false; readonly by?: string; readonly since?: number; readonly reason?: string }
  | {
      readonly paused: true;
      readonly by: string;
      readonly since: number;
      readonly reason: string;
      /** Absent: people paused it, and only people end that. */
      readonly cause?: PauseCause;
      /** With a cause: when it was last looked whether the cause still stands. */
      readonly checkedAt?: number;
      /** How many payouts got leave to look since the pause began. */
      readonly probes?: number;
    };

/** A pause that ends by itself once the provider accepts the credentials. */
export type CredentialsPause = Extract<AccountState, { readonly paused: true }> & {
  readonly cause: 'credentials_refused';
};

export const isCredentialsPause = (state: AccountState): state is CredentialsPause =>
  state.paused && state.cause === 'credentials_refused';

/** The name under which the machine pauses. */
export const machineName = 'payouts';
/**
 * Refused credentials are tried again by one payout of those that come or wait: a few seconds after the first refusal, which
 * may have been a slip of the provider's, and then ever more slowly.
 */
const firstProbeMs = 5_000;
const longestProbeMs = 15 * 60_000;
const probeEveryMs = ({ probes = 0 }: CredentialsPause): number =>
  Math.min(longestProbeMs, firstProbeMs * 2 ** Math.min(20, probes));
/** Many sends are refused at once: what was known less than this long ago is not written down again. */
const knownForMs = 60_000;

/** The provider refused the credentials. Undefined: that changes nothing, people's pauses included. */
export function afterRefusedCredentials(state: AccountState, now: number): AccountState | undefined {
  if (isCredentialsPause(state)) {
    return now - (state.checkedAt ?? 0) < knownForMs ? undefined : { ...state, checkedAt: now };
  }
  if (state.paused) return undefined;
  return {
    paused: true,
    cause: 'credentials_refused',
    by: machineName,
    since: now,
    checkedAt: now,
    reason: 'the provider refuses the credentials; ends by itself once it accepts them',
  };
}

/** The provider accepted them, from a send that passed the pause which began at `since`. Undefined: that one is over. */
export const afterAcceptedCredentials = (
  state: AccountState,
  since: number,
  now: number,
): AccountState | undefined =>
  isCredentialsPause(state) && state.since === since
    ? { paused: false, by: machineName, since: now, reason: 'the provider accepts the credentials again' }
    : undefined;

/** One send gets leave to try them. Undefined: there is nothing to try, or that was done a short time ago. */
export const withProbe = (state: AccountState, now: number): AccountState | undefined =>
  isCredentialsPause(state) && now - (state.checkedAt ?? state.since) >= probeEveryMs(state)
    ? { ...state, checkedAt: now, probes: (state.probes ?? 0) + 1 }
    : undefined;

/** Reads the state out of a memo; undefined when it is none. */
export function parseAccountState(value: unknown): AccountState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { paused, by, since, reason, cause, checkedAt, probes } = value as Record<string, unknown>;
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
  return {
    paused,
    by,
    since,
    reason,
    // A cause that only newer workers know is none to this one: it holds everything back.
    ...(cause === 'credentials_refused' ? { cause } : {}),
    ...(typeof checkedAt === 'number' ? { checkedAt } : {}),
    ...(typeof probes === 'number' ? { probes } : {}),
  };
}
