/**
 * Fast layers need no Temporal server; the server layers share one, started by globalSetup. `testTimeout`, `maxWorkers`,
 * `testSequencer` and `workerIdleMemoryLimit` work only out here: jest takes them from the whole run and ignores them in a project.
 */
const compiled = (syntax) => [
  '@swc/jest',
  {
    jsc: { parser: { syntax }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
// These are ES modules. Node itself can require them (20.19 and later), jest's own module loader cannot.
const esModules = 'jose|double-metaphone';
const transform = {
  '^.+\\.ts$': compiled('typescript'),
  [`/node_modules/(?:${esModules})/.+\\.js$`]: compiled('ecmascript'),
};
const common = {
  testEnvironment: 'node',
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(?:${esModules})/)`],
  moduleFileExtensions: ['ts', 'js', 'json'],
};
const serverLayers = ['workflows', 'replay', 'scenarios'];
/** @type {import('jest').Config} */
module.exports = {
  // For a machine that does other work as well: seconds of load decide nothing.
  testTimeout: 180_000,
  // For two cores: tests with a server wait for it about half of the time.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/support/long-files-first.cjs',
  // jest keeps what its test files loaded: after a hundred of them the same test takes several times as long.
  workerIdleMemoryLimit: '512MB',
  projects: [
    { ...common, displayName: 'conventions', testMatch: ['<rootDir>/test/conventions/**/*.test.ts'] },
    {
      // Every other folder, so that a new one is never left out.
      ...common,
      displayName: 'units',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [`<rootDir>/test/(?:${['conventions', ...serverLayers].join('|')})/`],
    },
    {
      ...common,
      displayName: 'server',
      testMatch: [`<rootDir>/test/{${serverLayers.join(',')}}/**/*.test.ts`],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
};
