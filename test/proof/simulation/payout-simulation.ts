import { createHash } from 'node:crypto';
import type { PayoutSnapshot } from '../../../src/domain/payout-snapshot';
import type { PayoutStatus } from '../../../src/domain/payout-status';
import { isFinal, moneyMovedIn } from '../../../src/domain/payout-status';
import {
  payoutAttemptKeyAttribute,
  payoutHeldReasonAttribute,
  payoutStatusAttribute,
  providerPayoutIdAttribute,
} from '../../../src/contract/search-attributes';
import { assertNever } from '../../../src/domain/assert-never';
import { payoutWorkflowId } from '../../../src/contract/workflow-ids';
import { payoutWorkflowType } from '../../../src/contract/workflow-inputs';
import type { PayoutRequest } from '../../../src/domain/payout-request';
import type { Screener, ScreeningDecision } from '../../../src/screening/screener';
import type { Contract, CrashPoint, Outcome } from '../expectations/submit-cases';
import type { Intent, OurEnd } from '../providers/oracle';
import { findViolations, readLedgers } from '../providers/oracle';
import {
  approvalFrom,
  createHosts,
  intentOf,
  teamWithoutAlice,
  wholeTeam,
} from '../providers/simulated-accounts';
import type { VirtualHost } from '../providers/virtual-host';
import { createVirtualNetwork } from '../providers/virtual-network';
import type { VirtualNetwork } from '../providers/virtual-network';
import type { WorkflowHostFactory } from '../temporal-model/commands-and-jobs';
import { runSynchronously } from '../temporal-model/drive';
import { ServerModel } from '../temporal-model/server-model';
import type { WorkflowRun } from '../temporal-model/workflow-run';
import type { World } from '../temporal-model/world';
import { bookOthers } from './other-payouts';
import type { DecisionPlan } from './decision-plan';
import type { FaultPlan } from './fault-plan';
import { TroubledAccount } from './account-trouble';
import { People } from './people';
import { TroubledQuotes } from './quote-trouble';
import { Rival } from './rival';
import type { RivalPlan } from './rival';
import { TroubledRegister } from './register-trouble';
import { problemsOfSecondLife } from './second-life';
import { SendWatch } from './send-watch';
import { SimulatedWorker } from './simulated-worker';

export type RunOptions = {
  readonly createHost: WorkflowHostFactory;
  readonly keepTrace?: boolean;
};

/** What one simulated payout is, and what it meets. */
export type PayoutScript = {
  readonly plan: FaultPlan;
  readonly decisions: DecisionPlan;
  readonly request: PayoutRequest;
  /** People, resets and disturbances of the workers are drawn from the seed, beside the plan. */
  readonly isEventful: boolean;
  /** Nothing is awaited for longer where nobody comes to end it. */
  readonly watchForMs: number;
  /** Ours takes the place of another payout, and somebody else wants it, too. */
  readonly rival?: RivalPlan;
};

/** What became of one payout. */
export type RunReport = {
  readonly seed: number;
  readonly contract: Contract;
  readonly status: PayoutStatus;
  readonly held: string | undefined;
  /** Each begins with the invariant that is broken. */
  readonly violations: readonly string[];
  readonly fired: ReadonlyMap<string, number>;
  /** A send was unresolved at some time. */
  readonly wasUnresolved: boolean;
  /** Somebody had to say what became of it. */
  readonly neededPerson: boolean;
  /** Every reason for which it was held at some time. */
  readonly holds: readonly string[];
  /** In the provider's ledger. */
  readonly debits: number;
  /** `outcome/contract` of planned submits that took place. */
  readonly pairs: readonly string[];
  readonly hash: string;
  readonly steps: number;
  readonly virtualMs: number;
  readonly trace: string;
};

const minute = 60_000;
const hour = 60 * minute;
/** Machines have this long after the last fault; only then do operators look, and what is still unknown needed them. */
const operatorsComeAfterMs = 26 * hour;
/** Before the operators do, who resume what was held. */
const engineersComeAfterMs = 25 * hour;
/** In which a second life has come to its end. */
const secondLifeMs = 10 * 24 * hour;
/** What is paid is read every six hours: by then the provider’s last word has reached us. */
const quietForMs = 24 * hour;
const mostSteps = 60_000;
/** The few days on which hundreds of things would happen cost as much as all others, and show no more. */
const mostStepsWithFaults = 100;

type FirstLife = {
  readonly run: WorkflowRun;
  readonly end: OurEnd;
  readonly keys: ReadonlySet<unknown>;
  readonly writes: number;
  readonly secondStartedAt: number;
};

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const isAboveApproval = ({ amount }: PayoutRequest): boolean => Number(amount.value) >= Number(approvalFrom);

/** One payout in a world of its own: workers, server, provider, people, and what goes wrong with them. */
export class PayoutSimulation {
  readonly #world: World;
  readonly #options: RunOptions;
  readonly #script: PayoutScript;
  readonly #plan: FaultPlan;
  readonly #request: PayoutRequest;
  readonly #intent: Intent;
  readonly #host: VirtualHost;
  readonly #server: ServerModel;
  readonly #network: VirtualNetwork;
  readonly #watch: SendWatch;
  readonly #workers: SimulatedWorker[] = [];
  readonly #people: People;
  readonly #account: TroubledAccount;
  readonly #quotes: TroubledQuotes;
  readonly #rival: Rival;
  readonly #register: TroubledRegister;
  readonly #workflowId: string;
  readonly #startedAt: number;
  readonly #pairs = new Set<string>();
  readonly #others: Intent[] = [];
  #faultsOver = false;
  /** A planned send is under way, and the worker has yet to die of it. */
  #armed = false;
  readonly #holds = new Set<string>();
  readonly #repeats = new Set<string>();
  #resetAt: number | undefined;
  #earlyClaim: string | undefined;
  /** What the first run had come to when Temporal forgot it; the reference was started again then. */
  #firstLife: FirstLife | undefined;
  #isSecondLifePlanned = false;

  constructor(world: World, script: PayoutScript, options: RunOptions) {
    this.#world = world;
    this.#script = script;
    this.#options = options;
    this.#startedAt = world.now;
    const { plan, request } = script;
    this.#plan = plan;
    this.#request = request;
    this.#intent = intentOf(this.#request);
    this.#workflowId = payoutWorkflowId(this.#request);
    this.#host = this.#onlyHost();
    this.#server = new ServerModel(world, { faults: plan.server });
    this.#account = new TroubledAccount(world, this.#server, plan.contract, plan.account);
    this.#quotes = new TroubledQuotes(world, plan.quotes ?? []);
    this.#rival = new Rival(world, this.#server, request);
    this.#register = new TroubledRegister(world, plan.register);
    this.#watch = new SendWatch(
      world,
      () => this.#account.isPausedByPeople,
      ({ key, body }, resolves) => this.#register.problemOfWrite(key, sha256(body), resolves),
    );
    this.#network = createVirtualNetwork({
      world,
      hosts: [this.#host],
      rates: plan.network,
      refusesCredentials: () => this.#account.refusesCredentials,
      quoteFault: () => (this.#faultsOver ? undefined : this.#quotes.next()),
      planSubmit: ({ host, nth }) => this.#planned(host, nth),
      onWebhook: () => this.#server.signal(this.#workflowId, 'providerEvent', { schema: 1 }),
    });
    this.#people = new People({
      world,
      server: this.#server,
      workflowId: this.#workflowId,
      needsApproval: isAboveApproval(request),
      decisions: script.decisions,
      startedAt: this.#startedAt,
      askProvider: () => readLedgers([this.#host], [this.#intent]).of(this.#intent).payouts,
      isQuiet: () => world.now > this.#network.lastEffectAt(),
      isRegisterBackForLong: () => this.#register.isBackForLong(),
    });
  }

  #onlyHost(): VirtualHost {
    const [host] = createHosts([this.#plan.contract]);
    if (host === undefined) throw new Error('no host');
    return host;
  }

  run(): RunReport {
    const { endsAfterMs } = this.#plan;
    const { isEventful } = this.#script;
    if (this.#plan.keyTaken)
      this.#others.push(...bookOthers(this.#world, this.#host, this.#request, 'same-key'));
    this.#startWorkers();
    if (this.#script.rival !== undefined) this.#rival.begin(this.#script.rival);
    this.#server.onActivityEvent((event) => {
      if (event.type !== 'submitPayout') return;
      if (event.attempt > 1)
        this.#repeats.add('I1: Temporal started a send a second time by itself (maximumAttempts)');
      if (event.moment === 'completed-in-worker') this.#crash('after-reply', event.worker);
      if (event.moment === 'reported') this.#crash('after-completion', event.worker);
      if (['handed-out', 'picked-up', 'completed-in-worker', 'reported'].includes(event.moment)) {
        this.#disturb();
      }
      if (event.moment === 'handed-out') this.#register.handedOut();
      if (event.moment === 'handed-out' && this.#plan.busyList && this.#others.length === 0) {
        this.#world.after(2_000, () => {
          this.#world.count('busy-list');
          this.#others.push(...bookOthers(this.#world, this.#host, this.#request, 'many'));
        });
      }
    });
    this.#start();
    this.#server.onWorkflowTaskEvent(({ moment }) => {
      if (moment !== 'reported') return;
      const held = this.#heldReason();
      if (held !== undefined) this.#holds.add(held);
      this.#earlyClaim ??= this.#unprovenClaim();
    });
    this.#account.begin();
    if (isEventful) {
      this.#livePeople();
      this.#drawResets();
      for (let tries = 0; tries < 4; tries += 1) {
        this.#world.after(this.#world.between(0, endsAfterMs), () => this.#disturb());
      }
    }
    this.#world.after(endsAfterMs, () => this.#stopFaults());
    if (this.#plan.register?.hasOtherText === true)
      this.#world.after(endsAfterMs + engineersComeAfterMs, () => this.#register.repair());
    // A clock for worlds in which nothing else happens any more.
    this.#world.after(this.#script.watchForMs, () => undefined);

    const isOver = (): boolean => {
      if (isEventful && this.#world.steps === mostStepsWithFaults) this.#stopFaults();
      return this.#isOver();
    };
    const end = runSynchronously(this.#world, isOver, mostSteps);
    const violations = this.#judge(end);
    const { end: runEnd } = this.#server.current(this.#workflowId);
    this.#world.log(`over: ${runEnd?.kind ?? 'open'} ${violations.join('; ')}`);
    return {
      seed: this.#world.seed,
      contract: this.#plan.contract,
      status: this.#ourEnd().status,
      held: this.#heldReason(),
      violations,
      fired: this.#world.fired,
      wasUnresolved: this.#wasUnresolved(),
      neededPerson: this.#people.resolved > 0,
      holds: [...this.#holds],
      debits: this.#debits(),
      pairs: [...this.#pairs],
      hash: this.#world.hash(),
      steps: this.#world.steps,
      virtualMs: this.#world.now - this.#startedAt,
      trace: this.#world.trace,
    };
  }

  #start(): void {
    this.#server.start({
      workflowId: this.#workflowId,
      workflowType: payoutWorkflowType,
      args: [{ schema: 1, request: this.#request }],
      searchAttributes: { [payoutStatusAttribute.name]: 'received' },
    });
  }

  /** Temporal forgets the ended run, and somebody asks for the same again. True: there is one, or will be. */
  #hasSecondLife(): boolean {
    const { secondLife } = this.#plan.register ?? {};
    if (secondLife === undefined) return false;
    if (this.#isSecondLifePlanned) return true;
    const run = this.#server.current(this.#workflowId);
    // What never claimed its reference has not spent it: then the second one is the payout.
    if (run.end === undefined || !this.#register.hasIntent(run.start.originalExecutionRunId)) return false;
    this.#isSecondLifePlanned = true;
    this.#world.after(secondLife.afterMs, () => {
      // Somebody has reset it since, and that run is still open: Temporal forgets nothing. It is asked again at its end.
      if (this.#server.current(this.#workflowId).end === undefined) {
        this.#isSecondLifePlanned = false;
        return;
      }
      this.#world.count('second-life');
      this.#firstLife = {
        run: this.#server.current(this.#workflowId),
        end: this.#ourEnd(),
        keys: this.#attemptKeys(),
        writes: this.#watch.written,
        secondStartedAt: this.#world.now,
      };
      this.#server.forget(this.#workflowId);
      this.#register.beginSecondLife(secondLife);
      this.#start();
      if (!secondLife.isCancelled) return;
      this.#world.after(1_000, () =>
        this.#server.update(this.#workflowId, {
          id: 'cancel-second-life',
          name: 'cancel',
          args: [{ schema: 1, by: 'dora' }],
        }),
      );
    });
    return true;
  }

  // ── what goes wrong ───────────────────────────────────────────────────────────────────────────

  #startWorkers(): void {
    const world = this.#world;
    const { workers, worker: faults, clockErrorMs, contract, screeningFails, alteredRate } = this.#plan;
    if (clockErrorMs !== 0) world.count('clock-error');
    const screener: Screener = {
      screen: async () => {
        if (!this.#faultsOver && screeningFails && world.fault('screening-unavailable', 0.7))
          return { kind: 'unavailable', note: 'simulated' };
        return this.#listed();
      },
    };
    for (let index = 0; index < workers; index += 1) {
      this.#workers.push(
        new SimulatedWorker({
          world,
          server: this.#server,
          network: this.#network,
          watch: this.#watch,
          contract,
          createHost: this.#options.createHost,
          screener,
          policy: () => (this.#hasAliceLeft ? teamWithoutAlice : wholeTeam),
          register: this.#register,
          faults,
          name: `worker-${index + 1}`,
          clockErrorMs: index === 0 ? clockErrorMs : 0,
          alteredRate: () => (this.#faultsOver ? 0 : alteredRate),
        }),
      );
    }
  }

  /** What the lists say about the beneficiary now. */
  #listed(): ScreeningDecision {
    const { similarAfterMs, moreSimilarAfterMs, listedAfterMs } = this.#script.decisions;
    const hit = (entry: string) =>
      ({ list: 'simulated', entry, score: '0.9', reason: 'similar-name' }) as const;
    if (this.#isPast(listedAfterMs))
      return { kind: 'match', lists: ['simulated'], hits: [{ ...hit('0'), reason: 'exact-name' }] };
    const similar = [similarAfterMs, moreSimilarAfterMs].flatMap((from, index) =>
      this.#isPast(from) ? [hit(String(index + 1))] : [],
    );
    if (similar.length === 0) return { kind: 'clear', lists: ['simulated'] };
    this.#world.count('similar-name');
    return { kind: 'possible', lists: ['simulated'], hits: similar };
  }

  #isPast(afterMs: number | undefined): boolean {
    return afterMs !== undefined && this.#world.now - this.#startedAt >= afterMs;
  }

  get #hasAliceLeft(): boolean {
    return this.#isPast(this.#script.decisions.aliceLeavesAfterMs);
  }

  /** Something may happen to a worker at this moment. */
  #disturb(): void {
    if (this.#faultsOver) return;
    const world = this.#world;
    const { killRate, pauseRate, partitionRate, redeployRate } = this.#plan;
    const worker = world.pick(this.#workers);
    if (worker.isGone) return;
    if (world.fault('worker-killed', killRate)) {
      worker.killAndRestart(world.pick([1_000, 20_000, 5 * minute, 40 * minute]));
    } else if (world.fault('worker-paused', pauseRate)) {
      worker.pause(world.pick([3_000, 30_000, 5 * minute, 25 * minute, 3 * hour]));
    } else if (world.fault('worker-cut-off', partitionRate)) {
      worker.model.partition(world.pick([2_000, 30_000, 10 * minute]));
    } else if (world.fault('worker-redeployed', redeployRate)) {
      worker.redeploy(world.pick([0, 5_000, 60_000]));
    }
  }

  #planned(contract: Contract, nth: number) {
    const { submits } = this.#plan;
    if (submits === undefined || nth > submits.times || this.#faultsOver) return undefined;
    const { outcome, crashPoint } = submits;
    this.#pairs.add(`${outcome}/${contract}`);
    this.#world.count(`submit-${outcome}`);
    this.#armed = crashPoint !== undefined;
    return {
      outcome,
      at: (point: CrashPoint) => {
        if (point === crashPoint && point !== 'after-reply') this.#killAll(point);
      },
    } satisfies { readonly outcome: Outcome; readonly at: (point: CrashPoint) => void };
  }

  #crash(point: CrashPoint, worker: unknown): void {
    const { submits } = this.#plan;
    if (!this.#armed || submits?.crashPoint !== point || worker === undefined) return;
    this.#killAll(point);
  }

  #killAll(point: CrashPoint): void {
    this.#armed = false;
    this.#world.count('worker-killed');
    this.#world.count(`killed-${point}`);
    for (const worker of this.#workers) worker.killAndRestart(this.#plan.downMs);
  }

  #stopFaults(): void {
    if (this.#faultsOver) return;
    this.#faultsOver = true;
    this.#world.log('faults are over');
    this.#network.stopFaults();
    this.#register.stopFaults();
    for (const name of Object.keys(this.#plan.server))
      delete (this.#plan.server as Record<string, number>)[name];
    for (const name of Object.keys(this.#plan.worker))
      delete (this.#plan.worker as Record<string, number>)[name];
  }

  /** Up to three resets; the later ones also of runs that are not the newest. */
  #drawResets(): void {
    const world = this.#world;
    if (!world.chance(0.08)) return;
    const afterMs = world.pick([20_000, 3 * minute, 20 * minute, 2 * hour, 30 * hour]);
    world.after(world.between(1_000, afterMs), () => this.#reset());
    for (let more = 0; more < 2 && world.chance(0.4); more += 1) {
      world.after(world.between(afterMs, 2 * afterMs), () => this.#reset());
    }
  }

  #reset(): void {
    const world = this.#world;
    const run = world.pick(this.#server.runsOf(this.#workflowId));
    const { tasks, start } = run;
    if (tasks.committed.length === 0) return;
    this.#resetAt = world.now;
    const point = world.chance(0.3)
      ? ({ to: 'first-task' } as const)
      : ({ to: 'task', index: world.between(0, tasks.committed.length - 1) } as const);
    this.#server.reset(this.#workflowId, point, start.runId);
  }

  // ── people ────────────────────────────────────────────────────────────────────────────────────

  #livePeople(): void {
    const world = this.#world;
    const people = this.#people;
    people.approve();
    people.review();
    const { recalledAfterMs } = this.#script.decisions;
    if (recalledAfterMs !== undefined) people.recallLater(recalledAfterMs);
    const { network } = this.#plan;
    // A wish to cancel is most dangerous where a request is still under way.
    const isLate = network['commit-late'] !== undefined || network['request-late'] !== undefined;
    if (world.chance(isLate ? 0.5 : 0.15))
      people.cancelLater(world.between(0, world.pick([30_000, 30 * minute, 6 * hour])));
    if (world.chance(0.2)) for (let hint = 0; hint < 4; hint += 1) people.hint(world.between(0, 2 * hour));
    people.operate(this.#plan.endsAfterMs + operatorsComeAfterMs, 24);
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────

  #attribute(name: string): string | undefined {
    const value = this.#server.current(this.#workflowId).searchAttributes.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  #heldReason(): string | undefined {
    return this.#attribute(payoutHeldReasonAttribute.name);
  }

  /** Final, nothing is under way, and everybody had the time to change their mind. */
  #isOver(): boolean {
    const world = this.#world;
    const run = this.#server.current(this.#workflowId);
    if (run.taskFailures.length > 3) return true;
    const quietSince = Math.max(
      this.#network.lastEffectAt(),
      this.#startedAt + this.#plan.endsAfterMs,
      this.#resetAt ?? 0,
      // The provider's word for it has to reach us, too.
      this.#host.simulator.ledger().at(-1)?.at ?? 0,
    );
    if (world.now < quietSince + 5 * minute) return false;
    const first = this.#firstLife;
    if (first !== undefined && world.now > first.secondStartedAt + secondLifeMs) return true;
    if (first === undefined && this.#hasSecondLife()) return false;
    if (run.end !== undefined) return true;
    // To the end of its watch: only an ended run is forgotten.
    if (this.#plan.register?.secondLife !== undefined) return false;
    if (!this.#script.isEventful && world.now >= this.#startedAt + this.#script.watchForMs) return true;
    const status = this.#attribute(payoutStatusAttribute.name) as PayoutStatus | undefined;
    // The rest is the watch: days of reads that find nothing. Some runs see it to its end.
    return (
      status !== undefined &&
      isFinal(status) &&
      this.#heldReason() === undefined &&
      world.seed % 100 !== 0 &&
      world.now > quietSince + quietForMs
    );
  }

  #ourEnd(): OurEnd {
    if (this.#firstLife !== undefined) return this.#firstLife.end;
    const { end } = this.#server.current(this.#workflowId);
    const held = this.#heldReason();
    if (end?.kind === 'completed') {
      const { status, final, moneyMoved } = end.result as PayoutSnapshot;
      return { intent: this.#intent, status, final, moneyMoved, held: false };
    }
    const status = (this.#attribute(payoutStatusAttribute.name) ?? 'received') as PayoutStatus;
    return {
      intent: this.#intent,
      status,
      final: isFinal(status),
      moneyMoved: held === 'status_contradiction' ? 'unknown' : moneyMovedIn(status, held !== undefined),
      held: held !== undefined,
    };
  }

  /** The first moment at which it is said that no money moved, and nobody can know that yet. */
  #unprovenClaim(): string | undefined {
    // What is said of a second life is judged in the end.
    if (this.#firstLife !== undefined) return undefined;
    const { status, final, moneyMoved } = this.#ourEnd();
    if (!final || moneyMoved !== 'no') return undefined;
    if (this.#attribute(providerPayoutIdAttribute.name) !== undefined) return undefined;
    const why = this.#watch.unprovenAbsence;
    return why === undefined ? undefined : `I3: ${status} says that no money moved: ${why}`;
  }

  #wasUnresolved(): boolean {
    return this.#watch.unresolved > 0 || this.#attempts() > 0;
  }

  /** Sends that never came back to their adapter: the process was gone. */
  #attempts(): number {
    return [...this.#world.fired].filter(([name]) => name.startsWith('killed-') || name === 'worker-killed')
      .length;
  }

  #judge(end: string): readonly string[] {
    const violations = [...this.#watch.violations, ...this.#people.violations, ...this.#repeats];
    const run = this.#server.current(this.#workflowId);
    const first = this.#firstLife;
    const taskFailures = [
      ...(first?.run.taskFailures ?? []),
      ...run.taskFailures,
      ...this.#account.taskFailures,
      ...this.#rival.taskFailures,
    ];
    violations.push(...this.#rival.violations);
    if (taskFailures.length > 0) {
      const [problem] = taskFailures;
      violations.push(
        `I10: a workflow task failed: ${problem instanceof Error ? problem.message : String(problem)}`,
      );
    }
    if (end !== 'done' && run.end === undefined)
      violations.push(`I8: ${end} after ${Math.round((this.#world.now - this.#startedAt) / hour)} h`);
    if (run.end !== undefined && run.end.kind !== 'completed')
      violations.push(`I2: the run ended as ${run.end.kind}`);
    const ours = this.#ourEnd();
    const others = this.#others.map((intent): OurEnd => ({
      intent,
      status: 'unconfirmed',
      final: false,
      moneyMoved: 'unknown',
      held: true,
    }));
    for (const { invariant, text } of findViolations([this.#host], [ours, ...others])) {
      violations.push(`${invariant}: ${text}`);
    }
    const debits = this.#debits();
    if (debits > 0 && isAboveApproval(this.#request) && this.#people.approvers.size < 2) {
      violations.push(`I4: a debit with ${this.#people.approvers.size} approvals`);
    }
    violations.push(...this.#undecided(debits));
    if (this.#earlyClaim !== undefined && !this.#people.confirmedAbsence) violations.push(this.#earlyClaim);
    if (first !== undefined)
      violations.push(...problemsOfSecondLife(run.end, this.#watch.written - first.writes));
    violations.push(
      ...this.#register.problemsOfEnd(this.#watch.writes, {
        reference: this.#request.reference,
        originalRunId: (first?.run ?? run).start.originalExecutionRunId,
        debits,
      }),
    );
    if (this.#people.promisedCancelled && debits > 0)
      violations.push('I3: cancelled was promised, and the ledger shows a debit');
    if (this.#people.resolved > 0 && !this.#mayNeedPerson(debits)) {
      violations.push(
        `I2: parked as ${[...this.#people.heldLate].join(', ')}, where the machine could have found out`,
      );
    }
    return violations;
  }

  #debits(): number {
    return readLedgers([this.#host], [this.#intent, ...this.#others]).of(this.#intent).payouts.length;
  }

  /** A debit that people or lists have not let pass: by what they did, whatever the run says. */
  #undecided(debits: number): readonly string[] {
    if (debits === 0) return [];
    const { isLarge, similarAfterMs, listedAfterMs } = this.#script.decisions;
    const { approvers, reviewers, lastApprovalAt } = this.#people;
    const violations: string[] = [];
    if (isLarge && !['erin', 'hugo'].some((person) => approvers.has(person)))
      violations.push('I4: a large debit without the treasury');
    if (similarAfterMs === 0 && reviewers.size < 2)
      violations.push(`I4: a debit to somebody similar to a listed name, let go by ${reviewers.size}`);
    // Screened again after people had decided: who was listed before that must not be paid.
    const listedAt = listedAfterMs === undefined ? Infinity : this.#startedAt + listedAfterMs;
    if (isAboveApproval(this.#request) && listedAt < lastApprovalAt)
      violations.push('I4: a debit to somebody who was listed before the last approval');
    return violations;
  }

  /** The last key of each run: several where a reset forgot that another one was used. */
  #attemptKeys(): ReadonlySet<unknown> {
    if (this.#firstLife !== undefined) return this.#firstLife.keys;
    const keys = this.#server
      .runsOf(this.#workflowId)
      .map(({ searchAttributes }) => searchAttributes.get(payoutAttemptKeyAttribute.name));
    return new Set(keys.filter((key) => key !== undefined));
  }

  /** Where the provider's contract leaves a machine no way to know. */
  #mayNeedPerson(debits: number): boolean {
    const { contract, endsAfterMs, keyTaken } = this.#plan;
    // With another text under the key in the register, ours goes out in no case.
    if (keyTaken || this.#plan.register?.hasOtherText === true) return true;
    switch (contract) {
      case 'nothing':
        return true;
      case 'payfield':
        return false;
      case 'pontis':
        // After a wish to cancel nothing is sent any more; after a reset the run may be older than the window.
        return this.#people.cancelled || this.#resetAt !== undefined || endsAfterMs > 22 * hour;
      case 'syncgram':
        // What was accepted can be found for ever; that nothing was is no machine's to say. After a reset to before another
        // key, what is found under either proves nothing.
        return debits === 0 || this.#attemptKeys().size > 1;
      default:
        return assertNever(contract, 'contract');
    }
  }
}
