import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Search attributes are never encrypted: statuses, public ids and keys only, no personal data. All are Keyword. */
export const payoutStatusAttribute = defineSearchAttributeKey('PayoutStatus', SearchAttributeType.KEYWORD);
export const payoutTenantAttribute = defineSearchAttributeKey('PayoutTenant', SearchAttributeType.KEYWORD);
export const payoutReferenceAttribute = defineSearchAttributeKey(
  'PayoutReference',
  SearchAttributeType.KEYWORD,
);
export const payoutProviderAccountAttribute = defineSearchAttributeKey(
  'PayoutProviderAccount',
  SearchAttributeType.KEYWORD,
);
export const payoutAttemptKeyAttribute = defineSearchAttributeKey(
  'PayoutAttemptKey',
  SearchAttributeType.KEYWORD,
);
export const providerPayoutIdAttribute = defineSearchAttributeKey(
  'ProviderPayoutId',
  SearchAttributeType.KEYWORD,
);
export const payoutHeldReasonAttribute = defineSearchAttributeKey(
  'PayoutHeldReason',
  SearchAttributeType.KEYWORD,
);

/** What waits longer than it should: reminded, escalated or overdue. */
export const payoutAttentionAttribute = defineSearchAttributeKey(
  'PayoutAttention',
  SearchAttributeType.KEYWORD,
);

/** For registering them on a server. */
export const payoutSearchAttributes = [
  payoutStatusAttribute,
  payoutTenantAttribute,
  payoutReferenceAttribute,
  payoutProviderAccountAttribute,
  payoutAttemptKeyAttribute,
  providerPayoutIdAttribute,
  payoutHeldReasonAttribute,
  payoutAttentionAttribute,
] as const;
