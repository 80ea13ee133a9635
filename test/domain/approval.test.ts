import * as fc from 'fast-check';
import type { ApprovalPolicy, ApprovalState, Decision, DecisionRefusal } from '../../src/domain/approval';
import { approvalRuleFor, decisionRefusal, parseDecision, personId } from '../../src/domain/approval';
import { holds } from '../support/property';

describe('how many people an amount needs', () => {
  const policy: ApprovalPolicy = {
    approvers: ['Ann@Example.com', ' bob '],
    expiresAfterMs: 3_600_000,
    // Not sorted: the order in the configuration file must not matter.
    thresholds: {
      USD: [
        { from: '10000', approvals: 2 },
        { from: '0', approvals: 0 },
        { from: '1000.00', approvals: 1 },
      ],
      KES: [{ from: '500', approvals: 3 }],
    },
    otherwise: 2,
  };

  test.each([
    ['0.01', 'USD', 0],
    ['999.99', 'USD', 0],
    ['1000', 'USD', 1],
    ['1000.00', 'USD', 1],
    ['1000.01', 'USD', 1],
    ['9999.99', 'USD', 1],
    ['10000', 'USD', 2],
    ['10000.00', 'USD', 2],
    ['999999999999.99', 'USD', 2],
    // Below the lowest threshold, and without any: people decide.
    ['499.99', 'KES', 2],
    ['500', 'KES', 3],
    ['1', 'EUR', 2],
    ['1', 'constructor', 2],
    ['1', '__proto__', 2],
  ])('%s %s: %i', (amount, currency, required) =>
    expect(approvalRuleFor(policy, amount, currency).required).toBe(required),
  );

  test('a currency without a rule needs somebody, whatever the configuration says', () => {
    expect(approvalRuleFor({ ...policy, otherwise: 0 }, '1', 'EUR').required).toBe(1);
    expect(approvalRuleFor({ ...policy, otherwise: 0 }, '1', 'KES').required).toBe(1);
  });

  test('of two rules for the same threshold the one that asks for more people counts', () => {
    const rules = [
      { from: '100', approvals: 1 },
      { from: '100.00', approvals: 3 },
      { from: '100.0', approvals: 2 },
    ];
    for (const list of [rules, rules.toReversed()]) {
      expect(approvalRuleFor({ ...policy, thresholds: { USD: list } }, '100', 'USD').required).toBe(3);
    }
  });

  test('the order of the thresholds does not matter', () => {
    const rule = fc.record({
      from: fc.nat({ max: 1_000_000 }).map(String),
      approvals: fc.nat({ max: 5 }),
    });
    const drawn = fc
      .uniqueArray(rule, { selector: ({ from }) => from, maxLength: 6 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    holds([drawn, fc.nat({ max: 1_000_000 })], ([list, shuffled], amount) => {
      const required = (thresholds: typeof list): number =>
        approvalRuleFor({ ...policy, thresholds: { USD: thresholds } }, String(amount), 'USD').required;
      expect(required(shuffled)).toBe(required(list));
    });
  });

  test('approvers are known by their identity, and the rule says which setting decided', () => {
    const rule = approvalRuleFor(policy, '1500', 'USD');
    expect(rule.approvers).toEqual(['ann@example.com', 'bob']);
    expect(rule.expiresAfterMs).toBe(3_600_000);
    expect(rule.because).toBe('USD from 1000.00');
    expect(approvalRuleFor(policy, '1', 'EUR').because).toBe('no threshold for EUR');
  });
});

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
  const state: ApprovalState = {
    open: true,
    digest: 'v1:abc',
    rule: { required: 2, approvers: ['ann', 'bob', 'carol'], expiresAfterMs: 1, because: '' },
    requestedBy: 'Carol',
    approvedBy: ['bob'],
  };
  const approval = (by: string, digest = 'v1:abc', decision: Decision['decision'] = 'approve'): Decision => ({
    schema: 1,
    by,
    decision,
    digest,
  });
  const cases: readonly (readonly [
    string,
    ApprovalState | undefined,
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
    ['the same person again', state, approval('bob'), 'already_decided'],
    ['the same person again, spelled otherwise', state, approval('ＢＯＢ'), 'already_decided'],
  ];
  test.each(cases)('%s', (_what, given, decision, refusal) =>
    expect(decisionRefusal(given, decision)).toBe(refusal),
  );

  test('counted decisions are by distinct people of the list and never by the requester', () => {
    const name = fc.constantFrom('ann', 'Ann ', 'BOB', 'bob', 'carol', 'Carol\u200b', 'mallory', '');
    holds([fc.array(name, { maxLength: 12 }), name], (names, requestedBy) => {
      const approvedBy: string[] = [];
      for (const by of names) {
        const now = { ...state, requestedBy, approvedBy };
        if (decisionRefusal(now, approval(by)) === undefined) approvedBy.push(personId(by));
      }
      expect(new Set(approvedBy).size).toBe(approvedBy.length);
      expect(approvedBy).not.toContain(personId(requestedBy));
      for (const person of approvedBy) expect(state.rule.approvers).toContain(person);
    });
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
            ['schema', 'by', 'decision', 'digest', 'reason'].includes(name),
          ),
        ).toBe(true);
      },
      1_000,
    );
  });
});
