import type { Decision } from '../../src/domain/approval';
import type { Installation } from '../../src/activities/installation';
import type { PolicyDocument, PolicyOutcome } from '../../src/domain/policy/policy-document';
import { payoutAttentionAttribute, payoutHeldReasonAttribute } from '../../src/contract/search-attributes';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, installedPolicy, payoutRequest, startHarness } from '../support/payout-harness';
import { refusalOf } from '../support/refusal';
import { resetToStart } from '../support/reset-to-start';
import { accepted, scriptedProvider } from '../support/scripted-provider';
import type { ScriptedProvider } from '../support/scripted-provider';

const hour = 3_600_000;
const day = 24 * hour;

const people = ['alice', 'bob', 'carol', 'dora', 'erin', 'hugo', 'ines'].map((id) => ({
  id,
  accounts: [`${id}@acme.example`, `key:${id}-backend`],
}));
const twoLevels = {
  kind: 'approve',
  levels: [
    { role: 'payments', quorum: 2, deadlineMs: 10 * day, reminderAfterMs: 2 * day },
    { role: 'treasury', quorum: 1, deadlineMs: 20 * day, escalateAfterMs: 5 * day, escalateTo: 'lead' },
  ],
} as const satisfies PolicyOutcome;
const policy = (then: PolicyOutcome, changes: Partial<PolicyDocument> = {}): PolicyDocument => ({
  schema: 1,
  label: 'test policy',
  people,
  roles: { payments: ['alice', 'bob', 'carol'], treasury: ['dora', 'erin'], lead: ['hugo', 'ines'] },
  rules: [],
  otherwise: then,
  ...changes,
});

const harnesses: PayoutHarness[] = [];
afterAll(async () => {
  await Promise.all(harnesses.map(async (harness) => harness.stop()));
});

async function start(
  document: PolicyDocument,
  request: Parameters<typeof payoutRequest>[0] = {},
): Promise<{
  payout: StartedPayout;
  provider: ScriptedProvider;
  installation: Installation;
  harness: PayoutHarness;
}> {
  const provider = scriptedProvider({ submits: [accepted()] });
  const installation: Installation = installationOf(provider, { policy: installedPolicy(document) });
  const harness = await startHarness(installation);
  harnesses.push(harness);
  return {
    payout: await harness.start(payoutRequest({ requestedBy: 'svc-orders', ...request })),
    provider,
    installation,
    harness,
  };
}

const asked = async (payout: StartedPayout, level = 1): Promise<string> => {
  const { approval } = await payout.until(
    `level ${level}`,
    (state) => state.approval?.open === true && state.approval.level === level,
  );
  return approval?.digest ?? '';
};

/** From now on workers have this policy. */
const deploy = (installation: Installation, document: PolicyDocument): void => {
  Object.assign(installation, { policy: installedPolicy(document) });
};

const decide = (payout: StartedPayout, digest: string, by: string, more: Partial<Decision> = {}) =>
  payout.handle.executeUpdate<unknown, [unknown]>('decide', {
    args: [{ schema: 1, decision: 'approve', by, digest, ...more }],
  });

describe('levels of approval', () => {
  it('are asked one after the other, and each person counts once, whatever account they use', async () => {
    const { payout } = await start(policy(twoLevels));
    const digest = await asked(payout);
    expect(await refusalOf(decide(payout, digest, 'dora'))).toBe('not_this_level');
    expect(await refusalOf(decide(payout, digest, 'hugo'))).toBe('not_this_level');
    expect(await refusalOf(decide(payout, digest, 'mallory'))).toBe('unknown_approver');
    expect(await decide(payout, digest, 'alice')).toMatchObject({ approvals: 1, required: 3, level: 1 });
    expect(await refusalOf(decide(payout, digest, 'ALICE@acme.example'))).toBe('already_decided');
    expect(await decide(payout, digest, 'bob@acme.example')).toMatchObject({ approvals: 2, level: 2 });
    expect(await refusalOf(decide(payout, digest, 'carol'))).toBe('not_this_level');
    const { approval } = await payout.snapshot();
    expect(approval).toMatchObject({
      level: 2,
      because: 'the default: no rule matches',
      mayDecide: ['dora', 'erin'],
      levels: [
        { role: 'payments', quorum: 2, approvedBy: ['alice', 'bob'] },
        { role: 'treasury', quorum: 1, approvedBy: [] },
      ],
    });
    expect(await decide(payout, digest, 'erin')).toEqual({ decision: 'approve', approvals: 3, required: 3 });
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
    const requests = (await payout.timeline()).filter(({ type }) => type === 'approval-requested');
    expect(requests.map(({ note }) => note)).toEqual([
      'level 1 of 2, 2 of payments must approve (alice, bob, carol)',
      'level 2 of 2, 1 of treasury must approve (dora, erin)',
    ]);
  });

  it('check 1: never count the requester, by id, mail address, API key or a role that they have beside', async () => {
    const { payout } = await start(
      policy(twoLevels, {
        roles: { payments: ['alice', 'bob', 'carol'], treasury: ['alice', 'dora'], lead: ['alice', 'hugo'] },
      }),
      { requestedBy: 'key:alice-backend' },
    );
    const digest = await asked(payout);
    for (const by of ['alice', 'Alice@acme.example', 'key:alice-backend', ' ALICE\u200b'])
      expect(await refusalOf(decide(payout, digest, by))).toBe('requester_cannot_approve');
    await decide(payout, digest, 'bob');
    await decide(payout, digest, 'carol');
    expect(await refusalOf(decide(payout, digest, 'alice'))).toBe('requester_cannot_approve');
    await decide(payout, digest, 'dora', { decision: 'reject', reason: 'twice' });
    expect(await payout.handle.result()).toMatchObject({
      status: 'rejected',
      reason: 'approval_rejected',
      approval: { rejectedBy: 'dora', approvedBy: ['bob', 'carol'] },
    });
  });

  it('remind, call the people of an escalation, and end the payout after thirty days', async () => {
    const { payout, provider } = await start(policy(twoLevels));
    const digest = await asked(payout);
    const attention = async () =>
      (await payout.handle.describe()).typedSearchAttributes.get(payoutAttentionAttribute);
    expect(await attention()).toBeUndefined();
    await payout.fastForward(2 * day + hour);
    expect(await attention()).toBe('reminded');
    await payout.fastForward(7 * day);
    await decide(payout, digest, 'alice');
    await decide(payout, digest, 'bob');
    await asked(payout, 2);
    await payout.fastForward(5 * day + hour);
    expect(await attention()).toBe('escalated');
    expect((await payout.snapshot()).approval).toMatchObject({
      escalated: true,
      mayDecide: ['dora', 'erin', 'hugo', 'ines'],
    });
    const end = await payout.skipToEnd();
    expect(end).toMatchObject({ status: 'expired', reason: 'approval_expired', moneyMoved: 'no' });
    const timeline = await payout.timeline();
    const days = (type: string): readonly number[] =>
      timeline.filter((event) => event.type === type).map(({ at }) => Math.round((at - end.startedAt) / day));
    expect(days('approval-reminded')).toEqual([2, 19]);
    expect(days('approval-escalated')).toEqual([14]);
    expect(Math.round((end.updatedAt - end.startedAt) / day)).toBe(29);
    expect(provider.calls).not.toContain('submit');
  });

  it('take what a reset applies anew in its order, each decision at its level', async () => {
    const threeLevels: PolicyOutcome = {
      kind: 'approve',
      levels: [...twoLevels.levels, { role: 'lead', quorum: 1, deadlineMs: day }],
    };
    const { payout, harness } = await start(policy(threeLevels));
    const digest = await asked(payout);
    for (const by of ['alice', 'bob', 'dora']) await decide(payout, digest, by);
    await resetToStart(harness, payout);
    const again = { ...payout, handle: harness.client.workflow.getHandle(payout.handle.workflowId) };
    const { approval } = await again.until('counted again', (state) => state.approval?.level === 3);
    expect(approval?.approvedBy).toEqual(['alice', 'bob', 'dora']);
    await decide(again, digest, 'ines');
    expect(await again.handle.result()).toMatchObject({ status: 'paid' });
  });

  it('take the approval of somebody who was called by the escalation', async () => {
    const { payout } = await start(policy(twoLevels));
    const digest = await asked(payout);
    await decide(payout, digest, 'alice');
    await decide(payout, digest, 'carol');
    await asked(payout, 2);
    await payout.fastForward(5 * day + hour);
    await decide(payout, digest, 'hugo');
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
  });
});

// Approver = requester and a second account stand above (check 1), an approval bound to an old amount in recall.test.ts.
describe('row 38: who may decide is asked when they decide', () => {
  it('check 4: refuses who lost the role, and does not count what they approved before', async () => {
    const { payout, installation } = await start(policy(twoLevels));
    const digest = await asked(payout);
    await decide(payout, digest, 'alice');
    // The worker is deployed with a policy in which neither is in payments any more.
    deploy(
      installation,
      policy(twoLevels, { roles: { payments: ['carol', 'hugo'], treasury: ['dora'], lead: ['ines'] } }),
    );
    expect(await refusalOf(decide(payout, digest, 'bob'))).toBe('role_lost');
    await decide(payout, digest, 'carol');
    const { approval } = await payout.snapshot();
    expect(approval).toMatchObject({ level: 1, approvedBy: ['carol'], digest: `${digest}~1` });
    expect(await payout.story()).toContain('approval-lapsed');
    const lapsed = approval?.digest ?? '';
    // Hugo has the role today, but was not asked: who is asked is frozen.
    expect(await refusalOf(decide(payout, lapsed, 'hugo'))).toBe('not_this_level');
    deploy(installation, policy(twoLevels));
    // Alice has the role again, and says it again: what she approved before is another question.
    expect(await refusalOf(decide(payout, digest, 'alice'))).toBe('digest_mismatch');
    await decide(payout, lapsed, 'alice');
    await decide(payout, lapsed, 'dora');
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
  });

  it('asks a level again whose approval lapses while a later one decides, and counts nobody below their level', async () => {
    const escalating: PolicyOutcome = {
      kind: 'approve',
      levels: [
        { role: 'treasury', quorum: 1, deadlineMs: 10 * day, escalateAfterMs: 5 * day, escalateTo: 'lead' },
        { role: 'lead', quorum: 1, deadlineMs: 10 * day },
      ],
    };
    const { payout, installation, provider } = await start(policy(escalating));
    const digest = await asked(payout);
    await decide(payout, digest, 'dora');
    deploy(
      installation,
      policy(escalating, { roles: { payments: ['alice'], treasury: ['erin'], lead: ['hugo', 'ines'] } }),
    );
    await decide(payout, digest, 'hugo');
    const { approval } = await payout.snapshot();
    expect(approval).toMatchObject({
      level: 1,
      levels: [
        { role: 'treasury', approvedBy: [] },
        { role: 'lead', approvedBy: ['hugo'] },
      ],
    });
    const lapsed = approval?.digest ?? '';
    expect(await refusalOf(decide(payout, lapsed, 'ines'))).toBe('not_this_level');
    expect(provider.calls.filter(({ kind }) => kind === 'submit')).toEqual([]);
    await decide(payout, lapsed, 'erin');
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
  });

  it('does not take somebody of an escalation for somebody of the level, although they were of it before', async () => {
    const escalating: PolicyOutcome = {
      kind: 'approve',
      levels: [
        { role: 'payments', quorum: 1, deadlineMs: 10 * day, escalateAfterMs: 5 * day, escalateTo: 'lead' },
      ],
    };
    const { payout, installation } = await start(policy(escalating));
    const digest = await asked(payout);
    deploy(
      installation,
      policy(escalating, { roles: { payments: ['bob'], treasury: ['dora'], lead: ['alice', 'hugo'] } }),
    );
    expect(await refusalOf(decide(payout, digest, 'alice'))).toBe('role_lost');
    await decide(payout, digest, 'bob');
    await payout.handle.result();
  });

  it('refuses whoever turns out to be the requester by another account', async () => {
    const { payout, installation } = await start(policy(twoLevels));
    const digest = await asked(payout);
    const known = policy(twoLevels, {
      people: people.map((one) => (one.id === 'alice' ? { ...one, accounts: ['svc-orders'] } : one)),
    });
    deploy(installation, known);
    expect(await refusalOf(decide(payout, digest, 'alice'))).toBe('requester_cannot_approve');
  });
});

describe('check 8: a new beneficiary', () => {
  it('needs the people whom the policy names for it, whatever the amount', async () => {
    const careful = policy(
      { kind: 'auto-approve' },
      {
        rules: [
          // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
          { name: 'new beneficiaries', when: { metadata: { beneficiary: ['new'] } }, then: twoLevels },
        ],
      },
    );
    const known = await start(careful, { metadata: { beneficiary: 'known' } });
    expect(await known.payout.handle.result()).toMatchObject({ status: 'paid' });
    const { payout } = await start(careful, { metadata: { beneficiary: 'new' } });
    await asked(payout);
    expect((await payout.snapshot()).approval).toMatchObject({ required: 3 });
  });
});

describe('what a policy says', () => {
  it('blocks with its reason, before anybody is asked', async () => {
    const { payout, provider } = await start(
      policy(twoLevels, {
        rules: [
          // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
          { name: 'not there', when: { countries: ['PH'] }, then: { kind: 'block', reason: 'section 3' } },
        ],
      }),
    );
    expect(await payout.handle.result()).toMatchObject({ status: 'rejected', reason: 'policy_blocked' });
    expect(JSON.stringify(await payout.timeline())).toContain('section 3');
    expect(provider.calls).toEqual([]);
  });

  it('holds a payout about which nobody may decide, until the policy names enough people', async () => {
    const few = { payments: ['alice'], treasury: ['dora'], lead: ['hugo'] };
    const { payout, installation } = await start(policy(twoLevels, { roles: few }));
    const { held } = await payout.until('held', (state) => state.held !== undefined);
    expect(held).toMatchObject({ reason: 'approval_blocked', owner: 'operations' });
    const { typedSearchAttributes } = await payout.handle.describe();
    expect(typedSearchAttributes.get(payoutHeldReasonAttribute)).toBe('approval_blocked');
    deploy(installation, policy(twoLevels));
    await payout.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'olga' }] });
    const digest = await asked(payout);
    for (const by of ['alice', 'bob', 'dora']) await decide(payout, digest, by);
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
  });

  it('pays by itself where the policy approves it, and names the rule', async () => {
    const { payout } = await start(
      policy(twoLevels, {
        rules: [
          // oxlint-disable-next-line unicorn/no-thenable -- the document's own word
          { name: 'small', when: { amounts: { USDT: { below: '100' } } }, then: { kind: 'auto-approve' } },
        ],
      }),
    );
    expect(await payout.handle.result()).toMatchObject({ status: 'paid' });
    const planned = (await payout.timeline()).find(({ type }) => type === 'planned');
    expect(planned?.note).toContain('rule 1 “small”');
  });
});
