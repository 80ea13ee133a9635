import type { IdempotencyContract } from '../../src/domain/idempotency-contract';
import type { Proposal, ResolutionState, ResolveRequest } from '../../src/domain/resolution';
import { parseResolveRequest, resolutionRefusal, resolutionRefusals } from '../../src/domain/resolution';
import {
  newAttemptLog,
  peopleMayEndAt,
  peopleMayJudgeAt,
  sendStarted,
  sendUnresolved,
} from '../../src/domain/submission';
import { contracts } from '../support/scripted-provider';

const now = 1_790_000_000_000;
const hour = 3_600_000;
const sentAt = now - 30 * hour;
const contractOf = (change: Partial<IdempotencyContract>): IdempotencyContract => ({
  replay: { windowMs: 0, afterEmptyLookUps: 0, verifyByLookUp: false },
  lookUp: { kind: 'none', graceMs: 0, absence: null },
  refusalsRemembered: false,
  recoveryPlanMs: [1_000],
  personAfterMs: 0,
  echoes: { submit: [], lookUp: [], status: [] },
  returns: { reported: false, watchMs: 0 },
  unpaid: { settleMs: 0, watchMs: 0 },
  ...change,
});
const log = sendUnresolved(sendStarted(newAttemptLog(1)), { writtenFrom: sentAt, writtenUntil: sentAt });
const proposal: Proposal = {
  id: 'ab12',
  kind: 'never-accepted',
  by: 'dana',
  at: now,
  evidence: 'ticket 4711',
};

type Change = { readonly [Key in keyof ResolutionState]?: ResolutionState[Key] | undefined };
const state = (change: Change = {}): ResolutionState => ({
  status: 'unconfirmed',
  heldReason: 'outcome_unknown',
  requestedBy: 'Dora',
  sendInFlight: false,
  inHand: false,
  cancelRequested: false,
  attempt: { log, contract: contractOf({}) },
  now,
  ...change,
});
const by = 'erin';
const adopt: ResolveRequest = { schema: 1, by, action: 'adopt', providerPayoutId: 'p-1' };
const never: ResolveRequest = { schema: 1, by, action: 'never-accepted', evidence: 'ticket 4711: none' };
const confirm: ResolveRequest = { schema: 1, by, action: 'confirm', proposal: 'ab12' };
const reject: ResolveRequest = { schema: 1, by, action: 'reject', proposal: 'ab12' };
const wait: ResolveRequest = { schema: 1, by, action: 'keep-waiting', reason: 'Monday' };
const open = { proposal };
/** Unresolved, and not held yet. */
const notHeld = { heldReason: undefined };

test.each<[string, ResolveRequest, Change]>([
  ['adopt', adopt, {}],
  ['adopt, before it is held', adopt, notHeld],
  ['adopt, of two that carry our key', adopt, { heldReason: 'provider_mismatch' }],
  ['never accepted', never, {}],
  ['never accepted, where another payout lies under our key', never, { heldReason: 'provider_mismatch' }],
  ['confirm', confirm, open],
  ['reject', reject, open],
  ['the requester rejects', { ...reject, by: 'dora' }, open],
  ['the author takes it back', { ...reject, by: 'dana' }, open],
  ['keep waiting', wait, { heldReason: 'provider_mismatch' }],
  ['said twice by the same person', { ...never, by: 'DANA', evidence: proposal.evidence }, open],
])('counts: %s', (_what, request, change) => {
  expect(resolutionRefusal(state(change), request)).toBeUndefined();
});

const refused: readonly [string, ResolveRequest, Change, string][] = [
  ...(['submitting', 'submitted', 'paid', 'failed'] as const).flatMap((status) =>
    [adopt, never, confirm, reject, wait].map((request): (typeof refused)[number] => [
      status,
      request,
      { status, proposal },
      'not_unresolved',
    ]),
  ),
  ['in flight', adopt, { sendInFlight: true }, 'send_in_flight'],
  ['in flight', never, { sendInFlight: true }, 'send_in_flight'],
  [
    'a lost send may still be under way',
    confirm,
    { ...open, attempt: { log: { ...log, quietUntil: now + 1 }, contract: contractOf({}) } },
    'send_in_flight',
  ],
  ['requester', { ...adopt, by: ' DORA ' }, {}, 'requester_cannot_resolve'],
  ['requester', { ...never, by: 'dora' }, {}, 'requester_cannot_resolve'],
  ['requester', { ...confirm, by: 'ｄｏｒａ' }, open, 'requester_cannot_resolve'],
  ['author', { ...confirm, by: 'Dana' }, open, 'same_person'],
  ['none', confirm, {}, 'no_proposal'],
  ['none', reject, {}, 'no_proposal'],
  ['another', { ...confirm, proposal: 'ab13' }, open, 'proposal_changed'],
  ['another', { ...reject, proposal: 'ab13' }, open, 'proposal_changed'],
  ['another is open', never, open, 'proposal_open'],
  ['another is open', adopt, open, 'proposal_open'],
  ['in hand', adopt, { inHand: true }, 'another_in_hand'],
  ['in hand', reject, { ...open, inHand: true }, 'another_in_hand'],
  ['not held', never, notHeld, 'not_yet'],
  ['not held', wait, notHeld, 'not_yet'],
  ['held otherwise', confirm, { ...open, heldReason: 'status_overdue' }, 'not_yet'],
  ['another hold first', adopt, { heldReason: 'account_changed' }, 'not_yet'],
  [
    'inside the key window',
    confirm,
    {
      ...open,
      attempt: { log, contract: contractOf({ replay: { ...contracts.replay.replay, windowMs: 48 * hour } }) },
    },
    'not_yet',
  ],
  [
    'before the declared wait',
    confirm,
    {
      ...open,
      now: sentAt + 60_000,
      attempt: { log, contract: contractOf({ lookUp: contracts.byKey.lookUp }) },
    },
    'not_yet',
  ],
];
test.each(refused)('does not count, %s: %j', (_what, request, change, code) => {
  expect(resolutionRefusal(state(change), request)).toBe(code);
});

test('every refusal but malformed is met above', () => {
  expect(new Set(refused.map(([, , , code]) => code)).size).toBe(resolutionRefusals.length - 1);
});

test('people judge no earlier than the provider’s own declared waits', () => {
  expect(peopleMayJudgeAt(log, contractOf({}))).toBe(sentAt);
  expect(peopleMayJudgeAt(log, contractOf({ lookUp: contracts.scan.lookUp }))).toBe(sentAt + 5_000);
  expect(peopleMayJudgeAt(log, contractOf({ lookUp: contracts.byKey.lookUp }))).toBe(sentAt + 600_000);
  expect(peopleMayJudgeAt({ ...log, quietUntil: now }, contractOf({}))).toBe(now);
});

test.each([
  { ...adopt, reason: 'why' },
  adopt,
  never,
  confirm,
  { ...reject, reason: 'why' },
  wait,
  { by, action: 'keep-waiting', reason: 'a hand-typed one' },
])('reads %j', (input) => expect(parseResolveRequest(input)).toMatchObject({ ...input, schema: 1 }));

test.each([
  undefined,
  null,
  [],
  'adopt',
  {},
  { ...adopt, schema: 2 },
  { ...adopt, by: '' },
  { ...adopt, by: '\u200b' },
  { ...adopt, by: 'x'.repeat(129) },
  { ...adopt, providerPayoutId: '' },
  { ...adopt, providerPayoutId: '../wallet' },
  { ...adopt, providerPayoutId: 'a b' },
  { ...adopt, providerPayoutId: 'a/b' },
  { ...adopt, providerPayoutId: 'x'.repeat(129) },
  { ...adopt, reason: 7 },
  { ...never, evidence: 'too short' },
  { ...never, evidence: 'x'.repeat(501) },
  { ...never, evidence: 'a line\nand another' },
  { ...never, evidence: 'turned \u202e around' },
  { ...confirm, proposal: '' },
  { ...confirm, proposal: 'a b' },
  { ...wait, reason: '' },
  { ...wait, reason: undefined },
  { ...wait, action: 'pay' },
])('reads no resolution in %j', (input) => expect(parseResolveRequest(input)).toBeUndefined());

test.each<[string, Partial<IdempotencyContract>]>([
  ['a key window', { replay: { windowMs: 24 * hour, afterEmptyLookUps: 0, verifyByLookUp: false } }],
  ['a declared wait', { lookUp: { kind: 'by-key', graceMs: 40 * hour, absence: null } }],
  [
    'a window that is longer than the patience',
    { personAfterMs: hour, replay: { windowMs: 50 * hour, afterEmptyLookUps: 0, verifyByLookUp: false } },
  ],
  ['nothing to wait for', {}],
])('people may end it from the time on that was said, and not before: %s', (_, change) => {
  const contract = contractOf(change);
  const heldAt = sentAt + contract.personAfterMs;
  const said = peopleMayEndAt(log, contract, { theirsAt: heldAt, now: sentAt, cancelRequested: false });
  const refusalAt = (at: number) =>
    resolutionRefusal(
      state({
        attempt: { log, contract },
        now: at,
        ...(at < heldAt ? { heldReason: undefined } : {}),
      }),
      never,
    );
  expect(refusalAt(said)).toBeUndefined();
  for (const before of [1, hour, 5 * hour])
    if (said - before >= sentAt) expect(refusalAt(said - before)).toBe('not_yet');
});
