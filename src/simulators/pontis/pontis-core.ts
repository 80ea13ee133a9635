/** The simulated PontisGlobe account: `docs.pontisglobe.com`, read together with what its pages leave open. */
import type {
  CannedReply,
  CoreAnswer,
  CoreContext,
  ProviderCore,
  SimulatedReply,
  SimulatedRequest,
  SubmitFields,
  WebhookEffect,
} from '../provider-core';
import { AccountAccess } from './account-access';
import type { InvalidTokenCode } from './account-access';
import { encryptionKeyOf, hmacKeyOf, openBlob, signatureOf } from './envelope';
import { uuidFrom } from './identifiers';
import { PayoutBook } from './payout-book';
import type { PayoutRecord } from './payout-book';
import type { PontisKnobs, PontisOptions } from './pontis-options';
import { jsonReply, Refusal, refusalReply } from './replies';
import type { PontisErrorCode } from './replies';
import { blobOf, checkSender, openRequest, parseJson } from './request-authentication';
import type { RequestKeys } from './request-authentication';
import { isFinal } from './status-flow';
import { beneficiaryOf, parseLogin, parsePayout, parseStatusRequest } from './validation';
import type { PayoutPayload } from './validation';
import { Wallet } from './wallet';

type PontisOperation = 'login' | 'submit' | 'status';

const OPERATIONS: ReadonlyMap<string, PontisOperation> = new Map([
  ['/api/v1/user/login', 'login'],
  ['/api/v1/payouts/sendPayoutRequest', 'submit'],
  ['/api/v1/payouts/getPayoutStatus', 'status'],
]);

const CANNED: Readonly<Record<CannedReply, readonly [PontisErrorCode, string]>> = {
  'server-error': ['internal_error', 'Internal error'],
  'in-progress': ['request_in_progress', 'A request with this idempotency_key is being processed'],
  'rate-limited': ['rate_limited', 'Tighten your client-side throttle'],
  'expired-token': ['jwt_expired', 'Bearer token has expired'],
  'not-found': ['not_found', 'Transaction not found'],
  'insufficient-funds': ['insufficient_funds', 'Insufficient available balance.'],
};

const DEFAULT_ACCOUNT = 'acct_pontis_simulator';
const DEFAULT_SOURCE_CURRENCY = 'USDT';

/** A Pontis core with the knobs only this provider has. */
export type PontisCore = ProviderCore & {
  readonly provider: 'pontis';
  /** Ends every token issued so far, as regenerating credentials does; new logins work. Default `unauthorized`. */
  invalidateTokens(code?: InvalidTokenCode): void;
  /** Changes the account while it runs; knobs not given keep their value. */
  adjust(knobs: Partial<PontisKnobs>): void;
  /** Ends the wait of a payout in `pending_approval`; `advance` then reports it. Throws for any other payout. */
  decideApproval(transactionId: string, decision: 'approved' | 'rejected' | 'canceled', now: number): void;
  /** Idempotency keys that were replayed with another payload than the accepted one: a bug of the caller. */
  conflictingReplays(): readonly string[];
};

/** A Pontis account as a pure core (`docs.pontisglobe.com/api-reference/send-payout`). */
export const createPontisCore = (options: PontisOptions): PontisCore => new SimulatedPontis(options);

const normalisedName = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

class SimulatedPontis implements PontisCore {
  readonly provider = 'pontis';
  private readonly keys: RequestKeys;
  private readonly access: AccountAccess;
  private readonly wallet = new Wallet();
  private readonly book: PayoutBook;
  private readonly burntKeys = new Map<string, Refusal>();
  private readonly conflicts: string[] = [];
  private knobs: PontisKnobs;

  constructor(private readonly options: PontisOptions) {
    const { apiKey, encryptionSecret, hmacSecret } = options.credentials;
    const accountId = options.accountId ?? DEFAULT_ACCOUNT;
    this.keys = { apiKey, encryption: encryptionKeyOf(encryptionSecret), hmac: hmacKeyOf(hmacSecret) };
    this.access = new AccountAccess(options, accountId, this.keys.hmac);
    this.book = new PayoutBook(options, accountId, this.wallet);
    this.knobs = {
      accountState: 'active',
      limits: options.limits ?? {},
      screenedNames: options.screenedNames ?? [],
      rateMovedSubmits: 0,
      rateLimitedSubmits: 0,
      rateLimitedReads: 0,
    };
  }

  handle(request: SimulatedRequest, context: CoreContext): CoreAnswer {
    const effects = this.advance(context);
    try {
      return { reply: this.answer(request, context), effects };
    } catch (error) {
      if (error instanceof Refusal) return { reply: refusalReply(error, context), effects };
      throw error;
    }
  }

  advance(context: CoreContext): readonly WebhookEffect[] {
    const effects: WebhookEffect[] = [];
    this.book.enterDueSteps(context.now, (record) => {
      const url = this.options.callbackUrl;
      if (url === undefined || this.options.mode === 'sandbox' || !isFinal(record.status)) return;
      effects.push(this.callback(url, record, context));
    });
    return effects;
  }

  nextDueAt(): number | undefined {
    return this.book.nextDueAt();
  }

  cannedReply(kind: CannedReply, context: CoreContext): SimulatedReply {
    const [code, message] = CANNED[kind];
    const available = ` Available: ${this.wallet.available(DEFAULT_SOURCE_CURRENCY)} ${DEFAULT_SOURCE_CURRENCY}`;
    const text = kind === 'insufficient-funds' ? message + available : message;
    return refusalReply(new Refusal(code, text), context);
  }

  operationOf(request: SimulatedRequest): PontisOperation | undefined {
    return request.method.toUpperCase() === 'POST' ? OPERATIONS.get(request.path) : undefined;
  }

  submitFields(request: SimulatedRequest): SubmitFields | undefined {
    if (this.operationOf(request) !== 'submit') return undefined;
    const plaintext = openBlob(blobOf(request.body) ?? '', this.keys.encryption);
    const payload = plaintext === undefined ? undefined : parseJson(plaintext);
    if (!isFields(payload) || !isFields(payload['recipient_details'])) return undefined;
    const callerKey = textOf(payload['idempotency_key']);
    const amount = textOf(payload['source_amount']);
    if (callerKey === undefined || amount === undefined) return undefined;
    const recipient = payload['recipient_details'];
    const name = textOf(recipient['name']);
    return {
      callerKey,
      amount,
      currency: textOf(payload['source_currency']) ?? DEFAULT_SOURCE_CURRENCY,
      beneficiary: beneficiaryOf(recipient),
      ...(name === undefined ? {} : { beneficiaryName: name }),
    };
  }

  ledger(): ReturnType<ProviderCore['ledger']> {
    return this.wallet.ledger();
  }

  payouts(): ReturnType<ProviderCore['payouts']> {
    return this.book.payouts();
  }

  script(script: Parameters<ProviderCore['script']>[0]): void {
    this.book.addScript(script);
  }

  setBalance(currency: string, available: string): void {
    this.wallet.setBalance(currency, available);
  }

  invalidateTokens(code: InvalidTokenCode = 'unauthorized'): void {
    this.access.invalidateTokens(code);
  }

  adjust(knobs: Partial<PontisKnobs>): void {
    this.knobs = { ...this.knobs, ...knobs };
  }

  decideApproval(...decision: Parameters<PontisCore['decideApproval']>): void {
    this.book.decideApproval(...decision);
  }

  conflictingReplays(): readonly string[] {
    return [...this.conflicts];
  }

  private answer(request: SimulatedRequest, context: CoreContext): SimulatedReply {
    const operation = this.operationOf(request);
    if (operation === undefined) throw new Refusal('not_found', 'No such endpoint');
    checkSender(request, this.keys.apiKey);
    this.refuseWhen('ip_not_allowed', 'This address is not on your allow list');
    const plaintext = openRequest(request, this.keys, context.receivedAt ?? context.now);
    if (operation !== 'login')
      this.access.checkToken(request.headers['authorization'], context.receivedAt ?? context.now);
    const payload = parseJson(plaintext);
    if (payload === undefined) throw new Refusal('bad_request', 'Payload is not JSON');
    if (operation === 'login') return this.login(payload, context);
    this.refuseWhen('account_suspended', 'Account suspended');
    return operation === 'submit' ? this.submit(payload, plaintext, context) : this.status(payload, context);
  }

  private login(payload: unknown, context: CoreContext): SimulatedReply {
    const { email, password } = parseLogin(payload);
    const suspended = this.knobs.accountState === 'account_suspended';
    const data = this.access.login(email, password, suspended, context);
    return jsonReply(200, { ok: true, data }, context.now);
  }

  private submit(payload: unknown, plaintext: string, context: CoreContext): SimulatedReply {
    this.useUp('rateLimitedSubmits', 'rate_limited', 'Tighten your client-side throttle');
    const payout = parsePayout(payload, this.options.amountDecimals ?? 'exactly-two');
    this.refuseWhen('forbidden', 'KYC required or account suspended');
    if (this.options.checksBeforeDedup ?? true) this.checkBusinessRules(payout, context.now);
    const original = this.book.findByKey(payout.idempotency_key, context.now);
    if (original !== undefined) {
      if (original.plaintext !== plaintext) this.conflicts.push(payout.idempotency_key);
      const status = this.options.replayedState === 'current' ? original.status : original.initialStatus;
      return this.accepted(this.options.replayStatus ?? 201, original, status, context);
    }
    if (this.options.checksBeforeDedup === false) this.checkBusinessRules(payout, context.now);
    const record = this.book.accept(payout, plaintext, context);
    return this.accepted(201, record, record.initialStatus, context);
  }

  private accepted(
    httpStatus: number,
    record: PayoutRecord,
    status: string,
    context: CoreContext,
  ): SimulatedReply {
    const data = { transaction_id: record.transactionId, status };
    return jsonReply(httpStatus, { ok: true, data }, context.now);
  }

  private status(payload: unknown, context: CoreContext): SimulatedReply {
    this.useUp('rateLimitedReads', 'rate_limited', 'Throttle your polling');
    const record = this.book.find(parseStatusRequest(payload));
    if (record === undefined) throw new Refusal('not_found', 'Transaction not found');
    const data = {
      transaction_id: record.transactionId,
      status: record.status,
      status_message: record.statusMessage,
    };
    return jsonReply(200, this.options.statusReply === 'flat' ? data : { ok: true, data }, context.now);
  }

  private checkBusinessRules(payout: PayoutPayload, now: number): void {
    const key = payout.idempotency_key.toLowerCase();
    const burnt = this.burntKeys.get(key);
    if (burnt !== undefined) throw burnt;
    try {
      this.refuseWhen('wallet_frozen', 'Wallet is frozen');
      const { source_amount: amount, source_currency: currency, recipient_details: recipient } = payout;
      const screened = new Set(this.knobs.screenedNames.map(normalisedName));
      if (screened.has(normalisedName(recipient.name))) {
        throw new Refusal('screening_failed', 'Recipient failed sanctions screening');
      }
      this.wallet.checkLimits(this.knobs.limits, currency, amount, now);
      this.wallet.checkBalance(currency, amount);
      this.useUp(
        'rateMovedSubmits',
        'rate_moved',
        'Exchange rate moved more than 0.5% since the quote was issued',
      );
    } catch (error) {
      const burns = this.options.refusalBurnsKey === true && error instanceof Refusal && error.status === 422;
      if (burns && this.book.findByKey(key, now) === undefined) this.burntKeys.set(key, error);
      throw error;
    }
  }

  private refuseWhen(
    state: 'forbidden' | 'ip_not_allowed' | 'account_suspended' | 'wallet_frozen',
    text: string,
  ) {
    if (this.knobs.accountState === state) throw new Refusal(state, text);
  }

  private useUp(
    counter: 'rateMovedSubmits' | 'rateLimitedSubmits' | 'rateLimitedReads',
    code: 'rate_moved' | 'rate_limited',
    text: string,
  ): void {
    const left = this.knobs[counter];
    if (left <= 0) return;
    this.adjust({ [counter]: left - 1 });
    throw new Refusal(code, text);
  }

  private callback(url: string, record: PayoutRecord, context: CoreContext): WebhookEffect {
    const timestamp = String(Math.floor(context.now / 1000));
    const body = JSON.stringify({
      transaction_id: record.transactionId,
      status: record.status,
      status_message: record.statusMessage,
    });
    const headers = {
      'content-type': 'application/json',
      'x-pontis-timestamp': timestamp,
      'x-pontis-signature': `sha256=${signatureOf(timestamp, body, this.keys.hmac)}`,
      'x-pontis-event-id': uuidFrom(context.random),
    };
    return { kind: 'webhook', url, headers, body };
  }
}
