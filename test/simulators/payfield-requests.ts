import { createHmac } from 'node:crypto';
import type { SimulatedRequest } from '../../src/simulators/provider-core';
import type { PayfieldOptions } from '../../src/simulators/payfield/payfield-options';

export const startedAt = Date.parse('2026-01-05T10:00:00.000Z');

export const payfieldOptions: PayfieldOptions = {
  credentials: { apiKey: 'key', secret: 'request-secret', webhookSecret: 'webhook-secret' },
  shops: [
    { code: 'main', currency: 'BDT', default: true, webhookUrl: 'http://merchant.test/shop-hook' },
    { code: 'second', currency: 'BDT' },
  ],
};

export const payoutBody = {
  external_id: 'PAY-BDT-001',
  amount: '5000.00',
  currency: 'BDT',
  card_number: '4111111111111111',
  shop_code: 'main',
  merchant_user_id: 'merchant-user-001',
  merchant_user_ip: '203.0.113.10',
};

/** Headers of an authentic request, signed here without the simulator's own code. */
export function signedHeaders(body: string, timestamp: string): Record<string, string> {
  return {
    'x-api-key': 'key',
    'x-timestamp': timestamp,
    'x-signature': createHmac('sha256', 'request-secret').update(timestamp).update(body).digest('hex'),
    'content-type': 'application/json',
  };
}

export function submitRequest(body: unknown = payoutBody, at: number = startedAt): SimulatedRequest {
  const text = JSON.stringify(body);
  return {
    method: 'POST',
    path: '/api/v1/payouts',
    query: {},
    headers: signedHeaders(text, new Date(at).toISOString()),
    body: text,
  };
}

export function readRequest(
  path: string,
  query: Record<string, string> = {},
  at: number = startedAt,
): SimulatedRequest {
  return { method: 'GET', path, query, headers: signedHeaders('', String(Math.floor(at / 1_000))), body: '' };
}
