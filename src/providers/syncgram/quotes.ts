import { sameAmount } from '../../domain/money';
import type { PayoutRequest } from '../../domain/payout-request';
import type { Quote } from '../../domain/quote';
import type { HttpReply } from '../../http/sender';
import type { ProviderCall, ProviderPorts, QuoteReply } from '../provider';
import { readHttpDate } from '../send-classification';
import { unreadable } from './client';
import type { SyncgramClient } from './client';
import type { SyncgramSettings } from './config';
import { isCrossCurrency, quoteBody, sourceCurrencyOf } from './mapping';
import { readQuoteReply, readTime } from './wire';

/** The guide: a quote locks the rate of a cross-currency payout; the account may ask for more or none. */
export function needsQuote(request: PayoutRequest, settings: SyncgramSettings): boolean {
  const needed: Record<SyncgramSettings['quotes'], boolean> = {
    always: true,
    never: false,
    'cross-currency': isCrossCurrency(sourceCurrencyOf(request, settings), request.destination.currency),
  };
  return needed[settings.quotes];
}

/**
 * "Payout quote" (docs.bachs.io/api-reference/payouts/payout-quote): `{quote_id, from_amount, to_amount, exchange_rate,
 * expires_at}`, with 200 or 201.
 */
export async function quotePayout(
  request: PayoutRequest,
  deps: {
    readonly client: SyncgramClient;
    readonly settings: SyncgramSettings;
    readonly ports: Pick<ProviderPorts, 'now'>;
  },
  call: ProviderCall,
): Promise<QuoteReply> {
  const result = await deps.client.quote(quoteBody(request, deps.settings), call);
  if (!result.ok) return { kind: 'failed', failure: result.failure };
  const quote = readQuote(result.reply, request, deps);
  return quote === undefined
    ? { kind: 'failed', failure: unreadable(result.reply, 'none') }
    : { kind: 'quoted', quote };
}

/** Undefined when anything that the payout relies on is missing, or is not what was asked. */
function readQuote(
  reply: HttpReply,
  request: PayoutRequest,
  deps: { readonly settings: SyncgramSettings; readonly ports: Pick<ProviderPorts, 'now'> },
): Quote | undefined {
  const wire = readQuoteReply(reply);
  const sourceCurrency = sourceCurrencyOf(request, deps.settings);
  const quoteId = wire?.quote_id ?? wire?.id;
  const arrives = wire?.to_amount ?? wire?.destination_amount;
  const rate = wire?.exchange_rate ?? wire?.rate;
  const expiresAt = readTime(wire?.expires_at ?? wire?.expiresAt);
  if (
    wire === undefined ||
    sourceCurrency === undefined ||
    quoteId === undefined ||
    !isPositive(arrives) ||
    !isPositive(rate) ||
    expiresAt === undefined
  ) {
    return undefined;
  }
  const debited = wire.from_amount ?? wire.source_amount ?? request.amount.value;
  const asAsked =
    sameAmount(debited, request.amount.value) &&
    (wire.from_currency ?? sourceCurrency) === sourceCurrency &&
    !isCrossCurrency(wire.to_currency ?? request.destination.currency, request.destination.currency);
  if (!asAsked) return undefined;
  return {
    quoteId,
    source: { value: request.amount.value, currency: sourceCurrency },
    destination: { value: arrives, currency: request.destination.currency },
    rate,
    ...(wire.fee !== undefined && {
      fee: { value: wire.fee, currency: wire.fee_currency ?? sourceCurrency },
    }),
    validForMs: usableMs(expiresAt - providerTime(reply, deps.ports), deps.settings),
  };
}

/** The provider's clock as the reply tells it; ours only where it does not. */
const providerTime = (reply: HttpReply, ports: Pick<ProviderPorts, 'now'>): number =>
  readHttpDate(reply.headers['date']) ?? ports.now();

/**
 * How long the quote may still be used: what is left less the margin, which is at most half of what is left. Nothing more
 * needs to be kept back by whoever checks `validForMs`.
 */
const usableMs = (leftMs: number, { quoteMarginMs }: SyncgramSettings): number =>
  Math.max(0, Math.floor(leftMs - Math.min(quoteMarginMs, leftMs / 2)));

const isPositive = (amount: string | undefined): amount is string =>
  amount !== undefined && /[1-9]/.test(amount);
