import type { ProviderFailure } from '../../domain/provider-failure';
import type { HttpReply, HttpRequest } from '../../http/sender';
import type { ProviderCall, ProviderPorts } from '../provider';
import { failureOfSend, readHttpDate } from '../send-classification';
import { signedHeaders } from './auth';
import type { SignatureEncoding } from './auth';
import { refusalOf } from './refusals';
import type { Operation } from './refusals';
import { payoutPath, payoutsPath, readPayout } from './wire';
import type { PayfieldPayout } from './wire';

export type PayfieldClient = {
  /** POST /api/v1/payouts with a frozen body; timestamp and signature are fresh. */
  submit(body: string, call: ProviderCall): Promise<ClientReply>;
  /** GET /api/v1/payouts/{external_id}. */
  read(externalId: string, shopCode: string, call: ProviderCall): Promise<ClientReply>;
};

export type ClientReply =
  | { readonly ok: true; readonly payout: PayfieldPayout }
  | { readonly ok: false; readonly failure: ProviderFailure };

export type PayfieldAccess = {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly signatureEncoding: SignatureEncoding;
  readonly submitTimeoutMs: number;
  readonly readTimeoutMs: number;
};

const maxReplyBytes = 256 * 1024;

export function createPayfieldClient(access: PayfieldAccess, ports: ProviderPorts): PayfieldClient {
  type Exchange = {
    readonly operation: Operation;
    readonly request: Pick<HttpRequest, 'method' | 'url' | 'body'>;
    readonly totalMs: number;
    readonly call: ProviderCall;
  };

  async function send(
    { request, call }: Exchange,
    offsetMs: number,
    timeoutMs: number,
  ): Promise<HttpReply | ProviderFailure> {
    const headers = signedHeaders({
      apiKey: access.apiKey,
      secret: access.secret,
      encoding: access.signatureEncoding,
      body: request.body ?? '',
      at: ports.now() + offsetMs,
    });
    try {
      return await ports.send({ ...request, headers }, { timeoutMs, maxReplyBytes, ...call });
    } catch (error) {
      return failureOfSend(error);
    }
  }

  function read(operation: Operation, reply: HttpReply | ProviderFailure): ClientReply {
    if ('effect' in reply) {
      // A read creates nothing, however it ends.
      return { ok: false, failure: operation === 'read' ? { ...reply, effect: 'none' } : reply };
    }
    const payout = reply.status >= 200 && reply.status < 300 ? readPayout(reply) : undefined;
    return payout?.ok
      ? { ok: true, payout: payout.value }
      : { ok: false, failure: refusalOf(operation, reply, ports.now()) };
  }

  /**
   * Sends once; and once more after "Timestamp window exceeded", signed by the provider's own clock. That refusal comes
   * before execution, so the second send is the only one that can do anything.
   */
  async function exchange(input: Exchange): Promise<ClientReply> {
    const startedAt = ports.now();
    const first = await send(input, 0, input.totalMs);
    const answer = read(input.operation, first);
    if (answer.ok || answer.failure.code !== 'clock_refused' || !('headers' in first)) return answer;
    const now = ports.now();
    const offsetMs = (readHttpDate(first.headers['date']) ?? now) - now;
    // A clock that was set meanwhile must not lengthen the call.
    const leftMs = Math.min(input.totalMs, startedAt + input.totalMs - now);
    // Without a `Date` that differs, signing again would say the same thing again.
    if (Math.abs(offsetMs) < notableOffsetMs || leftMs < input.totalMs / 3) return answer;
    ports.log?.('payfield_clock_differs', { offsetMs });
    return read(input.operation, await send(input, offsetMs, Math.floor(leftMs)));
  }

  return {
    submit: (body, { signal, beforeWrite }) =>
      exchange({
        operation: 'submit',
        request: { method: 'POST', url: access.baseUrl + payoutsPath, body },
        totalMs: access.submitTimeoutMs,
        call: { signal, beforeWrite },
      }),
    read: (externalId, shopCode, { signal }) =>
      exchange({
        operation: 'read',
        request: { method: 'GET', url: access.baseUrl + payoutPath(externalId, shopCode) },
        totalMs: access.readTimeoutMs,
        call: { signal },
      }),
  };
}

/** Below this our clock agrees with theirs, and the window (±60 s) was missed for another reason: a slow network. */
const notableOffsetMs = 5_000;
