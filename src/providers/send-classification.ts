import type { ZodType } from 'zod';
import type { ProviderFailure, ProviderFailureCode } from '../domain/provider-failure';
import { SendFailure } from '../http/sender';
import type { HttpReply, SendFailureCode } from '../http/sender';

/**
 * What every adapter makes of a call without a usable reply, and of the untrusted bytes of one that has it.
 *
 * `unwritten` codes carry effect `none`: not one byte left. `written` codes carry effect `unknown`: the provider may
 * have acted. Pairs that a sound sender cannot produce are filled with the cautious code.
 */
const failureCodes: Readonly<
  Record<SendFailureCode, { readonly unwritten: ProviderFailureCode; readonly written: ProviderFailureCode }>
> = {
  not_reachable: { unwritten: 'not_reachable', written: 'connection_lost' },
  tls_refused: { unwritten: 'not_reachable', written: 'connection_lost' },
  forbidden: { unwritten: 'not_sent', written: 'interrupted' },
  aborted: { unwritten: 'not_sent', written: 'interrupted' },
  timeout: { unwritten: 'not_reachable', written: 'timeout' },
  connection_lost: { unwritten: 'not_reachable', written: 'connection_lost' },
  reply_too_large: { unwritten: 'not_reachable', written: 'unreadable_reply' },
};

/** The failure of a call whose sender threw. Anything but a `SendFailure` is a bug and is thrown again. */
export function failureOfSend(error: unknown): ProviderFailure {
  if (!(error instanceof SendFailure)) throw error;
  const codes = failureCodes[error.code];
  return error.written
    ? { effect: 'unknown', code: codes.written }
    : { effect: 'none', code: codes.unwritten };
}

/** Longer waits than a day are cut: a broken header must not park a payout. */
const longestRetryAfterMs = 86_400_000;
/** RFC 9110 §5.6.7, the one form of a date that may be sent. */
const httpDate =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * `Retry-After` (RFC 9110 §10.2.3) as milliseconds from now, at most a day; undefined when it is absent or unreadable.
 * Seconds and dates are read; a date that has passed is 0. A date is the provider's: it is compared with the reply's own, and
 * with our clock where the reply has none.
 */
export function retryAfterMs(reply: Pick<HttpReply, 'headers'>, now: number): number | undefined {
  const value = reply.headers['retry-after']?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value) * 1000, longestRetryAfterMs);
  const at = readHttpDate(value);
  if (at === undefined) return undefined;
  const since = readHttpDate(reply.headers['date']) ?? now;
  return Math.min(Math.max(at - since, 0), longestRetryAfterMs);
}

/** An HTTP date (`Sun, 06 Nov 1994 08:49:37 GMT`) as Unix milliseconds; undefined when the text is none. */
export function readHttpDate(text: string | undefined): number | undefined {
  if (text === undefined || !httpDate.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** Untrusted text as a short token that is safe in logs, search attributes and histories: others become `_`. */
export const printableToken = (text: string, max = 40): string =>
  text.slice(0, max).replaceAll(/[^A-Za-z0-9_.:-]/g, '_');

/** The same for codes and statuses, which are words: a number as long as an account's has no place in them. */
export const printableWord = (text: string): string =>
  printableToken(text.replaceAll(/\d(?:[ ._:-]?\d){6,}/g, 'NUMBER'));

export type ParsedReply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/**
 * Reads a JSON reply by a schema. Never throws and never says what was wrong: replies are untrusted and may hold
 * account numbers. Schemas should strip unknown keys (`z.object`), which also drops a `__proto__` member.
 */
export function parseJsonReply<T>(reply: Pick<HttpReply, 'body'>, schema: ZodType<T>): ParsedReply<T> {
  try {
    const parsed = schema.safeParse(JSON.parse(reply.body));
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false };
  } catch {
    // No JSON, or nested so deep that the parser gave up.
    return { ok: false };
  }
}
