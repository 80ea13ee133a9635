import {
  payoutHeldReasonAttribute,
  payoutProviderAccountAttribute,
  payoutStatusAttribute,
  payoutTenantAttribute,
} from '../contract/search-attributes';
import { payoutWorkflowType } from '../contract/workflow-inputs';
import { tenantPattern } from '../contract/workflow-ids';
import { isPayoutStatus } from '../domain/payout-status';
import type { PayoutStatus } from '../domain/payout-status';
import { heldReasons } from '../domain/reason';
import type { HeldReason } from '../domain/reason';
import { PayoutClientError } from './errors';

/** Which payouts; every condition that is given must hold. */
export type PayoutFilter = {
  readonly status?: PayoutStatus | readonly PayoutStatus[];
  readonly tenant?: string;
  /** Provider account id. */
  readonly account?: string;
  /** `true`: held for any reason; `false`: not held; or one reason. */
  readonly held?: boolean | HeldReason;
};

/** The filter in the query language of Temporal's visibility. Throws `arguments_invalid`. */
export function visibilityQuery({ status, tenant, account, held }: PayoutFilter): string {
  const conditions = [`WorkflowType = ${literal(payoutWorkflowType)}`];
  if (status !== undefined) {
    const statuses: readonly string[] = typeof status === 'string' ? [status] : status;
    if (statuses.length === 0 || !statuses.every(isPayoutStatus)) throw invalid('status');
    conditions.push(`${payoutStatusAttribute.name} IN (${statuses.map(literal).join(', ')})`);
  }
  if (tenant !== undefined) {
    if (!tenantPattern.test(tenant)) throw invalid('tenant');
    conditions.push(`${payoutTenantAttribute.name} = ${literal(tenant)}`);
  }
  if (account !== undefined) {
    if (account.length === 0 || account.length > 128) throw invalid('account');
    conditions.push(`${payoutProviderAccountAttribute.name} = ${literal(account)}`);
  }
  if (typeof held === 'boolean') {
    conditions.push(`${payoutHeldReasonAttribute.name} IS ${held ? 'NOT NULL' : 'NULL'}`);
  } else if (held !== undefined) {
    if (!(heldReasons as readonly string[]).includes(held)) throw invalid('held');
    conditions.push(`${payoutHeldReasonAttribute.name} = ${literal(held)}`);
  }
  return conditions.join(' AND ');
}

const invalid = (name: string): PayoutClientError =>
  new PayoutClientError('arguments_invalid', `the filter ${name} has no value that a payout can have`);

/**
 * A string literal. The query is parsed as SQL: a backslash escapes, a quote ends. Control characters have no business
 * in any attribute.
 */
function literal(value: string): string {
  // oxlint-disable-next-line no-control-regex -- refusing them is the point
  if (/[\u0000-\u001f\u007f]/.test(value)) throw invalid('value');
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
