import { z } from 'zod';
import type { Mode } from '../domain/attempt-key';
import type { IdempotencyContract } from '../domain/idempotency-contract';
import type { PollPlan } from './provider';

/** Settings that every account has, whatever its provider. All optional: the adapter's documented defaults apply. */
const ms = z
  .number()
  .int()
  .min(0)
  .max(366 * 86_400_000);
const delays = z
  .array(
    z
      .number()
      .int()
      .min(1)
      .max(7 * 86_400_000),
  )
  .min(1)
  .max(64);

export const accountSettingsSchema = z.strictObject({
  submitTimeoutMs: z.number().int().min(100).max(60_000).optional(),
  readTimeoutMs: z.number().int().min(100).max(60_000).optional(),
  /** Overrides of the provider's idempotency contract; see `applyContractSettings` for which direction each may move. */
  contract: z
    .strictObject({
      replayWindowMs: ms.optional(),
      lookUpGraceMs: ms.optional(),
      absenceAfterMs: ms.optional(),
      absenceLookUps: z.number().int().min(1).max(20).optional(),
      recoveryPlanMs: delays.optional(),
      personAfterMs: ms.optional(),
      unpaidSettleMs: ms.optional(),
      unpaidWatchMs: ms.optional(),
      returnWatchMs: ms.optional(),
    })
    .optional(),
  pollPlan: z
    .strictObject({
      delaysMs: delays.optional(),
      overdueAfterMs: ms.optional(),
      watchDelaysMs: delays.optional(),
    })
    .optional(),
});
export type AccountSettings = z.infer<typeof accountSettingsSchema>;

/** A setting that would weaken a guard. `path` is below the account's `common` settings. */
export class UnsafeSettingError extends Error {
  override readonly name = 'UnsafeSettingError';
  readonly code = 'unsafe_setting';
  constructor(
    readonly path: string,
    rule: string,
  ) {
    super(`${path}: ${rule}`);
  }
}

/**
 * The provider's contract with an account's settings applied. Settings move only toward caution: the replay window
 * shrinks, waits and counts before a conclusion grow. Sandbox accounts may shorten waits (not windows and counts).
 */
export function applyContractSettings(
  contract: IdempotencyContract,
  settings: AccountSettings['contract'],
  mode: Mode,
): IdempotencyContract {
  if (!settings) return contract;
  const noMore = (path: string, standard: number, wanted: number | undefined): number => {
    if (wanted !== undefined && wanted > standard) throw new UnsafeSettingError(path, `at most ${standard}`);
    return wanted ?? standard;
  };
  const noLess = (path: string, standard: number, wanted: number | undefined): number => {
    if (wanted !== undefined && wanted < standard) throw new UnsafeSettingError(path, `at least ${standard}`);
    return wanted ?? standard;
  };
  const wait = (path: string, standard: number, wanted: number | undefined): number =>
    mode === 'sandbox' ? (wanted ?? standard) : noLess(`${path} (live account)`, standard, wanted);
  const { absence } = contract.lookUp;
  return {
    ...contract,
    replay: {
      ...contract.replay,
      windowMs: noMore('contract.replayWindowMs', contract.replay.windowMs, settings.replayWindowMs),
    },
    lookUp: {
      ...contract.lookUp,
      graceMs: wait('contract.lookUpGraceMs', contract.lookUp.graceMs, settings.lookUpGraceMs),
      absence: absence && {
        afterMs: wait('contract.absenceAfterMs', absence.afterMs, settings.absenceAfterMs),
        lookUps: noLess('contract.absenceLookUps', absence.lookUps, settings.absenceLookUps),
      },
    },
    recoveryPlanMs: settings.recoveryPlanMs ?? contract.recoveryPlanMs,
    personAfterMs: settings.personAfterMs ?? contract.personAfterMs,
    returns: {
      ...contract.returns,
      watchMs: wait('contract.returnWatchMs', contract.returns.watchMs, settings.returnWatchMs),
    },
    unpaid: {
      settleMs: wait('contract.unpaidSettleMs', contract.unpaid.settleMs, settings.unpaidSettleMs),
      watchMs: wait('contract.unpaidWatchMs', contract.unpaid.watchMs, settings.unpaidWatchMs),
    },
  };
}

/** The default poll plan with an account's settings applied. Polling more often or seldom endangers nothing. */
export const applyPollSettings = (plan: PollPlan, settings: AccountSettings['pollPlan']): PollPlan => ({
  delaysMs: settings?.delaysMs ?? plan.delaysMs,
  overdueAfterMs: settings?.overdueAfterMs ?? plan.overdueAfterMs,
  watchDelaysMs: settings?.watchDelaysMs ?? plan.watchDelaysMs,
});
