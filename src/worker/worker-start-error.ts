/** Why a worker did not start. The code is for scripts and tests, the exit code for the shell. */
export type WorkerStartErrorCode =
  | 'configuration_invalid'
  | 'connection_settings_invalid'
  | 'temporal_unreachable'
  | 'temporal_refused'
  | 'namespace_missing'
  | 'namespace_mismatch'
  | 'retention_too_short'
  | 'search_attributes_missing';

const exitCodes: Readonly<Record<WorkerStartErrorCode, number>> = {
  configuration_invalid: 2,
  connection_settings_invalid: 2,
  temporal_unreachable: 5,
  temporal_refused: 4,
  namespace_missing: 4,
  namespace_mismatch: 4,
  retention_too_short: 4,
  search_attributes_missing: 4,
};

/** Messages hold no secrets and say what to do next. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
  readonly exitCode: number;
  constructor(
    readonly code: WorkerStartErrorCode,
    readonly problems: readonly string[],
    options?: { readonly cause?: unknown },
  ) {
    super(problems.join('; '), options);
    this.exitCode = exitCodes[code];
  }
}
