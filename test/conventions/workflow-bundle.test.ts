import { builtinModules } from 'node:module';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundledWorkflows } from '../../src/worker/workflow-bundle';

/**
 * What a workflow carries: every package here is loaded into each workflow's own memory. zod alone would cost half a
 * megabyte of heap and five milliseconds per payout, and code that can reach the network would be a hole in the sandbox.
 */
const allowedPackages = [
  '@temporalio/common',
  '@temporalio/workflow',
  'decimal.js',
  // What the SDK brings along for itself.
  'long',
  'ms',
  'nexus-rpc',
];
const allowedFolders = ['contract', 'domain', 'workflows'];

type Bundled = {
  readonly packages: readonly string[];
  readonly folders: readonly string[];
  readonly modules: readonly string[];
};

/** Reads the modules of a bundle out of its inline source map. */
async function bundle(): Promise<Bundled> {
  const { code } = await bundleWorkflowCode({
    ...bundledWorkflows,
    logger: new DefaultLogger('ERROR'),
  });
  const map = /\/\/# sourceMappingURL=data:application\/json[^,]*,([A-Za-z0-9+/=]+)\s*$/.exec(code)?.[1];
  if (map === undefined) throw new Error('the bundle has no inline source map');
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString('utf8')) as {
    sources: readonly string[];
  };
  const packages = new Set<string>();
  const folders = new Set<string>();
  for (const source of sources) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1];
    const folder = /(?:^|\/)src\/([^/]+)\/[^/]+\.ts/.exec(source)?.[1];
    if (name !== undefined) packages.add(name);
    else if (folder !== undefined) folders.add(folder);
  }
  return { packages: [...packages].sort(), folders: [...folders].sort(), modules: sources };
}

let bundled: Bundled;
beforeAll(async () => {
  bundled = await bundle();
}, 120_000);

test('holds the workflows, the contract and the domain, and no other folder of ours', () => {
  expect(bundled.folders).toEqual(allowedFolders);
});

test('holds exactly the packages that are listed', () => {
  expect(bundled.packages).toEqual(allowedPackages);
});

test('holds no module of Node, not even a stand-in for one', () => {
  const nodeModules = new Set(builtinModules.map((name) => name.replace(/^node:/, '')));
  const suspicious = bundled.modules.filter((source) => {
    const external =
      /external(?: commonjs)? "?(?:node:)?([a-z_/]+)"?|ignored-module|__temporal_disallowed/.exec(source);
    return external !== null && (external[1] === undefined || nodeModules.has(external[1]));
  });
  expect(suspicious).toEqual([]);
});
