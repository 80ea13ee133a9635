import type { ProviderFailure } from '../../domain/provider-failure';
import type { HttpReply } from '../../http/sender';
import type { ProviderCall, ProviderPorts } from '../provider';
import { failureOfSend } from '../send-classification';
import type { ParsedReply } from '../send-classification';
import { clockOffset, nextCorrection, signedHeaders } from './auth';
import type { Correction } from './auth';
import { ivLength, sealEnvelope } from './envelope';
import { refusalOf } from './refusals';
import type { Operation } from './refusals';
import { createSession } from './session';
import type { LoginOutcome } from './session';
import { paths, readLogin, readSubmitted, readTransaction } from './wire';
import type { SubmittedTransaction, TransactionReply } from './wire';

export type ClientReply<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: ProviderFailure };

export type PontisClient = {
  /** Sends a frozen payload; the envelope, its IV, the timestamp and the signature are fresh for each send. */
  submit(body: string, call: ProviderCall): Promise<ClientReply<SubmittedTransaction>>;
  readStatus(transactionId: string, call: ProviderCall): Promise<ClientReply<TransactionReply>>;
};

export type PontisAccess = {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly hmacKey: Uint8Array;
  readonly encryptionKey: Uint8Array;
  readonly email: string;
  readonly password: string;
  readonly submitTimeoutMs: number;
  readonly readTimeoutMs: number;
};

const maxReplyBytes = 256 * 1024;

type Posted =
  | { readonly ok: true; readonly reply: HttpReply; readonly offsetMs: number | undefined }
  | { readonly ok: false; readonly failure: ProviderFailure };

type Post = {
  readonly operation: Operation;
  readonly plaintext: string;
  readonly token?: string;
  readonly clockOffsetMs: number;
  readonly timeoutMs: number;
  readonly call: ProviderCall;
};

export function createPontisClient(access: PontisAccess, ports: ProviderPorts): PontisClient {
  /** How far the provider's clock is ahead of ours; not 0 only after a 401 that went away with the corrected time. */
  let provenOffsetMs = 0;
  /** A login takes at most a third of a call, and a send begins only while a third is left, so that calls end in time. */
  const loginTimeoutMs = Math.floor(Math.min(access.submitTimeoutMs, access.readTimeoutMs) / 3);
  const session = createSession({ logIn, now: ports.now });

  /** One signed POST. The URL, headers and body hold everything Pontis authenticates. */
  async function post(input: Post): Promise<Posted> {
    const blob = sealEnvelope(input.plaintext, access.encryptionKey, ports.randomBytes(ivLength));
    const at = ports.now() + input.clockOffsetMs;
    const headers = signedHeaders({ ...access, blob, at, token: input.token });
    try {
      const reply = await ports.send(
        {
          method: 'POST',
          url: access.baseUrl + paths[input.operation],
          headers,
          body: JSON.stringify({ data: blob }),
        },
        { timeoutMs: input.timeoutMs, maxReplyBytes, ...input.call },
      );
      return { ok: true, reply, offsetMs: clockOffset(reply, ports.now()) };
    } catch (error) {
      return { ok: false, failure: failureOfSend(error) };
    }
  }

  /** Posts, and after a 401 tries each correction that is allowed at most once. */
  async function postCorrected(input: {
    readonly operation: Operation;
    readonly plaintext: string;
    readonly totalMs: number;
    readonly call: ProviderCall;
    readonly corrections: readonly Correction[];
    readonly token?: () => Promise<
      | { readonly ok: true; readonly token: string }
      | { readonly ok: false; readonly failure: ProviderFailure }
    >;
  }): Promise<Posted> {
    const left = countdown(input.totalMs, ports.now);
    const allowed = new Set(input.corrections);
    let correctedOffsetMs: number | undefined;
    for (;;) {
      if (left() < input.totalMs / 3) return notSent;
      const login = await input.token?.();
      if (login?.ok === false) return login;
      if (left() < input.totalMs / 3) return notSent;
      // Read after the login, which may just have found out how far the clocks differ.
      const clockOffsetMs = correctedOffsetMs ?? provenOffsetMs;
      const posted = await post({
        ...input,
        token: login?.token,
        clockOffsetMs,
        timeoutMs: Math.max(1, Math.floor(left())),
      });
      if (!posted.ok) return posted;
      if (posted.reply.status !== 401) {
        if (correctedOffsetMs !== undefined) keepOffset(correctedOffsetMs);
        return posted;
      }
      const correction = nextCorrection(posted.reply, allowed, {
        usedOffsetMs: clockOffsetMs,
        measuredOffsetMs: posted.offsetMs,
      });
      if (correction === undefined) return posted;
      allowed.delete(correction);
      if (correction === 'sign-again') correctedOffsetMs = posted.offsetMs ?? clockOffsetMs;
      else if (login) session.discard(login.token);
    }
  }

  function keepOffset(offsetMs: number): void {
    if (offsetMs === provenOffsetMs) return;
    provenOffsetMs = offsetMs;
    ports.log?.('pontis_clock_differs', { offsetMs });
  }

  async function logIn(): Promise<LoginOutcome> {
    const posted = await postCorrected({
      operation: 'login',
      plaintext: JSON.stringify({ email: access.email, password: access.password }),
      totalMs: loginTimeoutMs,
      // No caller's signal and no guard of a submit: the login is shared, and sends nothing of a payout.
      call: {},
      corrections: ['sign-again'],
    });
    // Whatever became of the login, nothing of the payout was sent.
    if (!posted.ok) return { ok: false, failure: { effect: 'none', code: 'not_reachable' } };
    const read = readSuccess(posted.reply, readLogin);
    if (read.ok) return { ok: true, login: read.value };
    const failure = refusalOf('login', posted.reply, ports.now());
    ports.log?.('pontis_login_failed', { code: failure.code, httpStatus: posted.reply.status });
    return { ok: false, failure };
  }

  async function call<T>(
    operation: 'submit' | 'status',
    plaintext: string,
    circumstances: ProviderCall,
    read: (reply: HttpReply) => ParsedReply<T>,
  ): Promise<ClientReply<T>> {
    const posted = await postCorrected({
      operation,
      plaintext,
      totalMs: operation === 'submit' ? access.submitTimeoutMs : access.readTimeoutMs,
      call: circumstances,
      corrections: ['log-in-again', 'sign-again'],
      token: () => session.token(circumstances.signal),
    });
    if (!posted.ok) return posted;
    const success = readSuccess(posted.reply, read);
    return success.ok ? success : { ok: false, failure: refusalOf(operation, posted.reply, ports.now()) };
  }

  return {
    submit: (body, { signal, beforeWrite }) => call('submit', body, { signal, beforeWrite }, readSubmitted),
    async readStatus(transactionId, { signal }) {
      const plaintext = JSON.stringify({ transaction_id: transactionId });
      const reply = await call('status', plaintext, { signal }, readTransaction);
      // A read creates nothing, however it ends.
      return reply.ok ? reply : { ok: false, failure: { ...reply.failure, effect: 'none' } };
    },
  };
}

const notSent: Posted = { ok: false, failure: { effect: 'none', code: 'not_sent' } };

/** Any 2xx with a readable body: a replay may answer 200 where the first send got 201. */
const readSuccess = <T>(reply: HttpReply, read: (reply: HttpReply) => ParsedReply<T>): ParsedReply<T> =>
  reply.status >= 200 && reply.status < 300 ? read(reply) : { ok: false };

/** Milliseconds left of a total. A clock that is set back does not lengthen it beyond the total. */
function countdown(totalMs: number, now: () => number): () => number {
  const startedAt = now();
  return () => Math.min(totalMs, startedAt + totalMs - now());
}
