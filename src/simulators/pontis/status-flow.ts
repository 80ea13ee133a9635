/** Which statuses a payout goes through: `docs.pontisglobe.com/api-reference/get-payout-status` and `/sandbox`. */
import type { PontisMode, PontisOptions } from './pontis-options';

/** One status to come, entered `afterMs` after the one before it. */
export type FlowStep = { readonly status: string; readonly afterMs: number; readonly message?: string };

const DEFAULT_PROCESSING_MS = 2_000;
const DEFAULT_SETTLEMENT_MS = 5_000;

const MAGIC_FAILURES: ReadonlyMap<string, string> = new Map([
  ['01', 'Insufficient funds'],
  ['02', 'Recipient not found'],
  ['04', 'Network error'],
]);
const FOREVER_PENDING = '03';

const UNPAID_MESSAGES: ReadonlyMap<string, string> = new Map([
  ['failed', 'Could not be delivered'],
  ['rejected', 'Rejected before processing'],
  ['reversed', 'Returned by the receiving institution'],
  ['canceled', 'Canceled before processing'],
]);

/** Final statuses, the only ones that cause a callback (`docs.pontisglobe.com/callbacks`). */
export const isFinal = (status: string): boolean => status === 'completed' || UNPAID_MESSAGES.has(status);

/** Whether the merchant's money is back once this status is reached. */
export const returnsMoney = (status: string): boolean => UNPAID_MESSAGES.has(status);

/** Statuses a send can answer with (`docs.pontisglobe.com/api-reference/send-payout`). */
export const isInitial = (status: string): boolean => status === 'pending' || status === 'pending_approval';

/** `status_message`: a text on failed, rejected, reversed and canceled, null on every other status. */
export const messageFor = (step: FlowStep, texts: PontisOptions['statusMessages']): string | null =>
  returnsMoney(step.status)
    ? (step.message ?? texts?.[step.status] ?? UNPAID_MESSAGES.get(step.status) ?? null)
    : null;

/** What follows `pending`: the magic cents in sandbox mode, processing and delivery in live mode. */
export const defaultFlow = (
  mode: PontisMode,
  cents: string,
  delays: PontisOptions['delays'],
): readonly FlowStep[] => {
  const processingMs = delays?.processingMs ?? DEFAULT_PROCESSING_MS;
  const settlementMs = delays?.settlementMs ?? DEFAULT_SETTLEMENT_MS;
  if (mode === 'live') {
    return [
      { status: 'processing', afterMs: processingMs },
      { status: 'completed', afterMs: settlementMs },
    ];
  }
  if (cents === FOREVER_PENDING) return [];
  const afterMs = processingMs + settlementMs;
  const message = MAGIC_FAILURES.get(cents);
  return [message === undefined ? { status: 'completed', afterMs } : { status: 'failed', afterMs, message }];
};
