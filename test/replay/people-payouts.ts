/** What people do, recorded: decisions, resolutions, cancellations, a reset that is cancelled, a paused account. */
import { accountWorkflowId } from '../../src/contract/workflow-ids';
import { fastForward } from '../support/time-skipping';
import type { RecordedPayout } from './recorded-payout';
import {
  approve,
  bookedFor,
  fromPayfield,
  fromPontis,
  fromSyncgram,
  handleOf,
  identity,
  pay,
  resetToStart,
  untilHeld,
  untilShown,
  untilStatus,
} from './recorded-payout';

/** Of the simulated configuration, with which everything is recorded. */
const recordedInstallation = 'demo';

export const peoplePayouts: readonly RecordedPayout[] = [
  {
    name: 'approval-rejected',
    expected: 'rejected',
    shows: ['approval-decided: reject'],
    async run(stage) {
      const request = fromPontis(this.name, '1000000040', '2800.00');
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'awaiting-approval');
      const digest = (await stage.payouts.get(request)).approval?.digest ?? '';
      await stage.payouts.decide({ ...identity(this.name), by: 'alice', decision: 'reject', digest });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'approval-expired',
    expected: 'expired',
    shows: ['status-changed: approval_expired'],
    async run(stage) {
      const request = fromPontis(this.name, '1000000041', '2900.00');
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'awaiting-approval');
      await fastForward(stage.temporal, handleOf(stage, request).workflowId, '31 days');
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'held-past-the-window-adopted-pontis',
    expected: 'paid',
    shows: [
      'held: outcome_unknown',
      'kept-waiting',
      'resolution-proposed',
      'resolution-confirmed',
      'accepted',
    ],
    async run(stage) {
      const { pontis } = stage.environment.simulators;
      pontis.simulator.addFault({
        match: { operation: 'submit', beneficiary: '1000000042' },
        fault: { kind: 'server-error', processed: true },
        times: 'unlimited',
      });
      const request = fromPontis(this.name, '1000000042', '190.00');
      const payout = identity(this.name);
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'unconfirmed');
      await fastForward(stage.temporal, handleOf(stage, request).workflowId, '26 hours');
      await untilHeld(stage, request, 'outcome_unknown');
      await stage.payouts.resolve({
        ...payout,
        by: 'carol',
        action: 'keep-waiting',
        reason: 'they answer on Monday',
      });
      const providerPayoutId = await bookedFor(pontis, '1000000042');
      const { proposal = '' } = await stage.payouts.resolve({
        ...payout,
        by: 'alice',
        action: 'adopt',
        providerPayoutId,
        reason: 'support ticket 4711',
      });
      await stage.payouts.resolve({ ...payout, by: 'bob', action: 'confirm', proposal });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'held-past-the-window-never-accepted-syncgram',
    expected: 'failed',
    shows: [
      'looked-up: nothing-found',
      'held: outcome_unknown',
      'resolution-rejected',
      'resolution-confirmed',
      'status-changed: confirmed_never_accepted',
    ],
    async run(stage) {
      stage.environment.simulators.syncgram.simulator.addFault({
        match: { operation: 'submit', beneficiary: '0123456730' },
        fault: { kind: 'cut-before-processing' },
        times: 'unlimited',
      });
      const request = fromSyncgram(this.name, '0123456730');
      const payout = identity(this.name);
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'unconfirmed');
      await fastForward(stage.temporal, handleOf(stage, request).workflowId, '2 hours');
      await untilHeld(stage, request, 'outcome_unknown');
      const propose = async (evidence: string): Promise<string> =>
        (await stage.payouts.resolve({ ...payout, by: 'alice', action: 'never-accepted', evidence }))
          .proposal ?? '';
      const first = await propose('they say that they have none');
      await stage.payouts.resolve({
        ...payout,
        by: 'bob',
        action: 'reject',
        proposal: first,
        reason: 'no ticket',
      });
      const second = await propose('support ticket 4712: no payout with this key');
      await stage.payouts.resolve({ ...payout, by: 'bob', action: 'confirm', proposal: second });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'adopted-by-one-person-syncgram',
    expected: 'paid',
    // The list is everybody's.
    alone: true,
    shows: ['outcome-unknown', 'resolution-asked', 'accepted'],
    async run(stage) {
      const { syncgram } = stage.environment.simulators;
      syncgram.simulator.addFault({
        match: { operation: 'submit', beneficiary: '0123456747' },
        fault: { kind: 'cut-after-processing' },
      });
      syncgram.simulator.addFault({
        match: { operation: 'list' },
        fault: { kind: 'server-error', processed: false },
        times: 'unlimited',
      });
      const request = fromSyncgram(this.name, '0123456747');
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'unconfirmed');
      const providerPayoutId = await bookedFor(syncgram, '0123456747');
      await stage.payouts.resolve({ ...identity(this.name), by: 'alice', action: 'adopt', providerPayoutId });
      syncgram.simulator.clearFaults();
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'cancelled-while-unresolved-absent',
    expected: 'cancelled',
    shows: ['outcome-unknown', 'cancel-requested', 'looked-up: proven-absent'],
    async run(stage) {
      stage.environment.simulators.payfield.simulator.addFault({
        match: { operation: 'submit', amount: '840.00' },
        fault: { kind: 'cut-before-processing' },
      });
      const request = fromPayfield(this.name, '840.00');
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'unconfirmed');
      await stage.payouts.cancel({ ...identity(this.name), by: 'dora' });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'cancelled-while-unresolved-found',
    expected: 'paid',
    shows: ['outcome-unknown', 'cancel-requested', 'looked-up: nothing-found', 'looked-up: found'],
    async run(stage) {
      const { simulator } = stage.environment.simulators.payfield;
      simulator.addFault({
        match: { operation: 'submit', amount: '850.00' },
        fault: { kind: 'cut-after-processing' },
      });
      simulator.addFault({
        match: { operation: 'status', amount: '850.00' },
        fault: { kind: 'not-found-for', ms: 2_500 },
      });
      const request = fromPayfield(this.name, '850.00');
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'unconfirmed');
      await stage.payouts.cancel({ ...identity(this.name), by: 'dora' });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'reset-before-the-send-and-cancelled',
    expected: 'cancelled',
    shows: ['cancel-requested'],
    async run(stage) {
      const request = fromPontis(this.name, '1000000043', '3000.00');
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'awaiting-approval');
      await resetToStart(stage, request);
      await untilStatus(stage, request, 'awaiting-approval');
      await stage.payouts.cancel({ ...identity(this.name), by: 'dora' });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'reset-after-paid-and-cancelled-payfield',
    expected: 'paid',
    shows: ['cancel-requested', 'outcome-unknown: run_reset', 'looked-up: found'],
    async run(stage) {
      const request = fromPayfield(this.name, '100860.00');
      await stage.payouts.start(request);
      await approve(stage, request);
      await handleOf(stage, request).result();
      await resetToStart(stage, request, 'forgotten');
      await untilStatus(stage, request, 'awaiting-approval');
      await stage.payouts.cancel({ ...identity(this.name), by: 'dora' });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'account-paused-and-resumed',
    expected: 'paid',
    // Nobody else's sends may wait.
    alone: true,
    shows: ['held: account_paused', 'released', 'accepted'],
    also: { name: 'account-workflow', workflowId: accountWorkflowId('payfield', recordedInstallation) },
    async run(stage) {
      const change = { account: 'payfield', by: 'carol' };
      await stage.payouts.pauseAccount({ ...change, reason: 'incident 12' });
      await stage.payouts.pauseAccount({ ...change, reason: 'incident 12 goes on' });
      const request = fromPayfield(this.name, '870.00');
      await stage.payouts.start(request);
      await untilHeld(stage, request, 'account_paused');
      await stage.payouts.resumeAccount({ ...change, reason: 'it is over' });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'approved-by-policy',
    expected: 'paid',
    shows: ['planned', 'approval-requested', 'approval-decided: approve', 'screened: clear', 'accepted'],
    async run(stage) {
      const request = fromPontis(this.name, '1000000044', '3100.00');
      await stage.payouts.start(request);
      await approve(stage, request);
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'approval-reminded-and-recalled',
    expected: 'cancelled',
    shows: ['approval-reminded', 'cancel-requested', 'status-changed: recalled'],
    async run(stage) {
      const request = fromPontis(this.name, '1000000045', '3200.00');
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'awaiting-approval');
      await fastForward(stage.temporal, handleOf(stage, request).workflowId, '40 hours');
      await untilShown(stage, request, 'approval-reminded');
      await stage.payouts.recall({ ...identity(this.name), by: 'dora', reason: 'ordered twice' });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'account-topped-up',
    expected: 'paid',
    alone: true,
    shows: ['held: insufficient_funds', 'released', 'accepted'],
    also: {
      name: 'account-workflow-topped-up',
      workflowId: accountWorkflowId('pontis', recordedInstallation),
    },
    async run(stage) {
      const { simulator } = stage.environment.simulators.pontis;
      simulator.setBalance('USDC', '5.00');
      const request = fromPontis(this.name, '1000000046', '210.00', 'USDC');
      await stage.payouts.start(request);
      await untilHeld(stage, request, 'insufficient_funds');
      simulator.setBalance('USDC', '10000.00');
      await stage.payouts.toppedUp({ account: 'pontis', by: 'carol', reason: '50,000 USDT' });
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'approved-by-two-at-once',
    expected: 'paid',
    shows: ['approval-decided: approve', 'screened: clear', 'accepted'],
    async run(stage) {
      const request = fromPontis(this.name, '1000000047', '3300.00');
      await stage.payouts.start(request);
      await untilStatus(stage, request, 'awaiting-approval');
      const digest = (await stage.payouts.get(request)).approval?.digest ?? '';
      const decide = async (by: string): Promise<unknown> =>
        stage.payouts.decide({ ...identity(this.name), by, decision: 'approve', digest });
      await Promise.all([decide('alice'), decide('bob')]);
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'script-not-compared-and-released',
    expected: 'paid',
    shows: [
      'screened: possible',
      'held: screening_review',
      'approval-decided: approve',
      'released',
      'accepted',
    ],
    async run(stage) {
      const { beneficiary, ...rest } = fromPontis(this.name, '1000000048', '230.00');
      const request = { ...rest, beneficiary: { ...beneficiary, name: 'محمد يوسف' } };
      await stage.payouts.start(request);
      await untilHeld(stage, request, 'screening_review');
      const digest = (await stage.payouts.get(request)).approval?.digest ?? '';
      for (const by of ['alice', 'bob']) {
        await stage.payouts.decide({
          ...identity(this.name),
          by,
          decision: 'approve',
          digest,
          reason: 'on no list',
        });
      }
      await handleOf(stage, request).result();
    },
  },
  {
    name: 'takes-the-place-of-a-cancelled-one',
    expected: 'paid',
    shows: ['planned', 'accepted'],
    also: { name: 'successor-workflow', workflowId: 'successor/recorded/cancelled-for-another' },
    async run(stage) {
      const replaced = fromPontis('cancelled-for-another', '1000000049', '3400.00');
      await stage.payouts.start(replaced);
      await untilStatus(stage, replaced, 'awaiting-approval');
      await stage.payouts.cancel({ ...identity(replaced.reference), by: 'carol' });
      await handleOf(stage, replaced).result();
      await pay(stage, {
        ...fromPontis(this.name, '1000000049', '240.00'),
        replaces: replaced.reference,
      });
    },
  },
];
