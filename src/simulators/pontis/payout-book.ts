/** Accepted payouts, the statuses they go through and the callbacks this causes. */
import { Decimal } from 'decimal.js';
import type { CoreContext, PayoutMatch, SimulatedPayout, StatusScript } from '../provider-core';
import { DueQueue } from './due-queue';
import { sandboxIdFrom, uuidFrom } from './identifiers';
import type { PontisOptions } from './pontis-options';
import { defaultFlow, isInitial, messageFor, returnsMoney } from './status-flow';
import type { FlowStep } from './status-flow';
import type { PayoutPayload } from './validation';
import { beneficiaryOf } from './validation';
import type { Wallet } from './wallet';

/** One accepted payout. */
export type PayoutRecord = {
  readonly transactionId: string;
  readonly payload: PayoutPayload;
  readonly plaintext: string;
  readonly beneficiary: string;
  readonly acceptedAt: number;
  readonly initialStatus: string;
  status: string;
  statusMessage: string | null;
  readonly history: { readonly status: string; readonly at: number }[];
  /** Steps not yet entered; replaced as a whole when an approval is decided. */
  plan: readonly FlowStep[];
  hasMoney: boolean;
};

type DueStep = { readonly record: PayoutRecord; readonly plan: readonly FlowStep[] };
type OpenScript = { readonly script: StatusScript; left: number };

const centsOf = (amount: string): string => new Decimal(amount).toFixed(2).slice(-2);

/** Books accepted payouts and moves them through their statuses on the clock it is given. */
export class PayoutBook {
  private readonly byId = new Map<string, PayoutRecord>();
  private readonly newestByKey = new Map<string, PayoutRecord>();
  private readonly due = new DueQueue<DueStep>();
  private readonly scripts: OpenScript[] = [];

  constructor(
    private readonly options: PontisOptions,
    private readonly accountId: string,
    private readonly wallet: Wallet,
  ) {}

  find(transactionId: string): PayoutRecord | undefined {
    return this.byId.get(transactionId.toLowerCase());
  }

  /** The payout an idempotency key stands for while the key is remembered; the case of a UUID does not matter. */
  findByKey(key: string, now: number): PayoutRecord | undefined {
    const record = this.newestByKey.get(key.toLowerCase());
    const lifetime = this.options.keyLifetimeMs;
    return record !== undefined && lifetime !== undefined && now >= record.acceptedAt + lifetime
      ? undefined
      : record;
  }

  addScript(script: StatusScript): void {
    this.scripts.push({ script, left: script.times ?? Number.POSITIVE_INFINITY });
  }

  accept(payload: PayoutPayload, plaintext: string, context: CoreContext): PayoutRecord {
    const cents = centsOf(payload.source_amount);
    const beneficiary = beneficiaryOf(payload.recipient_details);
    const { initial, plan } = this.flowOf(payload, beneficiary, cents);
    const record: PayoutRecord = {
      transactionId: this.unusedId(cents, context),
      payload,
      plaintext,
      beneficiary,
      acceptedAt: context.now,
      initialStatus: initial,
      status: initial,
      statusMessage: null,
      history: [{ status: initial, at: context.now }],
      plan,
      hasMoney: false,
    };
    this.byId.set(record.transactionId, record);
    this.newestByKey.set(payload.idempotency_key.toLowerCase(), record);
    this.book(record, 'debit', context.now);
    this.wallet.countVolume(payload.source_currency, payload.source_amount, context.now);
    this.schedule(record, context.now);
    return record;
  }

  /** Enters every status that is due, in the order in which they became due. */
  enterDueSteps(now: number, onEntered: (record: PayoutRecord) => void): void {
    for (let next = this.nextDue(); next !== undefined && next.dueAt <= now; next = this.nextDue()) {
      this.due.pop();
      const { record, plan } = next.item;
      const [step, ...rest] = plan;
      if (step === undefined) continue;
      record.plan = rest;
      this.enter(record, step, next.dueAt);
      this.schedule(record, next.dueAt);
      onEntered(record);
    }
  }

  nextDueAt(): number | undefined {
    return this.nextDue()?.dueAt;
  }

  decideApproval(transactionId: string, decision: 'approved' | 'rejected' | 'canceled', now: number): void {
    const record = this.find(transactionId);
    if (record?.status !== 'pending_approval') throw new Error(`${transactionId} does not await approval`);
    record.plan =
      decision === 'approved'
        ? [{ status: 'pending', afterMs: 0 }, ...this.flowAfterPending(centsOf(record.payload.source_amount))]
        : [{ status: decision, afterMs: 0 }];
    this.schedule(record, now);
  }

  payouts(): readonly SimulatedPayout[] {
    return [...this.byId.values()].map((record) => ({
      providerPayoutId: record.transactionId,
      callerKey: record.payload.idempotency_key,
      amount: record.payload.source_amount,
      currency: record.payload.source_currency,
      beneficiary: record.beneficiary,
      status: record.status,
      history: [...record.history],
    }));
  }

  private unusedId(cents: string, context: CoreContext): string {
    const id =
      this.options.mode === 'sandbox'
        ? sandboxIdFrom(this.accountId, cents, context.now, context.random)
        : uuidFrom(context.random);
    return this.byId.has(id) ? this.unusedId(cents, context) : id;
  }

  private nextDue(): { readonly dueAt: number; readonly item: DueStep } | undefined {
    for (;;) {
      const next = this.due.peek();
      if (next === undefined || next.item.record.plan === next.item.plan) return next;
      this.due.pop();
    }
  }

  private schedule(record: PayoutRecord, from: number): void {
    const [step] = record.plan;
    if (step !== undefined) this.due.push(from + step.afterMs, { record, plan: record.plan });
  }

  private enter(record: PayoutRecord, step: FlowStep, at: number): void {
    record.status = step.status;
    record.statusMessage = messageFor(step, this.options.statusMessages);
    record.history.push({ status: step.status, at });
    if (returnsMoney(step.status) && record.hasMoney) this.book(record, 'credit', at);
    // A script can deliver a payout after it failed: then the money has left again, and the ledger must say so.
    if (step.status === 'completed' && !record.hasMoney) this.book(record, 'debit', at);
  }

  private book(record: PayoutRecord, kind: 'debit' | 'credit', at: number): void {
    record.hasMoney = kind === 'debit';
    this.wallet.book({
      at,
      kind,
      providerPayoutId: record.transactionId,
      callerKey: record.payload.idempotency_key,
      amount: record.payload.source_amount,
      currency: record.payload.source_currency,
      beneficiary: record.beneficiary,
    });
  }

  private flowOf(
    payload: PayoutPayload,
    beneficiary: string,
    cents: string,
  ): { readonly initial: string; readonly plan: readonly FlowStep[] } {
    const { autoApprovalLimit, approvalAfterMs } = this.options;
    const held = autoApprovalLimit !== undefined && new Decimal(payload.source_amount).gt(autoApprovalLimit);
    const initial = held ? 'pending_approval' : 'pending';
    const scripted = this.takeScript({
      callerKey: payload.idempotency_key,
      amount: payload.source_amount,
      beneficiary,
    });
    if (scripted !== undefined) {
      const [first, ...rest] = scripted.steps;
      return first?.afterMs === 0 && isInitial(first.status)
        ? { initial: first.status, plan: rest }
        : { initial, plan: scripted.steps };
    }
    const flow = this.flowAfterPending(cents);
    if (!held) return { initial, plan: flow };
    return {
      initial,
      plan: approvalAfterMs === undefined ? [] : [{ status: 'pending', afterMs: approvalAfterMs }, ...flow],
    };
  }

  private flowAfterPending(cents: string): readonly FlowStep[] {
    return defaultFlow(this.options.mode, cents, this.options.delays);
  }

  private takeScript(payout: Required<PayoutMatch>): StatusScript | undefined {
    const found = this.scripts.find(
      ({ script: { match }, left }) =>
        left > 0 &&
        (match.callerKey === undefined || match.callerKey === payout.callerKey) &&
        (match.amount === undefined || match.amount === payout.amount) &&
        (match.beneficiary === undefined || match.beneficiary === payout.beneficiary),
    );
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.script;
  }
}
