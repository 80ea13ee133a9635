import { openPostgresRegister } from '../../src/register/postgres/postgres-register';
import type { OpenRegister } from '../../src/register/postgres/postgres-register';
import type { RegisterSettings } from '../../src/register/postgres/register-settings';
import type { FoundPostgres } from '../support/found-postgres';
import { startFoundPostgres } from '../support/found-postgres';
import { startLossyWay } from './lossy-way';
import { attemptOf, claimOf, migrated, settingsFor } from './register-on-postgres';

/** A register that hangs, is gone, comes back, or loses its rows' answers. */

let postgres: FoundPostgres;
const opened: OpenRegister[] = [];
let logged: { readonly event: string; readonly fields: unknown }[] = [];
const logger = {
  info: (event: string, fields?: unknown) => void logged.push({ event, fields }),
  warn: (event: string, fields?: unknown) => void logged.push({ event, fields }),
};
const open = (others: Partial<RegisterSettings> = {}): OpenRegister => {
  const one = openPostgresRegister(settingsFor(postgres.address(), others), { logger });
  opened.push(one);
  return one;
};
const openAs = (user: string): OpenRegister => {
  const one = openPostgresRegister(settingsFor(postgres.address({ user })), { logger });
  opened.push(one);
  return one;
};

beforeAll(async () => {
  postgres = await startFoundPostgres();
  await migrated(postgres.address());
});
beforeEach(() => {
  logged = [];
});
afterEach(async () => {
  postgres.resume();
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
afterAll(async () => postgres.stop());

/** What must never be in a log or a note. */
const expectNothingOf = (...texts: readonly string[]): void => {
  const all = JSON.stringify(logged);
  for (const text of texts) expect(all).not.toContain(text);
};

test('one that hangs is unavailable within its limits, and the same register works when it answers again', async () => {
  const { register } = open({ statementTimeoutMs: 700, connectTimeoutMs: 700 });
  const patient = open();
  expect(await register.claimIntent(claimOf({ reference: 'hang-1' }))).toEqual({ kind: 'claimed' });
  postgres.hang();
  const asked = Array.from({ length: 6 }, async (_, number) =>
    register.claimIntent(claimOf({ reference: `hang-2-${number}` })),
  );
  for (const answer of await Promise.all(asked))
    expect(answer).toEqual({ kind: 'unavailable', note: 'the register does not answer in time (timeout)' });
  postgres.resume();
  // A statement that waited in a connection of before is not waited for by the next one.
  for (let number = 0; number < 6; number += 1)
    expect(await patient.register.claimIntent(claimOf({ reference: `hang-2-${number}` }))).toEqual({
      kind: 'claimed',
    });
  await expectUsable(register, 'hang-3');
});

test('one that hangs can be closed, and keeps no process alive', async () => {
  const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'PipeWrap').length;
  const before = sockets();
  const one = open();
  await expectUsable(one.register, 'close-1');
  postgres.hang();
  expect(sockets()).toBeGreaterThan(before);
  await one.close();
  expect(sockets()).toBe(before);
  postgres.resume();
});

test('one that is gone is unavailable at once, and back again it works, without a new register', async () => {
  const { register, status } = open();
  expect(await register.claimIntent(claimOf({ reference: 'gone-1' }))).toEqual({ kind: 'claimed' });
  await postgres.kill();
  const answers = [
    await register.claimIntent(claimOf({ reference: 'gone-2' })),
    await register.enterAttempt(attemptOf({ reference: 'gone-1' })),
    await register.markSent({ ...attemptOf({ reference: 'gone-1' }), originalRunId: 'run-1' }),
    await status(),
  ];
  for (const answer of answers)
    expect(answer).toEqual({
      kind: 'unavailable',
      note: expect.stringMatching(/\((?:ECONNREFUSED|ENOENT)\)$/),
    });
  await postgres.start();
  expect(await register.claimIntent(claimOf({ reference: 'gone-1' }))).toEqual({ kind: 'claimed' });
  expect(logged.filter(({ event }) => event === 'the register cannot be used')).toHaveLength(1);
  expect(logged.filter(({ event }) => event === 'the register can be used again')).toHaveLength(1);
  expectNothingOf(postgres.address().host, postgres.address().user, 'gone-1', 'insert');
});

test('a restart between two questions is not noticed: every connection that it ended is made anew', async () => {
  const { register } = open();
  const atOnce = async (prefix: string) =>
    Promise.all(
      Array.from({ length: 8 }, async (_, number) =>
        register.claimIntent(claimOf({ reference: `${prefix}-${number}` })),
      ),
    );
  await atOnce('before');
  await postgres.shutDown();
  await postgres.start();
  for (const answer of await atOnce('after')) expect(answer).toEqual({ kind: 'claimed' });
  // Idle connections that end do not end the process, and say nothing but a code.
  for (const { event, fields } of logged) {
    expect(event).toBe('an idle connection to the register was lost');
    expect(fields).toEqual({ code: expect.stringMatching(/^[\w]+$/) });
  }
});

test('a connection that is ended while a statement waits is repeated with the right answer', async () => {
  const { register } = open();
  const claim = claimOf({ reference: 'ended-1' });
  const blocked = await postgres.hold('lock table payouts.intents in share mode');
  try {
    const answer = register.claimIntent(claim);
    await until(async () => (await waiting()).length > 0);
    await postgres.run(`select pg_terminate_backend(pid) from pg_stat_activity where ${waits}`);
    await blocked.end();
    expect(await answer).toEqual({ kind: 'claimed' });
  } finally {
    await blocked.end();
  }
});

test.each(['cut', 'swallow'] as const)(
  'a claim that was committed although its answer was lost (%s) is the same claim when it is asked again',
  async (fault) => {
    const way = await startLossyWay(postgres.address());
    const one = openPostgresRegister(
      settingsFor({ ...postgres.address(), host: way.host }, { statementTimeoutMs: 1_500 }),
      { logger },
    );
    try {
      const claim = claimOf({ reference: `lost-${fault}` });
      await expectUsable(one.register, `lost-${fault}-before`);
      way.loseAnswer(fault, claim.reference);
      const first = await one.register.claimIntent(claim);
      // Of a connection that ended it is asked again by itself; of an answer that never came it is not known.
      expect(first.kind).toBe(fault === 'cut' ? 'claimed' : 'unavailable');
      expect(way.lost()).toBe(1);
      const second = await one.register.claimIntent(claim);
      expect(second).toEqual({ kind: 'claimed' });
      // The row is the one whose answer was lost: it has been asked for since.
      expect(
        await postgres.run(
          `select count(*)::int as rows, bool_and(asked_at > claimed_at + interval '1 microsecond') as asked_again
           from payouts.intents where reference = '${claim.reference}'`,
        ),
      ).toEqual([{ rows: 1, asked_again: true }]);
    } finally {
      await one.close();
      await way.close();
    }
  },
);

test('ten kills under load lose no acknowledged row, and every reference has one run', async () => {
  const { register } = open();
  const acknowledged = new Map<string, string>();
  const over = new AbortController();
  let asked = 0;
  const writer = async (own: number): Promise<void> => {
    while (!over.signal.aborted) {
      const reference = `kill-${Math.floor(asked / 3)}`;
      asked += 1;
      const originalRunId = `run-${own}-${asked}`;
      const answer = await register.claimIntent(claimOf({ reference, originalRunId }));
      const has =
        answer.kind === 'claimed'
          ? originalRunId
          : answer.kind === 'taken'
            ? answer.by.originalRunId
            : undefined;
      if (has === undefined) continue;
      if ((acknowledged.get(reference) ?? has) !== has) throw new Error(`${reference} has two runs`);
      acknowledged.set(reference, has);
    }
  };
  const writers = [1, 2, 3].map(writer);
  for (let kills = 0; kills < 10; kills += 1) {
    const before = acknowledged.size;
    await until(async () => acknowledged.size > before + 10);
    await postgres.kill();
    await postgres.start();
  }
  over.abort();
  await Promise.all(writers);
  const rows = await postgres.run(
    `select reference, original_run_id as has from payouts.intents where reference like 'kill-%'`,
  );
  const kept = new Map(rows.map(({ reference, has }) => [reference, has]));
  expect([...acknowledged].filter(([reference, has]) => kept.get(reference) !== has)).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(100);
});

test('commits reach the disk, whatever role or server say', async () => {
  await postgres.run(
    `create role careless superuser login; alter role careless set synchronous_commit = off`,
  );
  await postgres.run(`create table public.seen (how text)`);
  await postgres.run(`create function public.see() returns trigger language plpgsql as $$ begin
    insert into public.seen values (current_setting('synchronous_commit')); return new; end $$`);
  await postgres.run(
    `create trigger see after insert on payouts.intents for each row execute function public.see()`,
  );
  try {
    await openAs('careless').register.claimIntent(claimOf({ reference: 'disk-1' }));
    expect(await postgres.run('select how from public.seen')).toEqual([{ how: 'on' }]);
  } finally {
    await postgres.run(`drop trigger see on payouts.intents`);
  }
});

test('a server that takes no writes says so', async () => {
  await postgres.run(
    `create role standby superuser login; alter role standby set default_transaction_read_only = on`,
  );
  expect(await openAs('standby').register.claimIntent(claimOf({ reference: 'standby' }))).toEqual({
    kind: 'unavailable',
    note: 'the register’s PostgreSQL takes no writes: is it a standby? (25006)',
  });
});

test('a database, a schema or a user that is not there, and a closed register, are unavailable and told apart', async () => {
  const at = async (place: { readonly database?: string; readonly user?: string }) => {
    const one = openPostgresRegister(settingsFor(postgres.address(place)), { logger });
    opened.push(one);
    return one.register.claimIntent(claimOf());
  };
  await postgres.createDatabase('empty_one');
  expect(await at({ database: 'nowhere' })).toMatchObject({
    note: expect.stringMatching(/not there \(3D000\)$/),
  });
  expect(await at({ database: 'empty_one' })).toMatchObject({
    note: 'the register’s schema is not there or too old: payouts register migrate (42P01)',
  });
  expect(await at({ user: 'stranger' })).toMatchObject({
    note: expect.stringMatching(/refuses user or password.*\(28000\)$/),
  });
  const closed = open();
  await closed.close();
  expect(await closed.register.claimIntent(claimOf())).toMatchObject({ kind: 'unavailable' });
});

async function expectUsable(register: OpenRegister['register'], reference: string): Promise<void> {
  await until(async () => (await register.claimIntent(claimOf({ reference }))).kind === 'claimed');
}

const waits = `application_name = 'payouts-worker' and wait_event_type = 'Lock'`;
const waiting = async () => postgres.run(`select pid from pg_stat_activity where ${waits}`);

async function until(holds: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > limit) throw new Error('it did not come to pass within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
