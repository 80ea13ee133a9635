import type { ClientErrorCode } from '../client/errors';

/** Exit codes of every command; public. */
export const exitCodes = {
  ok: 0,
  other: 1,
  badInput: 2,
  notFound: 3,
  refused: 4,
  notReachable: 5,
  notConfirmed: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For `--help` and the documents. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'done',
  1: 'another failure',
  2: 'bad input: arguments, request or configuration',
  3: 'no such payout',
  4: 'refused, or in conflict with what is there',
  5: 'Temporal, the workers, the register or a provider cannot be reached',
  6: 'not confirmed by the person at the terminal: nothing was done',
  130: 'stopped by Ctrl-C or SIGTERM before the end: the message says how to go on',
};

/** What follows from each error of the client: the exit code, and what to do next. */
export const clientFailures: Readonly<
  Record<ClientErrorCode, { readonly exitCode: ExitCode; readonly next: string }>
> = {
  request_invalid: {
    exitCode: exitCodes.badInput,
    next: 'Nothing was sent. Correct the fields named and start again.',
  },
  arguments_invalid: { exitCode: exitCodes.badInput, next: 'Nothing was sent. See --help for the form.' },
  reference_reused: {
    exitCode: exitCodes.refused,
    next: 'Nothing was started. Show the existing payout; a new intent needs a reference of its own.',
  },
  replacement_refused: {
    exitCode: exitCodes.refused,
    next: 'Nothing was recalled or started by this. Correct the new request; `payouts start FILE --check` says more about it.',
  },
  replacement_not_started: {
    exitCode: exitCodes.refused,
    next:
      'Its place is kept for the reference that is taken. Show both payouts; to pay all the same, give the new request ' +
      'a reference that is free, leave `replaces` out, and start it: `payouts start FILE`.',
  },
  payout_not_found: {
    exitCode: exitCodes.notFound,
    next: 'Check tenant, reference and namespace; ended runs are only kept for the retention of the namespace.',
  },
  payout_closed: {
    exitCode: exitCodes.refused,
    next: 'Nothing was started or paid by this. Show the payout to see how it ended.',
  },
  payout_refused: {
    exitCode: exitCodes.refused,
    next: 'Nothing changed. Show the payout to see where it stands.',
  },
  worker_not_available: {
    exitCode: exitCodes.notReachable,
    next: 'Check that a worker runs on the payout’s task queue; `payouts show --status-only` and `payouts list` work without one.',
  },
  reply_timed_out: {
    exitCode: exitCodes.notReachable,
    next: 'It may still be carried out. Check that a worker runs, show the payout, then repeat: repeating is safe.',
  },
  query_failed: {
    exitCode: exitCodes.other,
    next: 'Look at the run in Temporal’s UI: its code may fail, or the worker may be of another version.',
  },
  update_failed: {
    exitCode: exitCodes.other,
    next: 'Show the payout, and look at the run in Temporal’s UI.',
  },
  reply_unreadable: {
    exitCode: exitCodes.other,
    next: 'Use the version of this program that the workers have, with the same encryption keys.',
  },
  temporal_unavailable: {
    exitCode: exitCodes.notReachable,
    next: 'Check the address (--temporal-address, TEMPORAL_ADDRESS or profile) and that the server runs; repeating is safe.',
  },
  temporal_permission_denied: {
    exitCode: exitCodes.notReachable,
    next: 'Check the API key or certificate, and the namespace it is for.',
  },
  temporal_namespace_missing: {
    exitCode: exitCodes.notReachable,
    next: 'Check --namespace, TEMPORAL_NAMESPACE or the profile.',
  },
  search_attributes_missing: {
    exitCode: exitCodes.notReachable,
    next: 'Register the search attributes of payouts in the namespace: see docs/operations.md.',
  },
  temporal_refused: { exitCode: exitCodes.other, next: 'See the server’s message above.' },
  connection_settings_invalid: {
    exitCode: exitCodes.badInput,
    next: 'Check --profile, Temporal’s configuration file and the TEMPORAL_* variables.',
  },
  client_closed: {
    exitCode: exitCodes.other,
    next: 'This is an error of ours: please report it with the message above.',
  },
  aborted: { exitCode: exitCodes.interrupted, next: 'Run the command again to go on.' },
  unexpected_error: {
    exitCode: exitCodes.other,
    next: 'This is an error of ours: please report it with the message above.',
  },
};
