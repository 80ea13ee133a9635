/**
 * Payfield, BDT edition: signed requests, payouts that are found by the merchant's own external_id, and an idempotency
 * that never forgets. Rules are from its pages 2.1 Create PayOut, 2.2 Get payout status, 2.3 Webhooks, 5. Errors and
 * Authentication; what they leave open is an option.
 */
import { hmacSha256Hex } from '../hmac-signature';
import { jsonReply, parseJsonObject } from '../json-reply';
import { createPayoutBook, describePayout } from '../payout-book';
import type {
  CoreAnswer,
  CoreContext,
  Operation,
  ProviderCore,
  SimulatedReply,
  SimulatedRequest,
  WebhookEffect,
} from '../provider-core';
import { authenticationFailure } from './payfield-authentication';
import type { PayfieldOptions, PayfieldShop } from './payfield-options';
import type { PayfieldDetails, PayfieldPayout } from './payfield-replies';
import {
  businessErrorReply,
  describePayfieldPayout,
  describePayfieldStatus,
  errorReply,
  fieldErrorsReply,
  formatTime,
  payfieldCannedReply,
} from './payfield-replies';
import type { PayfieldSubmit } from './payfield-submit';
import { readPayfieldSubmit } from './payfield-submit';

const payoutsPath = '/api/v1/payouts';
const balancePath = '/api/v1/balance';
const firstOperationId = 10_001;
/** What an account whose balance was never set shows. */
const unlimitedBalance = '999999999.00';

/** A simulated Payfield account. */
export function createPayfieldCore(options: PayfieldOptions): ProviderCore {
  const { credentials, shops, delays = {}, balanceCheckedFirst = false } = options;
  const book = createPayoutBook<PayfieldDetails>({
    initialStatus: 'pending',
    defaultSteps: [{ status: 'success', afterMs: delays.successAfterMs ?? 1_000 }],
    moneyAfter: (status) => {
      if (status === 'success') return 'paid';
      return ['failed', 'canceled', 'expired', 'refunded'].includes(status) ? 'returned' : 'unchanged';
    },
  });

  function answer(request: SimulatedRequest, context: CoreContext, effects: WebhookEffect[]): SimulatedReply {
    const failure = authenticationFailure(request, credentials, context);
    if (failure !== undefined) return errorReply(401, 'unauthorized', failure);
    if (isSubmit(request)) return submit(request, context, effects);
    const externalId = statusTarget(request);
    if (externalId !== undefined) return readStatus(externalId, request.query['shop_code']);
    if (isBalanceRead(request)) return readBalance(request, context);
    return errorReply(404, 'not_found', 'Not found');
  }

  function submit(request: SimulatedRequest, context: CoreContext, effects: WebhookEffect[]): SimulatedReply {
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      return businessErrorReply('Content-Type must be application/json');
    }
    const body = parseJsonObject(request.body);
    if (!body) return businessErrorReply('Request body must be a JSON object');
    const reading = readPayfieldSubmit(body);
    if (!reading.ok) return fieldErrorsReply(reading.errors);
    const shop = resolveShop(reading.submit.shopCodeGiven);
    if (typeof shop === 'string') return businessErrorReply(shop);
    return accept(reading.submit, shop, context, effects);
  }

  /** Answers 200 with the existing payout, whatever the new body says, and 201 with a new one (Payfield, 5. Errors). */
  function accept(
    submit: PayfieldSubmit,
    shop: PayfieldShop,
    { now }: CoreContext,
    effects: WebhookEffect[],
  ): SimulatedReply {
    const { externalId, amount, currency, cardNumber, callbackUrl } = submit;
    if (currency !== shop.currency) {
      return businessErrorReply(`Shop currency mismatch. Expected ${shop.currency}.`);
    }
    const affordable = book.affords(currency, amount);
    if (balanceCheckedFirst && !affordable) return insufficientBalance(currency, amount);
    const existing = findPayout(externalId, shop.code);
    if (existing) return jsonReply(200, describePayfieldPayout(existing));
    if (!affordable) return insufficientBalance(currency, amount);

    const id = firstOperationId + book.all().length;
    const webhookUrl = callbackUrl ?? shop.webhookUrl;
    const payout = book.accept(
      {
        providerPayoutId: String(id),
        callerKey: externalId,
        amount,
        currency,
        beneficiary: cardNumber,
        details: { ...submit, id, shopCode: shop.code, ...(webhookUrl !== undefined && { webhookUrl }) },
      },
      now,
      notify(effects),
    );
    return jsonReply(201, describePayfieldPayout(payout));
  }

  function insufficientBalance(currency: string, amount: string): SimulatedReply {
    const available = book.available(currency) ?? '0.00';
    return businessErrorReply(
      `Insufficient balance. Available: ${available} ${currency}, required: ${amount} ${currency}`,
    );
  }

  function readStatus(externalId: string, shopCode: string | undefined): SimulatedReply {
    const shop = resolveShop(shopCode);
    if (typeof shop === 'string') return businessErrorReply(shop);
    const payout = findPayout(externalId, shop.code);
    return payout ? jsonReply(200, describePayfieldStatus(payout)) : payfieldCannedReply('not-found');
  }

  /** The currency is RUB unless asked for (Payfield, 4. Balance); an account holds nothing outside its shops' currencies. */
  function readBalance({ query }: SimulatedRequest, { now }: CoreContext): SimulatedReply {
    const shop = resolveShop(query['shop_code']);
    if (typeof shop === 'string') return businessErrorReply(shop);
    const currency = query['currency'] ?? 'RUB';
    const available = currency === shop.currency ? (book.available(currency) ?? unlimitedBalance) : '0.00';
    return jsonReply(200, {
      shop_code: shop.code,
      currency,
      balance: available,
      available,
      pending: '0.00',
      frozen: '0.00',
      credit: '0.00',
      total: available,
      on_hold: '0.00',
      as_of: formatTime(now),
    });
  }

  /** The shop, or the message of the refusal when there is none. */
  function resolveShop(code: string | undefined): PayfieldShop | string {
    if (code === undefined) {
      return shops.find((shop) => shop.default === true) ?? 'Default active shop not found';
    }
    return shops.find((shop) => shop.code === code) ?? 'Shop not found';
  }

  function findPayout(externalId: string, shopCode: string): PayfieldPayout | undefined {
    return book.find(({ details }) => details.externalId === externalId && details.shopCode === shopCode);
  }

  /** One webhook for each change of status, to callback_url or else to the shop's URL (Payfield, 2.3 Webhooks). */
  function notify(effects: WebhookEffect[]): (payout: PayfieldPayout) => void {
    return (payout) => {
      const url = payout.details.webhookUrl;
      const created = payout.history.length === 1;
      if (url === undefined || created) return;
      const body = JSON.stringify(describePayfieldStatus(payout));
      const timestamp = formatTime(payout.updatedAt);
      effects.push({
        kind: 'webhook',
        url,
        headers: {
          'content-type': 'application/json',
          'x-timestamp': timestamp,
          'x-signature': hmacSha256Hex(credentials.webhookSecret, timestamp + body),
        },
        body,
      });
    };
  }

  return {
    provider: 'payfield',
    handle(request, context): CoreAnswer {
      const effects: WebhookEffect[] = [];
      book.advance(context.now, notify(effects));
      return { reply: answer(request, context, effects), effects };
    },
    advance({ now }) {
      const effects: WebhookEffect[] = [];
      book.advance(now, notify(effects));
      return effects;
    },
    nextDueAt: book.nextDueAt,
    cannedReply: payfieldCannedReply,
    operationOf,
    submitFields(request) {
      const body = parseJsonObject(request.body);
      const reading = body && readPayfieldSubmit(body);
      if (!reading?.ok) return undefined;
      const { externalId, amount, currency, cardNumber } = reading.submit;
      return { callerKey: externalId, amount, currency, beneficiary: cardNumber };
    },
    statusTarget,
    ledger: book.ledger,
    payouts: () => book.all().map(describePayout),
    script: book.script,
    setBalance: book.setBalance,
  };
}

function operationOf(request: SimulatedRequest): Operation | undefined {
  if (isSubmit(request)) return 'submit';
  if (statusTarget(request) !== undefined) return 'status';
  return isBalanceRead(request) ? 'other' : undefined;
}

function isSubmit({ method, path }: SimulatedRequest): boolean {
  return method === 'POST' && path === payoutsPath;
}

function isBalanceRead({ method, path }: SimulatedRequest): boolean {
  return method === 'GET' && path === balancePath;
}

/** The external_id that a status read asks for (Payfield, 2.2 Get payout status). */
function statusTarget({ method, path }: SimulatedRequest): string | undefined {
  const encoded = /^\/api\/v1\/payouts\/([^/]+)$/.exec(path)?.[1];
  if (method !== 'GET' || encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
