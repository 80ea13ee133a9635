import {
  payoutHeldReasonAttribute,
  payoutProviderAccountAttribute,
  payoutStatusAttribute,
  payoutTenantAttribute,
} from '../contract/search-attributes';
import { payoutWorkflowType } from '../contract/workflow-inputs';
import { tenantPattern } from '../contract/workflow-ids';
import { isPayoutStatus, payoutStatuses } from '../domain/payout-status';
import type { PayoutStatus } from '../domain/payout-status';
import { heldReasons } from '../domain/reason';
import type { HeldReason } from '../domain/reason';
import { PayoutClientError } from './errors';

/** Which payouts; every condition that is given must hold. */
export type PayoutFilter = {
  readonly status?: PayoutStatus | readonly PayoutStatus[];
  readonly tenant?: string;
  /** Provider account id, `[A-Za-z0-9._:-]{1,128}`. */
  readonly account?: string;
  /** `true`: held for any reason; `false`: not held; or one reason. */
  readonly held?: boolean | HeldReason;
};

/** The filter in the query language of Temporal's visibility. Throws `arguments_invalid`. */
export function visibilityQuery({ status, tenant, account, held }: PayoutFilter): string {
  const conditions = [`WorkflowType = ${literal('type', payoutWorkflowType)}`];
  if (status !== undefined) {
    const statuses: readonly string[] = typeof status === 'string' ? [status] : status;
    if (statuses.length === 0) throw invalid('status');
    const wrong = statuses.find((name) => !isPayoutStatus(name));
    if (wrong !== undefined) throw notOneOf(wrong, 'status', payoutStatuses);
    conditions.push(
      `${payoutStatusAttribute.name} IN (${statuses.map((name) => literal('status', name)).join(', ')})`,
    );
  }
  if (tenant !== undefined) {
    if (!tenantPattern.test(tenant)) throw invalid('tenant');
    conditions.push(`${payoutTenantAttribute.name} = ${literal('tenant', tenant)}`);
  }
  if (account !== undefined) {
    conditions.push(`${payoutProviderAccountAttribute.name} = ${literal('account', account)}`);
  }
  if (typeof held === 'boolean') {
    conditions.push(`${payoutHeldReasonAttribute.name} IS ${held ? 'NOT NULL' : 'NULL'}`);
  } else if (held !== undefined) {
    if (!(heldReasons as readonly string[]).includes(held)) {
      throw notOneOf(held, 'reason of a hold', heldReasons);
    }
    conditions.push(`${payoutHeldReasonAttribute.name} = ${literal('held', held)}`);
  }
  return conditions.join(' AND ');
}

const invalid = (name: string): PayoutClientError =>
  new PayoutClientError('arguments_invalid', `the filter ${name} has no value that a payout can have`);

const notOneOf = (word: string, what: string, allowed: readonly string[]): PayoutClientError =>
  new PayoutClientError(
    'arguments_invalid',
    `${JSON.stringify(word).slice(0, 60)} is no ${what}; there are ${allowed.join(', ')}`,
  );

/**
 * A string literal. Nothing is escaped: the server's parser reads backslashes and double quotes in ways of its own (tried
 * on 1.32), so a value is from a closed list or of these characters, or it is refused.
 */
function literal(name: string, value: string): string {
  if (!/^[A-Za-z0-9._:-]{1,128}$/.test(value)) throw invalid(name);
  return `'${value}'`;
}
