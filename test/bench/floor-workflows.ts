/**
 * What durable payouts are measured against. `floor` is the payout that somebody writes on a first day: four regular
 * activities, one after the other. `plain` is its good shape: what may be repeated is local. Neither validates, holds, asks
 * people, finds anything out or tells anybody anything.
 */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { FloorActivities } from './floor-activities';
import { firstPollMs, laterPollMs } from './payment';

const regular = proxyActivities<FloorActivities>({
  startToCloseTimeout: '10s',
  // "Not yet" is retried by the server, at the pace of our own poll plan.
  retry: {
    initialInterval: firstPollMs,
    backoffCoefficient: laterPollMs / firstPollMs,
    maximumInterval: laterPollMs,
  },
});
const local = proxyLocalActivities<FloorActivities>({ startToCloseTimeout: '10s' });

export const floor = (request: PayoutRequest): Promise<string> => pay(request, regular);
export const plain = (request: PayoutRequest): Promise<string> => pay(request, local);

async function pay(
  request: PayoutRequest,
  { quote, screen }: Pick<FloorActivities, 'quote' | 'screen'>,
): Promise<string> {
  const { quoteId } = await quote(request);
  const { clear } = await screen(request);
  if (!clear) return 'blocked';
  const { id } = await regular.submit(request, quoteId);
  const { status } = await regular.readStatus(id);
  return status;
}
