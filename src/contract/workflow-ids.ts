import { foldReference } from '../domain/reference';

type Payout = { readonly tenant: string; readonly reference: string };

/**
 * Workflow ids: readable, public, and a pure function of tenant and reference, so that starting the same payout twice
 * meets the same run, also with a reference in other case. `/` can stand in neither field.
 */
export const payoutWorkflowId = ({ tenant, reference }: Payout): string =>
  `payout/${tenant}/${foldReference(reference)}`;

/**
 * The id that a payout got before references were folded. Undefined where the two are the same. Such runs are still read,
 * decided about and met by a start; no new one is planned under such an id.
 */
export function unfoldedWorkflowId({ tenant, reference }: Payout): string | undefined {
  return foldReference(reference) === reference ? undefined : `payout/${tenant}/${reference}`;
}

/**
 * The workflow that remembers which payout takes the place of an ended one, whose workflow id is given: one place for a
 * reference, in whichever case the ended payout has it.
 */
export const successorWorkflowId = (replacedWorkflowId: string): string =>
  foldReference(replacedWorkflowId).replace(/^payout\//, 'successor/');

export const tenantPattern = /^[a-z0-9][a-z0-9-]{0,31}$/;
export const referencePattern = /^[A-Za-z0-9._:-]{1,64}$/;

/** Reads the workflow id of a payout, old ones with capital letters included; undefined for anything else. */
export function parsePayoutWorkflowId(id: string): Payout | undefined {
  const [prefix, tenant, reference, ...rest] = id.split('/');
  if (prefix !== 'payout' || tenant === undefined || reference === undefined || rest.length > 0)
    return undefined;
  return tenantPattern.test(tenant) && referencePattern.test(reference) ? { tenant, reference } : undefined;
}

/** A check of a request: no payout, and `random` makes it nobody else's. */
export const checkWorkflowId = (tenant: string, random: string): string => `check/${tenant}/${random}`;

/** Ids of accounts and installations as the configuration allows them; they hold no `/`, so a payout's address is never one. */
export const accountPattern = /^[a-z0-9-]{1,40}$/;

/**
 * The workflow that remembers whether a provider account of an installation is paused. Without an installation it is the one
 * that all installations of a namespace shared before they were told apart: what it says still counts for every one of
 * them, and workers of older versions know no other.
 */
export const accountWorkflowId = (account: string, installation: string | undefined): string =>
  installation === undefined ? `account/${account}` : `account/${installation}/${account}`;

/** An account, and whose; without an installation: that of every one. */
export type AccountPlace = { readonly account: string; readonly installation?: string };

/** The inverse of `accountWorkflowId`. */
export function parseAccountWorkflowId(id: string): AccountPlace | undefined {
  const [prefix, ...names] = id.split('/');
  if (prefix !== 'account' || !names.every((name) => accountPattern.test(name))) return undefined;
  const [first, second, ...rest] = names;
  if (first === undefined || rest.length > 0) return undefined;
  return second === undefined ? { account: first } : { account: second, installation: first };
}
