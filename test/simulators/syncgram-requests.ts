import type { SimulatedRequest } from '../../src/simulators/provider-core';
import type { SyncgramOptions } from '../../src/simulators/syncgram/syncgram-options';

export const startedAt = Date.parse('2026-01-05T10:00:00.000Z');

export const syncgramOptions: SyncgramOptions = {
  credentials: { apiKey: 'sk_test_1', webhookSecret: 'webhook-secret' },
  rates: { 'USD/NGN': '1500.00', 'USD/USDT_TRC20': '1', 'USD/XRP': '0.5' },
};

export const withdrawalBody = {
  from_currency: 'USD',
  to_currency: 'NGN',
  amount: '100.00',
  payment_method: 'BANK_TRANSFER',
  reference: 'ref-1',
  idempotency_key: 'key-1',
  email: 'pay@merchant.test',
  account_number: '0123456785',
  bank_code: '058',
};

export function syncgramRequest(
  method: string,
  path: string,
  body?: unknown,
  query: Record<string, string> = {},
): SimulatedRequest {
  return {
    method,
    path,
    query,
    headers: { authorization: 'Bearer sk_test_1', 'content-type': 'application/json' },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

export function withdrawalRequest(changes: Record<string, unknown> = {}): SimulatedRequest {
  return syncgramRequest('POST', '/api/v1/payouts/withdrawals', { ...withdrawalBody, ...changes });
}
