/**
 * Every metric of ours, by the name under which it is recorded. Dashboards and alerts of other people stand on these names and
 * labels: add, never rename. Labels are few and public: no references, no people, no account numbers.
 *
 * A scrape shows a counter with `_total` behind its name. A histogram says its unit in its name and has none beside it, or the
 * exporter would write it twice.
 */
export type MetricDefinition = {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** Ours; the exporter adds `installation`, and in workflows `namespace`, `taskQueue` and `workflowType`. */
  readonly labels: readonly string[];
  readonly help: string;
};

/** Recorded by the workflows, once for each time that it happens; a replay records nothing. */
export const endedMetric = {
  name: 'payouts_ended',
  kind: 'counter',
  labels: ['status', 'provider', 'reason'],
  help: 'Payouts that came to a final status',
} as const satisfies MetricDefinition;

export const holdsMetric = {
  name: 'payouts_holds',
  kind: 'counter',
  labels: ['reason', 'provider'],
  help: 'Holds that began',
} as const satisfies MetricDefinition;

/** Where a payout has no provider yet, and where an end needs no reason. */
export const noLabel = 'none';

/** Recorded by the worker that made the call. */
export const sendsMetric = {
  name: 'payouts_sends',
  kind: 'counter',
  labels: ['account', 'provider', 'effect'],
  help: 'Sends to a provider by what is known of them: accepted, none (certainly nothing was created), unknown',
} as const satisfies MetricDefinition;

export const providerCallsMetric = {
  name: 'payouts_provider_call_duration_seconds',
  kind: 'histogram',
  labels: ['account', 'provider', 'operation', 'outcome'],
  help: 'Calls to a provider (submit, status, look-up, quote), until the whole reply or the failure (ok, failed)',
} as const satisfies MetricDefinition;

export const providerFailuresMetric = {
  name: 'payouts_provider_failures',
  kind: 'counter',
  labels: ['account', 'provider', 'operation', 'code'],
  help: 'Calls to a provider that failed, by the code of the failure',
} as const satisfies MetricDefinition;

export const screeningsMetric = {
  name: 'payouts_screenings',
  kind: 'counter',
  labels: ['decision'],
  help: 'Screenings by what they said: clear, possible, match, unavailable',
} as const satisfies MetricDefinition;

/** Read from Temporal by every worker: each tells the same. */
export const heldMetric = {
  name: 'payouts_held',
  kind: 'gauge',
  labels: ['reason'],
  help: 'Payouts that are held now',
} as const satisfies MetricDefinition;

export const heldAgeMetric = {
  name: 'payouts_held_oldest_seconds',
  kind: 'gauge',
  labels: ['reason'],
  help: 'How long the longest of them has been held for this reason; 0 where there is none',
} as const satisfies MetricDefinition;

export const unconfirmedMetric = {
  name: 'payouts_unconfirmed',
  kind: 'gauge',
  labels: [],
  help: 'Payouts of which nobody knows now whether the provider took them',
} as const satisfies MetricDefinition;

export const unconfirmedAgeMetric = {
  name: 'payouts_unconfirmed_oldest_seconds',
  kind: 'gauge',
  labels: [],
  help: 'How long the longest of them has been unconfirmed; 0 where there is none',
} as const satisfies MetricDefinition;

export const awaitingApprovalMetric = {
  name: 'payouts_awaiting_approval',
  kind: 'gauge',
  labels: [],
  help: 'Payouts that wait for people to approve them',
} as const satisfies MetricDefinition;

export const awaitingApprovalAgeMetric = {
  name: 'payouts_awaiting_approval_oldest_seconds',
  kind: 'gauge',
  labels: [],
  help: 'How long the longest of them has waited; 0 where there is none',
} as const satisfies MetricDefinition;

export const attentionMetric = {
  name: 'payouts_attention',
  kind: 'gauge',
  labels: ['attention'],
  help: 'Payouts that wait longer than they should: reminded, escalated (people), overdue (a hold past its deadline)',
} as const satisfies MetricDefinition;

export const accountPausedMetric = {
  name: 'payouts_account_paused',
  kind: 'gauge',
  labels: ['account', 'cause'],
  help: '1 while new sends by the account wait: for people, or for refused credentials',
} as const satisfies MetricDefinition;

export const backlogMetric = {
  name: 'payouts_task_queue_backlog',
  kind: 'gauge',
  labels: ['task_type'],
  help: 'Tasks that wait for a worker (workflow, activity), as the server estimates; absent where it does not tell',
} as const satisfies MetricDefinition;

export const backlogAgeMetric = {
  name: 'payouts_task_queue_backlog_age_seconds',
  kind: 'gauge',
  labels: ['task_type'],
  help: 'How long the oldest of them has waited',
} as const satisfies MetricDefinition;

export const pollersMetric = {
  name: 'payouts_task_queue_pollers',
  kind: 'gauge',
  labels: ['task_type'],
  help: 'Workers that asked for such tasks during the last minutes',
} as const satisfies MetricDefinition;

/** Of the worker's own lists. */
export const screeningUsableMetric = {
  name: 'payouts_screening_usable',
  kind: 'gauge',
  labels: [],
  help: '1 while beneficiaries can be screened; 0: every new payout is held',
} as const satisfies MetricDefinition;

export const listAgeMetric = {
  name: 'payouts_screening_list_age_seconds',
  kind: 'gauge',
  labels: ['list'],
  help: 'Time since a screening list became what it is, once it has been looked at',
} as const satisfies MetricDefinition;

export const listLimitMetric = {
  name: 'payouts_screening_list_max_age_seconds',
  kind: 'gauge',
  labels: ['list'],
  help: 'The age from which on the list is stale and nothing can be screened',
} as const satisfies MetricDefinition;

/** Of the worker's own register; absent in a sandbox without one. */
export const registerUsableMetric = {
  name: 'payouts_register_usable',
  kind: 'gauge',
  labels: [],
  help: '1 while the register can be asked; 0: no new payout is sent, and those that were sent are followed',
} as const satisfies MetricDefinition;

/** Of the worker itself. */
export const workerReadyMetric = {
  name: 'payouts_worker_ready',
  kind: 'gauge',
  labels: [],
  help: '1 while the worker takes work and Temporal answers it',
} as const satisfies MetricDefinition;

export const workerInfoMetric = {
  name: 'payouts_worker_info',
  kind: 'gauge',
  labels: ['version', 'build', 'build_id'],
  help: 'Always 1: which code the worker is, and as which version it takes part (none: versions are off)',
} as const satisfies MetricDefinition;

/** Read from Temporal by every worker that takes part in versions. */
export const strandedMetric = {
  name: 'payouts_version_stranded',
  kind: 'gauge',
  labels: ['build_id'],
  help: 'Open payouts that are bound to a version of which no worker runs: they wait',
} as const satisfies MetricDefinition;

export const observedMetric = {
  name: 'payouts_observed_timestamp_seconds',
  kind: 'gauge',
  labels: ['reading'],
  help: 'Unix time of the last complete reading (waiting, accounts, task-queue, screening, register, versions): its gauges are as old as this',
} as const satisfies MetricDefinition;

export const payoutMetrics: readonly MetricDefinition[] = [
  endedMetric,
  holdsMetric,
  sendsMetric,
  providerCallsMetric,
  providerFailuresMetric,
  screeningsMetric,
  heldMetric,
  heldAgeMetric,
  unconfirmedMetric,
  unconfirmedAgeMetric,
  awaitingApprovalMetric,
  awaitingApprovalAgeMetric,
  attentionMetric,
  accountPausedMetric,
  backlogMetric,
  backlogAgeMetric,
  pollersMetric,
  screeningUsableMetric,
  listAgeMetric,
  listLimitMetric,
  registerUsableMetric,
  workerReadyMetric,
  workerInfoMetric,
  strandedMetric,
  observedMetric,
];
