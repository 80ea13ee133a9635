/** The replay itself, with histories made here: it takes what today's code did, and refuses what it would not do. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { failed, read, scriptedProvider } from '../support/scripted-provider';
import { readHistory } from '../../src/worker/replay/history-file';
import { replayHistory } from '../../src/worker/replay/replay-history';
import { historyText } from './history-text';
import type { Recorded } from './replay-histories';
import { refusedHistories } from './replay-histories';

const root = resolve(__dirname, '../..');
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
async function variant(module: string, code: string, extension = 'js'): Promise<string> {
  const name = basename(module);
  const stub = join(folder, `${name}.${extension}`);
  await writeFile(stub, code);
  const replaced = require.resolve(`../../src/workflows/${module}`);
  const { code: bundled } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows/index'),
    logger: new DefaultLogger('ERROR'),
    webpackConfigHook: (config) => ({
      ...config,
      resolve: {
        ...config.resolve,
        // The replacement lies outside of the repository, and finds its packages all the same.
        modules: [...(config.resolve?.modules ?? []), join(root, 'node_modules')],
        alias: Object.assign({}, config.resolve?.alias, { [replaced]: stub }),
      },
    }),
  });
  const path = join(folder, `${name}-variant.js`);
  await writeFile(path, bundled);
  return path;
}

/** One of today's modules, with a text in it replaced by another. */
async function edited(module: string, before: string, after: string): Promise<string> {
  const file = join(root, 'src', 'workflows', `${module}.ts`);
  const source = await readFile(file, 'utf8');
  if (source.split(before).length !== 2) throw new Error(`${module} does not hold ${before} once`);
  const code = source
    .replace(before, after)
    .replaceAll(/from '(\.[^']+)'/g, (_, path: string) => `from '${resolve(dirname(file), path)}'`);
  return variant(module, code, 'ts');
}

it('takes what today’s code has done', async () => {
  expect(await refusedHistories(bundle, recorded)).toEqual({});
});

it('refuses today’s histories with a workflow that leaves out a step', async () => {
  const skipping = await variant(
    'payout/screening',
    `exports.screenBeneficiary = async (run) => {
      run.become('screening');
      return 'go-on';
    };
    exports.screenBeforeSend = async () => 'go-on';`,
  );
  const refused = await refusedHistories(skipping, recorded);
  expect(Object.keys(refused)).toEqual(['paid', 'refused']);
  for (const reason of Object.values(refused))
    expect(reason).toMatch(/^(DeterminismViolationError|ReplayError): .*nondetermin/is);
});

it('refuses them with a workflow that takes two steps in another order, and says where', async () => {
  const reordered = await edited(
    'payout/payout-workflow',
    'screenBeneficiary,\n      agreeOnTerms,\n      submitPayment,',
    `async (each) => {
        each.become('screening');
        return 'go-on';
      },
      agreeOnTerms,
      submitPayment,
      screenBeneficiary,`,
  );
  expect(Object.keys(await refusedHistories(reordered, recorded))).toEqual(['paid', 'refused']);
  for (const { text } of recorded) {
    const { difference } = await replayHistory(readHistory(text), { codePath: reordered });
    expect(difference?.details).toMatch(/nondetermin/i);
    expect(difference?.message).toBe('the history has screenPayout; this version does something else there');
  }
});

it('takes them with a change that no command shows', async () => {
  const renamed = await edited('payout/screening', "run.become('screening');", "run.become('screening');;");
  expect(await refusedHistories(renamed, recorded)).toEqual({});
});
