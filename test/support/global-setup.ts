/**
 * One Temporal server and one workflow bundle for all files of the `server` project. Jest's workers inherit the
 * environment, so both are handed over in variables.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { payoutSearchAttributes } from '../../src/contract/search-attributes';
import { startTemporalServer } from '../../src/dev/temporal-server';
import { bundledWorkflows, withoutStackTraces } from '../../src/worker/workflow-bundle';
import { rememberServer } from './running-server';

async function globalSetup(): Promise<void> {
  // A developer's shell may point at a shared cluster; TEMPORAL_CLI only names the binary to start.
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('TEMPORAL_') && name !== 'TEMPORAL_CLI') delete process.env[name];
  }
  const folder = await mkdtemp(join(tmpdir(), 'payouts-tests-'));
  const say = (line: string): boolean => process.stderr.write(`${line}\n`);
  const [server, bundle] = await Promise.all([
    startTemporalServer({
      say,
      timeSkipping: true,
      logLevel: 'error',
      searchAttributes: payoutSearchAttributes,
    }),
    bundleWorkflows(folder),
  ]);
  rememberServer({ server, folder });
  process.env['PAYOUTS_TEST_TEMPORAL_ADDRESS'] = server.address;
  process.env['PAYOUTS_TEST_WORKFLOW_BUNDLE'] = bundle;
}

async function bundleWorkflows(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    ...bundledWorkflows,
    logger: new DefaultLogger('WARN'),
  });
  const path = join(folder, 'workflow-bundle.js');
  // As production runs it.
  await writeFile(path, withoutStackTraces(code));
  return path;
}

export = globalSetup;
