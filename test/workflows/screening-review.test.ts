import type { Installation } from '../../src/activities/installation';
import type { Decision } from '../../src/domain/approval';
import type { PolicyDocument, PolicyOutcome } from '../../src/domain/policy/policy-document';
import { payoutHeldReasonAttribute } from '../../src/contract/search-attributes';
import type { ScreeningDecision, ScreeningHit } from '../../src/screening/screener';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, installedPolicy, payoutRequest, startHarness } from '../support/payout-harness';
import { refusalOf } from '../support/refusal';
import { accepted, failed, scriptedProvider } from '../support/scripted-provider';
import type { ScriptedProvider } from '../support/scripted-provider';

const hour = 3_600_000;
const lists = ['ofac@2026-07-01'];
const clear: ScreeningDecision = { kind: 'clear', lists };
const hit = (entry: string) => ({ list: 'ofac', entry, score: '0.91', reason: 'similar-name' as const });
const possible = (...entries: string[]): ScreeningDecision => ({
  kind: 'possible',
  lists,
  hits: entries.map(hit),
});
const match: ScreeningDecision = { kind: 'match', lists, hits: [hit('1')] };
const unavailable: ScreeningDecision = { kind: 'unavailable', note: 'the list is stale' };

const policy = (otherwise: PolicyOutcome): PolicyDocument => ({
  schema: 1,
  label: 'test policy',
  people: ['alice', 'farid', 'grace', 'hana'].map((id) => ({ id, accounts: [`${id}@acme.example`] })),
  roles: { payments: ['alice'], compliance: ['farid', 'grace', 'hana'] },
  rules: [],
  otherwise,
});
const auto: PolicyOutcome = { kind: 'auto-approve' };
const byAlice: PolicyOutcome = {
  kind: 'approve',
  levels: [{ role: 'payments', quorum: 1, deadlineMs: 72 * hour }],
};

const harnesses: PayoutHarness[] = [];
afterAll(async () => {
  await Promise.all(harnesses.map(async (harness) => harness.stop()));
});

type Stage = {
  readonly payout: StartedPayout;
  readonly provider: ScriptedProvider;
  /** How often the beneficiary was looked up. */
  readonly looks: () => number;
  /** What later looks answer. */
  answer(decision: ScreeningDecision): void;
};

async function start(
  first: ScreeningDecision,
  changes: {
    readonly outcome?: PolicyOutcome;
    readonly review?: Installation['screening']['review'] | null;
    readonly submits?: Parameters<typeof scriptedProvider>[0]['submits'];
    readonly requestedBy?: string;
  } = {},
): Promise<Stage> {
  let decision = first;
  let looks = 0;
  const provider = scriptedProvider({ submits: changes.submits ?? [accepted()] });
  const review = changes.review ?? { role: 'compliance', quorum: 2, deadlineMs: 72 * hour };
  const harness = await startHarness(
    installationOf(provider, {
      policy: installedPolicy(policy(changes.outcome ?? auto)),
      screening: { freshForMs: 24 * hour, ...(changes.review === null ? {} : { review }) },
      screener: {
        screen: async () => {
          looks += 1;
          return decision;
        },
      },
    }),
  );
  harnesses.push(harness);
  const requestedBy = changes.requestedBy ?? 'svc-orders';
  const payout = await harness.start(payoutRequest({ requestedBy }));
  return { payout, provider, looks: () => looks, answer: (next) => void (decision = next) };
}

const asked = async ({ payout }: Stage, purpose: 'payout' | 'screening'): Promise<string> => {
  const { approval } = await payout.until(
    purpose,
    (state) => state.approval?.open === true && state.approval.purpose === purpose,
  );
  return approval?.digest ?? '';
};

const decide = ({ payout }: Stage, digest: string, by: string, more: Partial<Decision> = {}) =>
  payout.handle.executeUpdate<unknown, [unknown]>('decide', {
    args: [{ schema: 1, decision: 'approve', by, digest, reason: 'another date of birth', ...more }],
  });

const submits = ({ provider }: Stage): number =>
  provider.calls.filter(({ kind }) => kind === 'submit').length;

describe('a beneficiary who is similar to a listed name', () => {
  it('waits for two people of the review, who say why it is somebody else', async () => {
    const stage = await start(possible('1', '2'), { requestedBy: 'hana@acme.example' });
    const digest = await asked(stage, 'screening');
    expect(digest).toMatch(/^screening:v1:[0-9a-f]{64}$/);
    const { typedSearchAttributes } = await stage.payout.handle.describe();
    expect(typedSearchAttributes.get(payoutHeldReasonAttribute)).toBe('screening_review');
    expect((await stage.payout.snapshot()).held).toMatchObject({
      owner: 'compliance',
      note: 'similar-name 0.91 (ofac 1), similar-name 0.91 (ofac 2); compare the name with these entries (payouts show --reveal, query payee)',
    });
    expect(await refusalOf(decide(stage, digest, 'alice'))).toBe('unknown_approver');
    expect(await refusalOf(decide(stage, digest, 'hana'))).toBe('requester_cannot_approve');
    expect(await refusalOf(decide(stage, digest, 'farid', { reason: ' ' }))).toBe('reason_required');
    expect(
      await refusalOf(
        stage.payout.handle.executeUpdate<unknown, [unknown]>('resume', {
          args: [{ schema: 1, by: 'olga' }],
        }),
      ),
    ).toBe('decision_needed');
    await decide(stage, digest, 'farid');
    expect(await refusalOf(decide(stage, digest, 'farid@acme.example'))).toBe('already_decided');
    expect(submits(stage)).toBe(0);
    await decide(stage, digest, 'grace');
    expect(await stage.payout.handle.result()).toMatchObject({ status: 'paid' });
    // Looked at once more after people had taken their time: it was the same they had let go.
    expect((await stage.payout.story()).filter((type) => type === 'screened').length).toBeGreaterThan(1);
  });

  it('is refused when one of them says that it is the listed one', async () => {
    const stage = await start(possible('1'));
    const digest = await asked(stage, 'screening');
    await decide(stage, digest, 'grace', { decision: 'reject' });
    expect(await stage.payout.handle.result()).toMatchObject({
      status: 'rejected',
      reason: 'screening_confirmed',
    });
  });

  it('is asked about again when another entry turns up while they decide', async () => {
    const stage = await start(possible('1'));
    const digest = await asked(stage, 'screening');
    await decide(stage, digest, 'farid');
    stage.answer(possible('1', '7'));
    await decide(stage, digest, 'grace');
    const { approval } = await stage.payout.until(
      'asked again',
      (state) => state.approval?.open === true && state.approval.digest !== digest,
    );
    expect(submits(stage)).toBe(0);
    for (const by of ['farid', 'hana']) await decide(stage, approval?.digest ?? '', by);
    expect(await stage.payout.handle.result()).toMatchObject({ status: 'paid' });
  });

  it('ends unpaid when nobody decides in time, and when it is cancelled', async () => {
    const late = await start(possible('1'));
    await asked(late, 'screening');
    expect(await late.payout.skipToEnd()).toMatchObject({ status: 'expired', moneyMoved: 'no' });
    const cancelled = await start(possible('1'));
    await asked(cancelled, 'screening');
    await cancelled.payout.handle.executeUpdate<unknown, [unknown]>('cancel', {
      args: [{ schema: 1, by: 'olga' }],
    });
    expect(await cancelled.payout.handle.result()).toMatchObject({ status: 'cancelled' });
  });

  it('is refused where nobody may let it go', async () => {
    const stage = await start(possible('1'), { review: null });
    expect(await stage.payout.handle.result()).toMatchObject({ status: 'rejected', reason: 'screening_hit' });
  });

  it('is not called listed where only the script could not be compared', async () => {
    const script = {
      list: 'scripts',
      entry: 'script:arab',
      score: '0',
      reason: 'script-not-comparable',
    } as const;
    const reasonOf = async (...hits: readonly ScreeningHit[]): Promise<unknown> => {
      const stage = await start({ kind: 'possible', lists, hits }, { review: null });
      return (await stage.payout.handle.result()) as unknown;
    };
    expect(await reasonOf(script)).toMatchObject({ status: 'rejected', reason: 'screening_not_comparable' });
    expect(await reasonOf(script, hit('1'))).toMatchObject({ status: 'rejected', reason: 'screening_hit' });
  });
});

// Row 40: the list changes between the screening and the send; the screener is down.
describe('row 40: screening again before the first send', () => {
  it('finds who was listed while people decided', async () => {
    const stage = await start(clear, { outcome: byAlice });
    const digest = await asked(stage, 'payout');
    stage.answer(match);
    await decide(stage, digest, 'alice');
    expect(await stage.payout.handle.result()).toMatchObject({ status: 'rejected', reason: 'screening_hit' });
    expect(submits(stage)).toBe(0);
  });

  it('asks compliance about who became similar while people decided, and the approval stands', async () => {
    const stage = await start(clear, { outcome: byAlice });
    await decide(stage, await asked(stage, 'payout'), 'alice').catch(() => undefined);
    await stage.payout.handle.result();
    const second = await start(clear, { outcome: byAlice });
    const digest = await asked(second, 'payout');
    second.answer(possible('3'));
    await decide(second, digest, 'alice');
    const review = await asked(second, 'screening');
    for (const by of ['farid', 'grace']) await decide(second, review, by);
    const end = await second.payout.handle.result();
    expect(end).toMatchObject({ status: 'paid', approval: { purpose: 'payout', approvedBy: ['alice'] } });
    expect(submits(second)).toBe(1);
  });

  it('looks again before the next send after a hold, and fails closed', async () => {
    const stage = await start(clear, { submits: [failed('insufficient_funds'), accepted()] });
    await stage.payout.until('held', ({ held }) => held?.reason === 'insufficient_funds');
    stage.answer(unavailable);
    await stage.payout.handle.executeUpdate<unknown, [unknown]>('resume', {
      args: [{ schema: 1, by: 'olga' }],
    });
    await stage.payout.until('screened', ({ held }) => held?.reason === 'screening_unavailable');
    expect(submits(stage)).toBe(1);
    stage.answer(clear);
    expect(await stage.payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect(submits(stage)).toBe(2);
  });

  it('looks once where nothing was waited for, and twice where the policy asks for more', async () => {
    const once = await start(clear);
    await once.payout.handle.result();
    expect(once.looks()).toBe(1);
    const twice = await start(clear, { outcome: { kind: 'auto-approve', extraScreening: true } });
    await twice.payout.handle.result();
    expect(twice.looks()).toBe(2);
  });
});
