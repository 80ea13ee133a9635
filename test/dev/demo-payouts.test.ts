import { demoPayouts, openPayouts } from '../../src/dev/demo-payouts';
import { parsePayoutRequest } from '../../src/validation/payout-request-schema';

const payouts = [...demoPayouts('dst_1').map(({ request }) => request), ...Object.values(openPayouts)].map(
  (request) => [request.reference, request] as const,
);

test.each(payouts)('%s is a payout whose account can exist, in its normal form', (_name, request) => {
  expect(parsePayoutRequest(request)).toMatchObject({ ok: true, changed: [], warnings: [] });
});
