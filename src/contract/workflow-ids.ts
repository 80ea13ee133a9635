/**
 * Workflow ids: readable, public, and a pure function of tenant and reference, so that starting the same payout twice
 * meets the same run. `/` can stand in neither field.
 */
export const payoutWorkflowId = (payout: { readonly tenant: string; readonly reference: string }): string =>
  `payout/${payout.tenant}/${payout.reference}`;

export const tenantPattern = /^[a-z0-9][a-z0-9-]{0,31}$/;
export const referencePattern = /^[A-Za-z0-9._:-]{1,64}$/;

/** The inverse of `payoutWorkflowId`; undefined for an id that it cannot have built. */
export function parsePayoutWorkflowId(
  id: string,
): { readonly tenant: string; readonly reference: string } | undefined {
  const [prefix, tenant, reference, ...rest] = id.split('/');
  if (prefix !== 'payout' || tenant === undefined || reference === undefined || rest.length > 0)
    return undefined;
  return tenantPattern.test(tenant) && referencePattern.test(reference) ? { tenant, reference } : undefined;
}

/** A check of a request: no payout, and `random` makes it nobody else's. */
export const checkWorkflowId = (tenant: string, random: string): string => `check/${tenant}/${random}`;

/** Account ids as the configuration allows them; they hold no `/`, so a payout's address is never one. */
export const accountPattern = /^[a-z0-9-]{1,40}$/;

/** The workflow that remembers whether a provider account is paused. */
export const accountWorkflowId = (account: string): string => `account/${account}`;

/** The inverse of `accountWorkflowId`. */
export function parseAccountWorkflowId(id: string): string | undefined {
  const account = id.startsWith('account/') ? id.slice('account/'.length) : '';
  return accountPattern.test(account) ? account : undefined;
}
