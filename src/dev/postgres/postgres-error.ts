/** Stable codes of everything that can go wrong while a PostgreSQL for development is found, prepared or started. */
export type PostgresErrorCode =
  /** None that can be used on this machine; the message lists what was tried and what to do. */
  | 'postgres_not_found'
  /** PostgreSQL refuses root, and there is no other user whom it could run as. */
  | 'postgres_refuses_root'
  /** The folder holds something else, or belongs to somebody else. */
  | 'postgres_folder_unusable'
  /** Another server has the folder's data open. */
  | 'postgres_data_in_use'
  /** `initdb` failed; the message ends with its last lines. */
  | 'postgres_not_initialized'
  /** The server process ended before it was ready; the message ends with its last lines. */
  | 'postgres_exited'
  /** The server ran but did not answer in time; the message ends with its last lines. */
  | 'postgres_not_ready';

/** The one error class of the development PostgreSQL. Branch on `code`, show `message`. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';

  constructor(
    readonly code: PostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
