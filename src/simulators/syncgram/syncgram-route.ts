import type { Operation, SimulatedRequest } from '../provider-core';
import type { SyncgramOptions } from './syncgram-options';

/** What a request asks Syncgram Pay to do. */
export type SyncgramRoute =
  | { readonly to: 'quote' | 'withdraw' | 'list' | 'list-destinations' | 'save-destination' | 'balances' }
  | { readonly to: 'status' | 'remove-destination'; readonly id: string };

const prefixes = { syncgram: '(?:/api/v1)', successor: '(?:/v1)', both: '(?:/api/v1|/v1)' } as const;

const fixedRoutes = {
  'POST /payouts/quotes': 'quote',
  'POST /payouts/withdrawals': 'withdraw',
  'GET /payouts': 'list',
  'GET /payouts/destinations': 'list-destinations',
  'POST /payouts/destinations': 'save-destination',
  'GET /accounts/balances': 'balances',
} as const;

/** Finds the route of a request; the successor generation serves the same resources under `/v1`. */
export function findSyncgramRoute(
  { method, path }: SimulatedRequest,
  { paths = 'syncgram', lookups = 'by-id-and-list' }: SyncgramOptions,
): SyncgramRoute | undefined {
  const resource = new RegExp(`^${prefixes[paths]}(/.*)$`).exec(path)?.[1];
  if (resource === undefined) return undefined;
  const name = `${method} ${resource}`;
  if (name in fixedRoutes) {
    const to = fixedRoutes[name as keyof typeof fixedRoutes];
    return to === 'list' && lookups !== 'by-id-and-list' ? undefined : { to };
  }
  const removed = /^DELETE \/payouts\/destinations\/([^/]+)$/.exec(name)?.[1];
  if (removed !== undefined) return { to: 'remove-destination', id: removed };
  const id = /^GET \/payouts\/([^/]+)$/.exec(name)?.[1];
  const isResource = id === 'quotes' || id === 'withdrawals';
  return id === undefined || isResource || lookups === 'none' ? undefined : { to: 'status', id };
}

const operations: Readonly<Record<SyncgramRoute['to'], Operation>> = {
  withdraw: 'submit',
  quote: 'quote',
  status: 'status',
  list: 'list',
  'list-destinations': 'other',
  'save-destination': 'other',
  'remove-destination': 'other',
  balances: 'other',
};

/** The route in terms that are the same at every provider. */
export function operationOfRoute(route: SyncgramRoute | undefined): Operation | undefined {
  return route && operations[route.to];
}
