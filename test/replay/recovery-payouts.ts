/** What machines do that the demo does not show, but histories must cover: recoveries, resets, odd statuses. */
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import { payoutWorkflowType } from '../../src/contract/workflow-inputs';
import type { RecordedPayout } from './recorded-payout';
import {
  approve,
  fromPayfield,
  fromPontis,
  fromSyncgram,
  handleOf,
  identity,
  pay,
  resetToStart,
  until,
  untilHeld,
  untilShown,
  untilStatus,
} from './recorded-payout';

export const recoveryPayouts: readonly RecordedPayout[] = [
  {
    name: 'request-lost-payfield',
    expected: 'paid',
    shows: ['outcome-unknown', 'looked-up: nothing-found', 'send-started'],
    async run(stage) {
      const request = fromPayfield(this.name, '810.00');
      stage.environment.simulators.payfield.simulator.addFault({
        match: { operation: 'submit', amount: '810.00' },
        fault: { kind: 'cut-before-processing' },
      });
      await pay(stage, request);
    },
  },
  {
    name: 'server-error-pontis',
    expected: 'paid',
    shows: ['outcome-unknown', 'accepted'],
    async run(stage) {
      stage.environment.simulators.pontis.simulator.addFault({
        match: { operation: 'submit', beneficiary: '1000000021' },
        fault: { kind: 'server-error', processed: true },
        times: 2,
      });
      await pay(stage, fromPontis(this.name, '1000000021', '130.00'));
    },
  },
  {
    name: 'rate-limited-syncgram',
    expected: 'paid',
    shows: ['send-refused: rate_limited', 'accepted'],
    async run(stage) {
      stage.environment.simulators.syncgram.simulator.addFault({
        match: { operation: 'submit', beneficiary: '0123456754' },
        fault: { kind: 'rate-limited' },
      });
      await pay(stage, fromSyncgram(this.name, '0123456754'));
    },
  },
  {
    name: 'worker-killed-in-submit',
    expected: 'paid',
    alone: true,
    shows: ['outcome-unknown: attempt_lost', 'accepted'],
    async run(stage) {
      const { pontis } = stage.environment.simulators;
      pontis.simulator.addFault({
        match: { operation: 'submit', beneficiary: '1000000022' },
        fault: { kind: 'hang', processed: true },
      });
      const request = fromPontis(this.name, '1000000022', '140.00');
      await stage.payouts.start(request);
      await until('the send has reached the provider', () =>
        pontis.simulator.ledger().some(({ beneficiary }) => beneficiary === '1000000022'),
      );
      const pid = stage.environment.worker.pid();
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'reset-after-paid-pontis',
    expected: 'paid',
    shows: ['outcome-unknown: run_reset', 'accepted'],
    async run(stage) {
      const request = fromPontis(this.name, '1000000023', '150.00');
      await pay(stage, request);
      await resetToStart(stage, request);
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'reset-after-paid-payfield',
    expected: 'paid',
    shows: ['outcome-unknown: run_reset', 'looked-up: found'],
    async run(stage) {
      const request = fromPayfield(this.name, '820.00');
      await pay(stage, request);
      await resetToStart(stage, request);
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'refused-by-a-signal',
    expected: 'rejected',
    shows: ['approval-refused', 'approval-decided: reject'],
    async run(stage) {
      const request = fromPontis(this.name, '1000000024', '2600.00');
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'awaiting-approval');
      const { approval } = await stage.payouts.get(request);
      // The first one is refused, and seen in the timeline: whoever asked cannot decide.
      for (const by of ['dora', 'alice']) {
        await handleOf(stage, request).signal('decide', {
          schema: 1,
          by,
          decision: 'reject',
          digest: approval?.digest,
        });
      }
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'cancelled-in-temporal',
    expected: 'cancelled',
    shows: ['cancel-requested'],
    async run(stage) {
      const request = fromPontis(this.name, '1000000025', '2700.00');
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'awaiting-approval');
      await handleOf(stage, request).cancel();
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'cancelled-in-a-hold',
    expected: 'cancelled',
    alone: true,
    shows: ['held: insufficient_funds', 'cancel-requested'],
    async run(stage) {
      stage.environment.simulators.pontis.simulator.setBalance('USDC', '5.00');
      const request = fromPontis(this.name, '1000000026', '160.00', 'USDC');
      await stage.payouts.start(request);
      await untilHeld(stage, request, 'insufficient_funds');
      await stage.payouts.cancel({ ...identity(this.name), by: 'dora' });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'started-by-hand-with-nonsense',
    expected: 'rejected',
    shows: ['status-changed: request_invalid'],
    async run({ temporal: client, environment }) {
      const handle = await client.workflow.start(payoutWorkflowType, {
        workflowId: payoutWorkflowId(identity(this.name)),
        taskQueue: environment.taskQueue,
        args: [{ schema: 1, request: { amount: 12.5 } }],
      });
      await handle.result();
    },
  },
  {
    name: 'absent-and-sent-again-payfield',
    expected: 'paid',
    shows: ['looked-up: proven-absent', 'accepted'],
    async run(stage) {
      const { simulator } = stage.environment.simulators.payfield;
      const match = { operation: 'submit', amount: '830.00' } as const;
      simulator.addFault({ match, fault: { kind: 'cut-before-processing' } });
      // Replays that are refused prove nothing; then the look-ups do.
      simulator.addFault({ match, fault: { kind: 'rate-limited' }, times: 4 });
      await pay(stage, fromPayfield(this.name, '830.00'));
    },
  },
  {
    name: 'scan-replay-scan-syncgram',
    expected: 'paid',
    shows: ['looked-up: nothing-found', 'accepted', 'looked-up: found'],
    async run(stage) {
      stage.environment.simulators.syncgram.simulator.addFault({
        match: { operation: 'submit', beneficiary: '0123456761' },
        fault: { kind: 'cut-before-processing' },
      });
      await pay(stage, fromSyncgram(this.name, '0123456761'));
    },
  },
  {
    name: 'quoted-again-syncgram',
    expected: 'paid',
    shows: ['approval-decided: approve', 'send-refused: quote_expired', 'quoted', 'accepted'],
    async run(stage) {
      const request = fromSyncgram(this.name, '0123456778', '1500.00');
      stage.environment.simulators.syncgram.simulator.addFault({
        match: { operation: 'submit', beneficiary: '0123456778' },
        fault: { kind: 'refuse', status: 422, body: { code: 'QUOTE_EXPIRED', message: 'Quote has expired' } },
      });
      await stage.payouts.start(request);
      await approve(stage, request);
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'quote-failed-and-asked-again-syncgram',
    expected: 'paid',
    shows: ['quote-failed: server_error', 'quote-failed: rate_limited', 'quoted', 'accepted'],
    // A quote names no beneficiary: whoever asks for one meets the fault.
    alone: true,
    async run(stage) {
      const { simulator } = stage.environment.simulators.syncgram;
      const match = { operation: 'quote' } as const;
      simulator.addFault({ match, fault: { kind: 'server-error', processed: false } });
      simulator.addFault({ match, fault: { kind: 'rate-limited', retryAfter: '2' } });
      await pay(stage, fromSyncgram(this.name, '0123456792'));
    },
  },
  {
    name: 'odd-status-and-a-hint',
    expected: 'paid',
    shows: ['provider-status-ignored: unrecognised', 'hint-received'],
    async run(stage) {
      stage.environment.simulators.pontis.simulator.script({
        match: { beneficiary: '1000000030' },
        steps: [
          { status: 'processing', afterMs: 300 },
          { status: 'in_the_mail', afterMs: 500 },
          { status: 'completed', afterMs: 4_000 },
        ],
      });
      const request = fromPontis(this.name, '1000000030', '170.00');
      await stage.payouts.start(request);
      await untilShown(stage, request, 'provider-status-ignored: unrecognised');
      await handleOf(stage, request).signal('providerEvent', { schema: 1 });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'paid-then-contradicted',
    expected: 'paid',
    shows: ['held: status_contradiction', 'released'],
    async run(stage) {
      stage.environment.simulators.pontis.simulator.script({
        match: { beneficiary: '1000000031' },
        steps: [
          { status: 'processing', afterMs: 300 },
          { status: 'completed', afterMs: 500 },
          { status: 'failed', afterMs: 2_500 },
        ],
      });
      const request = fromPontis(this.name, '1000000031', '180.00');
      await stage.payouts.start(request);
      await untilHeld(stage, request, 'status_contradiction');
      await stage.payouts.resume({
        ...identity(this.name),
        by: 'alice',
        reason: 'the provider says it is paid',
      });
      await handleOf(stage, request).result();
    },
  },
];
