/**
 * Some probes again on this server, so that the recordings which the model is held to cannot rot. All of them are
 * recorded anew by `npm run record-probes`.
 */
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { playOnServer } from '../proof/probes/play-on-server';
import type { ProbeServer } from '../proof/probes/play-on-server';
import { readRecording } from '../proof/probes/probe-recordings';
import { nameOf, probes } from '../proof/probes/probes';

const again = [
  'cancelTrying',
  'heartbeatTimeout',
  'messageWhileClosing-1',
  'messageWhileClosing-2',
  'rejectedUpdate',
  'resettable-2',
  'resettable-4',
  'scheduleToCloseTimeoutInSecondAttempt',
  'startToCloseTimeoutOfTheOnlyAttempt',
  'updateAndSignal',
];

let server: ProbeServer;

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger, telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });
  const address = process.env['PAYOUTS_TEST_TEMPORAL_ADDRESS'];
  if (address === undefined) throw new Error('jest global setup did not run');
  const workflowsPath = require.resolve('../proof/probes/probe-workflows');
  const [native, connection, { code }] = await Promise.all([
    NativeConnection.connect({ address }),
    Connection.connect({ address }),
    bundleWorkflowCode({ workflowsPath, logger }),
  ]);
  server = { client: new Client({ connection }), connection: native, workflowBundle: { code } };
});

afterAll(async () => {
  await server.client.connection.close();
  await server.connection.close();
});

test.each(again)('%s answers as it was recorded', async (name) => {
  const probe = probes.find((each) => nameOf(each) === name);
  if (probe === undefined) throw new Error(`there is no probe ${name}`);
  const { question: _question, ...recorded } = readRecording(probe) ?? { question: '' };
  // Every other one without a cache: a replay before each task changes nothing.
  const maxCachedWorkflows = again.indexOf(name) % 2 === 0 ? 100 : 0;
  expect(await playOnServer(probe, server, maxCachedWorkflows)).toEqual(recorded);
});
