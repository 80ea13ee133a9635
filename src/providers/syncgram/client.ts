import type { ProviderFailure } from '../../domain/provider-failure';
import type { HttpReply, HttpRequest } from '../../http/sender';
import type { Secret } from '../../observability/secret';
import type { ProviderCall, ProviderPorts } from '../provider';
import { failureOfSend } from '../send-classification';
import { bearerHeaders } from './auth';
import type { SyncgramSettings } from './config';
import {
  failureOfReply,
  listErrors,
  quoteErrors,
  readErrors,
  requestIdOf,
  submitErrors,
} from './error-table';
import type { ErrorRow } from './error-table';

/** A 2xx reply, or why there is none. */
export type CallResult =
  | { readonly ok: true; readonly reply: HttpReply }
  | { readonly ok: false; readonly failure: ProviderFailure };

export type SyncgramClient = {
  submit(
    input: { readonly body: string; readonly key: string; readonly quoted: boolean },
    call: ProviderCall,
  ): Promise<CallResult>;
  quote(body: string, call: ProviderCall): Promise<CallResult>;
  readStatus(providerPayoutId: string, call: ProviderCall): Promise<CallResult>;
  /** `path` is one of the account's list paths. */
  readPage(
    input: { readonly path: string; readonly limit: number; readonly offset: number },
    call: ProviderCall,
  ): Promise<CallResult>;
};

export type ClientDeps = {
  readonly baseUrl: string;
  readonly token: Secret;
  readonly settings: SyncgramSettings;
  readonly submitTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly ports: Pick<ProviderPorts, 'send' | 'now'>;
};

const maxReplyBytes = 262_144;
/** A page of a hundred payouts with their destinations. */
const maxPageBytes = 1_048_576;

/** The HTTP calls of one account. Each sends once; nothing is retried here. */
export function createSyncgramClient(deps: ClientDeps): SyncgramClient {
  const { settings, ports } = deps;

  const get = (path: string, rows: readonly ErrorRow[], maxBytes: number, call: ProviderCall) =>
    read({ method: 'GET', path }, rows, maxBytes, call);

  /** Reads and quotes: they create no payout, so their failures have no effect, however the call ended. */
  const read = async (
    request: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string },
    rows: readonly ErrorRow[],
    maxBytes: number,
    call: ProviderCall,
  ): Promise<CallResult> => {
    try {
      const reply = await ports.send(httpRequest(request), {
        timeoutMs: deps.readTimeoutMs,
        maxReplyBytes: maxBytes,
        ...(call.signal && { signal: call.signal }),
      });
      return isSuccess(reply)
        ? { ok: true, reply }
        : refused(failureOfReply(reply, rows, { now: ports.now() }));
    } catch (error) {
      return refused({ ...failureOfSend(error), effect: 'none' });
    }
  };

  const httpRequest = (
    request: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string },
    extraHeaders: Readonly<Record<string, string>> = {},
  ): HttpRequest => ({
    method: request.method,
    url: joinUrl(deps.baseUrl, request.path),
    headers: {
      ...bearerHeaders(deps.token),
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
      ...extraHeaders,
    },
    ...(request.body !== undefined && { body: request.body }),
  });

  return {
    submit: async ({ body, key, quoted }, call) => {
      const request = httpRequest(
        { method: 'POST', path: settings.paths.submit, body },
        settings.idempotencyHeader ? { 'idempotency-key': key } : {},
      );
      try {
        const reply = await ports.send(request, {
          timeoutMs: deps.submitTimeoutMs,
          maxReplyBytes,
          ...(call.signal && { signal: call.signal }),
          ...(call.beforeWrite && { beforeWrite: call.beforeWrite }),
        });
        return isSuccess(reply)
          ? { ok: true, reply }
          : refused(failureOfReply(reply, submitErrors, { now: ports.now(), quoted }));
      } catch (error) {
        return refused(failureOfSend(error));
      }
    },
    quote: (body, call) =>
      read({ method: 'POST', path: settings.paths.quote, body }, quoteErrors, maxReplyBytes, call),
    readStatus: (id, call) =>
      firstServed(settings.paths.status, (path) =>
        get(
          path.replaceAll('{id}', () => encodeURIComponent(id)),
          readErrors,
          maxReplyBytes,
          call,
        ),
      ),
    readPage: ({ path, limit, offset }, call) =>
      get(`${path}?limit=${limit}&offset=${offset}`, listErrors, maxPageBytes, call),
  };
}

/**
 * Tries paths in turn while they answer that they do not exist (404, 405); the first answer of another kind stands. Where
 * none does, a 404 stands before a 405: it may be the answer of the right path.
 */
export async function firstServed<T extends CallResult>(
  paths: readonly string[],
  attempt: (path: string) => Promise<T>,
): Promise<T> {
  const [path, ...others] = paths;
  if (path === undefined) throw new Error('no path configured');
  const result = await attempt(path);
  if (others.length === 0 || !isUnserved(result)) return result;
  const other = await firstServed(others, attempt);
  return isUnserved(other) && statusOfFailure(result) === 404 ? result : other;
}

const statusOfFailure = (result: CallResult): number | undefined =>
  result.ok ? undefined : result.failure.httpStatus;

const isUnserved = (result: CallResult): boolean => [404, 405].includes(statusOfFailure(result) ?? 0);

/** A 2xx that could not be read as what it should be. */
export const unreadable = (reply: HttpReply, effect: ProviderFailure['effect']): ProviderFailure => {
  const requestId = requestIdOf(reply);
  return {
    effect,
    code: 'unreadable_reply',
    httpStatus: reply.status,
    ...(requestId !== undefined && { requestId }),
  };
};

const refused = (failure: ProviderFailure): CallResult => ({ ok: false, failure });

const isSuccess = ({ status }: HttpReply): boolean => status >= 200 && status <= 299;

/** A base URL that already ends with the beginning of the path (`…/api/v1`) does not repeat it. */
export function joinUrl(baseUrl: string, path: string): string {
  const { origin, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/+$/, '');
  return path.startsWith(`${prefix}/`) ? `${origin}${path}` : `${origin}${prefix}${path}`;
}
