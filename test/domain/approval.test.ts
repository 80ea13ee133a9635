import * as fc from 'fast-check';
import type { ApprovalChain, ApprovalRound, Decision, DecisionRefusal } from '../../src/domain/approval';
import {
  approversOf,
  decisionRefusal,
  isApproved,
  mayDecideNow,
  newApprovalRound,
  parseDecision,
  personIn,
  withApproval,
  withoutApprovalsOf,
} from '../../src/domain/approval';
import { personId } from '../../src/domain/person';
import { holds } from '../support/property';

describe('one person has one identity', () => {
  test.each([
    ['alice', 'Alice'],
    ['alice', ' alice '],
    ['alice', 'ALICE\n'],
    ['alice', '\u00a0alice'],
    ['alice', 'ａｌｉｃｅ'],
    ['alice', 'a\u200blice'],
    ['alice', '\ufeffalice'],
    ['alice', 'al\u00adice'],
    ['alice', '\u202ealice'],
    ['alice smith', 'Alice  Smith'],
    ['alice smith', 'alice\tsmith'],
    ['josé', 'jose\u0301'],
    ['\u01f0ane', 'J\u030cane'],
    ['strasse', 'STRASSE'],
    ['file', 'ﬁle'],
  ])('%j is %j', (left, right) => expect(personId(right)).toBe(personId(left)));

  test.each([
    ['alice', 'alicia'],
    ['alice', 'bob'],
    ['alice smith', 'alicesmith'],
    ['alice@a.com', 'alice@b.com'],
    // Cyrillic а: another letter is another person; such a name is on no list of approvers.
    ['alice', 'аlice'],
  ])('%j is not %j', (left, right) => expect(personId(right)).not.toBe(personId(left)));

  test('the identity of an identity is itself', () => {
    holds(
      [fc.string({ unit: 'binary', maxLength: 20 })],
      (name) => expect(personId(personId(name))).toBe(personId(name)),
      3_000,
    );
  });
});

describe('which decisions count', () => {
  const chain: ApprovalChain = {
    levels: [
      { role: 'payments', quorum: 2, people: ['ann', 'bob', 'carol'], deadlineMs: 1_000 },
      {
        role: 'treasury',
        quorum: 1,
        people: ['dora'],
        deadlineMs: 1_000,
        escalation: { afterMs: 500, role: 'lead', people: ['hugo'] },
      },
    ],
    accounts: { 'ann@acme.example': 'ann', 'carol.admin': 'carol' },
    requester: 'carol',
    because: 'the test',
  };
  const asked = newApprovalRound({ purpose: 'payout', digest: 'v1:abc', chain, latestAt: 1e15 }, 0);
  const state = withApproval(asked, 'bob', 10);
  const second = withApproval(state, 'ann', 20);
  const approval = (by: string, digest = 'v1:abc', decision: Decision['decision'] = 'approve'): Decision => ({
    schema: 1,
    by,
    decision,
    digest,
  });
  const cases: readonly (readonly [
    string,
    ApprovalRound | undefined,
    Decision,
    DecisionRefusal | undefined,
  ])[] = [
    ['an approver approves', state, approval('ann'), undefined],
    ['an approver rejects', state, approval('ann', 'v1:abc', 'reject'), undefined],
    ['an approver under another spelling', state, approval(' ANN '), undefined],
    ['nothing was ever asked', undefined, approval('ann'), 'too_late'],
    ['the wait is over', { ...state, open: false }, approval('ann'), 'too_late'],
    ['another digest', state, approval('ann', 'v1:abd'), 'digest_mismatch'],
    ['the digest in capitals', state, approval('ann', 'V1:ABC'), 'digest_mismatch'],
    ['no digest', state, approval('ann', ''), 'digest_mismatch'],
    ['a stranger', state, approval('mallory'), 'unknown_approver'],
    ['a stranger rejects', state, approval('mallory', 'v1:abc', 'reject'), 'unknown_approver'],
    ['an approver of whom the list says more', state, approval('ann2'), 'unknown_approver'],
    ['the requester', state, approval('carol'), 'requester_cannot_approve'],
    ['the requester, spelled otherwise', state, approval('  CAROL\u200b'), 'requester_cannot_approve'],
    ['the requester rejects', state, approval('carol', 'v1:abc', 'reject'), 'requester_cannot_approve'],
    ['an approver by another account', state, approval('Ann@ACME.example'), undefined],
    ['the requester by another account', state, approval('carol.admin'), 'requester_cannot_approve'],
    ['somebody of a later level', state, approval('dora'), 'not_this_level'],
    ['somebody of an escalation that is not due', second, approval('hugo'), 'not_this_level'],
    ['somebody of an escalation', { ...second, escalated: true }, approval('hugo'), undefined],
    ['somebody of the second level', second, approval('dora'), undefined],
    ['a release without a reason', { ...state, purpose: 'screening' }, approval('ann'), 'reason_required'],
    [
      'a blank reason',
      { ...state, purpose: 'screening' },
      { ...approval('ann'), reason: ' ' },
      'reason_required',
    ],
    [
      'a release',
      { ...state, purpose: 'screening' },
      { ...approval('ann'), reason: 'another birthday' },
      undefined,
    ],
    ['a confirmation', { ...state, purpose: 'screening' }, approval('ann', 'v1:abc', 'reject'), undefined],
    ['the same person again', state, approval('bob'), 'already_decided'],
    ['the same person again, spelled otherwise', state, approval('ＢＯＢ'), 'already_decided'],
  ];
  test.each(cases)('%s', (_what, given, decision, refusal) =>
    expect(decisionRefusal(given, decision)).toBe(refusal),
  );

  test('counted decisions are by distinct people who may decide at the level, and never by the requester', () => {
    const name = fc.constantFrom(
      'ann',
      'Ann@acme.example',
      'BOB',
      'bob',
      'carol',
      'Carol\u200b',
      'dora',
      'hugo',
      'x',
      '',
    );
    const step = fc.record({ by: name, escalates: fc.boolean(), lost: fc.option(name), later: fc.nat(900) });
    holds([fc.array(step, { maxLength: 20 }), name], (steps, requester) => {
      let round: ApprovalRound = { ...asked, chain: { ...chain, requester } };
      let now = 0;
      for (const { by, escalates, lost, later } of steps) {
        now += later;
        if (escalates) round = { ...round, escalated: true };
        if (lost !== null) round = withoutApprovalsOf(round, [personIn(chain, lost)], now);
        if (decisionRefusal(round, approval(by)) !== undefined) continue;
        expect(isApproved(round)).toBe(false);
        expect(mayDecideNow(round)).toContain(personIn(chain, by));
        round = withApproval(round, personIn(chain, by), now);
        expect(round.expiresAt).toBeLessThanOrEqual(now + 1_000);
      }
      expect(new Set(approversOf(round)).size).toBe(round.approvals.length);
      expect(approversOf(round)).not.toContain(personIn(chain, requester));
      const given = (level: number): number => round.approvals.filter((one) => one.level === level).length;
      expect(isApproved(round)).toBe(given(0) >= 2 && given(1) >= 1);
    });
  });

  test('who lost the role is not counted any more, and the level that lacks people is asked again', () => {
    const lost = withoutApprovalsOf(second, ['bob'], 400);
    expect(lost).toMatchObject({
      level: 0,
      askedAt: 400,
      expiresAt: 1_400,
      approvals: [{ person: 'ann', level: 0 }],
    });
    expect(withoutApprovalsOf(second, ['nobody'], 400)).toEqual(second);
    // Of the level that is asked now: its time goes on.
    expect(withoutApprovalsOf(state, ['bob'], 400)).toMatchObject({ level: 0, askedAt: 0, approvals: [] });
  });

  test('a level has its own time, and no level has more than the payout', () => {
    expect(second).toMatchObject({ level: 1, askedAt: 20, expiresAt: 1_020, escalated: false });
    const short = newApprovalRound({ purpose: 'payout', digest: 'd', chain, latestAt: 300 }, 0);
    expect(short.expiresAt).toBe(300);
    expect(isApproved(withApproval(second, 'dora', 30))).toBe(true);
  });
});

describe('reading a decision out of any JSON', () => {
  const good = { schema: 1, by: 'ann', decision: 'approve', digest: 'v1:abc' };

  test.each([
    ['the full shape', { ...good, reason: 'ok' }, { ...good, reason: 'ok' }],
    ['without a reason', good, good],
    ['with a proof', { ...good, proof: 'eyJ.eyJ._-9' }, { ...good, proof: 'eyJ.eyJ._-9' }],
    ['with the longest proof', { ...good, proof: 'a'.repeat(4096) }, { ...good, proof: 'a'.repeat(4096) }],
    [
      'without a schema, as people type it',
      { by: 'ann', decision: 'reject', digest: 'd' },
      { schema: 1, by: 'ann', decision: 'reject', digest: 'd' },
    ],
    ['more members than asked for', { ...good, admin: true, required: 0 }, good],
    [
      'the longest texts',
      { ...good, by: 'a'.repeat(128), reason: 'r'.repeat(500) },
      { ...good, by: 'a'.repeat(128), reason: 'r'.repeat(500) },
    ],
  ])('%s', (_what, input, decision) => expect(parseDecision(input)).toEqual(decision));

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'approve'],
    ['a number', 1],
    ['a list', [good]],
    ['another schema', { ...good, schema: 2 }],
    ['schema as text', { ...good, schema: '1' }],
    ['schema null', { ...good, schema: null }],
    ['no person', { ...good, by: undefined }],
    ['an empty person', { ...good, by: '' }],
    ['a long person', { ...good, by: 'a'.repeat(129) }],
    ['a person as object', { ...good, by: { toString: 'ann' } }],
    ['several persons', { ...good, by: ['ann', 'bob'] }],
    ['no digest', { ...good, digest: undefined }],
    ['a long digest', { ...good, digest: 'd'.repeat(129) }],
    ['another verb', { ...good, decision: 'approved' }],
    ['a verb in capitals', { ...good, decision: 'APPROVE' }],
    ['a truth value', { ...good, decision: true }],
    ['no verb', { ...good, decision: undefined }],
    ['a long reason', { ...good, reason: 'r'.repeat(501) }],
    ['a reason as object', { ...good, reason: {} }],
    ['a reason null', { ...good, reason: null }],
    ['a long proof', { ...good, proof: 'a'.repeat(4097) }],
    ['an empty proof', { ...good, proof: '' }],
    ['a proof with a line break', { ...good, proof: 'eyJ.eyJ.abc\n' }],
    ['a proof as object', { ...good, proof: { token: 'eyJ' } }],
    ['a proof null', { ...good, proof: null }],
  ])('refuses %s', (_what, input) => expect(parseDecision(input)).toBeUndefined());

  test('whatever JSON is given: undefined or a whole decision, and never an exception', () => {
    const drawn = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          schema: fc.oneof(fc.constant(1), fc.jsonValue()),
          by: fc.oneof(fc.constant('ann'), fc.jsonValue()),
          decision: fc.oneof(fc.constantFrom('approve', 'reject'), fc.jsonValue()),
          digest: fc.oneof(fc.constant('v1:abc'), fc.jsonValue()),
          reason: fc.oneof(fc.constant('why'), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
    );
    holds(
      [drawn],
      (input) => {
        const parsed = parseDecision(input);
        if (parsed === undefined) return;
        expect(parsed.schema).toBe(1);
        expect(['approve', 'reject']).toContain(parsed.decision);
        expect(typeof parsed.by).toBe('string');
        expect(typeof parsed.digest).toBe('string');
        expect(
          Object.keys(parsed).every((name) =>
            ['schema', 'by', 'decision', 'digest', 'reason', 'proof'].includes(name),
          ),
        ).toBe(true);
      },
      1_000,
    );
  });
});
