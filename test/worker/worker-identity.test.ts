import { parseWorkerIdentity, workerIdentity } from '../../src/contract/worker-identity';
import { accountWorkflowId, parseAccountWorkflowId } from '../../src/contract/workflow-ids';

describe('the identity of a worker', () => {
  test('is read as it was written', () => {
    const worker = {
      installation: 'acme-1',
      version: '1.2.3-rc.1',
      build: '2d3725107090',
      process: '7@pod-5',
    };
    expect(workerIdentity(worker)).toBe('acme-1/1.2.3-rc.1+2d3725107090/7@pod-5');
    expect(parseWorkerIdentity(workerIdentity(worker))).toEqual(worker);
  });

  test.each([
    '7@host',
    '',
    'acme-1/1.2.3/7@host',
    'Acme/1.2.3+abc/7@host',
    'acme-1/1.2.3+abc/',
    '/1.2.3+a/7@h',
  ])('of somebody else, or of an older worker, is none: %p', (identity) => {
    expect(parseWorkerIdentity(identity)).toBeUndefined();
  });
});

describe('the workflow id of an account', () => {
  test.each([
    ['account/acme-1/pontis-main', { account: 'pontis-main', installation: 'acme-1' }],
    ['account/pontis-main', { account: 'pontis-main' }],
  ])('%s says which account it is, and whose', (id, place) => {
    expect(parseAccountWorkflowId(id)).toEqual(place);
    expect(accountWorkflowId(place.account, 'installation' in place ? place.installation : undefined)).toBe(
      id,
    );
  });

  test.each([
    'account/',
    'account',
    'account//a',
    'account/a/b/c',
    'account/A',
    'payout/acme/a',
    'account/a/',
  ])('%p is none', (id) => {
    expect(parseAccountWorkflowId(id)).toBeUndefined();
  });
});
