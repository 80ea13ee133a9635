/**
 * What must become of a payout when its submit goes wrong: every crash point × outcome × provider contract × retry depth,
 * 280 cases. Written before the code that it judges, from the providers' contracts alone; the code is never run to fill
 * a cell. Whoever changes a cell says in the commit which contract says otherwise.
 */

/** Where the worker dies (kill -9). Another worker is there again within a minute. */
export const crashPoints = [
  /** The attempt has begun; no byte of the request has left. Nothing of the planned outcome can take place. */
  'before-request',
  /** The bytes are on their way; the provider has not looked at them yet. It will, as the outcome says. */
  'after-write',
  /** The provider is done with the request, whatever it decided; nothing of the reply has been read. */
  'after-acceptance',
  /** The call has ended (reply read, timeout fired or reset seen); Temporal has not been told. */
  'after-reply',
  /** Temporal has the activity's result; the next workflow task has not begun. */
  'after-completion',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** What the network and the provider make of the request, if its bytes get there. */
export const outcomes = [
  /** Accepted, 2xx. */
  'ok',
  /**
   * A definite refusal in the provider's own words, which ends a payout (4xx). It concerns this one request: what refused
   * it is gone when the next one comes. A provider that remembers refusals under a key (Syncgram) remembers this one.
   */
  'refused',
  /** Accepted, and answered 5xx. */
  '5xx-accepted',
  /** Answered 5xx before the provider's own program saw the request: nothing accepted, nothing remembered. */
  '5xx-not-accepted',
  /** Accepted, and never answered: the caller's timeout ends the call. */
  'timeout-accepted',
  /** Lost on the way, and never answered. */
  'timeout-not-accepted',
  /** The connection is reset after the write and **before** the provider accepted: it never sees a whole request. */
  'reset',
] as const;
export type Outcome = (typeof outcomes)[number];

export const contracts = [
  /** The key is durable, and a payout is read by it. */
  'payfield',
  /** The key is durable for at least the replay window (24 h); there is no look-up: a replay is the look-up. */
  'pontis',
  /**
   * The key is remembered for 30 minutes, refusals too; the list can be scanned; a replay is made at most 15 minutes after
   * the first send. No machine may conclude absence from the list.
   */
  'syncgram',
  /** No key memory, no look-up: every request that is processed pays. */
  'nothing',
] as const;
export type Contract = (typeof contracts)[number];

/**
 * 1: crash and outcome hit the first send; whatever is sent later goes through at once.
 * 2: they hit the first send, and the next one that recovery makes under the key, where it makes one.
 */
export const retryDepths = [1, 2] as const;
export type RetryDepth = (typeof retryDepths)[number];

/**
 * `held outcome_unknown`: the payout stands in `unconfirmed`, visibly held, with an owner, and nothing more is ever sent
 * by a machine.
 */
export type CaseEnd = 'paid' | 'failed' | 'held outcome_unknown';

export type Expectation = {
  readonly ends: readonly CaseEnd[];
  /** In the provider's ledger, by beneficiary, amount and reference, once everything has landed. */
  readonly debits: 0 | 1;
  /** Whether the payout may at any time be held for a person. Where it may not, a hold on the way is a failure, too. */
  readonly mayNeedPerson: boolean;
  /** How many sends crash and outcome must have hit; fewer, and the case has shown nothing. */
  readonly sendsHit: 1 | 2;
};

/**
 * Cells. A `+` says that recovery makes a second send, so that at depth 2 it is hit as well.
 *
 * - `paid`: one debit, no person.
 * - `fail`: the refusal is known and nothing is unresolved: `failed`, no debit, no person.
 * - `kept`: held, the ledger shows the debit: nobody but a person at the provider can tell us.
 * - `open`: held, no debit: the same seen from us, and therefore the same for us.
 */
const cells = {
  paid: { ends: ['paid'], debits: 1, mayNeedPerson: false },
  fail: { ends: ['failed'], debits: 0, mayNeedPerson: false },
  kept: { ends: ['held outcome_unknown'], debits: 1, mayNeedPerson: true },
  open: { ends: ['held outcome_unknown'], debits: 0, mayNeedPerson: true },
} as const satisfies Readonly<Record<string, Omit<Expectation, 'sendsHit'>>>;

/**
 * One grid per contract. Columns as in `outcomes`, rows as in `crashPoints`. Both depths have the same end: a send that was
 * hit twice is found or repeated like one that was hit once, well inside every window, and where there is no second send
 * there is nothing more to hit.
 *
 * No cell allows two numbers of debits: each case says whether the provider gets and accepts the request.
 *
 * Rules that fill the cells:
 *
 * 1. After `before-request`, `after-write`, `after-acceptance` and `after-reply` the result is lost with the worker. Temporal
 *    sees a lost attempt, and a lost attempt may have been accepted: what really happened shows only in the ledger. So a
 *    definite refusal that was lost is an unknown outcome, like all others.
 * 2. After `after-completion` the result is known. `ok` is paid without another send; a refusal ends the payout; all others
 *    are unknown by themselves (5xx, timeout, a reset after the write).
 * 3. Payfield: the look-up comes first and finds what was accepted, so there is no second send; where nothing is found, the
 *    same id is sent again, which is safe either way. Nobody is ever needed.
 * 4. Pontis: the same key is sent again at once, whatever happened, and answers with the one transaction.
 * 5. Syncgram: the scan comes first and finds what was accepted. Where it finds nothing, the same key is sent again, inside
 *    15 minutes. **The exception** is the lost refusal: the key answers the remembered refusal to every replay. A refusal
 *    of a replay proves nothing while the first send is unresolved (it may be the first send that used up the balance), and
 *    the contract has no proof of absence for machines. So a person is asked, though the window was open: nothing that a
 *    machine may do there can tell. No debit.
 * 6. Nothing: no send after an unknown outcome. Held at once.
 */
const grids: Readonly<Record<Contract, string>> = {
  //                  ok     refused 5xx+   5xx-   time+  time-  reset
  payfield: `
    before-request    paid+  paid+   paid+  paid+  paid+  paid+  paid+
    after-write       paid   paid+   paid   paid+  paid   paid+  paid+
    after-acceptance  paid   paid+   paid   paid+  paid   paid+  paid+
    after-reply       paid   paid+   paid   paid+  paid   paid+  paid+
    after-completion  paid   fail    paid   paid+  paid   paid+  paid+`,

  pontis: `
    before-request    paid+  paid+   paid+  paid+  paid+  paid+  paid+
    after-write       paid+  paid+   paid+  paid+  paid+  paid+  paid+
    after-acceptance  paid+  paid+   paid+  paid+  paid+  paid+  paid+
    after-reply       paid+  paid+   paid+  paid+  paid+  paid+  paid+
    after-completion  paid   fail    paid+  paid+  paid+  paid+  paid+`,

  syncgram: `
    before-request    paid+  paid+   paid+  paid+  paid+  paid+  paid+
    after-write       paid   open+   paid   paid+  paid   paid+  paid+
    after-acceptance  paid   open+   paid   paid+  paid   paid+  paid+
    after-reply       paid   open+   paid   paid+  paid   paid+  paid+
    after-completion  paid   fail    paid   paid+  paid   paid+  paid+`,

  nothing: `
    before-request    open   open    open   open   open   open   open
    after-write       kept   open    kept   open   kept   open   open
    after-acceptance  kept   open    kept   open   kept   open   open
    after-reply       kept   open    kept   open   kept   open   open
    after-completion  paid   fail    kept   open   kept   open   open`,
};

export type SubmitCase = {
  /** Such as `payfield/depth-1/after-acceptance/timeout-accepted`. */
  readonly id: string;
  readonly contract: Contract;
  readonly depth: RetryDepth;
  readonly crashPoint: CrashPoint;
  readonly outcome: Outcome;
  readonly expected: Expectation;
};

/** All 280, in the order of the grids. */
export const submitCases: readonly SubmitCase[] = contracts.flatMap((contract) =>
  retryDepths.flatMap((depth) => casesOf(contract, depth)),
);

function casesOf(contract: Contract, depth: RetryDepth): readonly SubmitCase[] {
  const rows = grids[contract].trim().split('\n');
  return crashPoints.flatMap((crashPoint, row) => {
    const [name, ...columns] = (rows[row] ?? '').trim().split(/\s+/);
    if (name !== crashPoint || columns.length !== outcomes.length || rows.length !== crashPoints.length) {
      throw new Error(`the grid of ${contract} is not ${crashPoints.length} × ${outcomes.length}`);
    }
    return outcomes.map((outcome, column) => ({
      id: `${contract}/depth-${depth}/${crashPoint}/${outcome}`,
      contract,
      depth,
      crashPoint,
      outcome,
      expected: expectationOf(columns[column] ?? '', depth),
    }));
  });
}

function expectationOf(cell: string, depth: RetryDepth): Expectation {
  const sendsAgain = cell.endsWith('+');
  const name = sendsAgain ? cell.slice(0, -1) : cell;
  if (!isCellName(name)) throw new Error(`no such cell: ${cell}`);
  return { ...cells[name], sendsHit: sendsAgain ? depth : 1 };
}

function isCellName(name: string): name is keyof typeof cells {
  return Object.hasOwn(cells, name);
}
