/** The replay itself, with histories made here: it takes what today's code did, and refuses what it would not do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { failed, read, scriptedProvider } from '../support/scripted-provider';
import { historyText } from './history-text';
import type { Recorded } from './replay-histories';
import { refusedHistories } from './replay-histories';

const bundle = process.env['PAYOUTS_TEST_WORKFLOW_BUNDLE'] ?? '';
let folder: string;
let recorded: readonly Recorded[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payouts-replay-'));
  const paid = scriptedProvider({ statuses: [read('paid', 'completed')] });
  const refused = scriptedProvider({ submits: [failed('refused')] });
  recorded = await Promise.all([record('paid', paid), record('refused', refused)]);
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

async function record(name: string, provider: ReturnType<typeof scriptedProvider>): Promise<Recorded> {
  const harness = await startHarness(installationOf(provider));
  try {
    const { handle } = await harness.start(payoutRequest());
    await handle.result();
    return { name, text: historyText(await handle.fetchHistory()) };
  } finally {
    await harness.stop();
  }
}

/** Today's workflows, with one module replaced. */
async function variant(module: string, code: string): Promise<string> {
  const stub = join(folder, `${module}.js`);
  await writeFile(stub, code);
  const replaced = require.resolve(`../../src/workflows/${module}`);
  const { code: bundled } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows/index'),
    logger: new DefaultLogger('ERROR'),
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, alias: Object.assign({}, config.resolve?.alias, { [replaced]: stub }) },
    }),
  });
  const path = join(folder, `${module}-variant.js`);
  await writeFile(path, bundled);
  return path;
}

it('takes what today’s code has done', async () => {
  expect(await refusedHistories(bundle, recorded)).toEqual({});
});

it('refuses today’s histories with a workflow that leaves out a step', async () => {
  const skipping = await variant(
    'screening',
    `exports.screenBeneficiary = async (run) => {
      run.become('screening');
      return 'go-on';
    };`,
  );
  const refused = await refusedHistories(skipping, recorded);
  expect(Object.keys(refused)).toEqual(['paid', 'refused']);
  for (const reason of Object.values(refused))
    expect(reason).toMatch(/^(DeterminismViolationError|ReplayError): .*nondetermin/is);
});
