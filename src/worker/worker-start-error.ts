export type WorkerStartErrorCode =
  | 'temporal_settings_invalid'
  | 'temporal_unavailable'
  /** The namespace lacks something that payouts need. */
  | 'temporal_namespace_unfit'
  /** The connection leads to another namespace than the configuration pins. */
  | 'configuration_namespace_mismatch'
  /** Metrics or health cannot be served where the configuration says. */
  | 'configuration_address_unusable';

/** A worker that cannot start, and why. Messages hold no secrets and say what to do next. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
  constructor(
    readonly code: WorkerStartErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
