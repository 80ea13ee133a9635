import type { ProviderFailure } from '../../domain/provider-failure';
import type { LoginReply } from './wire';

export type LoginOutcome =
  | { readonly ok: true; readonly login: LoginReply }
  | { readonly ok: false; readonly failure: ProviderFailure };

export type TokenOutcome =
  { readonly ok: true; readonly token: string } | { readonly ok: false; readonly failure: ProviderFailure };

export type Session = {
  /** A token to send with: the one at hand, or of a login that all callers share. */
  token(signal: AbortSignal | undefined): Promise<TokenOutcome>;
  /** Forgets a token that was refused; another one that came meanwhile stays. */
  discard(token: string): void;
};

/** A token is replaced after this part of its life: 12 of the documented 15 minutes. */
const refreshAfter = 0.8;
const longestPauseMs = 15 * 60_000;

type Token = {
  readonly value: string;
  readonly since: number;
  readonly refreshAt: number;
  readonly expiresAt: number;
};
type Pause = { readonly failure: ProviderFailure; readonly until: number };

/**
 * The bearer token of one account, shared by all sends of a worker. One login is in flight at a time, because logins are
 * rate-limited per account (docs.pontisglobe.com/api-reference/login); it belongs to no single caller, so a caller's abort
 * does not end it for the others. Refused logins in a row are spaced by growing pauses.
 */
export function createSession(deps: {
  readonly logIn: () => Promise<LoginOutcome>;
  readonly now: () => number;
}): Session {
  let held: Token | undefined;
  let inFlight: Promise<TokenOutcome> | undefined;
  let pause: Pause | undefined;
  let refusedInARow = 0;

  const heldBefore = (limit: 'refreshAt' | 'expiresAt'): string | undefined => {
    const now = deps.now();
    // A clock that was set back tells nothing about the age of the token.
    return held && held.since <= now && now < held[limit] ? held.value : undefined;
  };

  const pausedFailure = (): ProviderFailure | undefined => {
    const left = pause ? pause.until - deps.now() : 0;
    return pause && left > 0 && left <= longestPauseMs ? { ...pause.failure, retryAfterMs: left } : undefined;
  };

  async function logIn(): Promise<TokenOutcome> {
    const since = deps.now();
    const outcome = await deps.logIn();
    if (outcome.ok) {
      const { access_token: value, expires_in: seconds } = outcome.login;
      held = {
        value,
        since,
        refreshAt: since + seconds * 1000 * refreshAfter,
        expiresAt: since + seconds * 1000,
      };
      pause = undefined;
      refusedInARow = 0;
      return { ok: true, token: value };
    }
    // Only an answer is a refusal; a network failure is the sender's to space.
    if (outcome.failure.httpStatus !== undefined) {
      refusedInARow += 1;
      const wait = Math.min(outcome.failure.retryAfterMs ?? standardPauseMs(refusedInARow), longestPauseMs);
      pause = { failure: outcome.failure, until: deps.now() + wait };
    }
    return outcome;
  }

  function sharedLogin(): Promise<TokenOutcome> {
    inFlight ??= logIn().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  }

  return {
    async token(signal) {
      if (signal?.aborted) return aborted;
      const fresh = heldBefore('refreshAt');
      if (fresh !== undefined) return { ok: true, token: fresh };
      const paused = pausedFailure();
      const outcome: TokenOutcome = paused
        ? { ok: false, failure: paused }
        : await unlessAborted(sharedLogin(), signal);
      if (outcome.ok || outcome === aborted) return outcome;
      // The refresh failed, but the token still lives for a while.
      const living = heldBefore('expiresAt');
      return living === undefined ? outcome : { ok: true, token: living };
    },
    discard(token) {
      if (held?.value === token) held = undefined;
    },
  };
}

/** The first refusal may be repeated at once; then 1, 2, 4 … 60 s (docs.pontisglobe.com/errors, "exponential backoff"). */
const standardPauseMs = (refusals: number): number =>
  refusals < 2 ? 0 : Math.min(1000 * 2 ** Math.min(refusals - 2, 6), 60_000);

const aborted: TokenOutcome = { ok: false, failure: { effect: 'none', code: 'not_sent' } };

/** Waits for a shared promise, which goes on when this caller gives up. */
function unlessAborted(
  shared: Promise<TokenOutcome>,
  signal: AbortSignal | undefined,
): Promise<TokenOutcome> {
  if (signal === undefined) return shared;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => resolve(aborted);
    signal.addEventListener('abort', giveUp, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
