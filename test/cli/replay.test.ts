import { PayoutClientError } from '../../src/client';
import { createCli } from './fake-cli';

const foreign = JSON.stringify({
  events: [
    {
      eventId: '1',
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
      workflowExecutionStartedEventAttributes: { workflowType: { name: 'theirs' } },
    },
  ],
});

it.each(['history.json', 'saved/history.json', './acme/order-17', '-', 'history'])(
  '%s is a file: one that cannot be read exits with 2, and Temporal is not asked',
  async (argument) => {
    const { run, opened } = createCli();
    const { code, err } = await run('replay', argument, '--json');
    expect(code).toBe(2);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'history_unreadable' } });
    expect(opened).toEqual([]);
  },
);

it.each([
  ['no history', '{}', 'no list of events'],
  ['another workflow’s', foreign, 'of the type "theirs"'],
])('a text that is %s exits with 2 and says why', async (_what, input, why) => {
  const { code, out, err } = await createCli({}, { input }).run('replay', '-');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(why);
});

const runId = '0b0e1c56-4bd1-4a3e-9d59-3f6f0b7c1d11';
it.each([
  [['acme/order-17'], { reference: 'order-17' }],
  [['payout/acme/order-17'], { reference: 'order-17' }],
  [['payout/acme/order-17.json'], { reference: 'order-17.json' }],
  [['acme/order-17.json', '--run-id', runId], { reference: 'order-17.json', runId }],
])('%j is fetched from Temporal', async (args, address) => {
  const { run, asked, closedTimes } = createCli({ history: async () => foreign });
  // The fetched text takes the same way as a file's.
  expect((await run('replay', ...args)).code).toBe(2);
  expect(asked).toEqual([{ method: 'history', argument: { tenant: 'acme', ...address } }]);
  expect(closedTimes()).toBe(1);
});

it('says so with 3 when there is no such payout, and with 2 when the address is none', async () => {
  const { run } = createCli({
    history: async () => {
      throw new PayoutClientError('payout_not_found', 'there is no such payout');
    },
  });
  expect((await run('replay', 'acme/order-17')).code).toBe(3);
  expect((await run('replay', 'ACME/order-17')).code).toBe(2);
  expect((await run('replay', 'acme/order-17', '--run-id', 'newest')).code).toBe(2);
});
