import { payoutHeldReasonAttribute, payoutStatusAttribute } from '../../../src/contract/search-attributes';
import type { PayoutSnapshot } from '../../../src/domain/payout-snapshot';
import type { ResolveRequest, ResolveResult } from '../../../src/domain/resolution';
import type { DecisionPlan } from './decision-plan';
import type { ServerModel } from '../temporal-model/server-model';
import type { UpdateOutcome } from '../temporal-model/updates';
import type { World } from '../temporal-model/world';

const minute = 60_000;
const hour = 60 * minute;

export type PeopleDeps = {
  readonly world: World;
  readonly server: ServerModel;
  readonly workflowId: string;
  readonly needsApproval: boolean;
  readonly decisions: DecisionPlan;
  readonly startedAt: number;
  /** What the provider's own ledger shows of the intent: its ids. The people ask the provider, not us. */
  readonly askProvider: () => readonly string[];
  /** Nothing that was written earlier can take effect any more. */
  readonly isQuiet: () => boolean;
  /** Whoever is held for it must have gone on by now. */
  readonly isRegisterBackForLong: () => boolean;
};

/** Everybody who talks to a payout: approvers, those who wish to cancel, hints, and operators who look at what is held. */
export class People {
  readonly #deps: PeopleDeps;
  #updates = 0;
  /** Distinct people whose approval was taken. */
  readonly approvers = new Set<string>();
  /** When the last approval was given that may have been taken. */
  lastApprovalAt = 0;
  /** Distinct people who let somebody go who is similar to a listed name. */
  readonly reviewers = new Set<string>();
  /** A cancellation was answered with "cancelled". */
  promisedCancelled = false;
  cancelled = false;
  /** Operators had to say what became of a send. */
  resolved = 0;
  /** Two of them said that nothing was accepted, and the payout ended by it. */
  confirmedAbsence = false;
  /** Holds that operators found when they looked, after all faults had ended and the machine had had its time. */
  readonly heldLate = new Set<string>();
  readonly violations: string[] = [];

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  get #isOpen(): boolean {
    return this.#deps.server.current(this.#deps.workflowId).end === undefined;
  }

  snapshot(): PayoutSnapshot | undefined {
    const { server, workflowId } = this.#deps;
    const answer = server.query(workflowId, 'snapshot');
    return answer?.kind === 'answered' ? (answer.value as PayoutSnapshot) : undefined;
  }

  #update(name: string, input: unknown, done: (outcome: UpdateOutcome) => void = () => undefined): void {
    const { server, workflowId } = this.#deps;
    this.#updates += 1;
    server.update(workflowId, { id: `update-${this.#updates}`, name, args: [input] }, done);
  }

  /** Approvers come at some time, the requester tries as well, and some take the signal. */
  approve(): void {
    const { world, needsApproval, decisions } = this.#deps;
    if (!needsApproval) return;
    const rejects = world.chance(0.05);
    const people = ['dora', 'alice', 'bob', 'alice', 'carol'];
    for (const [index, by] of people.entries()) {
      const decision = rejects && by === 'carol' ? 'reject' : 'approve';
      this.#later(world.between(1_000, 3 * hour) + index * 10 * minute, 12, () => this.#decide(by, decision));
    }
    if (!decisions.isLarge) return;
    // Nobody of them may decide before it is their turn, and Hugo only once he is called.
    for (const by of ['erin', 'hugo', 'erin', 'hugo'])
      this.#later(world.between(1_000, 9 * hour), 40, () => this.#decide(by, 'approve'));
  }

  /** Compliance looks at what is similar to a listed name; whoever asked for the payout tries as well. */
  review(): void {
    const { world, decisions } = this.#deps;
    if (decisions.similarAfterMs === undefined) return;
    for (let round = 0; round < 4; round += 1) {
      for (const by of ['dora@team.example', 'farid', 'grace'])
        this.#later(world.between(minute, 8 * hour) + round * 2 * hour, 6, () => this.#release(by));
    }
  }

  #release(by: string): boolean {
    const approval = this.snapshot()?.approval;
    if (approval?.open !== true || approval.purpose !== 'screening') return false;
    const input = { schema: 1, by, decision: 'approve', digest: approval.digest, reason: 'somebody else' };
    this.#update('decide', input, (outcome) => {
      if (outcome.kind !== 'completed') return;
      if (by.startsWith('dora')) this.violations.push('I4: the requester let their own beneficiary go');
      else this.reviewers.add(by);
    });
    return true;
  }

  recallLater(ms: number): void {
    this.#later(ms, 1, () => {
      this.#deps.world.count('recall');
      this.cancelled = true;
      this.#update('recall', { schema: 1, by: 'alice' }, (outcome) => {
        if (outcome.kind === 'completed') this.violations.push('I4: somebody else recalled it');
      });
      this.#update('recall', { schema: 1, by: 'dora', replacedBy: 'order-new' }, (outcome) => {
        if (outcome.kind === 'completed' && outcome.result === 'cancelled') this.promisedCancelled = true;
      });
      return true;
    });
  }

  #decide(by: string, decision: 'approve' | 'reject'): boolean {
    const { world, server, workflowId } = this.#deps;
    const approval = this.snapshot()?.approval;
    if (approval?.open !== true || approval.purpose !== 'payout') return false;
    const input = { schema: 1, by, decision, digest: approval.digest };
    const { aliceLeavesAfterMs = Infinity } = this.#deps.decisions;
    const mayNot = by === 'alice' && world.now - this.#deps.startedAt >= aliceLeavesAfterMs;
    if (world.chance(0.2)) {
      server.signal(workflowId, 'decide', input);
      if (by !== 'dora' && decision === 'approve' && !mayNot) this.#approved(by);
      return true;
    }
    this.#update('decide', input, (outcome) => {
      if (outcome.kind !== 'completed' || decision !== 'approve') return;
      if (by === 'dora') this.violations.push('I4: the requester’s own approval was taken');
      else if (mayNot) this.violations.push('I4: an approval by somebody who had left was taken');
      else this.#approved(by);
    });
    return true;
  }

  #approved(by: string): void {
    this.approvers.add(by);
    this.lastApprovalAt = this.#deps.world.now;
  }

  cancelLater(ms: number): void {
    this.#later(ms, 1, () => {
      this.#deps.world.count('cancel');
      this.cancelled = true;
      if (this.#deps.world.chance(0.2)) {
        this.#deps.server.cancel(this.#deps.workflowId);
        return true;
      }
      this.#update('cancel', { schema: 1, by: 'dora' }, (outcome) => {
        if (outcome.kind === 'completed' && outcome.result === 'cancelled') this.promisedCancelled = true;
      });
      return true;
    });
  }

  hint(ms: number): void {
    this.#later(ms, 1, () => {
      this.#deps.world.count('hint');
      this.#deps.server.signal(this.#deps.workflowId, 'providerEvent', { schema: 1 });
      return true;
    });
  }

  /** From `firstMs` on operators look twice a day at whatever is held. */
  operate(firstMs: number, rounds: number): void {
    for (let round = 0; round < rounds; round += 1) {
      this.#later(firstMs + round * 12 * hour, 1, () => {
        this.#lookAfterHold();
        return true;
      });
    }
  }

  #lookAfterHold(): void {
    const { searchAttributes } = this.#deps.server.current(this.#deps.workflowId);
    const reason = searchAttributes.get(payoutHeldReasonAttribute.name);
    const status = searchAttributes.get(payoutStatusAttribute.name);
    if (typeof reason !== 'string') return;
    const isUnknown =
      status === 'unconfirmed' && (reason === 'outcome_unknown' || reason === 'provider_mismatch');
    if (!isUnknown) {
      // One that was accepted waits for its next status, which can be days away.
      if (status === 'submitting' && (reason === 'account_paused' || reason === 'credentials_refused'))
        this.violations.push(`I8: still held as ${reason}, long after the account was well again`);
      if (reason === 'register_unavailable' && this.#deps.isRegisterBackForLong())
        this.violations.push(
          'I8: still held as register_unavailable, long after the register was there again',
        );
      this.#update('resume', { schema: 1, by: 'olga' });
      return;
    }
    this.heldLate.add(reason);
    if (!this.#deps.isQuiet()) return;
    this.#resolve();
  }

  /** One operator looks into the provider's books, a second one confirms where that is asked for. */
  #resolve(): void {
    const [providerPayoutId] = this.#deps.askProvider();
    const said =
      providerPayoutId === undefined
        ? ({ action: 'never-accepted', evidence: 'the provider shows no such payout' } as const)
        : ({ action: 'adopt', providerPayoutId } as const);
    this.resolved += 1;
    this.#say({ schema: 1, by: 'olga', ...said }, ({ proposal }) => {
      if (proposal === undefined) return;
      const delayMs = this.#deps.world.between(minute, hour);
      this.#later(delayMs, 1, () => {
        this.#say({ schema: 1, by: 'peter', action: 'confirm', proposal }, ({ outcome }) => {
          this.confirmedAbsence ||= outcome === 'ended';
        });
        return true;
      });
    });
  }

  #say(request: ResolveRequest, then: (result: ResolveResult) => void = () => undefined): void {
    this.#update('resolve', request, (outcome) => {
      if (outcome.kind === 'completed') then(outcome.result as ResolveResult);
    });
  }

  /** Tries again a few times while it cannot be done yet. */
  #later(ms: number, tries: number, act: () => boolean): void {
    this.#deps.world.after(ms, () => {
      if (!this.#isOpen || act() || tries <= 1) return;
      this.#later(10 * minute, tries - 1, act);
    });
  }
}
