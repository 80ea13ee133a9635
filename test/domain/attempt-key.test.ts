import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import type { AttemptIdentity } from '../../src/domain/attempt-key';
import { attemptKeyDigest } from '../../src/domain/attempt-key';
import { holds } from '../support/property';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const preimage = (identity: AttemptIdentity): string => attemptKeyDigest(identity, (text) => text);

const example: AttemptIdentity = {
  installation: 'acme',
  tenant: 't',
  reference: 'r-1',
  account: 'main',
  mode: 'sandbox',
  generation: 1,
};

test('the vector of the doc comment', () => {
  expect(preimage(example)).toBe('14:attempt-key/v1|4:acme|1:t|3:r-1|4:main|7:sandbox|1:1');
  // printf '14:attempt-key/v1|4:acme|1:t|3:r-1|4:main|7:sandbox|1:1' | sha256sum
  expect(attemptKeyDigest(example, sha256)).toBe(
    '8e1849b1b1ce516af6d453a884f3ec6945448e7abf8427c0312f0c8a520a0e8f',
  );
});

test.each([
  ['installation', { installation: 'acme2' }],
  ['tenant', { tenant: 'u' }],
  ['reference', { reference: 'r-2' }],
  ['account', { account: 'spare' }],
  ['mode', { mode: 'live' as const }],
  ['generation', { generation: 2 }],
])('another %s is another key', (_field, change) =>
  expect(attemptKeyDigest({ ...example, ...change }, sha256)).not.toBe(attemptKeyDigest(example, sha256)),
);

test('nothing but the six fields matters: runs, activities and clocks leave no trace', () => {
  const more = { ...example, runId: 'a', activityId: '7', now: 1 };
  expect(attemptKeyDigest(more, sha256)).toBe(attemptKeyDigest(example, sha256));
  expect(attemptKeyDigest(example, sha256)).toBe(attemptKeyDigest({ ...example }, sha256));
});

/** Fields full of the separators of the preimage, which is where a careless join would collide. */
const field = fc.oneof(
  fc.string({ unit: fc.constantFrom('|', ':', '1', '2', 'a', '/'), maxLength: 6 }),
  fc.string({ maxLength: 6 }),
);
const identity: fc.Arbitrary<AttemptIdentity> = fc.record({
  installation: field,
  tenant: field,
  reference: field,
  account: field,
  mode: fc.constantFrom('live' as const, 'sandbox' as const),
  generation: fc.integer({ min: 1, max: 30 }),
});

test('two identities share a preimage only when they are the same', () => {
  holds(
    [identity, identity],
    (left, right) => {
      const same = JSON.stringify(Object.entries(left)) === JSON.stringify(Object.entries(right));
      expect(preimage(left) === preimage(right)).toBe(same);
    },
    2_000,
  );
});

test('moving a character from one field to its neighbour changes the preimage', () => {
  holds([identity], (left) => {
    fc.pre(left.tenant.length > 0);
    const moved = {
      ...left,
      installation: left.installation + left.tenant.slice(0, 1),
      tenant: left.tenant.slice(1),
    };
    expect(preimage(moved)).not.toBe(preimage(left));
  });
});

test('the preimage can be taken apart again into exactly its fields', () => {
  holds([identity], (whole) => {
    const fields: string[] = [];
    for (let rest = preimage(whole); rest !== '';) {
      const [, length = '', after = ''] = /^(\d+):([^]*)$/.exec(rest) ?? [];
      fields.push(after.slice(0, Number(length)));
      rest = after.slice(Number(length)).replace(/^\|/, '');
      if (length === '') throw new Error('not a list of length-prefixed fields');
    }
    expect(fields).toEqual([
      'attempt-key/v1',
      whole.installation,
      whole.tenant,
      whole.reference,
      whole.account,
      whole.mode,
      String(whole.generation),
    ]);
  });
});
