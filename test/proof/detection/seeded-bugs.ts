/**
 * Sixteen mistakes that somebody could make, as small changes of the source that only a test can apply
 * (`apply-seeded-bug.cjs`): production code has no switch for them. The simulation has to notice every one, and to name
 * the invariant that it breaks.
 */
export type SourceChange = {
  /** Path from the repository's root. */
  readonly file: string;
  /** Occurs exactly once in the file: a change of the source that makes it stale fails the test, it does not pass by. */
  readonly find: string;
  readonly replace: string;
};

export type SeededBug = {
  readonly name: string;
  /** The guard that is missing then, in words. */
  readonly guard: string;
  readonly changes: readonly SourceChange[];
};

export const seededBugs: readonly SeededBug[] = [
  {
    name: 'new-key-per-attempt',
    guard: 'deterministic key: every resend carries the key of the first send',
    changes: [
      {
        file: 'src/workflows/payout/attempt/send.ts',
        find: "  attempt: run.require('attempt'),\n  originalRunId",
        replace:
          "  attempt: freshKey(run.require('attempt'), run.require('attemptLog').sends),\n  originalRunId",
      },
      {
        file: 'src/workflows/payout/attempt/send.ts',
        find: 'const submitInput = (',
        replace: `const freshKey = (attempt: PreparedAttempt, sends: number): PreparedAttempt => {
  if (sends < 2) return attempt;
  const key = attempt.key.slice(0, -2) + String(10 + sends);
  const body = attempt.body.split(attempt.key).join(key);
  return { ...attempt, key, body, bodyHash: 'unchecked' };
};

const submitInput = (`,
      },
      {
        file: 'src/workflows/payout/attempt/send.ts',
        find: 'import type { SubmitPayoutInput, SubmitPayoutResult }',
        replace: 'import type { PreparedAttempt, SubmitPayoutInput, SubmitPayoutResult }',
      },
      {
        file: 'src/activities/submit-payout.ts',
        find: 'ports.sha256(input.attempt.body) !== input.attempt.bodyHash',
        replace:
          "(input.attempt.bodyHash !== 'unchecked' && ports.sha256(input.attempt.body) !== input.attempt.bodyHash)",
      },
    ],
  },
  {
    name: 'resend-after-window',
    guard: 'window check: a replay only while the provider certainly remembers the key',
    changes: [
      {
        file: 'src/domain/submission.ts',
        find: 'return (log.firstUnresolvedAt ?? now) + contract.replay.windowMs - now;',
        replace: 'return log.firstUnresolvedAt === now ? contract.replay.windowMs : 86_400_000;',
      },
    ],
  },
  {
    name: 'absence-by-one-look-up',
    guard: 'absence needs N reads',
    changes: [
      {
        file: 'src/domain/submission.ts',
        find: 'contract.lookUp.absence !== null && log.conclusiveLookUps >= contract.lookUp.absence.lookUps',
        replace: 'contract.lookUp.absence !== null && log.emptyLookUps >= 1',
      },
    ],
  },
  {
    name: 'absence-without-wait',
    guard: 'absence wait: a look-up says nothing about a send that is younger than declared',
    changes: [
      {
        file: 'src/domain/submission.ts',
        find: 'if (age < graceMs || begunAt',
        replace: 'if (begunAt',
      },
      {
        file: 'src/domain/submission.ts',
        find: '(absence !== null && age >= absence.afterMs ? 1 : 0)',
        replace: '(absence !== null ? 1 : 0)',
      },
    ],
  },
  {
    name: 'refusal-believed',
    guard: 'override rule: a refusal proves nothing while an earlier send is unresolved',
    changes: [
      {
        file: 'src/workflows/payout/attempt/recovery.ts',
        find: "      if (replayed === 'reset-conflict')",
        replace:
          "      if (replayed === 'refused') return 'proven-absent';\n      if (replayed === 'reset-conflict')",
      },
      {
        file: 'src/workflows/payout/attempt/recovery.ts',
        find: "if (failure.code === 'reset_conflict') return 'reset-conflict';",
        replace:
          "if (failure.code === 'reset_conflict') return 'reset-conflict';\n  if (failure.effect === 'none' && failure.code !== 'not_sent') return 'refused';",
      },
    ],
  },
  {
    name: 'body-rebuilt',
    guard: 'frozen-body check: a resend carries the bytes of the first send',
    changes: [
      {
        file: 'src/workflows/payout/attempt/send.ts',
        find: "  attempt: run.require('attempt'),\n  originalRunId",
        replace: `  attempt: {
    ...run.require('attempt'),
    body: run.require('attempt').body.replace('{', \`{\${' '.repeat(run.require('attemptLog').sends - 1)}\`),
  },
  originalRunId`,
      },
      {
        file: 'src/activities/submit-payout.ts',
        find: '|| ports.sha256(input.attempt.body) !== input.attempt.bodyHash',
        replace: '',
      },
    ],
  },
  {
    name: 'echo-not-compared',
    guard: 'echo comparison: what the provider shows is compared with what was sent',
    changes: [
      {
        file: 'src/workflows/payout/attempt/adoption.ts',
        find: 'if (differences.length === 0) return follow',
        replace: 'if (differences.length < 99) return follow',
      },
      {
        file: 'src/workflows/payout/following/status-wait.ts',
        find: 'if (differences.length === 0) return true;',
        replace: 'if (differences.length < 99) return true;',
      },
    ],
  },
  {
    name: 'scan-first-page-only',
    guard: 'the scan pages through everything since the first send',
    changes: [
      {
        file: 'src/providers/syncgram/scan.ts',
        find: 'if (ended || endsBefore(payouts, from))',
        replace: 'if (ended || page === 1 || endsBefore(payouts, from))',
      },
    ],
  },
  {
    name: 'generation-bumped-on-unknown',
    guard: 'a new generation only when the last one certainly created nothing',
    changes: [
      {
        file: 'src/workflows/payout/attempt/submission.ts',
        find: "        if ((await resolveUnknownOutcome(run, failure)) !== 'proven-absent') return 'go-on';",
        replace:
          "        if (failure.code === 'run_reset' && (await resolveUnknownOutcome(run, failure)) !== 'proven-absent') return 'go-on';",
      },
      {
        file: 'src/workflows/payout/attempt/submission.ts',
        find: "        run.become('submitting');\n        next = 'same-attempt';",
        replace: "        run.become('submitting');\n        next = 'fresh-attempt';",
      },
      {
        file: 'src/workflows/payout/attempt/ready-attempt.ts',
        find: 'if (last !== undefined && last.sends > 0 && plan.contract',
        replace: 'if (last !== undefined && last.sends > 99 && plan.contract',
      },
    ],
  },
  {
    name: 'lost-attempt-retried',
    guard: 'maximumAttempts: 1: Temporal never sends again by itself',
    changes: [
      {
        file: 'src/workflows/activity-proxies.ts',
        find: 'retry: { maximumAttempts: 1, nonRetryableErrorTypes: [...lostAttemptTypes] },',
        replace: 'retry: { maximumAttempts: 5 },',
      },
      {
        file: 'src/activities/submit-payout.ts',
        find: 'if (attempt > 1 || currentAttemptScheduledTimestampMs > scheduledTimestampMs)',
        replace: 'if (attempt > 99)',
      },
    ],
  },
  {
    name: 'cancelled-while-unresolved',
    guard: 'cancelled is said only when certainly nothing was accepted',
    changes: [
      {
        file: 'src/workflows/payout/attempt/recovery.ts',
        find: "  for (;;) {\n    const plan = planRecovery(run.require('attemptLog'), contract, {",
        replace:
          "  for (;;) {\n    if (run.cancelRequested) return 'proven-absent';\n    const plan = planRecovery(run.require('attemptLog'), contract, {",
      },
    ],
  },
  {
    name: 'reset-without-recovery',
    guard: 'recovery first after a reset',
    changes: [
      {
        file: 'src/activities/earlier-sends.ts',
        find: 'workflowExecution === undefined || workflowExecution.runId === originalRunId',
        replace: "workflowExecution === undefined || originalRunId !== ''",
      },
    ],
  },
  {
    name: 'claim-after-send',
    guard: 'the reference is claimed, and the attempt entered and marked, before the first byte',
    changes: [
      {
        file: 'src/activities/open-payout.ts',
        find: 'const claim = await claimIntent(deps, { request, plan: found.plan, originalRunId, startedAt });',
        replace: "const claim = { kind: 'claimed' as string } as Awaited<ReturnType<typeof claimIntent>>;",
      },
      {
        file: 'src/activities/enter-attempt.ts',
        find: '  if (register === undefined) return undefined;\n',
        replace: '  if (register !== null) return undefined;\n',
      },
      {
        file: 'src/activities/submit-payout.ts',
        find: '      const marked = await markSent(deps, input, signal);\n      const unmarked = barredByRegister(marked, input);\n      if (unmarked !== undefined) return unmarked;\n',
        replace: '',
      },
      {
        file: 'src/activities/submit-payout.ts',
        find: '      await noteCredentials(account.id, input, passage, reply);\n',
        replace: `      await noteCredentials(account.id, input, passage, reply);
      barredByRegister(await markSent(deps, input, signal), input);
`,
      },
    ],
  },
  {
    name: 'claim-ignored-after-retention',
    guard: 'a reference that comes back after Temporal forgot it is refused',
    changes: [
      {
        file: 'src/activities/open-payout.ts',
        find: "if (claim.kind === 'taken') {",
        replace: "if (claim.kind === 'taken' && originalRunId === '') {",
      },
    ],
  },
  {
    name: 'attempt-row-not-compared',
    guard: 'another text under a key that the register has as sent is a hold, never a send',
    changes: [
      {
        file: 'src/activities/submit-payout.ts',
        find: "        return failed({ effect: 'none', code: 'attempt_conflict' });\n",
        replace: '        return undefined;\n',
      },
      {
        file: 'src/activities/enter-attempt.ts',
        find: "return answer.kind === 'conflict'",
        replace: "return answer.kind === 'conflict' && answer.kind.length === 0",
      },
    ],
  },
  {
    name: 'restore-believed',
    guard: 'what a register does not know is entered again before anything is sent',
    changes: [
      {
        file: 'src/activities/enter-attempt.ts',
        find: "    if (entered.kind !== 'unknown-intent') return problemOf(entered);\n",
        replace: "    return entered.kind === 'unknown-intent' ? undefined : problemOf(entered);\n",
      },
      {
        file: 'src/activities/submit-payout.ts',
        find: "return mayPass ? undefined : failed({ effect: 'none', code: 'attempt_unregistered' });",
        replace: 'return undefined;',
      },
    ],
  },
];
