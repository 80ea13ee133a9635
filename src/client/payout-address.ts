import { parsePayoutWorkflowId, referencePattern, tenantPattern } from '../contract/workflow-ids';
import { PayoutClientError } from './errors';

/** Which payout: unique in an installation. */
export type PayoutAddress = {
  /** `[a-z0-9][a-z0-9-]{0,31}` */
  readonly tenant: string;
  /** `[A-Za-z0-9._:-]{1,64}` */
  readonly reference: string;
};

/** Reads `TENANT/REFERENCE` or the workflow id `payout/TENANT/REFERENCE`; undefined for anything else. */
export function parsePayoutAddress(text: string): PayoutAddress | undefined {
  // A tenant may be called `payout` too: the number of parts decides.
  return parsePayoutWorkflowId(text.split('/').length === 2 ? `payout/${text}` : text);
}

/** Throws `arguments_invalid` for what can be no payout's address, so that nothing odd reaches an id or a query. */
export function assertPayoutAddress({ tenant, reference }: PayoutAddress): void {
  if (typeof tenant !== 'string' || !tenantPattern.test(tenant)) {
    throw new PayoutClientError('arguments_invalid', `tenant must match ${tenantPattern.source}`);
  }
  if (typeof reference !== 'string' || !referencePattern.test(reference)) {
    throw new PayoutClientError('arguments_invalid', `reference must match ${referencePattern.source}`);
  }
}
