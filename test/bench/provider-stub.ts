/**
 * A process that answers as Syncgram Pay does, always, at once and at the same cost however many payouts it has had: what a
 * provider costs is no subject of ours. Started with an IPC channel; it tells its address, and ends with whoever started it.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiKey, waitingAmount } from './payment';

/** `hold` keeps payouts of the waiting amount pending, `release` lets them end. Each is answered with the counts. */
export type StubOrder = 'count' | 'hold' | 'release';
/** How often each of its resources was asked for. */
export type StubCounts = Readonly<Record<'quote' | 'submit' | 'status', number>>;

type Payout = { readonly reference: string; readonly amount: string; reads: number };

const payouts = new Map<string, Payout>();
const counts = { quote: 0, submit: 0, status: 0 };
let mayFinish = false;

const resources: Readonly<Record<string, (body: Readonly<Record<string, unknown>>, id: string) => unknown>> =
  {
    'POST /api/v1/payouts/quotes': ({ amount, from_currency, to_currency }) => {
      counts.quote += 1;
      return {
        quote_id: `q_${counts.quote}`,
        from_currency,
        to_currency,
        from_amount: amount,
        to_amount: '150000.00',
        exchange_rate: '1500.00',
        expires_at: new Date(Date.now() + 600_000).toISOString(),
      };
    },
    'POST /api/v1/payouts/withdrawals': ({ reference, amount }) => {
      counts.submit += 1;
      const id = `wd_${counts.submit}`;
      payouts.set(id, { reference: String(reference), amount: String(amount), reads: 0 });
      return { withdrawal_id: id, status: 'PENDING', provider_reference: null };
    },
    'GET /api/v1/payouts/': (_body, id) => {
      counts.status += 1;
      const payout = payouts.get(id);
      if (payout === undefined) return undefined;
      payout.reads += 1;
      // The first read has no news; which one has must not depend on the load.
      const isPaid = payout.reads > 1 && (mayFinish || payout.amount !== waitingAmount);
      const at = new Date().toISOString();
      return {
        withdrawal_id: id,
        reference: payout.reference,
        status: isPaid ? 'COMPLETED' : 'PENDING',
        from_currency: 'USD',
        to_currency: 'NGN',
        from_amount: payout.amount,
        to_amount: '150000.00',
        exchange_rate: '1500.00',
        payment_method: 'BANK_TRANSFER',
        provider_reference: isPaid ? `rail-${id}` : null,
        rejection_reason: null,
        created_at: at,
        updated_at: at,
      };
    },
  };

function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
  const [, path = '', id = ''] =
    /^(\/api\/v1\/payouts\/(?:quotes|withdrawals)?)(.*)$/.exec(request.url ?? '') ?? [];
  const isKnown = request.headers.authorization === `Bearer ${apiKey}`;
  const reply = isKnown
    ? resources[`${request.method ?? ''} ${path}`]?.(
        body === '' ? {} : (JSON.parse(body) as Readonly<Record<string, unknown>>),
        id,
      )
    : undefined;
  response.writeHead(reply === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(reply ?? { detail: 'Resource not found', error_code: 'NOT_FOUND' }));
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('end', () => answer(request, Buffer.concat(chunks).toString('utf8'), response));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('message', (order: StubOrder) => {
  if (order !== 'count') mayFinish = order === 'release';
  process.send?.({ counts: { ...counts } });
});
process.on('disconnect', () => process.exit());
