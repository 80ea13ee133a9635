import { databaseFailure } from '../../src/register/postgres/database-failure';

/** What an error of the driver means: said with a code, and nothing else of it. */

/** PostgreSQL's appendix A, all of its classes. */
const classes =
  '00 01 02 03 08 09 0A 0B 0F 0L 0P 0Z 10 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F 40 42 44 53 54 55 57 58 72 F0 HV P0 XX'.split(
    ' ',
  );

const canary = {
  message: 'kanarie: duplicate key value (acme, order-17) on host db.acme.example for user payouts_worker',
  detail: 'kanarie',
  where: 'kanarie',
  query: 'insert into kanarie',
  client: { password: 'kanarie' },
};

test.each([...classes.map((name) => `${name}000`), 'ZZ999'])(
  'SQLSTATE %s has a note with its code',
  (code) => {
    const { note, code: told } = databaseFailure({ ...canary, code });
    expect(told).toBe(code);
    expect(note).toMatch(new RegExp(`^[a-z’ ].{20,160} \\(${code}\\)$`));
    expect(note).not.toMatch(/kanarie|acme|insert/);
  },
);

test.each([
  ['57P01', true],
  ['57P03', true],
  ['08006', true],
  ['40001', true],
  ['40P01', true],
  ['57014', false],
  ['42P01', false],
  ['42501', false],
  ['23505', false],
  ['25006', false],
  ['28P01', false],
  ['53300', false],
  ['XX000', false],
])('%s is asked again at once: %s', (code, again) => {
  expect(databaseFailure({ code })).toMatchObject({ again });
});

test.each([
  ['ECONNREFUSED', true, 'ECONNREFUSED'],
  ['ECONNRESET', true, 'ECONNRESET'],
  ['EPIPE', true, 'EPIPE'],
  ['ENOENT', true, 'ENOENT'],
  ['ENOTFOUND', false, 'ENOTFOUND'],
  ['ETIMEDOUT', false, 'ETIMEDOUT'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', false, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['CERT_HAS_EXPIRED', false, 'CERT_HAS_EXPIRED'],
])('%s of the way to it', (code, again, told) => {
  expect(databaseFailure({ ...canary, code })).toMatchObject({ code: told, again });
});

test.each([
  [new Error('Query read timeout'), 'timeout', false],
  [new Error('timeout exceeded when trying to connect'), 'timeout', false],
  [new Error('Connection terminated unexpectedly'), 'connection_lost', true],
  [new Error('The server does not support SSL connections'), 'no_tls', false],
  [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'no_password', false],
  ['thrown text', 'connection_lost', true],
  [undefined, 'connection_lost', true],
  [{ code: 'with spaces and kanarie' }, 'connection_lost', true],
])('an error without a code (%#)', (error, code, again) => {
  expect(databaseFailure(error)).toMatchObject({ code, again });
});
