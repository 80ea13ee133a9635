import type { IdempotencyContract } from './idempotency-contract';

/**
 * What is known about the sends under one attempt key, and what may be done next. Pure: the workflow feeds it facts and
 * asks; it never acts. Times are Unix milliseconds of the workflow's clock.
 */
export type AttemptLog = {
  readonly generation: number;
  readonly sends: number;
  /** The register may have the key for sent although it was not: another body takes another key. */
  readonly mayBeMarked?: true;
  /** Sends that may have been accepted. While it is not 0, no refusal means anything. */
  readonly unresolved: number;
  /** The earliest moment at which an unresolved send can have been written: key windows count from here. */
  readonly firstUnresolvedAt?: number;
  /** The latest moment at which an unresolved send can have been written: absence counts from here. */
  readonly lastUnresolvedAt?: number;
  /** Complete look-ups that found nothing, begun after the grace period behind the last unresolved send. */
  readonly emptyLookUps: number;
  /** Those of them begun late enough to prove absence. */
  readonly conclusiveLookUps: number;
  /** When the last look-up that counted was begun. */
  readonly lastLookUpAt?: number;
  /** Recovery rounds taken since the outcome became unknown. */
  readonly rounds: number;
  /** No recovery step before this: a send whose attempt was lost may still be under way. */
  readonly quietUntil?: number;
};

export const newAttemptLog = (generation: number): AttemptLog => ({
  generation,
  sends: 0,
  unresolved: 0,
  emptyLookUps: 0,
  conclusiveLookUps: 0,
  rounds: 0,
});

/** A send is about to be scheduled. Counted before it happens, so that nothing can be forgotten. */
export const sendStarted = (log: AttemptLog): AttemptLog => ({ ...log, sends: log.sends + 1 });

/** It turned out that the send was not made: no byte was written. */
export const sendNotMade = (log: AttemptLog, mayBeMarked = false): AttemptLog => ({
  ...log,
  sends: log.sends - 1,
  ...(mayBeMarked ? { mayBeMarked } : {}),
});

/**
 * The generation of a fresh attempt. A key that was ever sent, or may be entered as sent, keeps its body: whatever changes the
 * body takes a new one. Asked only when every send under the last key is known to have moved nothing.
 */
export const nextGeneration = (last: AttemptLog | undefined): number => {
  if (last === undefined) return 1;
  return last.sends === 0 && last.mayBeMarked === undefined ? last.generation : last.generation + 1;
};

/**
 * The outcome of a send is not known. `writtenFrom`–`writtenUntil` bound the moment of its write. Earlier look-ups say
 * nothing about it, so they no longer count.
 */
export function sendUnresolved(
  log: AttemptLog,
  send: { readonly writtenFrom: number; readonly writtenUntil: number; readonly quietUntil?: number },
): AttemptLog {
  const { lastLookUpAt: _before, ...rest } = log;
  return {
    ...rest,
    unresolved: log.unresolved + 1,
    firstUnresolvedAt: Math.min(log.firstUnresolvedAt ?? send.writtenFrom, send.writtenFrom),
    lastUnresolvedAt: Math.max(log.lastUnresolvedAt ?? send.writtenUntil, send.writtenUntil),
    emptyLookUps: 0,
    conclusiveLookUps: 0,
    ...(send.quietUntil === undefined ? {} : { quietUntil: send.quietUntil }),
  };
}

/** Two look-ups closer together than this are one: a resume or a hint must not turn patience into a double click. */
const lookUpSpacingMs = 10_000;

/** A complete look-up, begun at `begunAt`, found nothing. */
export function lookUpEmpty(log: AttemptLog, contract: IdempotencyContract, begunAt: number): AttemptLog {
  const age = begunAt - (log.lastUnresolvedAt ?? begunAt);
  const { graceMs, absence } = contract.lookUp;
  const spacingMs = Math.min(lookUpSpacingMs, graceMs);
  if (age < graceMs || begunAt - (log.lastLookUpAt ?? -Infinity) < spacingMs) return log;
  return {
    ...log,
    lastLookUpAt: begunAt,
    emptyLookUps: log.emptyLookUps + 1,
    conclusiveLookUps: log.conclusiveLookUps + (absence !== null && age >= absence.afterMs ? 1 : 0),
  };
}

export const roundTaken = (log: AttemptLog): AttemptLog => ({ ...log, rounds: log.rounds + 1 });

/** Proven: no send under the key was accepted. Never by elapsed time alone, never by one look-up. */
export const isProvenAbsent = (log: AttemptLog, contract: IdempotencyContract): boolean =>
  contract.lookUp.absence !== null && log.conclusiveLookUps >= contract.lookUp.absence.lookUps;

/** After proof, of absence or of the one payout: nothing is unresolved any more; sends stay counted. */
export const settled = (log: AttemptLog): AttemptLog => ({
  ...newAttemptLog(log.generation),
  sends: log.sends,
});

/** How long a replay may still wait for its socket write; 0 or less: none may be made any more. */
export function replayRoomMs(log: AttemptLog, contract: IdempotencyContract, now: number): number {
  return (log.firstUnresolvedAt ?? now) + contract.replay.windowMs - now;
}

/** Shorter rooms are not used: scheduling alone can take that long. */
const leastReplayRoomMs = 2_000;

/** May the same key and body be sent again now, while its outcome is unknown? */
export function mayReplay(
  log: AttemptLog,
  contract: IdempotencyContract,
  situation: { readonly now: number; readonly cancelRequested: boolean },
): boolean {
  return (
    // Once a cancellation is wished, nothing is POSTed any more: a replay could create what nobody wants.
    !situation.cancelRequested &&
    log.emptyLookUps >= contract.replay.afterEmptyLookUps &&
    replayRoomMs(log, contract, situation.now) >= leastReplayRoomMs
  );
}

/** When the machine takes its next recovery round, or that only a person can go on. */
export type RecoveryPlan = { readonly kind: 'round'; readonly at: number } | { readonly kind: 'person' };

/** The last replay is planned this long before its window closes, so that a late timer does not miss it. */
const lastReplayMarginMs = 60_000;

/**
 * `since`: when the last round ended (or the outcome became unknown). A person, exactly where nothing can be looked up
 * and no replay is possible any more.
 */
export function planRecovery(
  log: AttemptLog,
  contract: IdempotencyContract,
  situation: { readonly since: number; readonly cancelRequested: boolean },
): RecoveryPlan {
  const { since, cancelRequested } = situation;
  const quietUntil = log.quietUntil ?? 0;
  const at = Math.max(since + nextDelayMs(log, contract), quietUntil);
  if (contract.lookUp.kind !== 'none') return { kind: 'round', at };
  if (mayReplay(log, contract, { now: at, cancelRequested })) return { kind: 'round', at };
  // The plan's next delay leads out of the window: one last replay before it closes.
  const lastAt = since + replayRoomMs(log, contract, since) - lastReplayMarginMs;
  if (lastAt > since && lastAt >= quietUntil && mayReplay(log, contract, { now: lastAt, cancelRequested })) {
    return { kind: 'round', at: lastAt };
  }
  return { kind: 'person' };
}

/** What was almost proven is not left lying: the look-ups that are still missing follow soon. */
function nextDelayMs(log: AttemptLog, contract: IdempotencyContract): number {
  const planned = recoveryDelayMs(log.rounds, contract);
  return log.conclusiveLookUps === 0 ? planned : Math.min(planned, provingDelayMs);
}

const provingDelayMs = 10 * 60_000;

/**
 * The n-th delay of the plan; behind its end the last one doubles up to six hours (or stays, where it is longer), so that a
 * long wait stays cheap, and an outage that ends is noticed on the same day.
 */
function recoveryDelayMs(round: number, contract: IdempotencyContract): number {
  const plan = contract.recoveryPlanMs;
  const last = plan[plan.length - 1] ?? longestDelayMs;
  const planned = plan[round];
  if (planned !== undefined) return planned;
  return Math.max(last, Math.min(longestDelayMs, last * 2 ** Math.min(20, round - plan.length + 1)));
}

const longestDelayMs = 6 * 3_600_000;

/**
 * Before this nobody may say that nothing was accepted, people included: a lost send may still be under way, or the
 * provider may still be booking it (its declared waits since the last unresolved send).
 */
export function peopleMayJudgeAt(log: AttemptLog, { lookUp }: IdempotencyContract): number {
  const declaredMs = Math.max(lookUp.graceMs, lookUp.absence?.afterMs ?? 0);
  return Math.max(log.quietUntil ?? 0, (log.lastUnresolvedAt ?? 0) + declaredMs);
}

/**
 * From when on people may say so as far as is known now: once it is theirs, nothing may be replayed any more, and no declared wait
 * is left.
 */
export const peopleMayEndAt = (
  log: AttemptLog,
  contract: IdempotencyContract,
  {
    theirsAt,
    now,
    cancelRequested,
  }: { readonly theirsAt: number; readonly now: number; readonly cancelRequested: boolean },
): number =>
  Math.max(
    theirsAt,
    peopleMayJudgeAt(log, contract),
    mayReplay(log, contract, { now, cancelRequested })
      ? now + replayRoomMs(log, contract, now) - leastReplayRoomMs + 1
      : 0,
  );

/** Whether the payout is by now a person's business (the machine's look-ups go on all the same). */
export const needsPerson = (unknownSince: number, contract: IdempotencyContract, now: number): boolean =>
  now >= unknownSince + contract.personAfterMs;
