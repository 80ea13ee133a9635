import { createDecipheriv, createHmac } from 'node:crypto';
import type { PayoutRequest } from '../../../src/domain/payout-request';
import type { HttpReply, HttpRequest, SendOptions } from '../../../src/http/sender';
import { SendFailure } from '../../../src/http/sender';
import { Secret } from '../../../src/observability/secret';
import { pontisSettingsSchema } from '../../../src/providers/pontis/config';
import type { PontisSettings } from '../../../src/providers/pontis/config';
import { pontisModule } from '../../../src/providers/pontis/module';
import type { PayoutProvider, ProviderPorts } from '../../../src/providers/provider';
import type { ProviderAccount } from '../../../src/providers/provider-module';

export const bytes = (from: number, length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => from + index));

export const encryptionKey = bytes(0x00, 32);
export const hmacKey = bytes(0x20, 32);
export const previousHmacKey = bytes(0x60, 32);

/** 2025-01-01T00:00:00Z. */
export const startOf2025 = 1_735_689_600_000;

export const settingsOf = (given: object = {}): PontisSettings => pontisSettingsSchema.parse(given);

type Changes = Partial<Omit<ProviderAccount<PontisSettings>, 'settings'>> & { readonly settings?: object };

export function accountOf(changes: Changes = {}): ProviderAccount<PontisSettings> {
  return {
    account: 'pontis-main',
    mode: 'sandbox',
    baseUrl: 'https://pontis.example',
    common: {},
    credentials: {
      apiKey: new Secret('fake-api-key'),
      hmacSecret: new Secret(hmacKey.toString('base64url')),
      encryptionSecret: new Secret(encryptionKey.toString('base64url')),
      email: new Secret('payouts@merchant.example'),
      password: new Secret('fake-password'),
    },
    ...changes,
    settings: settingsOf(changes.settings),
  };
}

export const bankRequest: PayoutRequest = {
  schema: 1,
  tenant: 't',
  reference: 'r-1',
  requestedBy: 'ana',
  amount: { value: '10', side: 'source' },
  source: { currency: 'USDT' },
  destination: { country: 'PH', currency: 'PHP' },
  beneficiary: {
    method: 'bank-account',
    name: 'Juan dela Cruz',
    account: { accountNumber: '1234567890' },
  },
};

export const attempt = {
  key: '8e1849b1-b1ce-416a-b6d4-53a884f3ec69',
  body: '{"idempotency_key":"8e1849b1-b1ce-416a-b6d4-53a884f3ec69","source_amount":"10.00"}',
};

export const transactionId = '029b2038-6166-4bea-80a9-f1a2425a85eb';
export const sandboxId = 'sb_a42b69dcd78f_01_tg3qwn_30e136b2';

export const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const refusal = (
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): HttpReply =>
  json(
    status,
    {
      ok: false,
      request_id: '01J9F5Z4X7Y3K2B1Q0M8N7V6T5',
      error: { code, message: 'Insufficient available balance. Available: 5.00 USDT' },
    },
    headers,
  );

export const accepted = (id = transactionId, status = 'pending'): HttpReply =>
  json(201, { ok: true, data: { transaction_id: id, status } });

export const loggedIn = (token = 'jwt-1', expiresIn: unknown = 900): HttpReply =>
  json(200, { ok: true, data: { access_token: token, token_type: 'Bearer', expires_in: expiresIn } });

/** One request as Pontis would see it: authenticated and decrypted by code that is not the adapter's. */
export type SeenRequest = {
  readonly operation: 'login' | 'submit' | 'status';
  readonly request: HttpRequest;
  readonly options: SendOptions;
  readonly plaintext: string;
  readonly timestamp: number;
  readonly token: string | undefined;
};

type Answer = HttpReply | SendFailure | ((seen: SeenRequest) => HttpReply | Promise<HttpReply>);

const operations: Readonly<Record<string, SeenRequest['operation']>> = {
  '/api/v1/user/login': 'login',
  '/api/v1/payouts/sendPayoutRequest': 'submit',
  '/api/v1/payouts/getPayoutStatus': 'status',
};

/** A fake Pontis behind a `Sender`: answers each operation with its script in turn, the last answer again and again. */
export function fakePontis(
  script: { readonly [Operation in SeenRequest['operation']]?: readonly Answer[] },
  changes: Changes = {},
): {
  readonly provider: PayoutProvider;
  readonly seen: SeenRequest[];
  readonly clock: { now: number };
  readonly logged: [string, Readonly<Record<string, string | number | boolean>>][];
  readonly of: (operation: SeenRequest['operation']) => readonly SeenRequest[];
} {
  const seen: SeenRequest[] = [];
  const clock = { now: startOf2025 };
  const logged: [string, Readonly<Record<string, string | number | boolean>>][] = [];
  let draws = 0;
  const ports: ProviderPorts = {
    async send(request, options) {
      if (options.signal?.aborted) throw new SendFailure('aborted', false);
      try {
        options.beforeWrite?.();
      } catch (cause) {
        throw new SendFailure('forbidden', false, { cause });
      }
      const one = open(request, options);
      seen.push(one);
      const answers: readonly Answer[] =
        script[one.operation] ?? (one.operation === 'login' ? [loggedIn()] : []);
      const turn = seen.filter(({ operation }) => operation === one.operation).length - 1;
      const answer = answers[Math.min(turn, answers.length - 1)];
      if (answer === undefined) throw new Error(`no answer to ${one.operation}`);
      if (answer instanceof SendFailure) throw answer;
      return typeof answer === 'function' ? answer(one) : answer;
    },
    now: () => clock.now,
    randomBytes(length) {
      draws += 1;
      return Buffer.alloc(length, draws);
    },
    log: (event, fields) => logged.push([event, fields]),
  };
  return {
    provider: pontisModule.create(accountOf(changes), ports),
    seen,
    clock,
    logged,
    of: (operation) => seen.filter((one) => one.operation === operation),
  };
}

/** docs.pontisglobe.com/authentication, written a second time. */
function open(request: HttpRequest, options: SendOptions): SeenRequest {
  const { headers, body = '' } = request;
  const { data, ...more } = JSON.parse(body) as { data: string };
  const timestamp = headers['x-timestamp'] ?? '';
  const signature = createHmac('sha256', hmacKey).update(`${timestamp}.${data}`).digest('hex');
  const operation = operations[new URL(request.url).pathname];
  if (
    request.method !== 'POST' ||
    operation === undefined ||
    Object.keys(more).length > 0 ||
    headers['x-signature'] !== signature ||
    headers['x-api-key'] !== 'fake-api-key' ||
    headers['content-type'] !== 'application/json' ||
    !/^\d{10}$/.test(timestamp)
  ) {
    throw new Error('a request that Pontis would refuse');
  }
  return {
    operation,
    request,
    options,
    plaintext: openBlob(data),
    timestamp: Number(timestamp),
    token: headers['authorization']?.replace(/^Bearer /, ''),
  };
}

export function openBlob(blob: string): string {
  const [iv, tag, ciphertext] = blob.split(':').map((part) => Buffer.from(part, 'base64url'));
  if (iv?.length !== 12 || tag?.length !== 16 || ciphertext === undefined) throw new Error('no envelope');
  const decipher = createDecipheriv('aes-256-gcm', encryptionKey, iv);
  decipher.setAuthTag(tag);
  return decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8');
}
