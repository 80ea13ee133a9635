import { credentialsUpdate, toppedUpSignal } from '../../../src/contract/messages';
import { accountWorkflowId } from '../../../src/contract/workflow-ids';
import type { AccountMemo } from '../../../src/contract/workflow-inputs';
import { accountWorkflowType } from '../../../src/contract/workflow-inputs';
import { isCredentialsPause, parseAccountState } from '../../../src/domain/account-state';
import { createDraws } from '../../support/seeded-draws';
import type { ServerModel } from '../temporal-model/server-model';
import { modelInstallation } from '../temporal-model/worker-ports';
import type { World } from '../temporal-model/world';

/** What happens to the whole account, between two moments of the run. */
export type AccountTrouble = {
  /**
   * refused: the provider does not accept our credentials. seen-elsewhere: nor does it, and another payout found out first;
   * that one is gone when they are mended, or ends the pause itself. paused: people pause the account, and resume it.
   */
  readonly kind: 'refused' | 'seen-elsewhere' | 'mended-elsewhere' | 'paused' | 'refused-and-paused';
  readonly fromMs: number;
  readonly toMs: number;
  /** When somebody says that it was topped up. */
  readonly toppedUpAtMs: number | undefined;
};

/** Draws of its own: the other seeds' days stay as they are without it. */
export function drawAccountTrouble(seed: number, endsAfterMs: number): AccountTrouble | undefined {
  const draws = createDraws(Math.imul(seed, 0x9e37_79b1));
  if (!draws.chance(0.06)) return undefined;
  const fromMs = draws.chance(0.5) ? 0 : draws.below(endsAfterMs / 2);
  return {
    kind: draws.oneOf(['refused', 'seen-elsewhere', 'mended-elsewhere', 'paused', 'refused-and-paused']),
    fromMs,
    toMs: fromMs + draws.below(endsAfterMs - fromMs),
    toppedUpAtMs: draws.chance(0.4) ? draws.below(endsAfterMs) : undefined,
  };
}

const memoField: keyof AccountMemo = 'account';
/** What was read two seconds ago counts, and the send that asked must begin within five. */
const pauseCountsAfterMs = 8_000;

/** Does it, and knows what may not happen meanwhile. */
export class TroubledAccount {
  readonly #world: World;
  readonly #server: ServerModel;
  readonly #account: string;
  readonly #trouble: AccountTrouble | undefined;
  #updates = 0;
  #isOn = false;
  #pausedSince: number | undefined;

  constructor(world: World, server: ServerModel, account: string, trouble: AccountTrouble | undefined) {
    this.#world = world;
    this.#server = server;
    this.#account = account;
    this.#trouble = trouble;
  }

  /** The provider refuses whatever comes in with our credentials. */
  get refusesCredentials(): boolean {
    return this.#isOn && this.#trouble?.kind !== 'paused';
  }

  /** People were told that the account is paused, long enough ago that no new send may go out. */
  get isPausedByPeople(): boolean {
    return this.#pausedSince !== undefined && this.#world.now > this.#pausedSince + pauseCountsAfterMs;
  }

  get taskFailures(): readonly unknown[] {
    const workflowId = accountWorkflowId(this.#account, modelInstallation);
    return this.#server.has(workflowId) ? this.#server.current(workflowId).taskFailures : [];
  }

  begin(): void {
    const trouble = this.#trouble;
    if (trouble === undefined) return;
    const { fromMs, toMs, toppedUpAtMs } = trouble;
    this.#world.after(fromMs, () => this.#start(trouble));
    this.#world.after(toMs, () => this.#end(trouble));
    if (toppedUpAtMs !== undefined) this.#world.after(toppedUpAtMs, () => this.#topUp());
  }

  #start({ kind, toMs, fromMs }: AccountTrouble): void {
    this.#world.count(`account-${kind}`);
    this.#isOn = true;
    if (kind === 'seen-elsewhere' || kind === 'mended-elsewhere')
      this.#update(credentialsUpdate.name, { schema: 1, said: 'refused' });
    if (kind === 'paused') this.#pause();
    if (kind === 'refused-and-paused')
      this.#world.after(this.#world.between(0, toMs - fromMs), () => this.#pause());
  }

  #end({ kind }: AccountTrouble): void {
    this.#isOn = false;
    if (kind === 'mended-elsewhere') this.#reportAccepted();
    if (kind === 'paused' || kind === 'refused-and-paused') {
      this.#pausedSince = undefined;
      this.#resume();
    }
  }

  #pause(): void {
    if (!this.#isOn) return;
    this.#update('pause', { schema: 1, by: 'olga', reason: 'incident' }, () => {
      if (this.#isOn) this.#pausedSince = this.#world.now;
    });
  }

  /** Until it is done: without a worker nobody takes it, and an account that people pause is theirs to resume. */
  #resume(): void {
    this.#update('resume', { schema: 1, by: 'olga' });
  }

  #reportAccepted(): void {
    const workflowId = accountWorkflowId(this.#account, modelInstallation);
    if (!this.#server.has(workflowId)) return;
    const state = parseAccountState(this.#server.current(workflowId).memo.get(memoField));
    if (state !== undefined && isCredentialsPause(state))
      this.#update(credentialsUpdate.name, { schema: 1, said: 'accepted', since: state.since });
  }

  #topUp(): void {
    this.#world.count('account-topped-up');
    this.#startWhereNone();
    this.#server.signal(accountWorkflowId(this.#account, modelInstallation), toppedUpSignal.name, {
      schema: 1,
      by: 'tess',
    });
  }

  #update(name: string, message: object, done: () => void = () => undefined): void {
    this.#startWhereNone();
    this.#updates += 1;
    const id = `trouble-${this.#updates}`;
    this.#server.update(
      accountWorkflowId(this.#account, modelInstallation),
      { id, name, args: [message] },
      ({ kind }) => {
        if (kind === 'completed') done();
      },
    );
  }

  #startWhereNone(): void {
    const workflowId = accountWorkflowId(this.#account, modelInstallation);
    if (!this.#server.has(workflowId))
      this.#server.start({ workflowId, workflowType: accountWorkflowType, args: [{ schema: 1 }] });
  }
}
