import * as fc from 'fast-check';
import type { IdempotencyContract } from '../../src/domain/idempotency-contract';
import type { AttemptLog } from '../../src/domain/submission';
import {
  isProvenAbsent,
  lookUpEmpty,
  mayReplay,
  needsPerson,
  newAttemptLog,
  nextGeneration,
  planRecovery,
  replayRoomMs,
  roundTaken,
  sendNotMade,
  sendStarted,
  sendUnresolved,
  settled,
} from '../../src/domain/submission';
import { holds } from '../support/property';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const rest: Pick<IdempotencyContract, 'refusalsRemembered' | 'echoes' | 'returns' | 'unpaid'> = {
  refusalsRemembered: false,
  echoes: { submit: [], lookUp: [], status: [] },
  returns: { reported: false, watchMs: 0 },
  unpaid: { settleMs: minute, watchMs: day },
};

/** The contracts of the three providers as their adapters declare them, and one provider that promises nothing. */
const contracts = {
  pontis: {
    ...rest,
    replay: { windowMs: day, afterEmptyLookUps: 0, verifyByLookUp: false },
    lookUp: { kind: 'none', graceMs: 0, absence: null },
    recoveryPlanMs: [1, 2, 4, 8, 16, 32, 60, 60, 300, 900, 3_600].map((seconds) => seconds * second),
    personAfterMs: day,
  },
  payfield: {
    ...rest,
    replay: { windowMs: 30 * day, afterEmptyLookUps: 2, verifyByLookUp: false },
    lookUp: { kind: 'by-key', graceMs: 65 * second, absence: { afterMs: 10 * minute, lookUps: 2 } },
    recoveryPlanMs: [65, 65, 120, 300, 600, 3_600].map((seconds) => seconds * second),
    personAfterMs: hour,
  },
  syncgram: {
    ...rest,
    replay: { windowMs: 15 * minute, afterEmptyLookUps: 1, verifyByLookUp: true },
    lookUp: { kind: 'scan', graceMs: 5 * second, absence: null },
    refusalsRemembered: true,
    recoveryPlanMs: [5, 10, 30, 60, 120, 300, 900, 3_600].map((seconds) => seconds * second),
    personAfterMs: 30 * minute,
  },
  nothing: {
    ...rest,
    replay: { windowMs: 0, afterEmptyLookUps: 0, verifyByLookUp: false },
    lookUp: { kind: 'none', graceMs: 0, absence: null },
    recoveryPlanMs: [minute],
    personAfterMs: 0,
  },
} as const satisfies Record<string, IdempotencyContract>;
const { pontis, payfield, syncgram, nothing } = contracts;
const named = Object.entries(contracts) as (readonly [string, IdempotencyContract])[];

/** A Unix time, so that nothing works by accident because it begins at 0. */
const t0 = 1_800_000_000_000;
const unresolvedAt = (at: number, log = newAttemptLog(1)): AttemptLog =>
  sendUnresolved(sendStarted(log), { writtenFrom: at, writtenUntil: at });
const wished = { cancelRequested: true };
const unwished = { cancelRequested: false };

describe('booking sends', () => {
  test('a new log knows of nothing', () => {
    expect(newAttemptLog(3)).toEqual({
      generation: 3,
      sends: 0,
      unresolved: 0,
      emptyLookUps: 0,
      conclusiveLookUps: 0,
      rounds: 0,
    });
  });

  test('the window counts from the earliest possible write, absence from the latest', () => {
    let log = sendUnresolved(newAttemptLog(1), { writtenFrom: t0 + 10, writtenUntil: t0 + 50 });
    log = sendUnresolved(log, { writtenFrom: t0 + 100, writtenUntil: t0 + 200 });
    log = sendUnresolved(log, { writtenFrom: t0, writtenUntil: t0 + 5 });
    expect(log).toMatchObject({ unresolved: 3, firstUnresolvedAt: t0, lastUnresolvedAt: t0 + 200 });
  });

  test('an unresolved send makes earlier look-ups say nothing', () => {
    let log = unresolvedAt(t0);
    log = lookUpEmpty(log, payfield, t0 + 11 * minute);
    log = lookUpEmpty(log, payfield, t0 + 12 * minute);
    expect(isProvenAbsent(log, payfield)).toBe(true);
    log = unresolvedAt(t0 + 13 * minute, log);
    expect(log).toMatchObject({ emptyLookUps: 0, conclusiveLookUps: 0 });
    expect(isProvenAbsent(log, payfield)).toBe(false);
    expect(mayReplay(log, payfield, { now: t0 + 14 * minute, ...unwished })).toBe(false);
  });

  test('after proof nothing is unresolved, and sends and generation stay counted', () => {
    const log = settled(roundTaken(lookUpEmpty(unresolvedAt(t0, newAttemptLog(2)), payfield, t0 + hour)));
    expect(log).toEqual({ ...newAttemptLog(2), sends: 1 });
  });

  test('a later send may be quiet for longer; one that says nothing of it changes nothing', () => {
    const first = sendUnresolved(newAttemptLog(1), {
      writtenFrom: t0,
      writtenUntil: t0,
      quietUntil: t0 + minute,
    });
    expect(first.quietUntil).toBe(t0 + minute);
    expect(unresolvedAt(t0 + 5, first).quietUntil).toBe(t0 + minute);
  });
});

describe('Pontis: the replay is the look-up, for a day', () => {
  const log = unresolvedAt(t0);
  test.each([
    ['at once', 0, true],
    ['an hour later', hour, true],
    ['2 s before the window ends', day - 2 * second, true],
    ['less than 2 s before the window ends', day - 2 * second + 1, false],
    ['at the end of the window', day, false],
    ['a week later', 7 * day, false],
  ])('%s', (_when, after, may) => {
    expect(mayReplay(log, pontis, { now: t0 + after, ...unwished })).toBe(may);
    expect(mayReplay(log, pontis, { now: t0 + after, ...wished })).toBe(false);
  });

  test('a replay that is itself unresolved does not lengthen the window', () => {
    const again = unresolvedAt(t0 + 23 * hour, log);
    expect(replayRoomMs(again, pontis, t0 + 23 * hour)).toBe(hour);
    expect(mayReplay(again, pontis, { now: t0 + day, ...unwished })).toBe(false);
  });

  test('the last replay is planned just before the window closes, then it is a person’s turn', () => {
    let late = log;
    for (let rounds = 0; rounds < 30; rounds += 1) late = roundTaken(late);
    expect(planRecovery(late, pontis, { since: t0 + 20 * hour, ...unwished })).toEqual({
      kind: 'round',
      at: t0 + day - minute,
    });
    expect(planRecovery(late, pontis, { since: t0 + day - minute, ...unwished })).toEqual({ kind: 'person' });
    expect(planRecovery(late, pontis, { since: t0 + day, ...unwished })).toEqual({ kind: 'person' });
  });

  test('once a cancellation is wished only a person can go on', () => {
    expect(planRecovery(log, pontis, { since: t0, ...wished })).toEqual({ kind: 'person' });
  });

  test('absence is never proven', () => {
    let looked = log;
    for (let read = 0; read < 100; read += 1) looked = lookUpEmpty(looked, pontis, t0 + read * day);
    expect(isProvenAbsent(looked, pontis)).toBe(false);
  });
});

describe('Payfield: look-ups by our key, absence after ten minutes and two of them', () => {
  const log = unresolvedAt(t0);
  const looked = (...minutes: number[]): AttemptLog =>
    minutes.reduce((before, at) => lookUpEmpty(before, payfield, t0 + at * minute), log);

  test.each([
    ['no look-up', [], false],
    ['one, late', [60], false],
    ['two before the ten minutes', [2, 9.99], false],
    ['one before and one after', [9.99, 10], false],
    ['two, from ten minutes on', [10, 10.2], true],
    ['two within ten seconds, which is one', [10, 10.1], false],
    ['many early ones and one late', [2, 3, 4, 5, 6, 7, 8, 9, 11], false],
    ['many early ones and two late', [2, 3, 4, 11, 12], true],
  ])('%s: absent %s', (_what, minutes, absent) =>
    expect(isProvenAbsent(looked(...minutes), payfield)).toBe(absent),
  );

  test.each([
    ['none', [], false],
    ['two inside the grace period', [0.5, 1.08], false],
    ['one behind it', [1.1], false],
    ['two behind it', [1.1, 2], true],
  ])('replays after two look-ups behind the grace period: %s', (_what, minutes, may) =>
    expect(mayReplay(looked(...minutes), payfield, { now: t0 + 5 * minute, ...unwished })).toBe(may),
  );

  test('a cancellation stops replays and not look-ups', () => {
    const twice = looked(2, 3);
    expect(mayReplay(twice, payfield, { now: t0 + 5 * minute, ...wished })).toBe(false);
    expect(planRecovery(twice, payfield, { since: t0 + 5 * minute, ...wished }).kind).toBe('round');
  });

  test('the ten minutes count from the last unresolved send', () => {
    const again = unresolvedAt(t0 + 5 * minute, log);
    const early = [12, 14].reduce((before, at) => lookUpEmpty(before, payfield, t0 + at * minute), again);
    expect(isProvenAbsent(early, payfield)).toBe(false);
    const late = [15, 16].reduce((before, at) => lookUpEmpty(before, payfield, t0 + at * minute), again);
    expect(isProvenAbsent(late, payfield)).toBe(true);
  });

  test('a look-up inside the grace period never counts, even where a sandbox waits for nothing else', () => {
    const hasty = { ...payfield, lookUp: { ...payfield.lookUp, absence: { afterMs: 0, lookUps: 1 } } };
    expect(isProvenAbsent(lookUpEmpty(log, hasty, t0 + 64 * second), hasty)).toBe(false);
    expect(isProvenAbsent(lookUpEmpty(log, hasty, t0 + 65 * second), hasty)).toBe(true);
  });
});

describe('Syncgram: scanned before it is replayed, replayed for a quarter of an hour, absence never', () => {
  const log = unresolvedAt(t0);
  const scanned = lookUpEmpty(log, syncgram, t0 + 5 * second);

  test.each([
    ['without a scan', log, minute, false],
    ['after a scan inside the grace period', lookUpEmpty(log, syncgram, t0 + 4_999), minute, false],
    ['after one empty scan', scanned, minute, true],
    ['two seconds before the quarter', scanned, 15 * minute - 2 * second, true],
    ['at the quarter', scanned, 15 * minute, false],
    ['when the provider’s memory ends', scanned, 30 * minute, false],
  ])('%s', (_what, given, after, may) =>
    expect(mayReplay(given, syncgram, { now: t0 + after, ...unwished })).toBe(may),
  );

  test('each replay needs a scan of its own', () => {
    const replayed = unresolvedAt(t0 + minute, scanned);
    expect(mayReplay(replayed, syncgram, { now: t0 + 2 * minute, ...unwished })).toBe(false);
    const again = lookUpEmpty(replayed, syncgram, t0 + 2 * minute);
    expect(mayReplay(again, syncgram, { now: t0 + 2 * minute, ...unwished })).toBe(true);
    expect(mayReplay(again, syncgram, { now: t0 + 15 * minute, ...unwished })).toBe(false);
  });

  test('scans go on for ever, and prove nothing', () => {
    let looked = log;
    for (let read = 0; read < 1_000; read += 1)
      looked = roundTaken(lookUpEmpty(looked, syncgram, t0 + read * hour));
    expect(isProvenAbsent(looked, syncgram)).toBe(false);
    expect(planRecovery(looked, syncgram, { since: t0 + 1_000 * hour, ...unwished })).toEqual({
      kind: 'round',
      at: t0 + 1_000 * hour + 6 * hour,
    });
  });
});

describe('a provider that promises nothing', () => {
  test('is never replayed, never absent, and a person’s business at once', () => {
    const log = unresolvedAt(t0);
    for (const after of [0, 1, second, day]) {
      expect(mayReplay(log, nothing, { now: t0 + after, ...unwished })).toBe(false);
      expect(planRecovery(log, nothing, { since: t0 + after, ...unwished })).toEqual({ kind: 'person' });
      expect(isProvenAbsent(lookUpEmpty(log, nothing, t0 + after), nothing)).toBe(false);
    }
    expect(needsPerson(t0, nothing, t0)).toBe(true);
  });
});

describe('waits between rounds', () => {
  test.each(named)(
    '%s: each is at least as long as the one before, and none is longer than a day',
    (_name, contract) => {
      let log = unresolvedAt(t0);
      let before = 0;
      for (let rounds = 0; rounds < 60; rounds += 1) {
        // Time stands still, so that only the delay itself is seen.
        const plan = planRecovery(log, contract, { since: t0, ...unwished });
        if (plan.kind === 'person') break;
        const delay = plan.at - t0;
        expect(delay).toBeGreaterThan(0);
        expect(delay).toBeGreaterThanOrEqual(before);
        expect(delay).toBeLessThanOrEqual(day);
        before = delay;
        log = roundTaken(log);
      }
    },
  );

  test('a plan whose last wait is longer than a day keeps it', () => {
    const slow = { ...syncgram, recoveryPlanMs: [hour, 3 * day] };
    let log = unresolvedAt(t0);
    const delays: number[] = [];
    for (let rounds = 0; rounds < 4; rounds += 1, log = roundTaken(log)) {
      const plan = planRecovery(log, slow, { since: t0, ...unwished });
      delays.push(plan.kind === 'round' ? plan.at - t0 : -1);
    }
    expect(delays).toEqual([hour, 3 * day, 3 * day, 3 * day]);
  });

  test('no round before a lost attempt’s last possible write', () => {
    const lost = sendUnresolved(newAttemptLog(1), {
      writtenFrom: t0,
      writtenUntil: t0 + 5 * second,
      quietUntil: t0 + 35 * second,
    });
    for (const [, contract] of named) {
      const plan = planRecovery(lost, contract, { since: t0, ...unwished });
      if (plan.kind === 'round') expect(plan.at).toBeGreaterThanOrEqual(t0 + 35 * second);
    }
  });

  test.each(named)('%s: a person is asked after the contract’s patience', (_name, contract) => {
    expect(needsPerson(t0, contract, t0 + contract.personAfterMs)).toBe(true);
    if (contract.personAfterMs > 0) {
      expect(needsPerson(t0, contract, t0 + contract.personAfterMs - 1)).toBe(false);
    }
  });
});

/** Contracts of every kind, far from the four above too. */
const anyContract: fc.Arbitrary<IdempotencyContract> = fc
  .record({
    windowMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 * day })),
    afterEmptyLookUps: fc.nat({ max: 3 }),
    kind: fc.constantFrom('by-key' as const, 'scan' as const, 'none' as const),
    graceMs: fc.integer({ min: 0, max: 5 * minute }),
    absence: fc.option(
      fc.record({ afterMs: fc.integer({ min: 0, max: hour }), lookUps: fc.integer({ min: 2, max: 4 }) }),
    ),
    recoveryPlanMs: fc
      .array(fc.integer({ min: 1, max: 2 * day }), { minLength: 1, maxLength: 6 })
      .map((delays) => delays.sort((left, right) => left - right)),
  })
  .map(({ windowMs, afterEmptyLookUps, kind, graceMs, absence, recoveryPlanMs }) => ({
    ...rest,
    replay: { windowMs, afterEmptyLookUps: kind === 'none' ? 0 : afterEmptyLookUps, verifyByLookUp: false },
    lookUp: { kind, graceMs, absence: kind === 'none' ? null : absence },
    recoveryPlanMs,
    personAfterMs: hour,
  }));

type Event =
  | { readonly kind: 'send'; readonly waitMs: number; readonly tookMs: number; readonly lost: boolean }
  | { readonly kind: 'look-up'; readonly waitMs: number; readonly tookMs: number }
  | { readonly kind: 'round'; readonly waitMs: number };
const waitMs = fc.oneof(fc.nat({ max: 10 * second }), fc.nat({ max: 20 * minute }), fc.nat({ max: day }));
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constant('send' as const),
    waitMs,
    tookMs: fc.nat({ max: minute }),
    lost: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('look-up' as const), waitMs, tookMs: fc.nat({ max: minute }) }),
  fc.record({ kind: fc.constant('round' as const), waitMs }),
);

/** What really happened, kept beside the log and counted in the most naive way. */
type Truth = {
  readonly sends: { readonly from: number; readonly until: number }[];
  /** Begin and number of sends made before it, for every look-up that found nothing. */
  readonly lookUps: { readonly begunAt: number; readonly sendsBefore: number }[];
};

function play(
  contract: IdempotencyContract,
  events: readonly Event[],
): { log: AttemptLog; truth: Truth; now: number } {
  let now = t0;
  let log = unresolvedAt(now);
  const truth: Truth = { sends: [{ from: now, until: now }], lookUps: [] };
  for (const happening of events) {
    now += happening.waitMs;
    if (happening.kind === 'round') log = roundTaken(log);
    if (happening.kind === 'look-up') {
      truth.lookUps.push({ begunAt: now, sendsBefore: truth.sends.length });
      log = lookUpEmpty(log, contract, now);
      now += happening.tookMs;
    }
    if (happening.kind === 'send') {
      const sent = { from: now, until: now + happening.tookMs };
      truth.sends.push(sent);
      log = sendUnresolved(sendStarted(log), {
        writtenFrom: sent.from,
        writtenUntil: sent.until,
        ...(happening.lost ? { quietUntil: sent.until + minute } : {}),
      });
      now = sent.until;
    }
  }
  return { log, truth, now };
}

/**
 * Look-ups behind the last unresolved send whose begin is at least `ageMs` behind its last possible write. Of those
 * behind the grace period, two within ten seconds (or within a shorter grace period) are one.
 */
const lookUpsOlderThan = ({ sends, lookUps }: Truth, ageMs: number, graceMs: number): number => {
  const lastWrite = Math.max(...sends.map(({ until }) => until));
  let last = -Infinity;
  let count = 0;
  for (const { begunAt, sendsBefore } of lookUps) {
    const counts = sendsBefore === sends.length && begunAt - lastWrite >= graceMs;
    if (!counts || begunAt - last < Math.min(10 * second, graceMs)) continue;
    last = begunAt;
    if (begunAt - lastWrite >= ageMs) count += 1;
  }
  return count;
};

describe('laws over any contract and any course of events', () => {
  const course = fc.array(event, { maxLength: 12 });
  const runs = 2_000;

  test('no replay beyond the window since the first unresolved send, and none after a cancel wish', () => {
    holds(
      [anyContract, course, fc.nat({ max: 3 * day })],
      (contract, events, later) => {
        const { log, truth, now } = play(contract, events);
        const at = now + later;
        if (mayReplay(log, contract, { now: at, ...unwished })) {
          const firstWrite = Math.min(...truth.sends.map(({ from }) => from));
          expect(at).toBeLessThan(firstWrite + contract.replay.windowMs);
          expect(replayRoomMs(log, contract, at)).toBeGreaterThanOrEqual(2 * second);
        }
        expect(mayReplay(log, contract, { now: at, ...wished })).toBe(false);
      },
      runs,
    );
  });

  test('no replay without the look-ups that the contract asks for, all behind the last unresolved send', () => {
    holds(
      [anyContract, course],
      (contract, events) => {
        const { log, truth, now } = play(contract, events);
        if (!mayReplay(log, contract, { now, ...unwished })) return;
        expect(
          lookUpsOlderThan(truth, contract.lookUp.graceMs, contract.lookUp.graceMs),
        ).toBeGreaterThanOrEqual(contract.replay.afterEmptyLookUps);
      },
      runs,
    );
  });

  test('absence exactly by the look-ups that were begun late enough behind the last unresolved send', () => {
    holds(
      [anyContract, course],
      (contract, events) => {
        const { log, truth } = play(contract, events);
        const { absence, graceMs } = contract.lookUp;
        const late =
          absence === null ? 0 : lookUpsOlderThan(truth, Math.max(absence.afterMs, graceMs), graceMs);
        expect(isProvenAbsent(log, contract)).toBe(absence !== null && late >= absence.lookUps);
        expect(log.conclusiveLookUps).toBeLessThanOrEqual(log.emptyLookUps);
      },
      runs,
    );
  });

  test('time alone proves nothing and replays nothing anew', () => {
    holds([anyContract, course, fc.nat({ max: 365 * day })], (contract, events, later) => {
      const { log, now } = play(contract, events);
      if (!mayReplay(log, contract, { now, ...unwished })) {
        expect(mayReplay(log, contract, { now: now + later, ...unwished })).toBe(false);
      }
      // isProvenAbsent takes no time at all: only look-ups move it.
      expect(isProvenAbsent.length).toBe(2);
    });
  });

  test('an unresolved send resets every count of look-ups', () => {
    holds([anyContract, course], (contract, events) => {
      const { log, now } = play(contract, events);
      const again = unresolvedAt(now, log);
      expect(again).toMatchObject({ emptyLookUps: 0, conclusiveLookUps: 0, unresolved: log.unresolved + 1 });
      expect(isProvenAbsent(again, contract)).toBe(false);
      expect(again.firstUnresolvedAt).toBeLessThanOrEqual(now);
      expect(again.lastUnresolvedAt).toBeGreaterThanOrEqual(now);
    });
  });

  test('a person exactly where nothing can be looked up and no replay is possible any more', () => {
    holds(
      [anyContract, course, fc.nat({ max: 3 * day }), fc.boolean()],
      (contract, events, later, cancelRequested) => {
        const { log, now } = play(contract, events);
        const since = now + later;
        const plan = planRecovery(log, contract, { since, cancelRequested });
        if (contract.lookUp.kind !== 'none') return expect(plan.kind).toBe('round');
        const earliest = Math.max(since, log.quietUntil ?? 0);
        if (plan.kind === 'round') {
          expect(mayReplay(log, contract, { now: plan.at, cancelRequested })).toBe(true);
          return expect(plan.at).toBeGreaterThan(since);
        }
        // The last minute of a window is left to late timers.
        return expect(mayReplay(log, contract, { now: earliest + minute, cancelRequested })).toBe(false);
      },
      runs,
    );
  });

  test('rounds are never in the past, never in the quiet time, and never more than the longest delay away', () => {
    holds(
      [anyContract, course, fc.boolean()],
      (contract, events, cancelRequested) => {
        const { log, now } = play(contract, events);
        const plan = planRecovery(log, contract, { since: now, cancelRequested });
        if (plan.kind === 'person') return;
        expect(plan.at).toBeGreaterThan(now - 1);
        expect(plan.at).toBeGreaterThanOrEqual(log.quietUntil ?? 0);
        expect(plan.at).toBeLessThanOrEqual(
          Math.max(now + Math.max(day, ...contract.recoveryPlanMs), log.quietUntil ?? 0),
        );
      },
      runs,
    );
  });

  test('delays never shrink while the plan’s do not, as long as look-ups go on', () => {
    holds([anyContract, fc.nat({ max: 40 })], (contract, rounds) => {
      fc.pre(contract.lookUp.kind !== 'none');
      let log = unresolvedAt(t0);
      for (let taken = 0; taken < rounds; taken += 1) log = roundTaken(log);
      const next = planRecovery(log, contract, { since: t0, ...unwished });
      const afterwards = planRecovery(roundTaken(log), contract, { since: t0, ...unwished });
      if (next.kind !== 'round' || afterwards.kind !== 'round') throw new Error('look-ups never end');
      expect(afterwards.at).toBeGreaterThanOrEqual(next.at);
    });
  });
});

describe('the generation of a fresh attempt', () => {
  const started = sendStarted(newAttemptLog(3));
  it.each([
    ['is the first one where there was none', undefined, 1],
    ['stays where nothing was sent', newAttemptLog(3), 3],
    ['stays where a send was given up before its first byte', sendNotMade(started), 3],
    ['rises where one was sent', started, 4],
    ['rises where the register may have it for sent', sendNotMade(started, true), 4],
    [
      'rises where the register may, and a later send was given up',
      sendNotMade(sendStarted(sendNotMade(started, true))),
      4,
    ],
  ])('%s', (_name, last, generation) => expect(nextGeneration(last)).toBe(generation));
});
