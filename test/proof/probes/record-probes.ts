/**
 * `npm run record-probes [-- NAME…]`: plays the probes on a real server and writes what it answered. Run it after each
 * upgrade of the SDK or the server, and read the difference: the model follows the server, never the other way round.
 */
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { Client, Connection } from '@temporalio/client';
import { payoutSearchAttributes } from '../../../src/contract/search-attributes';
import { startTemporalServer } from '../../../src/dev/temporal-server';
import { playOnServer } from './play-on-server';
import { writeRecording } from './probe-recordings';
import { nameOf, probes } from './probes';

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const atOnce = 3;

async function record(names: readonly string[]): Promise<void> {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  });
  const wanted = probes.filter((probe) => names.length === 0 || names.includes(nameOf(probe)));
  const server = await startTemporalServer({
    say,
    logLevel: 'error',
    searchAttributes: payoutSearchAttributes,
  });
  try {
    const connection = await NativeConnection.connect({ address: server.address });
    const client = new Client({ connection: await Connection.connect({ address: server.address }) });
    const { code } = await bundleWorkflowCode({
      workflowsPath: require.resolve('./probe-workflows'),
      logger,
    });
    const waiting = [...wanted];
    const lane = async (): Promise<void> => {
      for (let probe = waiting.shift(); probe !== undefined; probe = waiting.shift()) {
        writeRecording(probe, await playOnServer(probe, { client, connection, workflowBundle: { code } }));
        say(nameOf(probe));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    await client.connection.close();
    await connection.close();
  } finally {
    await server.stop();
  }
}

record(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
