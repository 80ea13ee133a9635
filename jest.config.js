/** Fast layers need no Temporal server; the server layers share one, started by globalSetup. */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
      sourceMaps: 'inline',
    },
  ],
};
const common = { testEnvironment: 'node', transform, moduleFileExtensions: ['ts', 'js', 'json'] };
/** @type {import('jest').Config} */
module.exports = {
  testTimeout: 60_000,
  maxWorkers: 2,
  projects: [
    { ...common, displayName: 'conventions', testMatch: ['<rootDir>/test/conventions/**/*.test.ts'] },
    {
      ...common,
      displayName: 'units',
      testMatch: [
        '<rootDir>/test/{domain,validation,config,http,observability,providers,screening,activities,simulators,dev,client,cli,compose}/**/*.test.ts',
      ],
    },
    {
      ...common,
      displayName: 'server',
      testMatch: ['<rootDir>/test/{workflows,replay,scenarios}/**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
};
