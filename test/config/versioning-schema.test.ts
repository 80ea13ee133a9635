import { versioningOf, versioningSchema } from '../../src/config/versioning-schema';

const variables = { TEMPORAL_DEPLOYMENT_NAME: 'from-variable', TEMPORAL_WORKER_BUILD_ID: 'v-variable' };

test('without anything versions are off, and empty variables are none', () => {
  for (const environment of [{}, { TEMPORAL_DEPLOYMENT_NAME: '', TEMPORAL_WORKER_BUILD_ID: '' }])
    expect(versioningOf({}, {}, environment)).toEqual({ versioning: {}, problems: [] });
});

test('options stand before the file, and the file before the variables, each by itself', () => {
  expect(versioningOf({}, {}, variables).versioning).toEqual({
    deploymentName: 'from-variable',
    buildId: 'v-variable',
  });
  expect(versioningOf({ deploymentName: 'from-file' }, {}, variables).versioning).toEqual({
    deploymentName: 'from-file',
    buildId: 'v-variable',
  });
  expect(
    versioningOf({ deploymentName: 'from-file', buildId: 'v-file' }, { buildId: 'v-option' }, variables)
      .versioning,
  ).toEqual({ deploymentName: 'from-file', buildId: 'v-option' });
});

test.each(['payouts', 'payments/payouts', 'a_b-c', 'x'.repeat(60)])('%s names a deployment', (name) => {
  expect(versioningSchema.safeParse({ deploymentName: name }).success).toBe(true);
  expect(versioningOf({}, { deploymentName: name }, {}).problems).toEqual([]);
});

test.each(['a.b', 'a:b', '-a', '__unversioned__', 'a b', 'ä', 'x'.repeat(61)])('%s names none', (name) => {
  expect(versioningSchema.safeParse({ deploymentName: name }).success).toBe(false);
  expect(versioningOf({}, { deploymentName: name }, {}).problems).toEqual([
    { path: '--deployment-name', message: expect.stringContaining('no colon') },
  ]);
  expect(versioningOf({}, {}, { TEMPORAL_DEPLOYMENT_NAME: name }).problems).toEqual([
    { path: 'TEMPORAL_DEPLOYMENT_NAME', message: expect.stringContaining('no colon') },
  ]);
});

test.each(['1.5.0-9b1c44f0a2e1', '2026-11-30', 'A'])('%s is a build id', (buildId) => {
  expect(versioningSchema.safeParse({ buildId }).success).toBe(true);
});

test.each(['1.5.0+9b1c', '__x', 'a/b', "v'1", '', 'x'.repeat(61)])('%j is no build id', (buildId) => {
  expect(versioningSchema.safeParse({ buildId }).success).toBe(false);
});
