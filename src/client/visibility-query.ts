import {
  payoutAttentionAttribute,
  payoutHeldReasonAttribute,
  payoutProviderAccountAttribute,
  payoutStatusAttribute,
  payoutTenantAttribute,
} from '../contract/search-attributes';
import { visibilityLiteral } from '../contract/visibility-literal';
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
  /** What waits longer than it should: `true`: for whatever reason; `false`: nothing of that; or one word. */
  readonly attention?: boolean | PayoutAttention;
};

/** reminded, escalated: people who are asked. overdue: a hold. */
export const payoutAttentions = ['reminded', 'escalated', 'overdue'] as const;
export type PayoutAttention = (typeof payoutAttentions)[number];

/** The filter in the query language of Temporal's visibility. Throws `arguments_invalid`. */
export function visibilityQuery({ status, tenant, account, held, attention }: PayoutFilter): string {
  const conditions = [`WorkflowType = ${visibilityLiteral(payoutWorkflowType)}`];
  if (status !== undefined) {
    const statuses: readonly string[] = typeof status === 'string' ? [status] : status;
    if (statuses.length === 0) throw invalid('status', 'at least one status');
    const wrong = statuses.find((name) => !isPayoutStatus(name));
    if (wrong !== undefined) throw notOneOf(wrong, 'status', payoutStatuses);
    conditions.push(
      `${payoutStatusAttribute.name} IN (${statuses.map((name) => visibilityLiteral(name)).join(', ')})`,
    );
  }
  if (tenant !== undefined) {
    if (!tenantPattern.test(tenant)) throw invalid('tenant', 'small letters, digits and hyphens, 32 at most');
    conditions.push(`${payoutTenantAttribute.name} = ${visibilityLiteral(tenant)}`);
  }
  if (account !== undefined) {
    if (!accountPattern.test(account)) throw invalid('account', 'letters, digits and ._:-, 128 at most');
    conditions.push(`${payoutProviderAccountAttribute.name} = ${visibilityLiteral(account)}`);
  }
  if (typeof held === 'boolean') {
    conditions.push(`${payoutHeldReasonAttribute.name} IS ${held ? 'NOT NULL' : 'NULL'}`);
  } else if (held !== undefined) {
    if (!(heldReasons as readonly string[]).includes(held)) {
      throw notOneOf(held, 'reason of a hold', heldReasons);
    }
    conditions.push(`${payoutHeldReasonAttribute.name} = ${visibilityLiteral(held)}`);
  }
  if (typeof attention === 'boolean') {
    conditions.push(`${payoutAttentionAttribute.name} IS ${attention ? 'NOT NULL' : 'NULL'}`);
  } else if (attention !== undefined) {
    if (!(payoutAttentions as readonly string[]).includes(attention)) {
      throw notOneOf(attention, 'kind of attention', payoutAttentions);
    }
    conditions.push(`${payoutAttentionAttribute.name} = ${visibilityLiteral(attention)}`);
  }
  return conditions.join(' AND ');
}

const accountPattern = /^[A-Za-z0-9._:-]{1,128}$/;

const invalid = (name: string, expects: string): PayoutClientError =>
  new PayoutClientError(
    'arguments_invalid',
    `the filter ${name} has no value that a payout can have: ${expects}`,
  );

const notOneOf = (word: string, what: string, allowed: readonly string[]): PayoutClientError =>
  new PayoutClientError(
    'arguments_invalid',
    `${JSON.stringify(word).slice(0, 60)} is no ${what}; there are ${allowed.join(', ')}`,
  );
