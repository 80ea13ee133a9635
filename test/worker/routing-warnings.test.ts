import { routingWarnings } from '../../src/worker/versions/routing-warnings';

const own = { name: 'payouts', buildId: 'v2' };
const version = (buildId: string, deploymentName = 'payouts') => ({ deploymentName, buildId });
const warn = (...given: [Parameters<typeof routingWarnings>[0], Parameters<typeof routingWarnings>[1]]) =>
  routingWarnings(...given, 'queue').join();

test('a worker that gets new payouts says nothing', () => {
  expect(warn({}, undefined)).toBe('');
  expect(warn({ current: version('v2') }, own)).toBe('');
  expect(warn({ current: version('v1'), ramping: version('v2') }, own)).toBe('');
});

test('one without a version says that a queue with a current one gives it nothing', () => {
  expect(warn({ current: version('v1') }, undefined)).toContain(
    'belongs to version payouts:v1: this worker gets no work',
  );
});

test('one with a version says what to do while none is current, or another one', () => {
  expect(warn({}, own)).toContain('no version is current for the task queue queue');
  expect(warn({}, own)).toContain('payouts versions promote v2');
  expect(warn({ current: version('v1') }, own)).toContain('only payouts that are bound to v2');
  // The same build id of another deployment is another version.
  expect(warn({ current: version('v2', 'others') }, own)).toContain('belongs to the deployment others');
});
