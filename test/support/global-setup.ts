/**
 * One Temporal server and one workflow bundle for all files of the `server` project. Jest's workers inherit the
 * environment, so both are handed over in variables.
 */
import { access, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { startTemporalServer } from '../../src/dev/temporal-server';
import type { SearchAttribute } from '../../src/dev/temporal-search-attributes';
import { rememberServer } from './running-server';

const SEARCH_ATTRIBUTES: readonly SearchAttribute[] = [
  'PayoutStatus',
  'PayoutTenant',
  'PayoutReference',
  'PayoutProviderAccount',
  'PayoutAttemptKey',
  'ProviderPayoutId',
  'PayoutHeldReason',
].map((name) => ({ name, type: 'Keyword' }));

const WORKFLOWS_PATH = join(__dirname, '../../src/workflows/index.ts');

async function globalSetup(): Promise<void> {
  // A developer's shell may point at a shared cluster; TEMPORAL_CLI only names the binary to start.
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('TEMPORAL_') && name !== 'TEMPORAL_CLI') delete process.env[name];
  }
  const folder = await mkdtemp(join(tmpdir(), 'payouts-tests-'));
  const say = (line: string): boolean => process.stderr.write(`${line}\n`);
  const [server, bundle] = await Promise.all([
    startTemporalServer({ say, timeSkipping: true, logLevel: 'error', searchAttributes: SEARCH_ATTRIBUTES }),
    bundleWorkflows(folder, say),
  ]);
  rememberServer({ server, folder });
  process.env['PAYOUTS_TEST_TEMPORAL_ADDRESS'] = server.address;
  if (bundle !== undefined) process.env['PAYOUTS_TEST_WORKFLOW_BUNDLE'] = bundle;
}

async function bundleWorkflows(folder: string, say: (line: string) => void): Promise<string | undefined> {
  try {
    await access(WORKFLOWS_PATH);
  } catch {
    say('No workflow bundle for the tests: src/workflows/index.ts is not there');
    return undefined;
  }
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    logger: new DefaultLogger('WARN'),
  });
  const path = join(folder, 'workflow-bundle.js');
  await writeFile(path, code);
  return path;
}

export = globalSetup;
