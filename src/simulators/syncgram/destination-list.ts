import { randomHex } from '../random-hex';
import type { FieldError, PaymentMethod } from './syncgram-withdrawal';
import { optionalText } from './syncgram-withdrawal';

const fieldsByType = {
  bank_account: ['account_number', 'account_name', 'bank_code'],
  mobile_money: ['phone_number', 'mobile_provider'],
  crypto_wallet: ['wallet_address'],
} as const;

type DestinationType = keyof typeof fieldsByType;

/** The types are named differently from the payment methods they serve (Syncgram Pay, Destinations). */
const typeByMethod: Readonly<Record<PaymentMethod, DestinationType>> = {
  BANK_TRANSFER: 'bank_account',
  MOBILE_MONEY: 'mobile_money',
  CRYPTO: 'crypto_wallet',
};

export type Destination = {
  readonly id: string;
  readonly type: DestinationType;
  readonly is_active: boolean;
  readonly fields: Readonly<Record<string, string>>;
};

export type DestinationList = {
  /** The saved destination, or what is wrong with the body. */
  save(body: Readonly<Record<string, unknown>>, random: () => number): Destination | readonly FieldError[];
  all(): readonly Destination[];
  /** Soft: it stays listed as inactive and serves no new withdrawal. Returns false for an unknown id. */
  deactivate(id: string): boolean;
  serves(id: string, method: PaymentMethod): boolean;
};

/** Saved beneficiaries (Syncgram Pay, Destinations). */
export function createDestinationList(): DestinationList {
  const destinations = new Map<string, Destination>();

  return {
    save(body, random) {
      const type = (Object.keys(fieldsByType) as DestinationType[]).find((known) => known === body['type']);
      if (!type) {
        const message = `type must be one of ${Object.keys(fieldsByType).join(', ')}`;
        return [{ field: 'type', message }];
      }
      const given = fieldsByType[type].map((field) => [field, optionalText(body, field)] as const);
      const missing = given.filter(([, value]) => value === undefined);
      if (missing.length > 0) {
        return missing.map(([field]) => ({ field, message: `${field} is required` }));
      }
      const fields = Object.fromEntries(given.map(([field, value]) => [field, value ?? '']));
      const id = `dst_${destinations.size + 1}${randomHex(random, 12)}`;
      const destination: Destination = { id, type, is_active: true, fields };
      destinations.set(id, destination);
      return destination;
    },
    all: () => [...destinations.values()],
    deactivate(id) {
      const destination = destinations.get(id);
      if (destination) destinations.set(id, { ...destination, is_active: false });
      return destination !== undefined;
    },
    serves(id, method) {
      const destination = destinations.get(id);
      return destination?.is_active === true && destination.type === typeByMethod[method];
    },
  };
}

/** A destination as the API gives it. */
export function describeDestination({ id, type, is_active, fields }: Destination): Record<string, unknown> {
  return { id, type, is_active, ...fields };
}
