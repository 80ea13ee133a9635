import { createHash } from 'node:crypto';
import type { EchoCheck, IdempotencyContract } from '../../src/domain/idempotency-contract';
import type { ProviderFailure } from '../../src/domain/provider-failure';
import type { ProviderStatus, StatusReading } from '../../src/domain/provider-status';
import type { Quote } from '../../src/domain/quote';
import type {
  LookUpReply,
  PayoutProvider,
  PollPlan,
  StatusReply,
  SubmitReply,
} from '../../src/providers/provider';

/** What one submit does: answers, or answers after `ms`, or never. */
export type SubmitStep = SubmitReply | { readonly hangMs: number; readonly reply: SubmitReply };

export const echo = (mismatched: EchoCheck['mismatched'] = []): EchoCheck => ({
  matched: [],
  unverified: [],
  mismatched,
});

export const accepted = (providerPayoutId = 'prov-1', status: ProviderStatus = 'accepted'): SubmitReply => ({
  kind: 'accepted',
  providerPayoutId,
  status,
  providerStatus: 'pending',
  echo: echo(),
});

export const failed = (
  code: ProviderFailure['code'],
  effect: ProviderFailure['effect'] = 'none',
): { readonly kind: 'failed'; readonly failure: ProviderFailure } => ({
  kind: 'failed',
  failure: { effect, code },
});

export const reading = (
  status: ProviderStatus,
  providerStatus: string = status,
  providerPayoutId = 'prov-1',
): StatusReading => ({ providerPayoutId, status, providerStatus, echo: echo() });

export const read = (status: ProviderStatus, providerStatus?: string): StatusReply => ({
  kind: 'read',
  reading: reading(status, providerStatus),
});

export const found = (...ids: string[]): LookUpReply => ({
  kind: 'complete',
  found: ids.map((id) => reading('accepted', 'pending', id)),
});

/** One list per operation: each call takes the next step, the last one repeats. */
export type ProviderScript = {
  /** Accepted at once unless given. */
  readonly submits?: readonly SubmitStep[];
  /** An error is thrown: what a bug of ours, or an activity that somebody fails by hand, looks like. */
  readonly statuses?: readonly (StatusReply | Error)[];
  readonly lookUps?: readonly (LookUpReply | Error)[];
  readonly quotes?: readonly (Quote | ProviderFailure['code'])[];
  readonly contract?: Partial<IdempotencyContract>;
  readonly poll?: Partial<PollPlan>;
  readonly submitTimeoutMs?: number;
  readonly timeLimits?: PayoutProvider['timeLimits'];
};

export type ScriptedCall =
  | { readonly kind: 'submit'; readonly key: string; readonly body: string }
  | { readonly kind: 'status' | 'look-up' | 'quote'; readonly key: string };

export type ScriptedProvider = PayoutProvider & {
  readonly calls: readonly ScriptedCall[];
  /** Replaces what later status reads answer. */
  setStatuses(statuses: readonly (StatusReply | Error)[]): void;
  /** Replaces what later look-ups answer. */
  setLookUps(lookUps: readonly (LookUpReply | Error)[]): void;
};

/** Contracts of the four kinds of provider that exist, with production durations. */
export const contracts = {
  /** The replay is the look-up (Pontis). */
  replay: {
    replay: { windowMs: 24 * 3_600_000, afterEmptyLookUps: 0, verifyByLookUp: false },
    lookUp: { kind: 'none', graceMs: 0, absence: null },
  },
  /** Look-up by our key (Payfield). */
  byKey: {
    replay: { windowMs: 30 * 86_400_000, afterEmptyLookUps: 2, verifyByLookUp: false },
    lookUp: { kind: 'by-key', graceMs: 65_000, absence: { afterMs: 600_000, lookUps: 2 } },
  },
  /** Scan, then replay within fifteen minutes (Syncgram). */
  scan: {
    replay: { windowMs: 15 * 60_000, afterEmptyLookUps: 1, verifyByLookUp: true },
    lookUp: { kind: 'scan', graceMs: 5_000, absence: null },
    refusalsRemembered: true,
    personAfterMs: 30 * 60_000,
  },
  /** Neither key memory nor look-up. */
  nothing: {
    replay: { windowMs: 0, afterEmptyLookUps: 0, verifyByLookUp: false },
    lookUp: { kind: 'none', graceMs: 0, absence: null },
  },
} as const satisfies Readonly<Record<string, Partial<IdempotencyContract>>>;

/** A provider that does what a test says: an implementation of the port, not a mock of ours. */
export function scriptedProvider(script: ProviderScript): ScriptedProvider {
  const calls: ScriptedCall[] = [];
  let statuses: readonly (StatusReply | Error)[] = script.statuses ?? [read('paid', 'completed')];
  let lookUps: readonly (LookUpReply | Error)[] = script.lookUps ?? [];
  const taken = { submit: 0, status: 0, lookUp: 0, quote: 0 };
  const next = <T>(kind: keyof typeof taken, steps: readonly T[]): T => {
    const step = steps[Math.min(taken[kind], steps.length - 1)];
    taken[kind] += 1;
    if (step === undefined) throw new Error(`the script has no ${kind} step`);
    return step;
  };
  return {
    provider: 'scripted',
    calls,
    setStatuses(later) {
      statuses = later;
      taken.status = 0;
    },
    setLookUps(later) {
      lookUps = later;
      taken.lookUp = 0;
    },
    contract: {
      ...contracts.replay,
      refusalsRemembered: false,
      recoveryPlanMs: [1_000, 2_000, 4_000, 60_000],
      personAfterMs: 24 * 3_600_000,
      echoes: { submit: [], lookUp: [], status: [] },
      returns: { reported: false, watchMs: 0 },
      unpaid: { settleMs: 60_000, watchMs: 0 },
      ...script.contract,
    },
    pollPlan: {
      delaysMs: [15_000, 60_000],
      overdueAfterMs: 24 * 3_600_000,
      watchDelaysMs: [86_400_000],
      ...script.poll,
    },
    submitTimeoutMs: script.submitTimeoutMs ?? 10_000,
    timeLimits: script.timeLimits ?? { quoteMs: 15_000, statusMs: 15_000, lookUpMs: 60_000 },
    needsQuote: () => script.quotes !== undefined,
    sourceCurrency: () => 'USDT',
    problems: () => [],
    formatKey: (digest) => digest.slice(0, 32),
    freezeBody: ({ request, key, quote }) =>
      JSON.stringify({ key, amount: request.amount.value, quote: quote?.quoteId }),
    async submit(attempt, call) {
      const step = next('submit', script.submits ?? [accepted()]);
      call.beforeWrite?.();
      calls.push({ kind: 'submit', key: attempt.key, body: attempt.body });
      if (!('hangMs' in step)) return step;
      await new Promise((resolve) => setTimeout(resolve, step.hangMs));
      return step.reply;
    },
    async readStatus({ attempt }) {
      calls.push({ kind: 'status', key: attempt.key });
      const step = next('status', statuses);
      if (step instanceof Error) throw step;
      return step;
    },
    async lookUp({ attempt }) {
      calls.push({ kind: 'look-up', key: attempt.key });
      const step = next('lookUp', lookUps);
      if (step instanceof Error) throw step;
      return step;
    },
    async quote() {
      calls.push({ kind: 'quote', key: '' });
      const step = next('quote', script.quotes ?? []);
      return typeof step === 'string' ? failed(step) : { kind: 'quoted', quote: step };
    },
    readWebhook: () => ({ kind: 'refused', code: 'signature_missing' }),
  };
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
