import type { Failure } from './commands-and-jobs';

export type UpdateOutcome =
  | { readonly kind: 'completed'; readonly result: unknown }
  /** The handler failed after the update was accepted. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** The validator refused it: no event, and the same id may come again. */
  | { readonly kind: 'rejected'; readonly failure: Failure }
  /** The run closed first. `accepted`: it was in the history by then, and may have had effects. */
  | { readonly kind: 'aborted'; readonly accepted: boolean };

type Update = {
  readonly name: string;
  stage: 'admitted' | 'accepted' | 'done';
  outcome: UpdateOutcome | undefined;
  waiting: ((outcome: UpdateOutcome) => void)[];
};

/** The server's registry of a run's updates: one id is one update, asked for as often as anybody likes. */
export class Updates {
  readonly #byId = new Map<string, Update>();

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** True when it is new, and the workflow must be asked. */
  admit(id: string, name: string, done: (outcome: UpdateOutcome) => void): boolean {
    const known = this.#byId.get(id);
    if (known === undefined) {
      this.#byId.set(id, { name, stage: 'admitted', outcome: undefined, waiting: [done] });
      return true;
    }
    if (known.outcome === undefined) known.waiting.push(done);
    else done(known.outcome);
    return false;
  }

  /** Written into history again by a reset; nobody waits for it. */
  reapply(id: string, name: string): void {
    this.#byId.set(id, { name, stage: 'admitted', outcome: undefined, waiting: [] });
  }

  accept(id: string): void {
    const update = this.#byId.get(id);
    if (update !== undefined) update.stage = 'accepted';
  }

  complete(id: string, result: unknown): void {
    this.#end(id, { kind: 'completed', result });
  }

  reject(id: string, failure: Failure): void {
    const accepted = this.#byId.get(id)?.stage === 'accepted';
    this.#end(id, { kind: accepted ? 'failed' : 'rejected', failure });
    if (!accepted) this.#byId.delete(id);
  }

  /** The run is closed. */
  abortAll(): void {
    for (const [id, { stage }] of this.#byId) {
      if (stage !== 'done') this.#end(id, { kind: 'aborted', accepted: stage === 'accepted' });
    }
  }

  #end(id: string, outcome: UpdateOutcome): void {
    const update = this.#byId.get(id);
    if (update === undefined) return;
    update.stage = 'done';
    update.outcome = outcome;
    for (const tell of update.waiting.splice(0)) tell(outcome);
  }
}
