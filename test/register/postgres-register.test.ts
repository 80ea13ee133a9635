import * as fc from 'fast-check';
import { Secret } from '../../src/observability/secret';
import { payeeMac } from '../../src/register/postgres/payee-mac';
import { openPostgresRegister } from '../../src/register/postgres/postgres-register';
import type { OpenRegister } from '../../src/register/postgres/postgres-register';
import type { FoundPostgres } from '../support/found-postgres';
import { startFoundPostgres } from '../support/found-postgres';
import { describeRegister } from './register-conformance';
import { attemptOf, claimOf, migrated, settingsFor, sha256, silent } from './register-on-postgres';

/** The port's promises, kept by a real PostgreSQL. */

let postgres: FoundPostgres;
const opened: OpenRegister[] = [];
const open = (others: Parameters<typeof settingsFor>[1] = {}): OpenRegister => {
  const one = openPostgresRegister(settingsFor(postgres.address(), others), { logger: silent });
  opened.push(one);
  return one;
};
let ours: OpenRegister;
let count = 0;
const fresh = (): string => `Fresh-${(count += 1)}`;

beforeAll(async () => {
  postgres = await startFoundPostgres();
  await migrated(postgres.address());
  ours = open();
});
afterAll(async () => {
  try {
    await Promise.all(opened.map((one) => one.close()));
  } finally {
    await postgres.stop();
  }
});

describeRegister('PostgreSQL', async () => ({ register: ours.register, close: async () => undefined }));

describe('a claim', () => {
  test('is the first run’s for good, in whichever case the reference is written, and however often it asks', async () => {
    const reference = fresh();
    const claim = claimOf({ reference });
    expect(await ours.register.claimIntent(claim)).toEqual({ kind: 'claimed' });
    expect(await ours.register.claimIntent(claim)).toEqual({ kind: 'claimed' });
    const second = claimOf({
      tenant: 'ACME',
      reference: reference.toUpperCase(),
      originalRunId: 'run-2',
      requestDigest: sha256('another'),
      startedAt: 1_800_000_000_000,
    });
    const taken = {
      kind: 'taken',
      by: {
        reference,
        workflowId: claim.workflowId,
        originalRunId: 'run-1',
        requestDigest: claim.requestDigest,
        startedAt: claim.startedAt,
      },
    };
    expect(await ours.register.claimIntent(second)).toEqual(taken);
    expect(await ours.register.claimIntent(second)).toEqual(taken);
    expect(await ours.register.claimIntent(claim)).toEqual({ kind: 'claimed' });
  });

  test('of another tenant is another one', async () => {
    const reference = fresh();
    expect(await ours.register.claimIntent(claimOf({ reference }))).toEqual({ kind: 'claimed' });
    const other = claimOf({ reference, tenant: 'other', originalRunId: 'run-9' });
    expect(await ours.register.claimIntent(other)).toEqual({ kind: 'claimed' });
  });

  test('300 references, each claimed by 8 runs at once over three pools: one has each, and all are told which', async () => {
    // Most of them wait in the queue of a pool, however busy the machine is.
    const patient = { connectTimeoutMs: 150_000, statementTimeoutMs: 150_000 };
    const pools = [open(patient), open(patient), open(patient)];
    const asked = Array.from({ length: 300 }, (_, number) => `raced-${number}`).flatMap((reference) =>
      Array.from({ length: 8 }, (_, run) => ({ reference, run })),
    );
    const answers = await Promise.all(
      asked.map(async ({ reference, run }, index) => {
        const claim = claimOf({ reference, originalRunId: `run-${run}` });
        const answer = await pools[index % pools.length]?.register.claimIntent(claim);
        if (answer?.kind === 'claimed') return { reference, has: claim.originalRunId, claimed: true };
        if (answer?.kind === 'taken') return { reference, has: answer.by.originalRunId, claimed: false };
        throw new Error(`${reference}: ${answer?.note}`);
      }),
    );
    const told = new Map<string, Set<string>>();
    for (const { reference, has } of answers)
      told.set(reference, (told.get(reference) ?? new Set()).add(has));
    expect(told.size).toBe(300);
    expect([...told.values()].filter(({ size }) => size !== 1)).toEqual([]);
    expect(answers.filter(({ claimed }) => claimed)).toHaveLength(300);
    const rows = await postgres.run(
      `select count(*)::int as rows from payouts.intents where reference like 'raced-%'`,
    );
    expect(rows).toEqual([{ rows: 300 }]);
  });

  test('keeps amounts to the letter, and sums them', async () => {
    const amount = fc
      .tuple(fc.bigInt(1n, 10n ** 18n - 1n), fc.stringMatching(/^(\.\d{1,18})?$/))
      .map(([whole, decimals]) => `${whole}${decimals}`);
    const values = fc.sample(amount, 60);
    for (const [index, value] of values.entries())
      await ours.register.claimIntent(
        claimOf({ reference: `amount-${index}`, amount: { value, currency: 'USDT' } }),
      );
    const rows = await postgres.run(
      `select amount::text from payouts.intents where reference like 'amount-%' order by substr(reference, 8)::int`,
    );
    expect(rows.map((row) => row['amount'])).toEqual(values);
  });

  test('keeps the payee as a MAC under the newest key, and no digest', async () => {
    const [old, young] = [
      { id: '2026', secret: new Secret('a key that was good for a year 1') },
      { id: '2027', secret: new Secret('a key that is good for a year 22') },
    ];
    const payee = sha256('somebody');
    const before = fresh();
    await open({ payeeKeys: [old] }).register.claimIntent(claimOf({ reference: before, payee }));
    const rotated = open({ payeeKeys: [young, old] });
    const after = fresh();
    await rotated.register.claimIntent(claimOf({ reference: after, payee }));
    // Asking again changes nothing of what was written.
    await rotated.register.claimIntent(claimOf({ reference: before, payee }));
    const rows = await postgres.run(
      `select reference, payee_key_id as id, encode(payee_mac, 'hex') as mac from payouts.intents
       where reference in ('${before}', '${after}') order by claimed_at`,
    );
    expect(rows).toEqual([
      { reference: before, id: '2026', mac: payeeMac(old, payee).toString('hex') },
      { reference: after, id: '2027', mac: payeeMac(young, payee).toString('hex') },
    ]);
    const [everything] = await postgres.run(`select string_agg(i::text, ' ') as text from payouts.intents i`);
    expect(String(everything?.['text'])).not.toContain(payee);
  });
});

describe('an attempt', () => {
  test('of an intent that is not there is unknown, and so is its send', async () => {
    const attempt = attemptOf({ reference: fresh() });
    expect(await ours.register.enterAttempt(attempt)).toEqual({ kind: 'unknown-intent' });
    expect(await ours.register.markSent({ ...attempt, originalRunId: 'run-1' })).toEqual({
      kind: 'unknown-attempt',
    });
  });

  test('that was marked as sent is in conflict with any other key or body', async () => {
    const reference = fresh();
    await ours.register.claimIntent(claimOf({ reference }));
    const attempt = attemptOf({ reference, key: `key of ${reference}` });
    expect(await ours.register.enterAttempt(attempt)).toEqual({ kind: 'entered' });
    expect(await ours.register.enterAttempt({ ...attempt, reference: reference.toUpperCase() })).toEqual({
      kind: 'entered',
    });
    expect(await ours.register.markSent({ ...attempt, originalRunId: 'run-1' })).toEqual({ kind: 'marked' });
    const others = [{ key: 'another' }, { bodyHash: sha256('another body') }];
    for (const other of others) {
      expect(await ours.register.enterAttempt({ ...attempt, ...other })).toEqual({ kind: 'conflict' });
      expect(await ours.register.markSent({ ...attempt, ...other, originalRunId: 'run-1' })).toEqual({
        kind: 'conflict',
      });
    }
    const next = { ...attempt, generation: 2, key: `next key of ${reference}` };
    expect(await ours.register.enterAttempt(next)).toEqual({ kind: 'entered' });
    // The same key in the next generation.
    expect(await ours.register.enterAttempt({ ...attempt, generation: 3 })).toEqual({ kind: 'conflict' });
  });

  test('of another intent never has the same key at the same account', async () => {
    const [one, other] = [fresh(), fresh()];
    for (const reference of [one, other]) await ours.register.claimIntent(claimOf({ reference }));
    const key = `shared ${one}`;
    expect(await ours.register.enterAttempt(attemptOf({ reference: one, key }))).toEqual({ kind: 'entered' });
    expect(await ours.register.enterAttempt(attemptOf({ reference: other, key }))).toEqual({
      kind: 'conflict',
    });
    expect(await ours.register.enterAttempt(attemptOf({ reference: other, key, account: 'second' }))).toEqual(
      { kind: 'entered' },
    );
  });

  test('entered by 8 at once is entered for all of them; of two bodies, one is marked as sent', async () => {
    // Most of them wait in the queue of a pool, however busy the machine is.
    const patient = { connectTimeoutMs: 150_000, statementTimeoutMs: 150_000 };
    const pools = [open(patient), open(patient), open(patient)];
    const references = Array.from({ length: 100 }, (_, number) => `raced-attempt-${number}`);
    await Promise.all(references.map(async (reference) => ours.register.claimIntent(claimOf({ reference }))));
    const answers = await Promise.all(
      references.flatMap((reference, number) =>
        Array.from({ length: 8 }, async (_, asked) => {
          const bodyHash = sha256(number % 2 === 0 ? 'one body' : `body ${asked % 2}`);
          const attempt = attemptOf({ reference, key: `key ${reference}`, bodyHash });
          const register = pools[asked % pools.length]?.register;
          // Whoever comes after the mark with another body is told so already.
          await register?.enterAttempt(attempt);
          const answer = await register?.markSent({ ...attempt, originalRunId: 'run-1' });
          return { number, bodyHash, kind: answer?.kind };
        }),
      ),
    );
    const marked = answers.filter(({ kind }) => kind === 'marked');
    expect(answers.filter(({ kind }) => kind !== 'marked' && kind !== 'conflict')).toEqual([]);
    for (const number of references.keys()) {
      const of = marked.filter((answer) => answer.number === number);
      expect(new Set(of.map(({ bodyHash }) => bodyHash)).size).toBe(1);
      if (number % 2 === 0) expect(of).toHaveLength(8);
    }
  });

  test('keeps when and by which run it was first sent', async () => {
    const reference = fresh();
    await ours.register.claimIntent(claimOf({ reference }));
    const attempt = attemptOf({ reference, key: `key of ${reference}` });
    await ours.register.enterAttempt(attempt);
    const read = async () =>
      postgres.run(
        `select first_sent_at, first_sent_run_id from payouts.payouts_attempts where reference = '${reference}'`,
      );
    expect(await read()).toEqual([{ first_sent_at: null, first_sent_run_id: null }]);
    await ours.register.markSent({ ...attempt, key: 'another', originalRunId: 'run-1' });
    expect(await read()).toEqual([{ first_sent_at: null, first_sent_run_id: null }]);
    expect(await ours.register.markSent({ ...attempt, originalRunId: 'run-1' })).toEqual({ kind: 'marked' });
    const first = await read();
    expect(first).toEqual([{ first_sent_at: expect.any(Date), first_sent_run_id: 'run-1' }]);
    expect(await ours.register.markSent({ ...attempt, originalRunId: 'run-1' })).toEqual({ kind: 'marked' });
    expect(await ours.register.markSent({ ...attempt, originalRunId: 'run-2' })).toEqual({
      kind: 'conflict',
    });
    expect(await read()).toEqual(first);
  });
});

test('what it refuses as no row of ours is unavailable, and no value is quoted', async () => {
  const answer = await ours.register.claimIntent(
    claimOf({ reference: fresh(), amount: { value: 'NaN', currency: 'USD' } }),
  );
  expect(answer).toEqual({
    kind: 'unavailable',
    note: 'the register refuses a row of ours: this is an error of ours (23514)',
  });
});

test('is usable, and the administrator may more than a worker needs', async () => {
  expect(await ours.status()).toEqual({ kind: 'usable', schema: 1, needed: 1, hasMoreThanNeeded: true });
});
