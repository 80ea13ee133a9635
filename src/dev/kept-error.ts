export type KeptErrorCode =
  /** Another process uses the file right now. */
  | 'kept_in_use'
  /** A port that kept payouts know a simulated provider by is taken. */
  | 'kept_port_in_use'
  /** What lies beside the file is not what we wrote. */
  | 'kept_unreadable';

/** What is wrong with the files of `dev --keep`. */
export class KeptError extends Error {
  override readonly name = 'KeptError';

  constructor(
    readonly code: KeptErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
