import { assert, property, string } from 'fast-check';
import { positionOf } from '../../src/client/list-position';
import { visibilityQuery } from '../../src/client/visibility-query';

it.each([
  [{}, "WorkflowType = 'payoutWorkflow'"],
  [{ status: 'paid' as const }, "WorkflowType = 'payoutWorkflow' AND PayoutStatus IN ('paid')"],
  [
    { status: ['paid', 'failed'] as const, tenant: 'acme' },
    "WorkflowType = 'payoutWorkflow' AND PayoutStatus IN ('paid', 'failed') AND PayoutTenant = 'acme'",
  ],
  [
    { account: 'pontis-main', held: true },
    "WorkflowType = 'payoutWorkflow' AND PayoutProviderAccount = 'pontis-main' AND PayoutHeldReason IS NOT NULL",
  ],
  [{ held: false }, "WorkflowType = 'payoutWorkflow' AND PayoutHeldReason IS NULL"],
  [{ held: 'daily_limit' as const }, "WorkflowType = 'payoutWorkflow' AND PayoutHeldReason = 'daily_limit'"],
  [{ attention: true }, "WorkflowType = 'payoutWorkflow' AND PayoutAttention IS NOT NULL"],
  [{ attention: false }, "WorkflowType = 'payoutWorkflow' AND PayoutAttention IS NULL"],
  [{ attention: 'overdue' as const }, "WorkflowType = 'payoutWorkflow' AND PayoutAttention = 'overdue'"],
])('writes %j as a query', (filter, query) => expect(visibilityQuery(filter)).toBe(query));

it('either refuses a text or quotes it whole, whatever it is', () => {
  assert(
    property(string({ unit: 'binary' }), (account) => {
      let query: string;
      try {
        query = visibilityQuery({ account });
      } catch (error) {
        expect(error).toMatchObject({ code: 'arguments_invalid' });
        return;
      }
      expect(query.split("'")).toHaveLength(5);
      expect(query).toContain(`PayoutProviderAccount = '${account}'`);
    }),
  );
});

it('names the word that is wrong, and those that are right', () => {
  const query = (filter: object) => () => visibilityQuery(filter);
  expect(query({ status: ['paid', 'paide'] })).toThrow(
    /^"paide" is no status; there are received, .*, cancelled$/,
  );
  expect(query({ tenant: 'ACME' })).toThrow(/tenant .*: small letters, digits and hyphens/);
  expect(() => positionOf('foo')).toThrow('--cursor');
  expect(query({ held: 'nonsense' })).toThrow(
    /^"nonsense" is no reason of a hold; there are outcome_unknown, /,
  );
});
