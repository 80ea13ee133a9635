import { patched } from '@temporalio/workflow';

/**
 * One local activity is open at a time. Two that are open at once are answered one by one while they run, and both together
 * when the history is replayed: what follows would come in another order, and the run could never be replayed. (The main line
 * has one at a time anyway; decisions are checked beside it.)
 */
export class LocalTurn {
  /** The last of those that are open or wait for their turn. */
  #last: Promise<unknown> | undefined;

  take<T>(call: () => Promise<T>): Promise<T> {
    const before = this.#last;
    // Only who has to wait leaves a marker in the history.
    const mustWait = before !== undefined && patched('one-local-activity');
    const turn = mustWait ? before.then(call, call) : call();
    const done = (): void => {
      if (this.#last === turn) this.#last = undefined;
    };
    turn.then(done, done);
    this.#last = turn;
    return turn;
  }
}
