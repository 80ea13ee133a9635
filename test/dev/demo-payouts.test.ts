import { demoPayouts } from '../../src/dev/demo-payouts';
import { parsePayoutRequest } from '../../src/validation/payout-request-schema';

const payouts = demoPayouts('dst_1').map(({ name, request }) => [name, request] as const);

test.each(payouts)('%s is a payout whose account can exist, in its normal form', (_name, request) => {
  expect(parsePayoutRequest(request)).toMatchObject({ ok: true, changed: [], warnings: [] });
});
