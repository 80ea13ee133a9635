import type { SeededBug } from './seeded-bugs';

/**
 * The guards themselves, each taken away alone, as somebody would who thinks that it is not needed. Some of them stand
 * behind another one, and still have to be missed.
 */
export const removedGuards: readonly SeededBug[] = [
  {
    name: 'no-window-check',
    guard: 'window check',
    changes: [
      {
        file: 'src/domain/submission.ts',
        find: '    replayRoomMs(log, contract, situation.now) >= leastReplayRoomMs\n',
        replace: '    true\n',
      },
      {
        file: 'src/workflows/payout/attempt/send.ts',
        find: "return boundsOfSend(replayRoomMs(run.require('attemptLog'), contract, Date.now()), submitTimeoutMs);",
        replace:
          'return boundsOfSend(Number.MAX_SAFE_INTEGER + 0 * contract.replay.windowMs, submitTimeoutMs);',
      },
    ],
  },
  {
    name: 'no-override-rule',
    guard: 'override rule',
    changes: [
      {
        file: 'src/workflows/payout/attempt/recovery.ts',
        find: "if (failure.code === 'reset_conflict') return 'reset-conflict';",
        replace: `if (failure.code === 'reset_conflict') return 'reset-conflict';
  if (failure.effect === 'none' && failure.code !== 'not_sent') {
    run.become('failed', 'provider_refused');
    return 'accepted';
  }`,
      },
    ],
  },
  {
    name: 'no-absence-wait',
    guard: 'absence wait',
    changes: [
      {
        file: 'src/domain/submission.ts',
        find: '(absence !== null && age >= absence.afterMs ? 1 : 0)',
        replace: '(absence !== null ? 1 : 0)',
      },
    ],
  },
  {
    name: 'no-frozen-body-check',
    guard: 'frozen-body check',
    changes: [
      {
        file: 'src/activities/submit-payout.ts',
        find: '!account || ports.sha256(input.attempt.body) !== input.attempt.bodyHash',
        replace: '!account',
      },
    ],
  },
  {
    name: 'no-deterministic-key',
    guard: 'deterministic key',
    changes: [
      {
        file: 'src/activities/prepare-attempt.ts',
        find: '      reference,\n      account: account.id,',
        replace:
          '        reference: `${reference}-${ports.sha256(String(Date.now()))}`,\n        account: account.id,',
      },
    ],
  },
  {
    name: 'no-echo-comparison',
    guard: 'echo comparison',
    changes: [
      {
        file: 'src/workflows/payout/attempt/adoption.ts',
        find: 'if (differences.length === 0) return follow',
        replace: 'if (differences.length < 99) return follow',
      },
      {
        file: 'src/workflows/payout/following/status-wait.ts',
        find: 'if (differences.length === 0) return true;',
        replace: 'return true;',
      },
    ],
  },
  {
    name: 'no-second-read',
    guard: 'absence needs N reads',
    changes: [
      {
        file: 'src/domain/submission.ts',
        find: 'log.conclusiveLookUps >= contract.lookUp.absence.lookUps',
        replace: 'log.conclusiveLookUps >= 1',
      },
    ],
  },
  {
    name: 'no-single-attempt',
    guard: 'maximumAttempts: 1',
    changes: [
      {
        file: 'src/workflows/activity-proxies.ts',
        find: 'retry: { maximumAttempts: 1, nonRetryableErrorTypes: [...lostAttemptTypes] },',
        replace: 'retry: { maximumAttempts: 5 },',
      },
    ],
  },
  {
    name: 'no-pause-of-people',
    guard: 'only a pause for credentials is passed',
    changes: [
      {
        file: 'src/activities/credentials-probe.ts',
        find: "if (!isCredentialsPause(state)) return { kind: 'barred', by: 'people' };",
        replace: "if (!isCredentialsPause(state)) return { kind: 'free' };",
      },
    ],
  },
  {
    name: 'no-leave-to-probe',
    guard: 'refused credentials are tried again',
    changes: [
      {
        file: 'src/activities/credentials-probe.ts',
        find: 'probesCredentials === true || (await ports.mayProbe(account))',
        replace: 'probesCredentials === true',
      },
    ],
  },
  {
    name: 'no-recovery-after-reset',
    guard: 'recovery first after a reset',
    changes: [
      {
        file: 'src/activities/submit-payout.ts',
        find: '      if (reset) return reset;\n',
        replace: '',
      },
    ],
  },
  {
    name: 'no-role-check',
    guard: 'who lost the role decides no more',
    changes: [
      {
        file: 'src/activities/check-decision.ts',
        find: "    if (!hasRole(person, input.round, input.round.level)) return { kind: 'refused', code: 'role_lost' };\n",
        replace: '',
      },
    ],
  },
  {
    name: 'no-screening-before-send',
    guard: 'screening again after people were waited for',
    changes: [
      {
        file: 'src/workflows/payout/screening.ts',
        find: "return isFresh && !isExtra ? 'go-on' : screen(run);",
        replace: "return isFresh || !isExtra ? 'go-on' : screen(run);",
      },
    ],
  },
  {
    name: 'no-quorum',
    guard: 'quorum of distinct people',
    changes: [
      {
        file: 'src/domain/approval.ts',
        find: '({ quorum }, level) => approvals.filter((given) => given.level === level).length < quorum,',
        replace: '(_one, level) => approvals.filter((given) => given.level === level).length < 1,',
      },
      {
        file: 'src/domain/approval.ts',
        find: 'return given < (round.chain.levels[round.level]?.quorum ?? 0) ? next : atLevel(next, now);',
        replace: 'return given < 1 ? next : atLevel(next, now);',
      },
    ],
  },
  {
    name: 'no-place-check',
    guard: 'one successor: the first takes the place, later ones are refused',
    changes: [
      {
        file: 'src/activities/replaced-payout.ts',
        find: 'return isSameReference(place.by, reference) ? undefined : isTakenBy(place.by);',
        replace: 'return undefined;',
      },
    ],
  },
  {
    name: 'no-requester-check',
    guard: 'the requester never counts',
    changes: [
      {
        file: 'src/domain/approval.ts',
        find: "  if (person === personIn(chain, chain.requester)) return 'requester_cannot_approve';\n",
        replace: '',
      },
      {
        file: 'src/domain/approval.ts',
        find: '  if (!mayDecideNow(round).includes(person)) {',
        replace: '  if (person !== chain.requester && !mayDecideNow(round).includes(person)) {',
      },
      {
        file: 'src/activities/check-decision.ts',
        find: '    if (asked === undefined) return false;\n',
        replace:
          '    if (asked === undefined) return false;\n    if (person === chain.requester) return true;\n',
      },
      {
        file: 'src/activities/check-decision.ts',
        find: "    if (isRequester(person, input.round)) return { kind: 'refused', code: 'requester_cannot_approve' };\n",
        replace: '',
      },
    ],
  },
  {
    name: 'no-wait-for-register',
    guard: 'no first send while the register is away',
    changes: [
      {
        file: 'src/activities/submit-payout.ts',
        find: "        return notSent(failed({ effect: 'none', code: 'register_unavailable' }));\n",
        replace: '        return undefined;\n',
      },
    ],
  },
  {
    name: 'no-doubt-about-claim',
    guard: 'nobody says that no money moved where the register could not say whose the reference is',
    changes: [
      {
        file: 'src/workflows/payout/opening.ts',
        find: "run.isClaimUnknown = result.reason === 'register_unavailable';",
        replace: 'run.isClaimUnknown = false;',
      },
    ],
  },
];
