/** Types of failures that cross Temporal. Public, never renamed. */

/** A status poll that found nothing new; the server retries it by the poll plan. Not an error. */
export const stillPendingFailure = 'StillPending';

/** The worker cannot act on this payout: wrong mode, account missing or changed. */
export const accountChangedFailure = 'AccountChanged';

/** The register could not be asked. The message is for people. */
export const registerUnavailableFailure = 'RegisterUnavailable';

/** The register has another text for what is about to be sent, or another run. The message is for people. */
export const attemptConflictFailure = 'AttemptConflict';

/**
 * Server-side names (since 1.28) that make a lost attempt final instead of retried blindly; it then comes back to the
 * workflow as an `ActivityFailure` with a `TimeoutFailure` cause. A wrong suffix would fail the workflow task for ever,
 * so these strings stand here once and are tested on a real server.
 */
export const lostAttemptTypes = ['TemporalTimeout:StartToClose', 'TemporalTimeout:Heartbeat'] as const;
