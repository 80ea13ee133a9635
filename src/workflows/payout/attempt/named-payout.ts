import { ActivityFailure } from '@temporalio/common';
import type { ClaimsOnResult, StatusResult } from '../../../activities/payout-activities';
import type { StatusReading } from '../../../domain/provider-status';
import type { ResolveOutcome } from '../../../domain/resolution';
import { claimsOn, readStatus } from '../../activity-proxies';
import type { PayoutRun } from '../payout-run';
import { propose } from './resolution';
import { publish } from '../publishing';

/**
 * Reads back the provider's payout that people named. One person is enough where the provider's reply repeats our key and
 * nothing in it differs. Where it does not, somebody could name a payout of another intent, which may end unpaid while ours
 * is paid: a second person has to say the same.
 */
export async function readNamedPayout(run: PayoutRun): Promise<StatusReading | 'none' | 'refused'> {
  const { inHand } = run.recovery;
  if (inHand?.kind !== 'adopt') return 'none';
  const { providerPayoutId, by, confirmed, reason } = inHand;
  const refuse = (outcome: ResolveOutcome, code: string, note?: string): 'refused' => {
    run.record('resolution-refused', { by, code, note: note ?? providerPayoutId });
    run.recovery.answer(inHand, {
      outcome,
      ...(run.recovery.proposal === undefined ? {} : { proposal: run.recovery.proposal.id }),
    });
    publish(run);
    return 'refused';
  };

  // What is followed is not exchanged for another one.
  if (run.isAccepted && providerPayoutId !== run.providerPayoutId)
    return refuse(
      'mismatch',
      'provider_mismatch',
      `${run.providerPayoutId ?? ''} is followed, not ${providerPayoutId}`,
    );
  const result = await readOnce(run, providerPayoutId);
  if (result === undefined) return refuse('not-read', 'unexpected_failure');
  if (result.kind === 'failed') {
    const { code } = result.failure;
    return refuse(code === 'not_found' ? 'not-found' : 'not-read', code);
  }
  const { reading } = result;
  if (reading.providerPayoutId !== providerPayoutId)
    return refuse('mismatch', 'provider_mismatch', `${providerPayoutId} is shown under another id`);
  const fields = run.recovery.differencesOf(reading);
  const differs = fields.length === 0 ? '' : ` differs in ${fields.join(', ')}`;
  if (fields.length > 0 && !mayDiffer(run, reading))
    return refuse('mismatch', 'provider_mismatch', `${providerPayoutId}${differs}`);
  const claim = await claimOf(run, providerPayoutId);
  if (claim.kind === 'unreadable') return refuse('not-read', 'claims_unreadable');
  if (claim.kind === 'claimed')
    return refuse('mismatch', 'provider_mismatch', `${providerPayoutId} is ${claim.by} already`);
  if (confirmed === undefined && (fields.length > 0 || !reading.echo.matched.includes('key'))) {
    const evidence = `${providerPayoutId} at the provider${differs}${reason === undefined ? '' : `: ${reason}`}`;
    run.recovery.answer(inHand, propose(run, { kind: 'adopt', by, evidence, providerPayoutId }));
    return 'refused';
  }
  if (confirmed !== undefined) run.recovery.proposal = { ...confirmed, confirmedBy: by };
  if (fields.length > 0) run.recovery.acceptedDifference = { providerPayoutId, fields };
  run.recovery.answer(inHand, { outcome: 'adopted', providerPayoutId });
  return reading;
}

/**
 * People may say that what differs is ours all the same, if they were shown that it does. What has another key is not ours,
 * except where an earlier run of this payout sent under one.
 */
const mayDiffer = (run: PayoutRun, reading: StatusReading): boolean =>
  run.recovery.isInResetConflict ||
  (run.recovery.isKnownToDiffer(reading) && !run.recovery.differencesOf(reading).includes('key'));

/** Whether the provider's payout is another payout's already: one debit would then stand for two. */
async function claimOf(run: PayoutRun, providerPayoutId: string): Promise<ClaimsOnResult> {
  try {
    const { account } = run.require('plan');
    return await claimsOn(run.localTurn, { schema: 1, account, providerPayoutId });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { kind: 'unreadable' };
  }
}

/** One read; what goes wrong is an answer to the person, not a hold of its own. */
async function readOnce(run: PayoutRun, providerPayoutId: string): Promise<StatusResult | undefined> {
  try {
    return await readStatus({
      plan: run.require('plan'),
      attempt: run.require('attempt'),
      providerPayoutId,
    });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return undefined;
  }
}
