// Puts the package durable-payouts-client together, out of the same build: in packages/durable-payouts-client, ready for
// `npm pack`. It holds the modules that its entry points load, and depends on the packages that those import and no other, in
// the versions of this repository's package.json. See docs/decisions/0022-two-packages.md.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const target = join(root, 'packages/durable-payouts-client');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What users import, and the module of `dist` that answers. The in-memory client is there where the sources have it. */
const entryPoints = Object.entries({ '.': 'client/index', './testing': 'client/testing/index' }).filter(
  ([name, module]) => name === '.' || existsSync(join(dist, `${module}.js`)),
);

/**
 * Taken in whole instead of depended on: installed it is 12 MB, of which one form with its data is loaded. Module, and the
 * package whose licence goes with it.
 */
const vendored = { 'libphonenumber-js/max': 'libphonenumber-js' };
const vendoredFile = (specifier) => `vendor/${specifier.replaceAll('/', '-')}.js`;

/** Types that a package of ours names in its declarations, and does not bring: `ms` by @temporalio/common. */
const missingTypes = ['@types/ms'];

/** Every way in which compiled code and declarations name another module. */
const importPattern = /(?:\brequire\(|\bfrom |\bimport\(|\bimport )(["'])([^"'\n]+)\1/g;

/** Follows relative imports from the entry points, among files of one kind; packages are noted on the way. */
function reach(extension) {
  const files = new Set();
  const packages = new Set();
  const visit = (file) => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, , specifier] of readFileSync(join(dist, file), 'utf8').matchAll(importPattern)) {
      if (specifier.startsWith('.')) visit(moduleFile(posix.join(posix.dirname(file), specifier), extension));
      else if (!builtinModules.includes(specifier.replace(/^node:/, ''))) packages.add(specifier);
    }
  };
  for (const [, module] of entryPoints) visit(`${module}${extension}`);
  return { files: [...files], packages: [...packages] };
}

function moduleFile(path, extension) {
  const found = [`${path}${extension}`, `${path}/index${extension}`].find((file) =>
    existsSync(join(dist, file)),
  );
  if (found === undefined) throw new Error(`nothing in dist answers to ${path}`);
  return found;
}

const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

function copyCompiled(file) {
  let text = readFileSync(join(dist, file), 'utf8');
  for (const specifier of Object.keys(vendored)) {
    const path = posix.relative(posix.dirname(file), vendoredFile(specifier));
    text = text.replaceAll(
      `require("${specifier}")`,
      `require("${path.startsWith('.') ? path : `./${path}`}")`,
    );
  }
  write(`dist/${file}`, text);
}

function write(file, text) {
  const path = join(target, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** One module with all it needs. Its types are not needed: no declaration of the client names them. */
function vendor(specifier, name) {
  const file = vendoredFile(specifier);
  buildSync({
    stdin: { contents: `module.exports = require('${specifier}');`, resolveDir: root },
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    outfile: join(target, 'dist', file),
    logLevel: 'warning',
  });
  const { version, license } = JSON.parse(
    readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
  );
  write(
    `dist/${file.replace(/\.js$/, '.LICENSE.txt')}`,
    `${name} ${version}, ${license}\n\n${readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8')}`,
  );
}

/** The code that the README shows is what the package's own page shows. */
function readme() {
  const example = /^```ts\n[^]*?from 'durable-payouts-client'[^]*?^```$/m.exec(
    readFileSync(join(root, 'README.md'), 'utf8'),
  )?.[0];
  if (example === undefined) throw new Error('the README shows no code that imports durable-payouts-client');
  return [
    '# durable-payouts-client',
    'Asks for payouts that the package `durable-payouts` carries out as durable Temporal workflows, and never twice: what is\nasked again is the same payout. The worker, the command line and the simulated providers are in that package; nothing here\nis native code.',
    example,
    'Every method rejects with a `PayoutClientError` and nothing else: its `code` says what happened and whether to repeat the\ncall. The address of Temporal comes from the argument, from `TEMPORAL_ADDRESS`, or from a profile of Temporal’s\nconfiguration file.',
  ].join('\n\n');
}

rmSync(target, { recursive: true, force: true });
const code = reach('.js');
const declarations = reach('.d.ts');
for (const file of [...code.files, ...declarations.files]) copyCompiled(file);
for (const [specifier, name] of Object.entries(vendored)) vendor(specifier, name);

const dependencies = [...new Set([...code.packages, ...declarations.packages])]
  .filter((specifier) => !Object.hasOwn(vendored, specifier))
  .map(packageOf)
  .concat(missingTypes)
  .sort((one, other) => (one < other ? -1 : 1));
const versionOf = (name) => {
  const version = manifest.dependencies[name];
  if (version === undefined) throw new Error(`the client imports ${name}, which is no dependency`);
  return version;
};
const { version, license, type, engines } = manifest;
write(
  'package.json',
  `${JSON.stringify(
    {
      name: 'durable-payouts-client',
      version,
      description: 'Asks durable-payouts for payouts: the client library, without the worker.',
      license,
      type,
      main: './dist/client/index.js',
      types: './dist/client/index.d.ts',
      exports: {
        ...Object.fromEntries(
          entryPoints.map(([name, module]) => [
            name,
            { types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` },
          ]),
        ),
        './package.json': './package.json',
      },
      files: ['dist'],
      engines,
      dependencies: Object.fromEntries(dependencies.map((name) => [name, versionOf(name)])),
    },
    undefined,
    2,
  )}\n`,
);
write('README.md', `${readme()}\n`);
cpSync(join(root, 'LICENSE'), join(target, 'LICENSE'));
