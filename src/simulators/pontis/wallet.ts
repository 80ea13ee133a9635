/** The merchant's money at Pontis: balances, caps and the append-only ledger. */
import { Decimal } from 'decimal.js';
import type { LedgerEntry } from '../provider-core';
import type { PontisLimits } from './pontis-options';
import { Refusal } from './replies';

const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);
const monthOf = (now: number): string => new Date(now).toISOString().slice(0, 7);

/** Refuses with the 422 codes of `docs.pontisglobe.com/errors` and books what was accepted. */
export class Wallet {
  private readonly balances = new Map<string, Decimal>();
  private readonly volumes = new Map<string, Decimal>();
  private readonly entries: LedgerEntry[] = [];

  setBalance(currency: string, available: string): void {
    this.balances.set(currency, new Decimal(available));
  }

  available(currency: string): string {
    return (this.balances.get(currency) ?? new Decimal(0)).toFixed(2);
  }

  ledger(): readonly LedgerEntry[] {
    return [...this.entries];
  }

  checkBalance(currency: string, amount: string): void {
    const balance = this.balances.get(currency);
    if (balance?.lt(amount) !== true) return;
    throw new Refusal(
      'insufficient_funds',
      `Insufficient available balance. Available: ${balance.toFixed(2)} ${currency}`,
    );
  }

  checkLimits(limits: PontisLimits, currency: string, amount: string, now: number): void {
    if (limits.perPayout !== undefined && new Decimal(amount).gt(limits.perPayout)) {
      throw new Refusal(
        'per_payout_limit_exceeded',
        `Amount exceeds the limit of ${limits.perPayout} per payout`,
      );
    }
    if (limits.daily !== undefined && this.volume(currency, dayOf(now)).plus(amount).gt(limits.daily)) {
      throw new Refusal('daily_limit_exceeded', 'This payout would exceed your daily cap');
    }
    if (limits.monthly !== undefined && this.volume(currency, monthOf(now)).plus(amount).gt(limits.monthly)) {
      throw new Refusal('monthly_limit_exceeded', 'This payout would exceed your monthly cap');
    }
  }

  /** Accepted volume counts towards the caps even when the payout fails later: no page says that a cap is given back. */
  countVolume(currency: string, amount: string, now: number): void {
    for (const period of [dayOf(now), monthOf(now)]) {
      this.volumes.set(`${currency} ${period}`, this.volume(currency, period).plus(amount));
    }
  }

  book(entry: Omit<LedgerEntry, 'sequence'>): void {
    this.entries.push({ sequence: this.entries.length + 1, ...entry });
    const balance = this.balances.get(entry.currency);
    if (balance === undefined) return;
    this.balances.set(
      entry.currency,
      entry.kind === 'debit' ? balance.minus(entry.amount) : balance.plus(entry.amount),
    );
  }

  private volume(currency: string, period: string): Decimal {
    return this.volumes.get(`${currency} ${period}`) ?? new Decimal(0);
  }
}
