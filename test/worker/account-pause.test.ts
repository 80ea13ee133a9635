import { defaultPayloadConverter } from '@temporalio/common';
import { createAccountPauseReader } from '../../src/worker/ports/account-pause';

type Connection = Parameters<typeof createAccountPauseReader>[0];

const paused = { paused: true, by: 'dana', since: 1, reason: 'incident 12' };

/** A server that answers each description as the test says, and counts them. */
function serverOf(answer: (workflowId: string) => unknown) {
  const asked: unknown[] = [];
  const connection = {
    withDeadline: async (_deadline: number, call: () => Promise<unknown>) => call(),
    workflowService: {
      describeWorkflowExecution: async (request: { readonly execution: { readonly workflowId: string } }) => {
        asked.push(request);
        const memo = answer(request.execution.workflowId);
        if (memo instanceof Error) throw memo;
        return {
          workflowExecutionInfo: {
            memo: {
              fields: memo === undefined ? {} : { account: defaultPayloadConverter.toPayload(memo) },
            },
          },
        };
      },
    },
  } as unknown as Connection;
  return { asked, ...createAccountPauseReader(connection, 'payments', 'acme-1') };
}

const grpcError = (code: number): Error => Object.assign(new Error(`code ${code}`), { code });

const own = 'account/acme-1/pontis-main';
/** Of every installation, from before they were told apart. */
const shared = 'account/pontis-main';

test('asks for the workflow of the account of the installation, and for the shared one, in the namespace', async () => {
  const { asked, read } = serverOf(() => paused);
  expect(await read('pontis-main')).toEqual(paused);
  expect(asked).toEqual(
    [own, shared].map((workflowId) => ({ namespace: 'payments', execution: { workflowId } })),
  );
});

describe('of the two', () => {
  const byCredentials = { ...paused, by: 'payouts', cause: 'credentials_refused' };
  const other = { ...paused, by: 'erin' };
  const free = { paused: false };
  const none = (): Error => grpcError(5);

  test.each([
    ['a pause of the shared one counts', none(), paused, paused],
    ['a pause of the own one counts', paused, none(), paused],
    ['the own one comes first', paused, other, paused],
    ['people’s pause hides one by credentials, which a probe would pass: own', paused, byCredentials, paused],
    ['and shared', byCredentials, other, other],
    ['a pause by credentials of the shared one counts', free, byCredentials, byCredentials],
    ['two that are not paused are not paused', free, { paused: false, by: 'dana' }, free],
    ['the shared one that cannot be read is not knowing', free, grpcError(14), 'unavailable'],
    ['the own one that cannot be read is not knowing', grpcError(14), free, 'unavailable'],
  ])('%s', async (_what, ofOwn, ofShared, expected) => {
    const { read } = serverOf((workflowId) => (workflowId === own ? ofOwn : ofShared));
    expect(await read('pontis-main')).toEqual(expected);
  });
});

test.each([
  ['an account that was never paused', () => grpcError(5)],
  ['one that is paused at this very moment for the first time', () => undefined],
  ['one that was resumed', () => ({ paused: false, by: 'erin' })],
])('%s is not paused', async (_what, answer) => {
  expect(await serverOf(answer).read('a')).toMatchObject({ paused: false });
});

test.each([
  ['a server that is away', () => grpcError(14)],
  ['a refused question', () => grpcError(7)],
  ['a memo of another form', () => ({ paused: 'yes' })],
  ['a memo that lacks who paused it', () => ({ paused: true })],
])('%s is not taken for a yes or a no', async (_what, answer) => {
  expect(await serverOf(answer).read('a')).toBe('unavailable');
});

test('many sends at once ask one question, and "not paused" is fresh for a while', async () => {
  const { asked, read } = serverOf(() => ({ paused: false }));
  await Promise.all([read('a'), read('a'), read('a')]);
  await read('a');
  expect(asked).toHaveLength(2);
  await read('b');
  expect(asked).toHaveLength(4);
});

test('a pause is never remembered: a resumption counts at once', async () => {
  let state: object = paused;
  const { read } = serverOf(() => state);
  expect(await read('a')).toMatchObject({ paused: true });
  state = { paused: false };
  expect(await read('a')).toMatchObject({ paused: false });
});

test('neither is a failure to ask', async () => {
  let state: object = grpcError(14);
  const { read } = serverOf(() => state);
  expect(await read('a')).toBe('unavailable');
  state = paused;
  expect(await read('a')).toMatchObject({ paused: true });
});
