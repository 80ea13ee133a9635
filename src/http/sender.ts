/**
 * The port through which every adapter sends HTTP. Production: undici (`undici-sender.ts`). A simulation answers from a
 * simulated provider on a virtual clock. Timeouts, size limits and the moment of the socket write live behind it.
 */
export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type HttpReply = {
  readonly status: number;
  /** Lower-case names; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type SendOptions = {
  /** From now until the whole reply is read. */
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
  readonly signal?: AbortSignal;
  /**
   * Called at most once, synchronously, when a connection stands and nothing has been written yet: the last moment to
   * refuse. What it throws ends the call with `SendFailure('forbidden', written: false)`.
   */
  readonly beforeWrite?: () => void;
};

export type Sender = (request: HttpRequest, options: SendOptions) => Promise<HttpReply>;

export type SendFailureCode =
  | 'not_reachable'
  | 'tls_refused'
  | 'forbidden'
  | 'aborted'
  | 'timeout'
  | 'connection_lost'
  | 'reply_too_large';

/**
 * No usable reply. `written: false` is a promise: not one byte of the request reached the socket, so nothing can have
 * been processed. Messages hold no URL query, header or body.
 */
export class SendFailure extends Error {
  override readonly name = 'SendFailure';
  constructor(
    readonly code: SendFailureCode,
    readonly written: boolean,
    options?: { readonly cause?: unknown },
  ) {
    super(`HTTP request ${written ? 'outcome unknown' : 'not sent'}: ${code}`, options);
  }
}
