import type { SubmitPayoutResult } from '../../../activities/payout-activities';
import { acceptsCredentials } from '../../../domain/provider-failure';
import type { HeldReason } from '../../../domain/reason';
import type { PayoutRun } from '../payout-run';
import type { QuoteAnswer } from './quote-request';

/** What a call carries while this payout finds out whether the provider accepts the account's credentials again. */
export const probe = ({ probesCredentials }: PayoutRun): { readonly probesCredentials?: true } =>
  probesCredentials ? { probesCredentials } : {};

/** A refused login makes the payout one that probes; any word from behind the login ends that. */
export function noteSubmitReply(run: PayoutRun, reply: SubmitPayoutResult): void {
  if (reply.kind === 'accepted') run.probesCredentials = false;
  if (reply.kind !== 'failed') return;
  if (reply.failure.code === 'credentials_refused') run.probesCredentials = true;
  else if (acceptsCredentials(reply.failure)) run.probesCredentials = false;
}

/** A price does not end it: whether a send is let in is only known by one. */
export function noteQuoteReply(run: PayoutRun, result: QuoteAnswer): void {
  const isRefused = result.kind === 'failed' && result.failure.code === 'credentials_refused';
  if (isRefused || (result.kind === 'quoted' && result.probesCredentials)) run.probesCredentials = true;
}

/** Without a usable price the payout waits for one, or for its account (in runs that hold for each failed quote). */
export const heldWithoutQuote = (result: QuoteAnswer): HeldReason =>
  result.kind === 'failed' && result.failure.code === 'account_paused'
    ? 'account_paused'
    : 'quote_unavailable';
