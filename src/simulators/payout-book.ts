/**
 * The books of one simulated provider: its payouts, the statuses they go through in time, the merchant's balances and
 * the append-only ledger. A payout that is accepted debits the balance once; a status that returns the money credits it,
 * and a provider that calls a returned payout paid after all debits it again.
 */
import { Decimal } from 'decimal.js';
import type { LedgerEntry, PayoutMatch, SimulatedPayout, StatusScript } from './provider-core';

export type BookedPayout<Details> = SimulatedPayout & {
  readonly details: Details;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type NewPayout<Details> = Pick<
  SimulatedPayout,
  'providerPayoutId' | 'callerKey' | 'amount' | 'currency' | 'beneficiary'
> & {
  readonly details: Details;
};

export type PayoutBookOptions = {
  readonly initialStatus: string;
  /** What a payout goes through when no script matches it. */
  readonly defaultSteps: StatusScript['steps'];
  readonly moneyAfter: (status: string) => 'paid' | 'returned' | 'unchanged';
};

/** Called once for each status that is entered, while the payout is in it. */
export type StatusListener<Details> = (payout: BookedPayout<Details>) => void;

export type PayoutBook<Details> = {
  /** Books the payout and its debit; the caller has checked the balance. Statuses due at once are entered at once. */
  readonly accept: (
    payout: NewPayout<Details>,
    now: number,
    entered: StatusListener<Details>,
  ) => BookedPayout<Details>;
  /** Enters every status due up to `now`, in the order of time. */
  readonly advance: (now: number, entered: StatusListener<Details>) => void;
  readonly nextDueAt: () => number | undefined;
  readonly find: (matches: (payout: BookedPayout<Details>) => boolean) => BookedPayout<Details> | undefined;
  /** Oldest first. */
  readonly all: () => readonly BookedPayout<Details>[];
  readonly ledger: () => readonly LedgerEntry[];
  readonly script: (script: StatusScript) => void;
  readonly setBalance: (currency: string, available: string) => void;
  /** Undefined while the balance in this currency is unlimited. */
  readonly available: (currency: string) => string | undefined;
  readonly affords: (currency: string, amount: string) => boolean;
  readonly currencies: () => readonly string[];
};

type Step = StatusScript['steps'][number];

type Account<Details> = {
  payout: BookedPayout<Details>;
  remaining: readonly Step[];
  debited: boolean;
};

/** Empty books with unlimited balances. */
export function createPayoutBook<Details>(options: PayoutBookOptions): PayoutBook<Details> {
  const accounts: Account<Details>[] = [];
  const moving = new Set<Account<Details>>();
  const entries: LedgerEntry[] = [];
  const balances = new Map<string, Decimal>();
  const scripts: { readonly script: StatusScript; left: number }[] = [];

  function post(kind: LedgerEntry['kind'], account: Account<Details>, at: number): void {
    const { providerPayoutId, callerKey, amount, currency, beneficiary } = account.payout;
    entries.push({
      sequence: entries.length + 1,
      at,
      kind,
      providerPayoutId,
      callerKey,
      amount,
      currency,
      beneficiary,
    });
    const balance = balances.get(currency);
    if (balance) balances.set(currency, kind === 'debit' ? balance.minus(amount) : balance.plus(amount));
    account.debited = kind === 'debit';
  }

  function enter(account: Account<Details>, status: string, at: number): void {
    const { payout } = account;
    account.payout = { ...payout, status, updatedAt: at, history: [...payout.history, { status, at }] };
    const effect = options.moneyAfter(status);
    if (effect === 'returned' && account.debited) post('credit', account, at);
    if (effect === 'paid' && !account.debited) post('debit', account, at);
  }

  function stepsFor(payout: NewPayout<Details>): readonly Step[] {
    const chosen = scripts.find(({ script, left }) => left > 0 && matchesPayout(script.match, payout));
    if (!chosen) return options.defaultSteps;
    chosen.left -= 1;
    return chosen.script.steps;
  }

  function earliest(): { readonly account: Account<Details>; readonly dueAt: number } | undefined {
    let first: { account: Account<Details>; dueAt: number } | undefined;
    for (const account of moving) {
      const dueAt = account.payout.updatedAt + (account.remaining[0]?.afterMs ?? 0);
      if (!first || dueAt < first.dueAt) first = { account, dueAt };
    }
    return first;
  }

  function advance(now: number, entered: StatusListener<Details>): void {
    for (let next = earliest(); next && next.dueAt <= now; next = earliest()) {
      const { account, dueAt } = next;
      const [step, ...rest] = account.remaining;
      account.remaining = rest;
      if (rest.length === 0) moving.delete(account);
      if (!step) continue;
      enter(account, step.status, dueAt);
      entered(account.payout);
    }
  }

  return {
    accept(payout, now, entered) {
      advance(now, entered);
      const account: Account<Details> = {
        payout: {
          ...payout,
          status: options.initialStatus,
          history: [{ status: options.initialStatus, at: now }],
          createdAt: now,
          updatedAt: now,
        },
        remaining: stepsFor(payout),
        debited: false,
      };
      accounts.push(account);
      if (account.remaining.length > 0) moving.add(account);
      post('debit', account, now);
      entered(account.payout);
      advance(now, entered);
      return account.payout;
    },
    advance,
    nextDueAt: () => earliest()?.dueAt,
    find: (matches) => accounts.find(({ payout }) => matches(payout))?.payout,
    all: () => accounts.map(({ payout }) => payout),
    ledger: () => [...entries],
    script(script) {
      scripts.push({ script, left: script.times ?? Number.POSITIVE_INFINITY });
    },
    setBalance(currency, available) {
      balances.set(currency, new Decimal(available));
    },
    available: (currency) => balances.get(currency)?.toFixed(2),
    affords: (currency, amount) => balances.get(currency)?.gte(amount) ?? true,
    currencies: () => [...balances.keys()],
  };
}

/** A booked payout as the admin API and tests see it. */
export function describePayout<Details>(payout: BookedPayout<Details>): SimulatedPayout {
  const { providerPayoutId, callerKey, amount, currency, beneficiary, status, history } = payout;
  return { providerPayoutId, callerKey, amount, currency, beneficiary, status, history };
}

function matchesPayout(match: PayoutMatch, payout: Required<PayoutMatch>): boolean {
  return (['callerKey', 'amount', 'beneficiary'] as const).every(
    (field) => match[field] === undefined || match[field] === payout[field],
  );
}
