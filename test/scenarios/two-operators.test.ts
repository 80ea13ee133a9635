/** Payouts held as unknown, past any window of the machine's, taken to their ends by two operators with `payouts` alone. */
import { execFile } from 'node:child_process';
import type { PayoutEvent, PayoutRequest, PayoutSnapshot } from '../../src/client';
import { builtProgram } from '../support/built-program';
import { testTemporalAddress } from '../support/payout-worker';
import type { PayoutStage } from '../support/payout-stage';
import { startStage } from '../support/payout-stage';

type CliRun = { readonly code: number; readonly out: string; readonly err: string };

/** The command line as a process of its own, with nothing but the server's address. */
function payouts(...args: string[]): Promise<CliRun> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [builtProgram(), ...args],
      { env: { TEMPORAL_ADDRESS: testTemporalAddress(), TEMPORAL_NAMESPACE: 'default' }, timeout: 120_000 },
      (_error, out, err) => done({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

/** Held by a provider without look-up whose key window is over before anything can be replayed. */
async function withHeldPayout(
  fault: 'cut-before-processing' | 'cut-after-processing',
  test: (stage: PayoutStage, request: PayoutRequest, address: string) => Promise<void>,
): Promise<void> {
  const stage = await startStage('two-operators', {
    common: { contract: { replayWindowMs: 0 } },
    ungated: true,
  });
  try {
    await stage.startWorker().started;
    const request = stage.request('pontis');
    stage.disturb('pontis', request, { kind: fault });
    await stage.client.start(request);
    expect(await stage.settled(request)).toMatchObject({
      status: 'unconfirmed',
      heldReason: 'outcome_unknown',
      moneyMoved: 'unknown',
    });
    await test(stage, request, `${request.tenant}/${request.reference}`);
  } finally {
    await stage.stop();
  }
}

const outcomeIn = ({ out }: CliRun): { readonly outcome?: string; readonly proposal: string } =>
  JSON.parse(out) as { readonly outcome?: string; readonly proposal: string };

const story = async (address: string): Promise<readonly Partial<Record<keyof PayoutEvent, unknown>>[]> => {
  const { out } = await payouts('show', address, '--timeline', '--json');
  const { timeline } = JSON.parse(out) as PayoutSnapshot & { readonly timeline: readonly PayoutEvent[] };
  const from = timeline.findIndex(({ type }) => type === 'outcome-unknown');
  return timeline.slice(from).map(({ type, by, code, note }) => ({
    type,
    ...(by === undefined ? {} : { by }),
    ...(code === undefined ? {} : { code }),
    ...(note === undefined ? {} : { note }),
  }));
};

test('the provider never had it: two people say so, and it ends unpaid, with no debit', async () => {
  await withHeldPayout('cut-before-processing', async (stage, request, address) => {
    const evidence = 'support ticket 4711: no payout with this key';
    const waited = await payouts(
      'resolve',
      address,
      '--keep-waiting',
      '--reason',
      'asked support',
      '--as',
      'dana',
    );
    expect(waited.code).toBe(0);
    const unknown = await payouts(
      'resolve',
      address,
      '--adopt',
      'b9d1e7c4-0000-4000-8000-000000000000',
      '--as',
      'dana',
    );
    expect(unknown.code).toBe(4);
    const proposed = await payouts(
      'resolve',
      address,
      '--never-accepted',
      '--evidence',
      evidence,
      '--as',
      'dana',
      '--json',
    );
    expect(proposed.code).toBe(0);
    const { proposal } = outcomeIn(proposed);
    for (const [by, refusal] of [
      ['Dana', 'same_person'],
      ['dora', 'requester_cannot_resolve'],
    ] as const) {
      const refused = await payouts('resolve', address, '--confirm', proposal, '--as', by);
      expect(refused.code).toBe(4);
      expect(refused.err).toContain(refusal);
    }
    // The second person reads what is proposed before confirming exactly that.
    const shown = await payouts('show', address);
    expect(shown.out).toContain(`evidence\t${evidence}`);
    expect(shown.out).toContain(`proposal\t${proposal}`);
    const ended = await payouts('resolve', address, '--confirm', proposal, '--as', 'erin', '--json');
    expect(outcomeIn(ended)).toMatchObject({ outcome: 'ended' });

    expect(JSON.parse((await payouts('show', address, '--json')).out)).toMatchObject({
      status: 'failed',
      reason: 'confirmed_never_accepted',
      moneyMoved: 'no',
      final: true,
    });
    expect(await story(address)).toEqual([
      expect.objectContaining({ type: 'outcome-unknown' }),
      expect.objectContaining({ type: 'held', code: 'outcome_unknown' }),
      { type: 'kept-waiting', by: 'dana', code: 'outcome_unknown', note: 'asked support' },
      expect.objectContaining({ type: 'resolution-asked', by: 'dana', code: 'adopt' }),
      expect.objectContaining({ type: 'resolution-refused', by: 'dana', code: 'not_found' }),
      { type: 'resolution-proposed', by: 'dana', code: proposal, note: evidence },
      { type: 'resolution-confirmed', by: 'erin', code: proposal, note: 'never-accepted' },
      { type: 'status-changed', code: 'confirmed_never_accepted' },
    ]);
    expect(stage.submits('pontis', request)).toHaveLength(1);
    expect(stage.debits('pontis', request)).toBe(0);
  });
}, 200_000);

test('the provider has it: two people name it, and it is paid, with one debit', async () => {
  await withHeldPayout('cut-after-processing', async (stage, request, address) => {
    const [entry] = stage.ledger('pontis');
    const id = entry?.providerPayoutId ?? '';
    // Pontis does not repeat our key in a status: one person alone could name anybody's payout.
    const proposed = await payouts('resolve', address, '--adopt', id, '--as', 'dana', '--json');
    expect(outcomeIn(proposed)).toMatchObject({ outcome: 'proposed' });
    const { proposal } = outcomeIn(proposed);
    const adopted = await payouts('resolve', address, '--confirm', proposal, '--as', 'erin', '--json');
    expect(outcomeIn(adopted)).toMatchObject({ outcome: 'adopted', providerPayoutId: id });
    expect(await stage.settled(request)).toMatchObject({ status: 'paid', moneyMoved: 'yes' });
    expect((await story(address)).slice(0, 7)).toMatchObject([
      { type: 'outcome-unknown' },
      { type: 'held', code: 'outcome_unknown' },
      { type: 'resolution-asked', by: 'dana', code: 'adopt', note: id },
      { type: 'resolution-proposed', by: 'dana', code: proposal },
      { type: 'resolution-confirmed', by: 'erin', code: proposal, note: 'adopt' },
      { type: 'released', code: 'outcome_unknown' },
      { type: 'accepted', by: 'erin', code: id },
    ]);
    expect(stage.submits('pontis', request)).toHaveLength(1);
    expect(stage.debits('pontis', request)).toBe(1);
  });
}, 200_000);
