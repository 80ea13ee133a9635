import type { Probe, ProbeStep } from './probe-script';

const afterCall = (whenCalled: string, pauseMs = 0): { whenCalled: string; pauseMs: number } => ({
  whenCalled,
  pauseMs,
});
const open = (gate: string, pauseMs = 0): ProbeStep => ({ do: 'open', gate, pauseMs });
const signal = (text: string, pauseMs = 0): ProbeStep => ({ do: 'signal', text, pauseMs });
const update = (id: string, text: string, pauseMs = 0): ProbeStep => ({ do: 'update', id, text, pauseMs });

/** Long enough that what was sent before is at the server, on a busy machine. */
const settle = 400;

/** Steps of the reset probes up to the second activity: two signals and three updates, one of them refused. */
const upToSecond: readonly ProbeStep[] = [
  { ...afterCall('first', settle), do: 'signal', text: 'before' },
  update('u1', 'one', settle),
  update('u2', 'bad', settle),
  open('first', settle),
  { ...afterCall('second', settle), do: 'signal', text: 'after' },
  update('u3', 'two', settle),
];
const upToTheEnd: readonly ProbeStep[] = [open('first'), open('second'), open('third')];

export const probes: readonly Probe[] = [
  {
    workflow: 'signalAndCompletion',
    question: 'An activity ends, then a signal arrives, both seen by the same task: which comes first?',
    steps: [{ ...afterCall('hold'), do: 'open', gate: 'work' }, signal('1', settle), open('hold', settle)],
  },
  {
    workflow: 'timerAndCompletion',
    question: 'An activity ends, then a timer fires, both seen by the same task: which comes first?',
    steps: [{ ...afterCall('hold'), do: 'open', gate: 'work' }, open('hold', 1_500)],
  },
  {
    workflow: 'conditionTimeoutAndSignal',
    question: 'The timer of a condition fires, then the awaited signal arrives, both seen by the same task?',
    steps: [{ ...afterCall('hold', 1_200), do: 'signal', text: '1' }, open('hold', settle)],
  },
  {
    workflow: 'updateAndSignal',
    question: 'An update, then a signal, both seen by the same task: which comes first?',
    steps: [
      { ...afterCall('hold'), do: 'update', id: 'u1', text: '1' },
      signal('2', settle),
      open('hold', settle),
    ],
  },
  {
    workflow: 'cancelAndSignal',
    question: 'A cancel request, then a signal, both seen by the same task: which comes first?',
    steps: [{ ...afterCall('hold'), do: 'cancel' }, signal('1', settle), open('hold', settle)],
  },
  {
    workflow: 'updatesInterleave',
    question: 'Do handlers of two updates run side by side, and does a wait for all handlers hold the end?',
    steps: [
      update('u1', 'slow'),
      { ...afterCall('slow'), do: 'update', id: 'u2', text: 'fast' },
      { ...afterCall('fast'), do: 'open', gate: 'slow' },
      open('fast', settle),
    ],
  },
  {
    workflow: 'rejectedUpdate',
    question: 'What does a caller see of a refused update, and may the same id come again?',
    steps: [update('u1', 'first'), { ...signal('allow'), whenTold: 1 }, update('u1', 'again', settle)],
  },
  {
    workflow: 'failingUpdate',
    question: 'What does a caller see of an update whose handler fails?',
    steps: [update('u1', 'first')],
  },
  {
    workflow: 'updateWithoutHandler',
    question: 'What happens to an update that comes before its handler?',
    steps: [
      { ...afterCall('first'), do: 'update', id: 'u1', text: 'early' },
      open('first', settle),
      { ...afterCall('second'), do: 'update', id: 'u2', text: 'in time' },
      open('second', settle),
    ],
  },
  {
    workflow: 'messagesBeforeStart',
    question: 'A signal and an update wait before there is a worker: what runs first?',
    startsWithoutWorker: true,
    steps: [update('u1', '1', settle), signal('2', settle), { do: 'start-worker', pauseMs: settle }],
  },
  {
    workflow: 'updatesInterleave',
    question: 'Is one update id one update, however often it is sent?',
    steps: [
      update('u1', 'slow'),
      { ...afterCall('slow'), do: 'update', id: 'u1', text: 'slow' },
      open('slow', settle),
      update('u1', 'other', 1_200),
    ],
  },
  {
    workflow: 'unfinishedUpdate',
    question: 'The run closes while the handler of an update is running: what does the caller see?',
    steps: [{ ...afterCall('work'), do: 'update', id: 'u1', text: 'asked' }, open('work', settle)],
  },
  {
    workflow: 'unfinishedUpdate',
    question: 'What does the caller of an update see after the run closed?',
    steps: [
      { ...afterCall('work'), do: 'open', gate: 'work' },
      update('u1', 'too late', 1_500),
      { do: 'nothing', pauseMs: 0 },
    ],
  },
  {
    workflow: 'messageWhileClosing',
    question:
      'A signal arrives while the last task runs: is the closing command refused, and what runs again?',
    steps: [{ ...afterCall('last'), do: 'signal', text: '1' }, open('last', settle)],
  },
  {
    workflow: 'messageWhileClosing',
    question:
      'An update arrives while the last task runs: is the closing command refused, and what runs again?',
    steps: [{ ...afterCall('last'), do: 'update', id: 'u1', text: '1' }, open('last', settle)],
  },
  ...['cancelTrying', 'cancelWaiting', 'cancelAbandoning'].map((workflow): Probe => ({
    workflow,
    question: `${workflow}: what do workflow and activity see when a running activity is cancelled?`,
    steps: [
      { ...afterCall('work'), do: 'signal', text: 'cancel' },
      ...(workflow === 'cancelWaiting' ? [] : [{ ...afterCall('after', 1_500), do: 'nothing' as const }]),
      open('after', 0),
      open('work', 2_000),
    ],
  })),
  {
    workflow: 'cancelInBackoff',
    question: 'An activity that waits between two attempts is cancelled: must anything run for that?',
    steps: [{ ...afterCall('work', settle), do: 'signal', text: 'cancel' }],
  },
  {
    workflow: 'cancelInSameTask',
    question: 'An activity is asked for and cancelled in the same task: is it ever called?',
    steps: [],
  },
  {
    workflow: 'cancelOfTheRun',
    question: 'The run is cancelled: what ends, what is shielded, in which order?',
    steps: [{ ...afterCall('shielded'), do: 'cancel' }, open('shielded', settle)],
  },
  {
    workflow: 'scopeWithTimeout',
    question: 'What does a scope with a timeout do to an activity?',
    steps: [],
  },
  ...Object.entries({
    retryIntervals: 'How do the waits between attempts grow, and where do they end?',
    ownRetryDelay: 'Does the activity’s own delay replace the policy’s, its maximum included?',
    ownRetryDelayOfZero: 'What does an own delay of zero do?',
    ownRetryDelayBeyondDeadline: 'What does an own delay that ends after schedule-to-close do?',
    oneAttempt: 'What does the workflow see of the only attempt’s failure?',
    listedAsNonRetryable: 'What does the workflow see of a failure of a listed type?',
    markedAsNonRetryable: 'What does the workflow see of a failure that is marked as final?',
    startToCloseTimeout: 'What does the workflow see of a lost attempt whose timeout is listed as final?',
    startToCloseTimeoutOfTheOnlyAttempt: 'And when it was the only attempt?',
    startToCloseTimeoutOfEveryAttempt: 'And when all attempts are lost?',
    heartbeatTimeout: 'What does the workflow see of an attempt that stops beating?',
    heartbeatKeepsAlive: 'Do throttled heartbeats keep an attempt alive?',
    scheduleToStartTimeout: 'What does the workflow see of an activity that nobody picks up?',
    scheduleToCloseTimeoutUnstarted: 'And when only schedule-to-close bounds it?',
    scheduleToCloseTimeoutRunning: 'Schedule-to-close ends in the first attempt?',
    scheduleToCloseTimeoutAfterFailure:
      'Schedule-to-close leaves no room for another attempt after a failure?',
    scheduleToCloseTimeoutAfterTimeout:
      'Schedule-to-close leaves no room for another attempt after a timeout?',
    scheduleToCloseTimeoutInSecondAttempt: 'Schedule-to-close ends in a second attempt, after a failure?',
  }).map(([workflow, question]): Probe => ({ workflow, question, steps: [] })),
  {
    workflow: 'lateCompletion',
    question: 'An attempt returns after it timed out, before the next one: does anything of it count?',
    steps: [{ ...afterCall('late', 1_200), do: 'open', gate: 'late' }],
  },
  {
    workflow: 'workerShutDownEndsActivity',
    question: 'A graceful stop cancels an activity that ends with it: what does the workflow see?',
    steps: [
      { ...afterCall('work', settle), do: 'shut-down-worker', graceMs: 300 },
      { do: 'start-worker', pauseMs: 1_000 },
    ],
  },
  {
    workflow: 'workerShutDownIsOutlived',
    question: 'An activity goes on after the cancellation of a graceful stop, and returns: does it count?',
    steps: [
      { ...afterCall('work', settle), do: 'shut-down-worker', graceMs: 300 },
      open('work', 1_000),
      { do: 'start-worker', pauseMs: settle },
    ],
  },
  ...Object.entries({
    localRetries: 'How is a local activity repeated, and how does its failure look?',
    localTimeout: 'How does the timeout of a local activity look?',
    localClock: 'Does the workflow’s clock go on while a local activity runs?',
  }).map(([workflow, question]): Probe => ({ workflow, question, steps: [] })),
  {
    workflow: 'localBackoffByTimer',
    question: 'A local activity waits long between attempts: does the workflow see signals meanwhile?',
    steps: [{ ...afterCall('work', settle), do: 'signal', text: '1' }],
  },
  {
    workflow: 'localLongerThanTask',
    question:
      'A local activity takes longer than a workflow task: does it run once, are signals seen meanwhile?',
    steps: [{ ...afterCall('long', settle), do: 'signal', text: '1' }],
  },
  {
    workflow: 'conditionWithTimeout',
    question: 'What does a condition with a timeout return?',
    steps: [signal('1', 1_200)],
  },
  {
    workflow: 'failingSignal',
    question: 'What becomes of a run whose signal handler fails?',
    steps: [signal('1', settle)],
  },
  {
    workflow: 'searchAttributes',
    question: 'When can what a run publishes be read, also after its end?',
    steps: [
      { ...afterCall('first'), do: 'read-search-attributes' },
      open('first'),
      { ...afterCall('second'), do: 'read-search-attributes' },
      open('second'),
    ],
  },
  {
    workflow: 'resettable',
    question: 'A reset to the first task: which messages come again, in which order?',
    steps: [
      ...upToSecond,
      { do: 'reset', task: 0, pauseMs: settle },
      { whenCalled: 'second', times: 2, do: 'read-search-attributes' },
      ...upToTheEnd,
    ],
  },
  {
    workflow: 'resettable',
    question: 'A reset to before the second activity: which messages come again, in which order?',
    steps: [
      ...upToSecond,
      // Tasks: start, signal, update (the refused one leaves none), end of the first activity.
      { do: 'reset', task: 3, pauseMs: settle },
      { whenCalled: 'second', times: 2, do: 'read-search-attributes' },
      ...upToTheEnd,
    ],
  },
  {
    workflow: 'resettable',
    question: 'A reset while an activity runs that was scheduled before the point: does it run again?',
    steps: [
      { ...afterCall('first', settle), do: 'signal', text: 'point' },
      { do: 'reset', task: 1, pauseMs: settle },
      { whenCalled: 'first', times: 2, do: 'nothing' },
      ...upToTheEnd,
    ],
  },
  {
    workflow: 'resettable',
    question: 'A reset after a cancel request: does the request come again?',
    steps: [
      { ...afterCall('first', settle), do: 'cancel' },
      { whenCalled: 'third', do: 'reset', task: 0, pauseMs: settle },
      { whenCalled: 'first', times: 2, do: 'nothing' },
      ...upToTheEnd,
    ],
  },
  {
    workflow: 'resettable',
    question: 'A reset of a closed run: does it run again?',
    steps: [
      ...upToTheEnd,
      { whenCalled: 'third', pauseMs: 1_000, do: 'reset', task: 0 },
      { whenCalled: 'third', times: 2, do: 'nothing' },
    ],
  },
];

/** Two probes may share a workflow; a name is a file's name. */
export const nameOf = (probe: Probe): string => {
  const same = probes.filter(({ workflow }) => workflow === probe.workflow);
  return same.length > 1 ? `${probe.workflow}-${same.indexOf(probe) + 1}` : probe.workflow;
};
