/**
 * `npm run record-histories [-- --as 0.2] [-- --into FOLDER] [-- --only NAME]`: pays everything the demo pays, the recoveries, and what people do, on a
 * real server with the built worker, and adds the histories that are not recorded yet. `--as` ends every name, for a
 * second set beside the first one; `--only`, as often as needed, records a part. Nothing that is recorded is ever written again.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import type * as BuiltTemporalServer from '../../src/dev/temporal-server';
import type * as BuiltDevEnvironment from '../../src/dev/dev-environment';
import type * as BuiltDemo from '../../src/dev/demo';
import type * as BuiltDemoPayouts from '../../src/dev/demo-payouts';
import type * as BuiltPayoutClient from '../../src/client/create-payout-client';
import type * as BuiltSearchAttributes from '../../src/contract/search-attributes';
import type * as BuiltWorkflowIds from '../../src/contract/workflow-ids';
import { historyText, textsIn } from './history-text';
import { realLookingData } from './personal-data';
import { addRecording, readChecksums, recordingProblems, recordingsFolder } from './recordings';
import { peoplePayouts } from './people-payouts';
import { notShown } from './recorded-payout';
import type { RecordedPayout, Stage } from './recorded-payout';
import { recoveryPayouts } from './recovery-payouts';

// The worker runs from `dist`, so everything around it comes from there, too.
const built = (path: string): unknown => require(join(__dirname, '..', '..', 'dist', path));
const { startTemporalServer } = built('dev/temporal-server') as typeof BuiltTemporalServer;
const { startDevEnvironment } = built('dev/dev-environment') as typeof BuiltDevEnvironment;
const { runDemo } = built('dev/demo') as typeof BuiltDemo;
const { demoPayouts } = built('dev/demo-payouts') as typeof BuiltDemoPayouts;
const { createPayoutClient } = built('client/create-payout-client') as typeof BuiltPayoutClient;
const { payoutSearchAttributes } = built('contract/search-attributes') as typeof BuiltSearchAttributes;
const { payoutWorkflowId } = built('contract/workflow-ids') as typeof BuiltWorkflowIds;

const say = (line: string): unknown => process.stderr.write(`${line}\n`);
const { env } = process;

async function record(into: string, suffix: string, only: readonly string[] | undefined): Promise<void> {
  const named = (name: string): string => `${name}${suffix}`;
  const problems = recordingProblems(into);
  if (problems.length > 0) throw new Error(problems.join('; '));
  const recorded = readChecksums(into);
  const isNew = ({ name }: { readonly name: string }): boolean =>
    recorded[named(name)] === undefined && only?.includes(name) !== false;
  const demo = demoPayouts('').filter(isNew);
  const recoveries = [...recoveryPayouts, ...peoplePayouts].filter(isNew);
  if (demo.length + recoveries.length === 0) {
    throw new Error(
      'everything is recorded already, and recordings are never replaced. Changed workflow code uses patched(); ' +
        'a second set beside this one: --as NAME',
    );
  }
  const server = await startTemporalServer({
    say,
    logLevel: 'error',
    // Windows and deadlines of hours and days.
    timeSkipping: true,
    searchAttributes: payoutSearchAttributes,
  });
  const connection = await Connection.connect({ address: server.address });
  try {
    const temporal = new Client({ connection });
    const texts = new Map<string, string>();
    const take = async (name: string, workflowId: string): Promise<void> => {
      const { runId } = await temporal.workflow.getHandle(workflowId).describe();
      texts.set(
        named(name),
        historyText(await temporal.workflow.getHandle(workflowId, runId).fetchHistory()),
      );
    };
    if (demo.length > 0) {
      await payDemo(server.address);
      for (const { name, request } of demo) await take(name, payoutWorkflowId(request));
    }
    if (recoveries.length > 0) {
      const environment = await startDevEnvironment({ temporalAddress: server.address, say, env });
      try {
        const payouts = createPayoutClient({ client: temporal, taskQueue: environment.taskQueue });
        const stage: Stage = { environment, temporal, payouts };
        const play = async (payout: RecordedPayout): Promise<void> => {
          const { name, expected, also } = payout;
          const address = { tenant: 'recorded', reference: name };
          await payout.run(stage);
          const { status } = await payouts.outcome(address);
          if (status !== expected) throw new Error(`${name} ended as ${status}, not ${expected}`);
          const missing = await notShown(stage, payout);
          if (missing.length > 0) throw new Error(`${name} does not show ${missing.join(', ')}`);
          say(`${name}: ${status}`);
          await take(name, payoutWorkflowId(address));
          if (also !== undefined) await take(also.name, also.workflowId);
        };
        await Promise.all(recoveries.filter(({ alone }) => !alone).map(play));
        for (const payout of recoveries.filter(({ alone }) => alone)) await play(payout);
      } finally {
        await environment.stop();
      }
    }
    // All of them or none.
    for (const [name, text] of texts) {
      const real = realLookingData(textsIn(JSON.parse(text) as Parameters<typeof textsIn>[0]));
      if (real.length > 0) throw new Error(`${name} may hold real data: ${real.join('; ')}`);
    }
    for (const [name, text] of texts) addRecording(into, name, text);
    say(`${texts.size} histories recorded in ${into}`);
  } finally {
    await connection.close();
    await server.stop();
  }
}

async function payDemo(temporalAddress: string): Promise<void> {
  const ok = await runDemo(
    { temporalAddress, stay: false, json: false },
    {
      out: (text) => process.stderr.write(text),
      err: (text) => process.stderr.write(text),
      env,
      isTerminal: false,
      colour: false,
      signal: new AbortController().signal,
    },
  );
  if (!ok) throw new Error('the demo did not end as expected: nothing is recorded');
}

const { values } = parseArgs({
  options: { as: { type: 'string' }, into: { type: 'string' }, only: { type: 'string', multiple: true } },
});
record(values.into ?? recordingsFolder, values.as === undefined ? '' : `-${values.as}`, values.only).catch(
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
