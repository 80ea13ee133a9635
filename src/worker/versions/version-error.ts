export type VersionErrorCode =
  /** There is no such deployment or version, or more than one could be meant. */
  | 'version_not_found'
  /** It would leave payouts without a worker, or with one whose code they were not replayed with. */
  | 'version_refused'
  /** The server has no worker versioning, or does not let us ask. */
  | 'temporal_versioning_unavailable'
  | 'temporal_unavailable';

/** A question or change about versions that cannot be answered or made. */
export class VersionError extends Error {
  override readonly name = 'VersionError';
  constructor(
    readonly code: VersionErrorCode,
    message: string,
    /** What to do next. */
    readonly next: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
