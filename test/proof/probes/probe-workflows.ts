/**
 * Small workflows, each of which asks one question about Temporal and returns what it saw, in order. They run on the real
 * server and on the model; `probes.ts` has the question, and what people do meanwhile.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';
import { payoutAttemptKeyAttribute, payoutStatusAttribute } from '../../../src/contract/search-attributes';
import { wordsOf } from './failure-words';
import type { ActSpec, ProbeActivities } from './probe-activities';

const poke = defineSignal<[string]>('poke');
const ask = defineUpdate<string, [string]>('ask');

const act = (name: string, spec: ActSpec = {}, options: ActivityOptions = {}): Promise<string> =>
  proxyActivities<ProbeActivities>({ startToCloseTimeout: '20s', ...options }).act(name, spec);
const actLocally = (name: string, spec: ActSpec = {}, options: LocalActivityOptions = {}): Promise<string> =>
  proxyLocalActivities<ProbeActivities>({ startToCloseTimeout: '6s', ...options }).act(name, spec);

/** A log, and a way to put the end of anything into it. */
function notebook() {
  const log: string[] = [];
  const note = async (what: string, work: Promise<unknown>): Promise<void> => {
    try {
      log.push(`${what}: ${String(await work)}`);
    } catch (error) {
      log.push(`${what}: ${wordsOf(error)}`);
    }
  };
  return { log, note };
}

const refused = (type: string): ApplicationFailure => ApplicationFailure.nonRetryable(type, type);

// ── several things in one workflow task: a local activity holds the task open meanwhile ─────────────

export async function signalAndCompletion(): Promise<string[]> {
  const { log, note } = notebook();
  setHandler(poke, (text) => void log.push(`signal ${text}`));
  const work = note('activity', act('work', { gate: 'work' }));
  await sleep(10);
  await note('local', actLocally('hold', { gate: 'hold' }));
  await work;
  return log;
}

export async function timerAndCompletion(): Promise<string[]> {
  const { log, note } = notebook();
  const work = note('activity', act('work', { gate: 'work' }));
  await sleep(10);
  const timer = note('timer', sleep(800));
  await note('local', actLocally('hold', { gate: 'hold' }));
  await Promise.all([work, timer]);
  return log;
}

export async function conditionTimeoutAndSignal(): Promise<string[]> {
  const { log, note } = notebook();
  let poked = false;
  setHandler(poke, () => {
    poked = true;
    log.push('signal');
  });
  const waiting = note(
    'condition',
    condition(() => poked, 500),
  );
  await note('local', actLocally('hold', { gate: 'hold' }));
  await waiting;
  return log;
}

export async function updateAndSignal(): Promise<string[]> {
  const { log, note } = notebook();
  setHandler(poke, (text) => void log.push(`signal ${text}`));
  setHandler(ask, (text) => {
    log.push(`update ${text}`);
    return text;
  });
  await note('local', actLocally('hold', { gate: 'hold' }));
  await condition(() => log.length > 2);
  return log;
}

export async function cancelAndSignal(): Promise<string[]> {
  const { log, note } = notebook();
  setHandler(poke, (text) => void log.push(`signal ${text}`));
  const waiting = note(
    'condition',
    condition(() => false),
  );
  await CancellationScope.nonCancellable(() => note('local', actLocally('hold', { gate: 'hold' })));
  await waiting;
  return log;
}

// ── updates ───────────────────────────────────────────────────────────────────────────────────────

export async function updatesInterleave(): Promise<string[]> {
  const { log } = notebook();
  setHandler(ask, async (text) => {
    log.push(`${text} in`);
    await act(text, { gate: text });
    log.push(`${text} out`);
    return `${text}!`;
  });
  await condition(() => log.includes('slow out'));
  log.push('main goes on');
  await condition(allHandlersFinished);
  return log;
}

export async function rejectedUpdate(): Promise<string[]> {
  const { log } = notebook();
  let allowed = false;
  setHandler(poke, () => {
    allowed = true;
  });
  setHandler(
    ask,
    (text) => {
      log.push(text);
      return `${text}!`;
    },
    {
      validator: (_text) => {
        if (!allowed) throw refused('NotYet');
      },
    },
  );
  await condition(() => log.length > 0);
  await condition(allHandlersFinished);
  return log;
}

export async function failingUpdate(): Promise<string[]> {
  const { log } = notebook();
  setHandler(ask, async (text) => {
    log.push(text);
    await sleep(10);
    throw refused('HandlerFailed');
  });
  await condition(() => log.length > 0);
  await condition(allHandlersFinished);
  return log;
}

export async function updateWithoutHandler(): Promise<string[]> {
  await act('first', { gate: 'first' });
  setHandler(ask, (text) => text);
  await act('second', { gate: 'second' });
  return ['end'];
}

export async function messagesBeforeStart(): Promise<string[]> {
  const { log } = notebook();
  setHandler(poke, (text) => void log.push(`signal ${text}`));
  setHandler(ask, (text) => {
    log.push(`update ${text}`);
    return text;
  });
  log.push('main');
  await condition(() => log.length > 2);
  return log;
}

export async function unfinishedUpdate(): Promise<string[]> {
  const { log } = notebook();
  setHandler(ask, async (text) => {
    log.push(text);
    await sleep('1 hour');
    return text;
  });
  await act('work', { gate: 'work' });
  return log;
}

export async function messageWhileClosing(): Promise<string[]> {
  const { log, note } = notebook();
  setHandler(poke, (text) => void log.push(`signal ${text}`));
  setHandler(ask, (text) => {
    log.push(`update ${text}`);
    return text;
  });
  await note('local', actLocally('last', { gate: 'last' }));
  return log;
}

// ── cancellation ──────────────────────────────────────────────────────────────────────────────────

async function cancelled(type: 'TRY_CANCEL' | 'WAIT_CANCELLATION_COMPLETED' | 'ABANDON'): Promise<string[]> {
  const { log, note } = notebook();
  let poked = false;
  setHandler(poke, () => {
    poked = true;
  });
  const scope = new CancellationScope();
  const options: ActivityOptions = { cancellationType: type, heartbeatTimeout: '1s' };
  const work = note(
    'activity',
    scope.run(() => act('work', { beats: true, gate: 'work', onCancel: 'throw' }, options)),
  );
  await condition(() => poked);
  scope.cancel();
  log.push('asked');
  await work;
  await act('after', { gate: 'after' });
  return log;
}
export const cancelTrying = (): Promise<string[]> => cancelled('TRY_CANCEL');
export const cancelWaiting = (): Promise<string[]> => cancelled('WAIT_CANCELLATION_COMPLETED');
export const cancelAbandoning = (): Promise<string[]> => cancelled('ABANDON');

export async function cancelInBackoff(): Promise<string[]> {
  const { log, note } = notebook();
  const scope = new CancellationScope();
  let poked = false;
  setHandler(poke, () => {
    poked = true;
  });
  const options: ActivityOptions = {
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '1 hour' },
  };
  const work = note(
    'activity',
    scope.run(() => act('work', { fails: 9 }, options)),
  );
  await condition(() => poked);
  scope.cancel();
  await work;
  return log;
}

export async function cancelInSameTask(): Promise<string[]> {
  const { log, note } = notebook();
  const scope = new CancellationScope();
  const work = note(
    'activity',
    scope.run(() => act('never')),
  );
  scope.cancel();
  await work;
  await act('next');
  return log;
}

export async function cancelOfTheRun(): Promise<string[]> {
  const { log, note } = notebook();
  const shielded = CancellationScope.nonCancellable(() =>
    note('shielded', act('shielded', { gate: 'shielded' })),
  );
  await Promise.all([
    note('sleep', sleep('1 hour')),
    note(
      'condition',
      condition(() => false),
    ),
    note(
      'scope',
      CancellationScope.cancellable(() => sleep('2 hours')),
    ),
  ]);
  await note('activity after it', act('never'));
  await shielded;
  await CancellationScope.nonCancellable(() => note('cleanup', act('cleanup')));
  return log;
}

export async function scopeWithTimeout(): Promise<string[]> {
  const { log, note } = notebook();
  await note(
    'late',
    CancellationScope.withTimeout(300, () => act('late', { gate: 'never' })),
  );
  await note(
    'in time',
    CancellationScope.withTimeout(10_000, () => act('quick')),
  );
  return log;
}

// ── retries and timeouts of activities ────────────────────────────────────────────────────────────

async function noted(what: string, spec: ActSpec, options: ActivityOptions): Promise<string[]> {
  const { log, note } = notebook();
  await note(what, act(what, spec, options));
  return log;
}

export const retryIntervals = (): Promise<string[]> =>
  noted(
    'grows',
    { fails: 9 },
    { retry: { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 1_500, maximumAttempts: 5 } },
  );
export const ownRetryDelay = (): Promise<string[]> =>
  noted(
    'own',
    { fails: 2, nextRetryDelayMs: 1_500 },
    { retry: { initialInterval: 100, maximumInterval: 200 } },
  );
export const ownRetryDelayOfZero = (): Promise<string[]> =>
  noted('zero', { fails: 1, nextRetryDelayMs: 0 }, { retry: { maximumAttempts: 3 } });
export const ownRetryDelayBeyondDeadline = (): Promise<string[]> =>
  noted('beyond', { fails: 1, nextRetryDelayMs: 5_000 }, { scheduleToCloseTimeout: 3_000 });
export const oneAttempt = (): Promise<string[]> =>
  noted('once', { fails: 9 }, { retry: { maximumAttempts: 1 } });
export const listedAsNonRetryable = (): Promise<string[]> =>
  noted('listed', { fails: 9, type: 'Listed' }, { retry: { nonRetryableErrorTypes: ['Listed'] } });
export const markedAsNonRetryable = (): Promise<string[]> =>
  noted('marked', { fails: 9, nonRetryable: true }, {});

const lostTypes = ['TemporalTimeout:StartToClose', 'TemporalTimeout:Heartbeat'];
const never: ActSpec = { gate: 'never' };

export const startToCloseTimeout = (): Promise<string[]> =>
  noted('slow', never, { startToCloseTimeout: 700, retry: { nonRetryableErrorTypes: lostTypes } });
export const startToCloseTimeoutOfTheOnlyAttempt = (): Promise<string[]> =>
  noted('slow', never, { startToCloseTimeout: 700, retry: { maximumAttempts: 1 } });
export const startToCloseTimeoutOfEveryAttempt = (): Promise<string[]> =>
  noted('slow', never, { startToCloseTimeout: 600, retry: { initialInterval: 400, maximumAttempts: 2 } });
export const heartbeatTimeout = (): Promise<string[]> =>
  noted('silent', never, {
    heartbeatTimeout: 900,
    retry: { maximumAttempts: 1, nonRetryableErrorTypes: lostTypes },
  });
export const heartbeatKeepsAlive = (): Promise<string[]> =>
  noted('beating', { beats: true, ms: 3_000 }, { heartbeatTimeout: 1_000, retry: { maximumAttempts: 1 } });
export const scheduleToStartTimeout = (): Promise<string[]> =>
  noted('nobody', {}, { taskQueue: 'nobody-polls-this', scheduleToStartTimeout: 700 });
export const scheduleToCloseTimeoutUnstarted = (): Promise<string[]> =>
  noted('nobody', {}, { taskQueue: 'nobody-polls-this', scheduleToCloseTimeout: 700 });
export const scheduleToCloseTimeoutRunning = (): Promise<string[]> =>
  noted('slow', never, { scheduleToCloseTimeout: 700 });
export const scheduleToCloseTimeoutAfterFailure = (): Promise<string[]> =>
  noted('fails', { fails: 9 }, { scheduleToCloseTimeout: 1_500, retry: { initialInterval: '5s' } });
export const scheduleToCloseTimeoutAfterTimeout = (): Promise<string[]> =>
  noted('slow', never, {
    startToCloseTimeout: 1_000,
    scheduleToCloseTimeout: 1_500,
    retry: { initialInterval: 1_000 },
  });
export const scheduleToCloseTimeoutInSecondAttempt = (): Promise<string[]> =>
  noted(
    'mixed',
    { fails: 1, ...never },
    { startToCloseTimeout: 5_000, scheduleToCloseTimeout: 2_500, retry: { initialInterval: 500 } },
  );

/** The first attempt returns after its time; the second one returns at once. */
export async function lateCompletion(): Promise<string[]> {
  const { log, note } = notebook();
  await note(
    'late',
    act('late', { gate: 'late' }, { startToCloseTimeout: 500, retry: { initialInterval: 1_500 } }),
  );
  return log;
}

export const workerShutDownEndsActivity = (): Promise<string[]> =>
  noted('work', { beats: true, gate: 'never', onCancel: 'throw' }, { retry: { maximumAttempts: 1 } });
export const workerShutDownIsOutlived = (): Promise<string[]> =>
  noted('work', { beats: true, gate: 'work', onCancel: 'tell' }, { retry: { maximumAttempts: 1 } });

// ── local activities ──────────────────────────────────────────────────────────────────────────────

export async function localRetries(): Promise<string[]> {
  const { log, note } = notebook();
  const retry = { initialInterval: 50, maximumAttempts: 3 };
  await note('in the end', actLocally('twice', { fails: 2 }, { retry }));
  await note('given up', actLocally('always', { fails: 9 }, { retry }));
  await note('marked', actLocally('marked', { fails: 9, nonRetryable: true }, { retry }));
  return log;
}

export async function localTimeout(): Promise<string[]> {
  const { log, note } = notebook();
  const options: LocalActivityOptions = { startToCloseTimeout: 300, retry: { maximumAttempts: 1 } };
  await note('slow', actLocally('slow', never, options));
  return log;
}

export async function localBackoffByTimer(): Promise<string[]> {
  const { log, note } = notebook();
  setHandler(poke, (text) => void log.push(`signal ${text}`));
  const options: LocalActivityOptions = { localRetryThreshold: 200, retry: { initialInterval: 1_500 } };
  await note('by timer', actLocally('work', { fails: 1 }, options));
  return log;
}

export async function localClock(): Promise<string[]> {
  const { log } = notebook();
  const before = Date.now();
  await actLocally('work', { ms: 1_000 });
  log.push(`${Math.round((Date.now() - before) / 500) / 2} s later`);
  return log;
}

export async function localLongerThanTask(): Promise<string[]> {
  const { log, note } = notebook();
  setHandler(poke, (text) => void log.push(`signal ${text}`));
  await note('long', actLocally('long', { ms: 11_000 }, { startToCloseTimeout: '20s' }));
  return log;
}

// ── timers, conditions, handlers, attributes ──────────────────────────────────────────────────────

export async function conditionWithTimeout(): Promise<string[]> {
  const { log, note } = notebook();
  let poked = false;
  setHandler(poke, () => {
    poked = true;
  });
  await note(
    'nobody comes',
    condition(() => false, 300),
  );
  await note(
    'somebody comes',
    condition(() => poked, '1 hour'),
  );
  return log;
}

export async function failingSignal(): Promise<string[]> {
  setHandler(poke, () => {
    throw refused('FromTheHandler');
  });
  await sleep('1 hour');
  return ['not reached'];
}

export async function searchAttributes(): Promise<string[]> {
  const set = (...pairs: SearchAttributeUpdatePair[]): void => upsertSearchAttributes(pairs);
  set(
    { key: payoutStatusAttribute, value: 'submitting' },
    { key: payoutAttemptKeyAttribute, value: 'key-1' },
  );
  setCurrentDetails('details');
  await act('first', { gate: 'first' });
  set({ key: payoutStatusAttribute, value: 'paid' }, { key: payoutAttemptKeyAttribute, value: null });
  await act('second', { gate: 'second' });
  return ['end'];
}

// ── reset ─────────────────────────────────────────────────────────────────────────────────────────

/** Messages of all kinds around two activities; the script resets it at different points. */
export async function resettable(): Promise<string[]> {
  const { log, note } = notebook();
  const { runId, originalExecutionRunId, firstExecutionRunId } = workflowInfo();
  setHandler(poke, (text) => void log.push(`signal ${text}`));
  setHandler(
    ask,
    (text) => {
      log.push(`update ${text}`);
      return text;
    },
    {
      validator: (text) => {
        if (text === 'bad') throw refused('Bad');
      },
    },
  );
  upsertSearchAttributes([{ key: payoutStatusAttribute, value: 'began' }]);
  await note('first', act('first', { gate: 'first' }));
  upsertSearchAttributes([{ key: payoutStatusAttribute, value: 'first done' }]);
  await note('second', act('second', { gate: 'second' }));
  await CancellationScope.nonCancellable(() => note('third', act('third', { gate: 'third' })));
  log.push(`original run is ${originalExecutionRunId === runId ? 'this one' : 'another'}`);
  log.push(`first run is ${firstExecutionRunId === originalExecutionRunId ? 'the original' : 'another'}`);
  return log;
}
