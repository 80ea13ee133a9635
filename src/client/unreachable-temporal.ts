import { PayoutClientError } from './errors';

/**
 * Why a first contact with Temporal failed: the closed list. Public, never renamed; `docs/errors.md` explains each, and a test
 * keeps the two equal.
 */
export const unreachableReasons = [
  /** Nothing listens at the address. */
  'refused',
  /** The name of the host cannot be resolved. */
  'unknown_host',
  /** There is no way to the host. */
  'no_route',
  /** Nothing came back in time: a firewall that drops everything, a server that hangs, a very slow network. */
  'no_answer',
  /** The server speaks TLS, and we were told to speak plaintext. */
  'tls_expected',
  /** The server speaks plaintext, and we were told to speak TLS. */
  'tls_not_expected',
  /** We do not trust the server's certificate, or the server does not accept ours. */
  'certificate_refused',
  /** Something answers that is no Temporal server, or ends every connection. */
  'no_temporal',
] as const;
export type UnreachableReason = (typeof unreachableReasons)[number];

/**
 * `temporal_unavailable`, and more precisely: this client never had a connection to Temporal, nor an answer from it, so the
 * settings may be wrong. It fails within `connectTimeoutMs` and is not repeated; once there was a connection, a server that is
 * away is waited for, because it may have carried out what it was asked.
 */
export class TemporalUnreachableError extends PayoutClientError {
  override readonly name = 'TemporalUnreachableError';

  constructor(
    readonly reason: UnreachableReason,
    /** `host:port`, as it was tried. */
    readonly address: string,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super('temporal_unavailable', message, options);
  }
}

/** A first contact that failed. */
export type Unreachable = {
  readonly reason: UnreachableReason;
  readonly address: string;
  /** In words, the address and what to look at included. */
  readonly why: string;
  readonly cause: unknown;
};
