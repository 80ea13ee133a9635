import type { MoveReport } from '../../src/worker/versions/move-payouts';
import { movePayouts } from '../../src/worker/versions/move-payouts';
import { createVersionCalls } from '../../src/worker/versions/version-calls';

/** Temporal's answers to a move, in order, as far as a test says them; otherwise everything goes well. */
type Answers = {
  /** Of each pin: an error of gRPC, or nothing. */
  readonly pins?: readonly (object | undefined)[];
  /** Of each reading of a history, the first ones before anything is moved. */
  readonly histories?: readonly (object | undefined)[];
};

const away = { code: 14, details: 'connection refused' };
const notPermitted = { code: 7, details: 'no rights' };
const ended = { code: 5, details: 'workflow execution already completed' };
/** Work was done in it, and it is no history of ours. */
const other = { history: { events: [{ workflowTaskCompletedEventAttributes: {} }] } };

/** Runs `r-1`, `r-2`, … that have not begun, and so can be begun by any code. */
async function move(count: number, answers: Answers) {
  const pins: string[] = [];
  const pauses: number[] = [];
  let read = 0;
  const runs = Array.from({ length: count }, (_, index) => `r-${index + 1}`);
  const workflowService = {
    listWorkflowExecutions: async () => ({
      executions: runs.map((workflowId) => ({ execution: { workflowId, runId: 'run' } })),
    }),
    getWorkflowExecutionHistory: async () => {
      const answer = answers.histories?.[read];
      read += 1;
      if (answer !== undefined && 'code' in answer) throw answer;
      return answer ?? { history: { events: [] } };
    },
    updateWorkflowExecutionOptions: async (request: {
      readonly workflowExecution: { readonly workflowId: string };
      readonly workflowExecutionOptions: {
        readonly versioningOverride: { readonly pinned: { readonly version: { readonly buildId: string } } };
      };
    }) => {
      const { buildId } = request.workflowExecutionOptions.versioningOverride.pinned.version;
      const answer = answers.pins?.[pins.length];
      pins.push(`${request.workflowExecution.workflowId} ${buildId}`);
      if (answer !== undefined) throw answer;
      return {};
    },
  };
  const connection = { workflowService, withDeadline: (_: number, call: () => unknown) => call() };
  const report: MoveReport = await movePayouts(createVersionCalls(connection as never, 'default'), {
    deployment: 'payouts',
    from: 'old',
    to: 'new',
    bundle: { code: '' },
    move: true,
    skipRefused: false,
    onReplayed: () => undefined,
    pause: async (ms) => void pauses.push(ms),
  });
  return { pins, pauses, report };
}

const names = (runs: readonly { readonly workflowId: string }[]): readonly string[] =>
  runs.map(({ workflowId }) => workflowId);

it('moves what replays before and behind its move', async () => {
  const { pins, report } = await move(2, {});
  expect(pins).toEqual(['r-1 new', 'r-2 new']);
  expect(report).toMatchObject({ replayed: 2, putBack: [], failed: [], untried: [] });
  expect(names(report.moved)).toEqual(['r-1', 'r-2']);
});

it('puts back what went on to where the new version does not follow', async () => {
  const { pins, report } = await move(1, { histories: [undefined, other] });
  expect(pins).toEqual(['r-1 new', 'r-1 old']);
  expect(names(report.putBack)).toEqual(['r-1']);
  expect(report).toMatchObject({ moved: [], failed: [] });
});

it('puts back what could not be replayed behind its move, and goes on with the others', async () => {
  const { pins, report } = await move(3, { histories: [undefined, undefined, undefined, undefined, away] });
  expect(pins).toEqual(['r-1 new', 'r-2 new', 'r-2 old', 'r-3 new']);
  expect(names(report.moved)).toEqual(['r-1', 'r-3']);
  expect(report.failed).toEqual([
    {
      workflowId: 'r-2',
      runId: 'run',
      isBack: true,
      code: 'temporal_unavailable',
      message: expect.stringContaining('connection refused'),
    },
  ]);
});

it('tries more than once to put it back, and then it is back', async () => {
  const { pins, pauses, report } = await move(1, {
    histories: [undefined, other],
    pins: [undefined, away, away],
  });
  expect(pins).toEqual(['r-1 new', 'r-1 old', 'r-1 old', 'r-1 old']);
  expect(pauses).toEqual([1_000, 2_000]);
  expect(names(report.putBack)).toEqual(['r-1']);
});

it('says what was moved, and which may be, where Temporal stays away; nothing after that is touched', async () => {
  const { pins, report } = await move(3, {
    histories: [undefined, undefined, undefined, undefined, away],
    pins: [undefined, undefined, ...Array.from({ length: 9 }, () => away)],
  });
  expect(pins).toEqual(['r-1 new', 'r-2 new', ...Array.from({ length: 5 }, () => 'r-2 old')]);
  expect(names(report.moved)).toEqual(['r-1']);
  expect(report.failed).toMatchObject([{ workflowId: 'r-2', isBack: false, code: 'temporal_unavailable' }]);
  expect(names(report.untried)).toEqual(['r-3']);
});

it('puts back what may have been moved although no answer came', async () => {
  const { pins, report } = await move(2, { pins: [away] });
  expect(pins).toEqual(['r-1 new', 'r-1 old', 'r-2 new']);
  expect(report.failed).toMatchObject([{ workflowId: 'r-1', isBack: true }]);
  expect(names(report.moved)).toEqual(['r-2']);
});

it('leaves where it is what it may not move', async () => {
  const { pins, report } = await move(1, { pins: [notPermitted] });
  expect(pins).toEqual(['r-1 new']);
  expect(report.failed).toMatchObject([{ isBack: true, code: 'temporal_versioning_unavailable' }]);
});

it('counts what ended before it was put back as gone', async () => {
  const { report } = await move(1, { histories: [undefined, away], pins: [undefined, ended] });
  expect(report).toMatchObject({ moved: [], putBack: [], failed: [], gone: [{ workflowId: 'r-1' }] });
});
