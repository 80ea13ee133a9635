import type { PayoutCheck } from '../../client/check-payout';
import { assertNever } from '../../domain/assert-never';
import type { CheckAnswer } from '../../domain/payout-check';
import type { PayoutRequest } from '../../domain/payout-request';
import type { CommandContext } from '../cli-ports';
import { exitCodes } from '../exit-codes';
import type { ExitCode } from '../exit-codes';
import { createPrinter, styled } from './printer';
import type { Styled } from './printer';

const codes: Readonly<Record<PayoutCheck['verdict'], ExitCode>> = {
  starts: exitCodes.ok,
  exists: exitCodes.ok,
  refused: exitCodes.refused,
  held: exitCodes.refused,
  'not-known': exitCodes.notReachable,
};

/** Prints what a start would come to, and sets the exit code: 0 only where a start is known to go on. */
export function printCheck(
  check: PayoutCheck,
  request: PayoutRequest,
  { json }: { readonly json?: boolean },
  context: CommandContext,
): void {
  // As `start` would say it.
  context.exitWith(check.problems.length > 0 ? exitCodes.badInput : codes[check.verdict]);
  const printer = createPrinter(context.stdout, context.env);
  if (json) printer.json(check);
  else printer.facts(factsOf(check, request));
}

type Fact = readonly [string, string | Styled];

const verdicts: Readonly<Record<PayoutCheck['verdict'], Styled>> = {
  starts: styled('green', 'it would be started'),
  exists: styled('green', 'it was started before, with the same content: a start meets it'),
  refused: styled('red', 'it would be refused'),
  held: styled('yellow', 'it would be started, and held at once'),
  'not-known': styled('yellow', 'not known: it is valid, and no worker said more'),
};

const references: Readonly<Record<PayoutCheck['reference'], string | undefined>> = {
  free: 'free',
  'same-content': 'taken by this very payout',
  'other-content':
    'taken by a payout with other content (reference_reused): show it, or use another reference',
  'not-asked': undefined,
};

function factsOf(
  { verdict, problems, warnings, normalised, reference, worker, leftBehind }: PayoutCheck,
  { tenant, reference: asked }: PayoutRequest,
): readonly Fact[] {
  const taken = references[reference];
  const isValid = problems.length === 0;
  return [
    // What is not valid may have neither.
    ...(isValid ? ([['check', `${tenant}/${asked}: nothing was started`]] satisfies readonly Fact[]) : []),
    ['verdict', verdicts[verdict]],
    ...problems.map(({ path, message }): Fact => ['problem', `${path || '(request)'} ${message}`]),
    ...warnings.map(({ path, message }): Fact => ['warning', `${path || '(request)'} ${message}`]),
    ...(taken === undefined ? [] : ([['reference', taken]] satisfies readonly Fact[])),
    ...normalised.map(({ path, value }): Fact => ['written as', `${path}: ${value}`]),
    ...(worker.answered ? answerFacts(worker.answer) : []),
    ...(isValid && !worker.answered
      ? ([
          ['worker', 'not answered: none runs, none was free in time, or it is of an older version'],
        ] satisfies readonly Fact[])
      : []),
    ...(leftBehind === undefined
      ? []
      : ([
          [
            'left behind',
            `${leftBehind} could not be deleted: it holds the request until its retention is over`,
          ],
        ] satisfies readonly Fact[])),
  ];
}

function answerFacts(answer: CheckAnswer): readonly Fact[] {
  switch (answer.kind) {
    case 'planned': {
      const { account, provider, mode, needsQuote, policy, warnings } = answer;
      return [
        ['account', `${account} (${provider}, ${mode})`],
        ['price', needsQuote ? 'asked for before people are, and before the send' : 'none is asked for'],
        ['policy', policy.label],
        ['decided by', policy.because],
        ...policy.lines.map((line, index): Fact => [index === 0 ? 'decision' : '', line]),
        ...warnings.map((warning): Fact => ['warning', warning]),
      ];
    }
    case 'refused':
      return answer.problems.map((problem): Fact => ['problem', `${answer.reason}: ${problem}`]);
    case 'held':
      return [['held because', `${answer.reason}: ${answer.note}`]];
    case 'not-known':
      return [['worker', answer.note]];
    default:
      return assertNever(answer, 'answer of a check');
  }
}
