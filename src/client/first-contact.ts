import { connect as connectHttp2 } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { pause } from './pause';
import type { Unreachable, UnreachableReason } from './unreachable-temporal';

/** Where Temporal should be, and how to speak to it. */
export type ContactTarget = {
  readonly host: string;
  readonly port: number;
  /** Absent: plaintext. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;
  /** Nobody configured an address, so the default one is tried. */
  readonly isDefault: boolean;
};

/**
 * Tries once whether a Temporal server can be spoken to: name, connection, TLS, and the first frame of HTTP/2, which every
 * gRPC server sends unasked. gRPC itself says only "unavailable", after half a minute. Undefined: it can.
 */
export async function tryContact(target: ContactTarget, timeoutMs: number): Promise<Unreachable | undefined> {
  const over = new AbortController();
  try {
    const asConfigured = speakHttp2(target, over.signal);
    const late = fairTime(timeoutMs, over.signal);
    const first = await Promise.race([asConfigured, fairTime(timeoutMs / 2, over.signal)]);
    if (first === 'spoken') return undefined;
    const firstReason = first === 'late' ? undefined : plainReason(first.error);
    if (first !== 'late' && firstReason !== undefined) return unreachable(target, firstReason, first.error);
    // Broken off, or silent: is the other way understood? Where the first one is answered after all, that counts.
    const otherWay =
      target.tls === undefined ? speakTls(target, over.signal) : speakPlaintext(target, over.signal);
    const spoken = async (tried: Promise<Tried>, end: 'as configured' | 'other way') =>
      (await tried) === 'spoken' ? end : never();
    const end = await Promise.race([
      spoken(asConfigured, 'as configured'),
      spoken(otherWay, 'other way'),
      Promise.all([asConfigured, otherWay]),
      late,
    ]);
    if (end === 'as configured') return undefined;
    if (end === 'late') return unreachable(target, 'no_answer');
    const error = first === 'late' ? undefined : first.error;
    if (end === 'other way')
      return unreachable(target, target.tls === undefined ? 'tls_expected' : 'tls_not_expected', error);
    const [tried] = end;
    const last = tried === 'spoken' ? undefined : tried.error;
    return unreachable(target, plainReason(last) ?? 'no_temporal', last);
  } finally {
    over.abort();
  }
}

type Tried = 'spoken' | { readonly error: unknown };

/** A promise of its own for each: one for all would remember everybody who ever awaited it. */
const never = async (): Promise<never> => new Promise<never>(() => undefined);

async function speakHttp2(target: ContactTarget, signal: AbortSignal): Promise<Tried> {
  const { tls } = target;
  const scheme = tls === undefined ? 'http' : 'https';
  return attempt(signal, (settle) => {
    const session: ClientHttp2Session = connectHttp2(`${scheme}://${atAddress(target)}`, {
      // A number is no name: Node would warn of it.
      ...(isIP(target.host) === 0 ? {} : { servername: '' }),
      ...tls,
    });
    session.on('remoteSettings', () => settle('spoken'));
    session.on('error', (error) => settle({ error }));
    session.on('close', () => settle({ error: new Error('the connection was closed') }));
    return () => session.destroy();
  });
}

const speakPlaintext = async (
  { host, port, isDefault }: ContactTarget,
  signal: AbortSignal,
): Promise<Tried> => speakHttp2({ host, port, isDefault }, signal);

/** A handshake, whoever the server is; a refusal by TLS's own means (an alert) is spoken TLS, too. */
async function speakTls({ host, port }: ContactTarget, signal: AbortSignal): Promise<Tried> {
  return attempt(signal, (settle) => {
    const socket = connectTls({
      host,
      port,
      ALPNProtocols: ['h2'],
      // Nothing is sent, and nothing believed: only whether there is TLS.
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    socket.on('secureConnect', () => settle('spoken'));
    socket.on('error', (error) => settle(isAlert(error) ? 'spoken' : { error }));
    socket.on('close', () => settle({ error: new Error('the connection was closed') }));
    return () => socket.destroy();
  });
}

async function attempt(
  signal: AbortSignal,
  begin: (settle: (tried: Tried) => void) => () => void,
): Promise<Tried> {
  return new Promise((settle) => {
    try {
      const end = begin(settle);
      signal.addEventListener('abort', end, { once: true });
    } catch (error) {
      settle({ error });
    }
  });
}

const tickMs = 25;

/**
 * Time in which this process could have heard an answer: while it is stopped, or starved of its processor, it hears none and
 * learns nothing from that.
 */
async function fairTime(ms: number, signal: AbortSignal): Promise<'late'> {
  for (let leftMs = ms; leftMs > 0 && !signal.aborted;) {
    const before = performance.now();
    await pause(Math.min(tickMs, leftMs), signal);
    leftMs -= Math.min(performance.now() - before, 2 * tickMs);
  }
  return 'late';
}

/** What needs no second look; undefined for connections that were broken off. */
function plainReason(error: unknown): UnreachableReason | undefined {
  const codes = errorCodes(error);
  const isOne = (known: readonly string[]): boolean => codes.some((code) => known.includes(code));
  if (isOne(['ECONNREFUSED'])) return 'refused';
  if (isOne(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NONAME', 'EAI_NODATA'])) return 'unknown_host';
  if (isOne(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'ENETDOWN'])) return 'no_route';
  if (isOne(['ETIMEDOUT'])) return 'no_answer';
  if (codes.some((code) => /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH/.test(code)) || isAlert(error))
    return 'certificate_refused';
  return undefined;
}

/** A name may have several addresses, and each of them its own error. By shape: errors of Node come from another realm in tests. */
function errorCodes(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown };
  if (Array.isArray(errors)) return errors.flatMap(errorCodes);
  return typeof code === 'string' ? [code] : [];
}

/** Node reads a server that speaks no TLS as a wrong version, and only a TLS server sends alerts. */
const isAlert = (error: unknown): boolean =>
  errorCodes(error).some((code) => /^ERR_SSL_.*_ALERT_/.test(code));

const atAddress = ({ host, port }: ContactTarget): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

const words: Readonly<Record<UnreachableReason, string>> = {
  refused: 'refuses the connection: nothing listens there',
  unknown_host: 'cannot be found: the name of the host does not resolve',
  no_route: 'cannot be reached: there is no route to the host',
  no_answer:
    'did not answer in time: a firewall, a server that hangs, or a slow network (`connectTimeoutMs`)',
  tls_expected:
    'speaks TLS, and the connection is set to plaintext: set TEMPORAL_TLS, certificates or an API key',
  tls_not_expected:
    'speaks plaintext, and the connection is set to TLS: unset TEMPORAL_TLS, certificates and API key',
  certificate_refused: 'and we do not accept each other’s certificates',
  no_temporal: 'does not speak gRPC, or ends every connection: another program, or a proxy without a server',
};

function unreachable(target: ContactTarget, reason: UnreachableReason, cause?: unknown): Unreachable {
  const address = atAddress(target);
  const codes = errorCodes(cause).join(', ');
  const detail = reason === 'certificate_refused' && codes !== '' ? ` (${codes})` : '';
  const hint = target.isDefault ? '. TEMPORAL_ADDRESS is not set, so the default address was tried' : '';
  return { reason, address, why: `Temporal at ${address} ${words[reason]}${detail}${hint}`, cause };
}
