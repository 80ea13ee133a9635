import { Decimal } from 'decimal.js';
import type { MoneyMoved, PayoutStatus } from '../../../src/domain/payout-status';
import type { LedgerEntry } from '../../../src/simulators/provider-core';

/**
 * Judges by the providers' ledgers alone. A debit belongs to an intent by whom it pays and how much, never by a key of
 * ours: a second debit under a new key is what it is there to see. Ledgers do not hold our reference, so the simulation
 * writes it into the beneficiary's account: one account for each reference, unless a test wants two intents to look alike.
 */
export type Intent = {
  readonly reference: string;
  readonly host: string;
  readonly beneficiary: string;
  readonly amount: string;
  readonly currency: string;
};

/** What a ledger says of everything that looks like one intent (or like several that look alike). */
export type Debits = {
  readonly intents: readonly Intent[];
  /** Payouts that were debited, by the provider's id: more than there are intents is a second payment. */
  readonly payouts: readonly string[];
  /** Those of them whose last entry is the debit: the money is gone. */
  readonly standing: readonly string[];
  /** As received; for the report only. */
  readonly keys: readonly string[];
};

export type LedgerSource = {
  readonly name: string;
  readonly simulator: { ledger(): readonly LedgerEntry[] };
};

export type LedgerReading = {
  of(intent: Intent): Debits;
  readonly groups: readonly Debits[];
  /** Entries that no intent asked for. */
  readonly foreign: readonly LedgerEntry[];
};

/** Reads every ledger once. Only final after the last request that is under way has landed. */
export function readLedgers(hosts: readonly LedgerSource[], intents: readonly Intent[]): LedgerReading {
  const groups = new Map<string, { readonly intents: Intent[]; readonly entries: LedgerEntry[] }>();
  for (const intent of intents) {
    const key = likeness(intent.host, intent);
    const group = groups.get(key) ?? { intents: [], entries: [] };
    group.intents.push(intent);
    groups.set(key, group);
  }
  const foreign: LedgerEntry[] = [];
  for (const { name, simulator } of hosts) {
    for (const entry of simulator.ledger()) {
      (groups.get(likeness(name, entry))?.entries ?? foreign).push(entry);
    }
  }
  const debits = new Map([...groups].map(([key, group]) => [key, debitsOf(group)]));
  return {
    of(intent) {
      const found = debits.get(likeness(intent.host, intent));
      if (found === undefined) throw new Error(`${intent.reference} was not among the intents`);
      return found;
    },
    groups: [...debits.values()],
    foreign,
  };
}

/** Amounts by value: `10` and `10.00` are one. */
const likeness = (
  host: string,
  { beneficiary, amount, currency }: Pick<Intent, 'beneficiary' | 'amount' | 'currency'>,
): string => JSON.stringify([host, beneficiary, new Decimal(amount).toFixed(), currency]);

function debitsOf({
  intents,
  entries,
}: {
  readonly intents: readonly Intent[];
  readonly entries: readonly LedgerEntry[];
}): Debits {
  const last = new Map<string, LedgerEntry['kind']>();
  const debited = new Set<string>();
  for (const { providerPayoutId, kind } of entries) {
    last.set(providerPayoutId, kind);
    if (kind === 'debit') debited.add(providerPayoutId);
  }
  return {
    intents,
    payouts: [...debited],
    standing: [...debited].filter((id) => last.get(id) === 'debit'),
    keys: [...new Set(entries.map(({ callerKey }) => callerKey))],
  };
}

/** How our side ended, from its snapshot. */
export type OurEnd = {
  readonly intent: Intent;
  readonly status: PayoutStatus;
  readonly final: boolean;
  readonly moneyMoved: MoneyMoved;
  readonly held: boolean;
};

export type Violation = { readonly invariant: 'I1' | 'I2' | 'I3' | 'I6'; readonly text: string };

/**
 * I1: no intent was debited twice. I2: every intent ended, or is visibly held. I3: what we say of the money is what the
 * ledger says. I6: by currency, the money that is gone is the money of the intents that we call paid or do not know of.
 */
export function findViolations(
  hosts: readonly LedgerSource[],
  ends: readonly OurEnd[],
): readonly Violation[] {
  const reading = readLedgers(
    hosts,
    ends.map(({ intent }) => intent),
  );
  const violations: Violation[] = [];
  for (const { intents, payouts, keys } of reading.groups) {
    if (payouts.length <= intents.length) continue;
    const names = intents.map(({ reference }) => reference).join(', ');
    violations.push({
      invariant: 'I1',
      text: `${names}: debited ${payouts.length} times (${payouts.join(', ')}; keys ${keys.join(', ')})`,
    });
  }
  for (const { callerKey, amount, currency, beneficiary } of reading.foreign) {
    violations.push({
      invariant: 'I1',
      text: `nobody asked for ${amount} ${currency} to ${beneficiary} (key ${callerKey})`,
    });
  }
  for (const { intent, status, final, held } of ends) {
    if (!final && !held) {
      violations.push({ invariant: 'I2', text: `${intent.reference}: ${status}, neither ended nor held` });
    }
  }
  for (const group of reading.groups) violations.push(...contradictions(group, ends));
  violations.push(...lostMoney(reading, ends));
  return violations;
}

/** Intents that look alike are judged together: so many must be gone as are called paid, and no more than may be. */
function contradictions({ intents, standing }: Debits, ends: readonly OurEnd[]): readonly Violation[] {
  const ours = ends.filter(({ intent }) => intents.includes(intent));
  const paid = ours.filter(({ status, moneyMoved }) => status !== 'returned' && moneyMoved === 'yes');
  const perhaps = ours.filter(({ moneyMoved }) => moneyMoved === 'unknown');
  if (standing.length >= paid.length && standing.length <= paid.length + perhaps.length) return [];
  const said = ours.map(({ intent, status, moneyMoved }) => `${intent.reference} ${status}/${moneyMoved}`);
  return [{ invariant: 'I3', text: `${said.join(', ')}, but the ledger shows ${standing.length}` }];
}

function lostMoney(reading: LedgerReading, ends: readonly OurEnd[]): readonly Violation[] {
  const sums = new Map<string, { gone: Decimal; paid: Decimal; open: Decimal }>();
  const sumOf = (currency: string): { gone: Decimal; paid: Decimal; open: Decimal } => {
    const sum = sums.get(currency) ?? { gone: new Decimal(0), paid: new Decimal(0), open: new Decimal(0) };
    sums.set(currency, sum);
    return sum;
  };
  for (const { intents, standing } of reading.groups) {
    const [intent] = intents;
    if (intent === undefined) continue;
    const sum = sumOf(intent.currency);
    sum.gone = sum.gone.plus(new Decimal(intent.amount).times(standing.length));
  }
  for (const { intent, status, moneyMoved } of ends) {
    const sum = sumOf(intent.currency);
    if (moneyMoved === 'yes' && status !== 'returned') sum.paid = sum.paid.plus(intent.amount);
    if (moneyMoved === 'unknown') sum.open = sum.open.plus(intent.amount);
  }
  return [...sums].flatMap(([currency, { gone, paid, open }]) =>
    gone.lt(paid) || gone.gt(paid.plus(open))
      ? [
          {
            invariant: 'I6' as const,
            text: `${currency}: ${gone.toFixed(2)} gone, ${paid.toFixed(2)} paid, ${open.toFixed(2)} open`,
          },
        ]
      : [],
  );
}
