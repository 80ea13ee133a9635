/**
 * The rows of the fault matrix that are about submit, look-up and status, in our words: what is expected, and which check
 * shows it. The report prints one line for each. A row whose checks did not run is reported as not run, never left out.
 */

/** What shows a row. */
export type Check =
  /** Cases of `submit-cases.ts`; a case counts for the row when every given field fits. */
  | {
      readonly kind: 'exhaustive';
      readonly crashPoint?: string;
      readonly outcome?: readonly string[];
      readonly contract?: string;
    }
  /** Runs of the seeded simulation in which one of these fault classes fired. */
  | { readonly kind: 'simulation'; readonly faults: readonly string[] }
  /** A file of `test/scenarios`: a Temporal server, workers and simulators that are really killed. */
  | { readonly kind: 'processes'; readonly scenario: string }
  /** Tests elsewhere, by the folder or file that holds them. */
  | { readonly kind: 'test'; readonly path: string };

export type MatrixRow = {
  readonly row: number;
  readonly title: string;
  readonly expected: string;
  readonly checks: readonly [Check, ...Check[]];
};

const exhaustive = (crashPoint?: string, outcome?: readonly string[], contract?: string): Check => ({
  kind: 'exhaustive',
  ...(crashPoint === undefined ? {} : { crashPoint }),
  ...(outcome === undefined ? {} : { outcome }),
  ...(contract === undefined ? {} : { contract }),
});
const simulation = (...faults: readonly string[]): Check => ({ kind: 'simulation', faults });
const processes = (scenario: string): Check => ({ kind: 'processes', scenario });
const test = (path: string): Check => ({ kind: 'test', path });

/**
 * Names of fault classes of the network and the providers are those of `providers/fault-classes.ts`. The classes that the
 * worker and Temporal add are named here first: `worker-killed`, `worker-paused`, `worker-cut-off`, `worker-redeployed`, `clock-error`, `eviction`, `lost workflow task`, `lost hand-out`, `cancel`, `reset`, `hint`.
 */
export const matrixRows: readonly MatrixRow[] = [
  {
    row: 1,
    title: 'The worker is killed before the request leaves',
    expected: 'Sent again under the same key where the contract allows it; one debit at most.',
    checks: [exhaustive('before-request'), simulation('worker-killed'), processes('killed-worker')],
  },
  {
    row: 2,
    title: 'The worker is killed after the write, before the provider accepts',
    expected: 'Looked up, then sent again under the same key; one debit at most.',
    checks: [exhaustive('after-write'), simulation('worker-killed'), processes('killed-worker')],
  },
  {
    row: 3,
    title: 'The worker is killed after the acceptance, before the reply is read',
    expected: 'The payout is found or repeated under its key; one debit.',
    checks: [exhaustive('after-acceptance'), simulation('worker-killed'), processes('killed-worker')],
  },
  {
    row: 4,
    title: 'The worker is killed after the reply, before Temporal has the result',
    expected: 'As row 3: for Temporal it is a lost attempt.',
    checks: [exhaustive('after-reply'), simulation('worker-killed'), processes('killed-worker')],
  },
  {
    row: 5,
    title: 'The worker is killed after Temporal has the result',
    expected: 'No second send of what is known; an unknown outcome is resolved by the next worker.',
    checks: [
      exhaustive('after-completion'),
      simulation('worker-killed', 'worker-redeployed'),
      processes('killed-worker'),
    ],
  },
  {
    row: 6,
    title: 'The reply is lost after the acceptance',
    expected: 'Looked up, or repeated under the same key; one debit, and our end is the ledger’s.',
    checks: [
      exhaustive(undefined, ['timeout-accepted', '5xx-accepted']),
      simulation('reply-lost', 'reply-cut', 'reply-delayed', 'no-answer-accepted'),
      processes('provider-network'),
    ],
  },
  {
    row: 7,
    title: 'The reply is broken off, not JSON, or no reply of this provider',
    expected: 'Never read as a success or as a refusal; looked up.',
    checks: [
      simulation('reply-broken-off', 'garbage-reply', 'oversized-reply', 'refused-in-foreign-words'),
      processes('provider-network'),
      test('test/providers/contract-kit'),
    ],
  },
  {
    row: 8,
    title: 'No connection: refused, no route, no TLS',
    expected: 'Certainly not sent: sent again freely, held after minutes, never unconfirmed.',
    checks: [
      simulation('connection-refused', 'connect-timeout', 'tls-refused'),
      test('test/http/undici-sender.test.ts'),
    ],
  },
  {
    row: 9,
    title: 'A timeout, and nobody knows how far the request came',
    expected: 'As row 6.',
    checks: [
      exhaustive(undefined, ['timeout-accepted', 'timeout-not-accepted']),
      simulation('request-lost', 'reset-while-writing', 'no-answer-accepted', 'no-answer-not-accepted'),
    ],
  },
  {
    row: 10,
    title: 'A 5xx, accepted or not',
    expected: 'Sent again under the same key and only inside the window, after a look-up where there is one.',
    checks: [
      exhaustive(undefined, ['5xx-accepted', '5xx-not-accepted']),
      simulation('server-error-accepted', 'server-error-not-accepted'),
    ],
  },
  {
    row: 11,
    title: 'Throttled, with or without a time to wait',
    expected: 'The time is kept; no storm of requests.',
    checks: [simulation('rate-limited', 'rate-limited-retry-after'), test('test/workflows')],
  },
  {
    row: 12,
    title: 'A conflict: still in progress, already there, other content',
    expected: 'In progress waits and looks; what exists is adopted; a mismatch is held.',
    checks: [simulation('in-progress'), test('test/workflows'), test('test/providers')],
  },
  {
    row: 13,
    title: 'A definite refusal',
    expected: 'Ends the payout when nothing is unresolved; proves nothing otherwise.',
    checks: [exhaustive(undefined, ['refused']), simulation('refused', 'balance-used-up', 'token-expired')],
  },
  {
    row: 14,
    title: 'A token expires or a clock is wrong between signing and arrival',
    expected: 'Logged in or signed again once, under the same key.',
    checks: [simulation('token-expired', 'clock-error', 'request-late'), test('test/providers/pontis')],
  },
  {
    row: 15,
    title: 'The provider has forgotten the key when the next send is due',
    expected: 'No send beyond the window, whatever was queued or stopped: only look-ups, then a person.',
    checks: [
      simulation('worker-killed', 'worker-paused', 'lost workflow task', 'lost hand-out'),
      processes('suspended-worker'),
      test('test/workflows'),
    ],
  },
  {
    row: 16,
    title: 'An unknown outcome at a provider without keys and look-ups',
    expected: 'Held at once, with zero sends more.',
    checks: [exhaustive(undefined, undefined, 'nothing'), simulation('reply-lost', 'worker-killed')],
  },
  {
    row: 17,
    title: 'A look-up finds nothing, and the payout shows up later',
    expected: 'Nothing found is no proof before the declared wait and number of reads.',
    checks: [
      simulation('not-found-for-a-while', 'commit-late', 'request-late'),
      test('test/domain/submission.test.ts'),
    ],
  },
  {
    row: 19,
    title: 'Statuses out of order, unknown words, contradictions',
    expected: 'Only forward, the truth is read back; a contradiction is held.',
    checks: [
      simulation('regressing-status', 'unknown-status', 'webhook-late', 'webhook-repeated'),
      test('test/domain/provider-status.test.ts'),
    ],
  },
  {
    row: 20,
    title: 'A hint before the submit returned',
    expected: 'Kept, and nothing is adopted but what a read shows.',
    checks: [simulation('hint'), test('test/workflows')],
  },
  {
    row: 21,
    title: 'No webhook comes, or no final status',
    expected: 'Polling finds it; what stays open too long is held, and reads go on.',
    checks: [simulation('webhook-lost', 'slow-status'), test('test/workflows')],
  },
  {
    row: 26,
    title: 'Two backends start the same payout',
    expected: 'One run, one answer; other content is refused.',
    checks: [test('test/client')],
  },
  {
    row: 27,
    title: 'The same reference again, after Temporal’s retention removed the closed run',
    expected: 'Refused as spent; nothing is sent, and nobody says that no money moved.',
    checks: [simulation('second-life'), test('test/workflows/register.test.ts')],
  },
  {
    row: 28,
    title: 'The Temporal server is killed and started again',
    expected: 'Everything goes on from its history.',
    checks: [processes('killed-server')],
  },
  {
    row: 29,
    title: 'The register is away, late, or restored from an older backup',
    expected:
      'No first send without its row there; what was sent is followed, and everything goes on by itself.',
    checks: [
      simulation('register-away', 'register-answer-lost', 'register-restored', 'register-other-text'),
      test('test/workflows/register.test.ts'),
    ],
  },
  {
    row: 30,
    title: 'Partitions between worker, server and provider; loss and delay',
    expected: 'Goes on when it heals; a lost attempt that still runs is saved by its key.',
    checks: [
      simulation(
        'worker-cut-off',
        'network-partition',
        'latency-spike',
        'request-lost',
        'lost workflow task',
        'lost hand-out',
      ),
      processes('temporal-network'),
    ],
  },
  {
    row: 31,
    title: 'A worker is stopped for longer than its attempt may take, and goes on',
    expected: 'It does not send any more; what it reports late counts for nothing.',
    checks: [simulation('worker-paused'), processes('suspended-worker')],
  },
  {
    row: 33,
    title: 'A worker’s clock is minutes wrong, or jumps',
    expected: 'Deadlines are durations: no send outside the declared margin.',
    checks: [simulation('clock-error'), test('test/activities/submit-payout.test.ts')],
  },
  {
    row: 39,
    title: 'A wish to cancel meets a send',
    expected: 'Cancelled only when certainly nothing was accepted; else it follows through and says so.',
    checks: [simulation('cancel'), test('test/workflows')],
  },
  {
    row: 43,
    title: 'Another key or provider after an unknown outcome',
    expected: 'Forbidden until it is proven that nothing was accepted.',
    checks: [
      exhaustive(),
      simulation('reply-lost', 'commit-late', 'reset'),
      test('test/domain/submission.test.ts'),
    ],
  },
  {
    row: 44,
    title: 'Paid, and days later the money came back',
    expected: 'A new fact after paid; nothing is rewritten.',
    checks: [simulation('paid-then-returned', 'ends-unpaid'), test('test/workflows')],
  },
  {
    row: 45,
    title: 'A worker short of memory or time; its cache is emptied',
    expected: 'Slower, and the same.',
    checks: [simulation('eviction', 'worker-paused'), test('test/scenarios/many-workers.test.ts')],
  },
];
