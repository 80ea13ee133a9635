import * as fc from 'fast-check';
import { canBeFilled, fillableSeats, personOf } from '../../../src/domain/policy/policy-people';
import type { LevelSeats } from '../../../src/domain/policy/policy-people';
import { holds } from '../../support/property';

const level = (quorum: number, ...people: readonly string[]): LevelSeats => ({ quorum, people });

test.each<readonly [string, readonly LevelSeats[], number]>([
  ['nothing to fill', [], 0],
  ['nobody', [level(1)], 0],
  ['one person, two places', [level(2, 'a')], 1],
  ['one person, two levels', [level(1, 'a'), level(1, 'a')], 1],
  ['somebody makes room for who has no other place', [level(1, 'a', 'b'), level(1, 'a')], 2],
  [
    'a chain of people making room',
    [level(1, 'a', 'b'), level(1, 'b', 'c'), level(1, 'b'), level(1, 'c')],
    3,
  ],
  ['the chain with one person more', [level(1, 'a', 'b'), level(1, 'b', 'c'), level(1, 'b')], 3],
])('%s', (_, levels, seats) => expect(fillableSeats(levels)).toBe(seats));

/** Tries every way. */
function mostByTrying(seats: readonly (readonly string[])[], used: readonly string[] = []): number {
  const [first, ...rest] = seats;
  if (first === undefined) return 0;
  const ways = first
    .filter((person) => !used.includes(person))
    .map((person) => 1 + mostByTrying(rest, [...used, person]));
  return Math.max(mostByTrying(rest, used), ...ways);
}

test('as many places are filled as can be', () => {
  const levels = fc.array(
    fc.record({ quorum: fc.integer({ min: 1, max: 2 }), people: fc.subarray(['a', 'b', 'c', 'd', 'e']) }),
    { maxLength: 3 },
  );
  holds([levels], (given) => {
    const seats = given.flatMap(({ quorum, people }) => Array.from({ length: quorum }, () => people));
    expect(fillableSeats(given)).toBe(mostByTrying(seats));
    expect(canBeFilled(given)).toBe(fillableSeats(given) === seats.length);
  });
});

test('a person has one id, however they are called', () => {
  const people = [{ id: 'Ada', accounts: ['ADA@x', ' slack:1'] }, { id: 'ben' }];
  expect(['ada', 'Ada@X', 'slack:1', 'BEN', 'Eve '].map((name) => personOf(people, name))).toEqual([
    'ada',
    'ada',
    'ada',
    'ben',
    'eve',
  ]);
});
