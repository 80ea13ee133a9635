/** Stable codes of everything that can go wrong while a development server is found, fetched, started or prepared. */
export type TemporalServerErrorCode =
  /** No usable CLI on this machine and none could be fetched; the message lists what to do. */
  | 'temporal_cli_not_found'
  /** A port that was asked for is taken. */
  | 'temporal_port_in_use'
  /** The server process ended before it was ready; the message ends with its last lines. */
  | 'temporal_server_exited'
  /** The server ran but did not answer in time; the message ends with its last lines. */
  | 'temporal_server_not_ready'
  /** A search attribute exists with another type. */
  | 'search_attribute_conflict'
  /** Registered search attributes did not become visible in time. */
  | 'search_attributes_not_visible';

/** The one error class of the development server. Branch on `code`, show `message`. */
export class TemporalServerError extends Error {
  override readonly name = 'TemporalServerError';

  constructor(
    readonly code: TemporalServerErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
