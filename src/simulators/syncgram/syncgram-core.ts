/**
 * Syncgram Pay: bearer key, optional quotes, and an idempotency that forgets. A key answers its first reply, byte for
 * byte and however stale, for 30 minutes; after that the same key pays again. Rules are from its pages Create
 * withdrawal, Payout quote and Destinations, and where those are silent from the successor generation (Bachs); what
 * stays open is an option.
 */
import { equalsSecret, hmacSha256Hex } from '../hmac-signature';
import { jsonReply, parseJsonObject } from '../json-reply';
import { createPayoutBook, describePayout } from '../payout-book';
import type {
  CoreContext,
  ProviderCore,
  SimulatedReply,
  SimulatedRequest,
  WebhookEffect,
} from '../provider-core';
import { randomHex } from '../random-hex';
import { createDestinationList, describeDestination } from './destination-list';
import { createKeyMemory } from './key-memory';
import { convert, createQuoteDesk } from './quote-desk';
import type { SyncgramOptions } from './syncgram-options';
import { moneyAfterSyncgram, syncgramWords } from './syncgram-options';
import type { SyncgramDetails, SyncgramPayout } from './syncgram-replies';
import {
  acceptedReply,
  describeWithdrawal,
  inProgressReply,
  syncgramCannedReply,
  syncgramErrorReply,
} from './syncgram-replies';
import type { SyncgramRoute } from './syncgram-route';
import { findSyncgramRoute, operationOfRoute } from './syncgram-route';
import type { FieldError, SyncgramWithdrawal } from './syncgram-withdrawal';
import { optionalText, paymentMethods, readAmount, readWithdrawal } from './syncgram-withdrawal';

type Body = Readonly<Record<string, unknown>>;

/** What processing a submit came to: the reply, and the withdrawal when one was created. */
type Outcome = { readonly reply: SimulatedReply; readonly created?: SyncgramPayout };

const minuteMs = 60_000;
const documentedKeyMemoryMs = 30 * minuteMs;
const defaultListLimit = 20;
const maxListLimit = 100;

export type SyncgramCore = ProviderCore & {
  /** Whether the banks know the accounts that are paid to; a withdrawal to one that they do not know is refused for good. */
  adjust(knobs: { readonly knowsAccounts: boolean }): void;
};

/** A simulated Syncgram Pay account. */
export function createSyncgramCore(options: SyncgramOptions): SyncgramCore {
  const {
    credentials,
    vocabulary = 'syncgram',
    amountFormat = 'either',
    cachesRefusals = true,
    conflictUntilFinal = false,
    referenceUnique = 'no',
    balanceCheckedFirst = false,
    insufficientBalanceStatus = 422,
    quoteRefusalStatus = 422,
    delays = {},
  } = options;
  const words = syncgramWords[vocabulary];
  const keys = createKeyMemory(options.keyMemoryMs ?? documentedKeyMemoryMs);
  let knowsAccounts = true;
  const quotes = createQuoteDesk(options.rates, options.quoteLifetimeMs ?? minuteMs);
  const destinations = createDestinationList();
  const book = createPayoutBook<SyncgramDetails>({
    initialStatus: words.accepted,
    defaultSteps: [
      { status: words.processing, afterMs: delays.processingAfterMs ?? 500 },
      { status: words.paid, afterMs: delays.completedAfterMs ?? 500 },
    ],
    moneyAfter: moneyAfterSyncgram,
  });

  function answer(request: SimulatedRequest, context: CoreContext, effects: WebhookEffect[]): SimulatedReply {
    const token = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
    if (token === undefined || !equalsSecret(token, credentials.apiKey)) {
      return syncgramErrorReply(401, 'UNAUTHORIZED', 'Missing or invalid API key');
    }
    const route = findSyncgramRoute(request, options);
    return route
      ? follow(route, request, context, effects)
      : syncgramErrorReply(404, 'NOT_FOUND', 'Resource not found');
  }

  function follow(
    route: SyncgramRoute,
    request: SimulatedRequest,
    context: CoreContext,
    effects: WebhookEffect[],
  ): SimulatedReply {
    switch (route.to) {
      case 'withdraw':
        return withdraw(request, context, effects);
      case 'quote':
        return withBody(request, (body) => issueQuote(body, context));
      case 'status':
        return readStatus(route.id);
      case 'list':
        return readList(request, book.all());
      case 'balances':
        return readBalances();
      case 'list-destinations':
        return jsonReply(200, wrap(destinations.all().map(describeDestination)));
      case 'save-destination':
        return withBody(request, (body) => saveDestination(body, context));
      case 'remove-destination':
        break;
    }
    return removeDestination(route.id);
  }

  /** Deduplicates by key before anything else is looked at (Syncgram Pay, Create withdrawal). */
  function withdraw(
    request: SimulatedRequest,
    context: CoreContext,
    effects: WebhookEffect[],
  ): SimulatedReply {
    const body = parseJsonObject(request.body);
    if (!body) return malformed();
    const key = memoryKey(body);
    if (key === undefined) return processNew(body, context, effects).reply;

    const recollection = keys.recall(key, request.body, context.now);
    switch (recollection.kind) {
      case 'in-flight':
        return inProgressReply();
      case 'other-body':
        return syncgramErrorReply(
          409,
          'IDEMPOTENCY_CONFLICT',
          'This idempotency key was used with a different request body',
        );
      case 'known': {
        const { reply, providerPayoutId } = recollection.remembered;
        if (balanceCheckedFirst && isUnaffordable(body)) return insufficientBalance();
        return conflictUntilFinal && isMoving(providerPayoutId) ? inProgressReply() : reply;
      }
      case 'unknown':
        break;
    }

    const { reply, created } = processNew(body, context, effects);
    if (created || cachesRefusals) {
      const providerPayoutId = created?.providerPayoutId;
      const remembered = { reply, ...(providerPayoutId !== undefined && { providerPayoutId }) };
      keys.remember(key, request.body, remembered, context.now);
    }
    return reply;
  }

  function processNew(body: Body, context: CoreContext, effects: WebhookEffect[]): Outcome {
    const reading = readWithdrawal(body, amountFormat);
    if (!reading.ok) return { reply: invalidFields(reading.status, reading.errors) };
    const { withdrawal } = reading;

    if (!knowsAccounts)
      return {
        reply: invalidFields(422, [{ field: 'account_number', message: 'account_number is not known' }]),
      };

    const price = priceOf(withdrawal, context.now);
    if ('refusal' in price) return { reply: price.refusal };
    const { destinationId, method, reference, quoteId } = withdrawal;
    if (destinationId !== undefined && !destinations.serves(destinationId, method)) {
      return { reply: syncgramErrorReply(400, 'BAD_REQUEST', 'Invalid payout destination') };
    }
    if (referenceUnique === 'forever' && book.find(({ details }) => details.reference === reference)) {
      return {
        reply: syncgramErrorReply(409, 'CONFLICT', 'A withdrawal with this reference already exists'),
      };
    }
    if (!book.affords(withdrawal.fromCurrency, withdrawal.amount)) return { reply: insufficientBalance() };

    if (quoteId !== undefined) quotes.use(quoteId);
    const created = book.accept(
      {
        providerPayoutId: `wd_${book.all().length + 1}${randomHex(context.random, 16)}`,
        callerKey: withdrawal.idempotencyKey ?? reference,
        amount: withdrawal.amount,
        currency: withdrawal.fromCurrency,
        beneficiary: withdrawal.beneficiary,
        details: { ...withdrawal, ...price },
      },
      context.now,
      notify(context, effects),
    );
    return { reply: acceptedReply(created), created };
  }

  function priceOf(
    { fromCurrency, toCurrency, amount, quoteId }: SyncgramWithdrawal,
    now: number,
  ): { rate: string; toAmount: string } | { refusal: SimulatedReply } {
    const rate = quotes.rate(fromCurrency, toCurrency);
    if (rate === undefined) return { refusal: unsupportedPair(fromCurrency, toCurrency) };
    if (quoteId === undefined) return { rate, toAmount: convert(amount, rate) };
    const quote = quotes.check(quoteId, { fromCurrency, toCurrency, fromAmount: amount }, now);
    return typeof quote === 'string'
      ? { refusal: syncgramErrorReply(quoteRefusalStatus, 'BAD_REQUEST', quote) }
      : { rate: quote.rate, toAmount: quote.toAmount };
  }

  /** The method is `payout_method` here and `payment_method` on withdrawals (Syncgram Pay, Payout quote). */
  function issueQuote(body: Body, context: CoreContext): SimulatedReply {
    const missing = ['from_currency', 'to_currency', 'amount'].filter(
      (field) => body[field] === undefined || body[field] === null || body[field] === '',
    );
    if (missing.length > 0) {
      return invalidFields(
        400,
        missing.map((field) => ({ field, message: `${field} is required` })),
      );
    }
    const amount = readAmount(body['amount'], amountFormat);
    if (amount === undefined) {
      return invalidFields(422, [{ field: 'amount', message: 'amount must be a positive decimal' }]);
    }
    const method = body['payout_method'];
    if (method !== undefined && !paymentMethods.some((known) => known === method)) {
      const message = `payout_method must be one of ${paymentMethods.join(', ')}`;
      return invalidFields(422, [{ field: 'payout_method', message }]);
    }
    const fromCurrency = optionalText(body, 'from_currency') ?? '';
    const toCurrency = optionalText(body, 'to_currency') ?? '';
    const quote = quotes.issue({ fromCurrency, toCurrency, fromAmount: amount }, context);
    if (!quote) return unsupportedPair(fromCurrency, toCurrency);
    return jsonReply(options.quoteStatus ?? 200, {
      quote_id: quote.id,
      from_amount: quote.fromAmount,
      to_amount: quote.toAmount,
      exchange_rate: quote.rate,
      expires_at: new Date(quote.expiresAt).toISOString(),
    });
  }

  function readStatus(id: string): SimulatedReply {
    const payout = book.find(({ providerPayoutId }) => providerPayoutId === id);
    return payout
      ? jsonReply(200, describeWithdrawal(payout))
      : syncgramCannedReply('not-found', insufficientBalanceStatus);
  }

  /** Newest first, at most 100 at once, without a filter by reference (successor's OpenAPI, list payouts). */
  function readList({ query }: SimulatedRequest, payouts: readonly SyncgramPayout[]): SimulatedReply {
    const limit = readWhole(query['limit'] ?? String(defaultListLimit));
    const offset = readWhole(query['offset'] ?? '0');
    const errors: FieldError[] = [];
    if (limit === undefined || limit < 1 || limit > maxListLimit) {
      errors.push({ field: 'limit', message: `limit must be from 1 to ${maxListLimit}` });
    }
    if (offset === undefined) errors.push({ field: 'offset', message: 'offset must be a whole number' });
    if (limit === undefined || offset === undefined || errors.length > 0) return invalidFields(422, errors);
    const page = payouts.toReversed().slice(offset, offset + limit);
    return jsonReply(200, wrap(page.map(describeWithdrawal), { total: payouts.length, limit, offset }));
  }

  function readBalances(): SimulatedReply {
    const balances = book.currencies().map((currency) => ({
      currency,
      available_balance: book.available(currency),
      pending_balance: '0.00',
    }));
    return jsonReply(200, wrap(balances));
  }

  function saveDestination(body: Body, { random }: CoreContext): SimulatedReply {
    const saved = destinations.save(body, random);
    return 'id' in saved ? jsonReply(201, describeDestination(saved)) : invalidFields(400, saved);
  }

  function removeDestination(id: string): SimulatedReply {
    return destinations.deactivate(id)
      ? { status: 204, headers: {}, body: '' }
      : syncgramErrorReply(404, 'NOT_FOUND', 'Destination not found');
  }

  function wrap(items: readonly unknown[], page: Readonly<Record<string, number>> = {}): unknown {
    const { listWrapper = 'data' } = options;
    return listWrapper === 'array' ? items : { [listWrapper]: items, ...page };
  }

  function isMoving(providerPayoutId: string | undefined): boolean {
    const payout = book.find((candidate) => candidate.providerPayoutId === providerPayoutId);
    return payout !== undefined && moneyAfterSyncgram(payout.status) === 'unchanged';
  }

  function isUnaffordable(body: Body): boolean {
    const reading = readWithdrawal(body, amountFormat);
    return reading.ok && !book.affords(reading.withdrawal.fromCurrency, reading.withdrawal.amount);
  }

  function insufficientBalance(): SimulatedReply {
    return syncgramCannedReply('insufficient-funds', insufficientBalanceStatus);
  }

  /** Events and signature of the successor generation (Bachs, Webhooks). */
  function notify({ random }: CoreContext, effects: WebhookEffect[]): (payout: SyncgramPayout) => void {
    return (payout) => {
      const type = eventType(payout);
      if (type === undefined || options.webhookUrl === undefined) return;
      const at = payout.updatedAt;
      const body = JSON.stringify({
        id: `evt_${randomHex(random, 24)}`,
        type,
        created_at: new Date(at).toISOString(),
        data: describeWithdrawal(payout),
      });
      const timestamp = String(Math.floor(at / 1_000));
      effects.push({
        kind: 'webhook',
        url: options.webhookUrl,
        headers: {
          'content-type': 'application/json',
          'x-bachs-timestamp': timestamp,
          'x-bachs-signature': hmacSha256Hex(credentials.webhookSecret, `${timestamp}.${body}`),
        },
        body,
      });
    };
  }

  return {
    provider: 'syncgram',
    handle(request, context) {
      const effects: WebhookEffect[] = [];
      book.advance(context.now, notify(context, effects));
      return { reply: answer(request, context, effects), effects };
    },
    advance(context) {
      const effects: WebhookEffect[] = [];
      book.advance(context.now, notify(context, effects));
      return effects;
    },
    nextDueAt: book.nextDueAt,
    cannedReply: (kind) => syncgramCannedReply(kind, insufficientBalanceStatus),
    operationOf: (request) => operationOfRoute(findSyncgramRoute(request, options)),
    submitFields(request) {
      const body = parseJsonObject(request.body);
      const reading = body && readWithdrawal(body, 'either');
      if (!reading?.ok) return undefined;
      const { idempotencyKey, reference, amount, fromCurrency, beneficiary } = reading.withdrawal;
      return { callerKey: idempotencyKey ?? reference, amount, currency: fromCurrency, beneficiary };
    },
    statusTarget(request) {
      const route = findSyncgramRoute(request, options);
      return route?.to === 'status' ? route.id : undefined;
    },
    absentReply(request) {
      return findSyncgramRoute(request, options)?.to === 'list'
        ? readList(request, [])
        : syncgramCannedReply('not-found', insufficientBalanceStatus);
    },
    hold(request) {
      const body = parseJsonObject(request.body);
      const key = body && memoryKey(body);
      return key === undefined ? () => undefined : keys.hold(key);
    },
    ledger: book.ledger,
    payouts: () => book.all().map(describePayout),
    script: book.script,
    setBalance: book.setBalance,
    adjust(knobs) {
      knowsAccounts = knobs.knowsAccounts;
    },
  };
}

/**
 * An explicit key takes precedence over the one derived from the reference. The two are kept apart: a replay by
 * reference alone does not find a request that was sent with a key, as no page says that it would.
 */
function memoryKey(body: Body): string | undefined {
  const explicit = optionalText(body, 'idempotency_key');
  if (explicit !== undefined) return `key:${explicit}`;
  const reference = optionalText(body, 'reference');
  return reference === undefined ? undefined : `reference:${reference}`;
}

function eventType({ status, history }: SyncgramPayout): string | undefined {
  if (history.length === 1) return 'payout.created';
  const money = moneyAfterSyncgram(status);
  if (money === 'unchanged') return undefined;
  return money === 'paid' ? 'payout.paid' : 'payout.failed';
}

function withBody(request: SimulatedRequest, use: (body: Body) => SimulatedReply): SimulatedReply {
  const body = parseJsonObject(request.body);
  return body ? use(body) : malformed();
}

function malformed(): SimulatedReply {
  return syncgramErrorReply(400, 'BAD_REQUEST', 'The request body must be a JSON object');
}

function invalidFields(status: number, errors: readonly FieldError[]): SimulatedReply {
  return syncgramErrorReply(status, 'VALIDATION_ERROR', errors[0]?.message ?? 'Validation failed', errors);
}

function unsupportedPair(fromCurrency: string, toCurrency: string): SimulatedReply {
  return syncgramErrorReply(400, 'BAD_REQUEST', `Unsupported currency pair ${fromCurrency} to ${toCurrency}`);
}

function readWhole(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
