import { contracts, crashPoints, outcomes, retryDepths, submitCases } from './submit-cases';
import type { SubmitCase } from './submit-cases';

const where = (matches: (one: SubmitCase) => boolean): readonly string[] =>
  submitCases.filter(matches).map(({ id }) => id);

test('the table is whole: 5 crash points, 7 outcomes, 4 contracts, 2 depths, each once', () => {
  const ids = new Set(submitCases.map(({ id }) => id));
  const all = contracts.flatMap((contract) =>
    retryDepths.flatMap((depth) =>
      crashPoints.flatMap((point) =>
        outcomes.map((outcome) => `${contract}/depth-${depth}/${point}/${outcome}`),
      ),
    ),
  );
  expect(all).toHaveLength(280);
  expect([...ids]).toEqual(all);
  expect(submitCases).toHaveLength(280);
});

test('what is paid was debited once, what failed never, and only what is held may need a person', () => {
  for (const { id, expected } of submitCases) {
    const { ends, debits, mayNeedPerson } = expected;
    expect([id, ends.includes('paid') && debits !== 1]).toEqual([id, false]);
    expect([id, ends.includes('failed') && debits !== 0]).toEqual([id, false]);
    expect([id, mayNeedPerson]).toEqual([id, ends.includes('held outcome_unknown')]);
  }
});

test('what the provider certainly does not accept is debited only by a later send', () => {
  const accepting = new Set(['ok', '5xx-accepted', 'timeout-accepted']);
  const debitedByTheFirst = submitCases.filter(
    ({ contract, outcome, crashPoint }) =>
      contract === 'nothing' && accepting.has(outcome) && crashPoint !== 'before-request',
  );
  expect(debitedByTheFirst.map(({ expected }) => expected.debits)).toEqual(debitedByTheFirst.map(() => 1));
  expect(
    where(
      ({ contract, outcome, crashPoint, expected }) =>
        contract === 'nothing' &&
        (!accepting.has(outcome) || crashPoint === 'before-request') &&
        expected.debits > 0,
    ),
  ).toEqual([]);
});

test('a person is needed without a contract, and for refusals that Syncgram remembers: nowhere else', () => {
  const held = where(({ expected }) => expected.mayNeedPerson);
  expect(held.filter((id) => id.startsWith('payfield') || id.startsWith('pontis'))).toEqual([]);
  expect(held.filter((id) => id.startsWith('syncgram'))).toEqual(
    retryDepths.flatMap((depth) =>
      ['after-write', 'after-acceptance', 'after-reply'].map(
        (point) => `syncgram/depth-${depth}/${point}/refused`,
      ),
    ),
  );
  expect(held.filter((id) => id.startsWith('nothing'))).toHaveLength(66);
});

test('nothing is sent twice without a contract', () => {
  expect(where(({ contract, expected }) => contract === 'nothing' && expected.sendsHit > 1)).toEqual([]);
});
