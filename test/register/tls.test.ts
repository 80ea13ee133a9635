import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../src/observability/secret';
import { registerStatus } from '../../src/register/postgres/postgres-register';
import type { DatabaseTls } from '../../src/register/postgres/register-settings';
import { rolesSql } from '../../src/register/postgres/roles';
import { usualRoles } from '../../src/register/postgres/rights';
import type { FoundPostgres } from '../support/found-postgres';
import { startFoundPostgres } from '../support/found-postgres';
import { migrated, settingsFor } from './register-on-postgres';

/** TLS and passwords: a server that cannot prove who it is learns nothing. */

let postgres: FoundPostgres;
let folder: string;
let authority: string;
let stranger: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payouts-tls-'));
  authority = certificate('ca', '/CN=an authority of a test');
  stranger = certificate('stranger', '/CN=another authority');
  certificate('server', '/CN=db.acme.example', 'ca', 'subjectAltName=DNS:db.acme.example,DNS:localhost');
  postgres = await startFoundPostgres({
    port: await freePort(),
    configuration: ['ssl = on', `password_encryption = 'scram-sha-256'`],
    files: { 'server.crt': read('server.crt'), 'server.key': read('server.key') },
    hba: [
      'local all all trust',
      'hostssl all all 127.0.0.1/32 scram-sha-256',
      'hostnossl all all 127.0.0.1/32 reject',
    ],
  });
  await migrated(postgres.address());
  await postgres.run(rolesSql(usualRoles));
  await postgres.run(`alter role payouts_worker password 'right-kanarie'`);
  await migrated(postgres.address(), usualRoles);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

function certificate(
  name: string,
  subject: string,
  by?: string,
  extension = 'basicConstraints=CA:TRUE',
): string {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    `${name}.key`,
  ];
  writeFileSync(join(folder, `${name}.ext`), `${extension}\n`);
  openssl('req', ...key, '-out', `${name}.csr`, '-subj', subject);
  const signer =
    by === undefined
      ? ['-signkey', `${name}.key`]
      : ['-CA', `${by}.crt`, '-CAkey', `${by}.key`, '-CAcreateserial'];
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    ...signer,
    '-days',
    '2',
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.crt`,
  );
  return read(`${name}.crt`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const ask = async (
  tls: DatabaseTls | undefined,
  {
    host = 'localhost',
    password = 'right-kanarie',
  }: { readonly host?: string; readonly password?: string | null } = {},
) =>
  registerStatus(
    settingsFor(
      {
        host,
        port: postgres.port,
        database: 'postgres',
        user: 'payouts_worker',
        ...(password === null ? {} : { password: new Secret(password) }),
      },
      tls === undefined ? {} : { tls },
    ),
  );

test('a server with a certificate for its name, by an authority that is trusted, is asked', async () => {
  expect(await ask({ ca: authority })).toMatchObject({ kind: 'usable', hasMoreThanNeeded: false });
});

test('the name of the certificate may be given', async () => {
  expect(await ask({ ca: authority, serverName: 'db.acme.example' }, { host: '127.0.0.1' })).toMatchObject({
    kind: 'usable',
  });
});

test.each([
  [
    'another authority',
    () => ask({ ca: stranger }),
    /\((?:UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT\w*|UNABLE_TO_GET_ISSUER\w*)\)$/,
  ],
  ['the authorities of Node', () => ask({}), /TLS with the register fails/],
  [
    'an address that the certificate does not name',
    () => ask({ ca: authority }, { host: '127.0.0.1' }),
    /\(ERR_TLS_CERT_ALTNAME_INVALID\)$/,
  ],
  [
    'another name',
    () => ask({ ca: authority, serverName: 'other.acme.example' }),
    /\(ERR_TLS_CERT_ALTNAME_INVALID\)$/,
  ],
  ['no TLS', () => ask(undefined), /\(28000\)$/],
  ['another password', () => ask({ ca: authority }, { password: 'wrong-kanarie' }), /\(28P01\)$/],
  ['no password', () => ask({ ca: authority }, { password: null }), /refuses user or password/],
])('with %s it is unavailable, and says why', async (_, asking, note) => {
  const answer = await asking();
  expect(answer).toEqual({ kind: 'unavailable', note: expect.stringMatching(note) });
  expect(JSON.stringify(answer)).not.toMatch(/kanarie|127\.0|localhost|payouts_worker/);
});

test('PGPASSWORD of whoever runs it is not tried', async () => {
  const before = process.env['PGPASSWORD'];
  process.env['PGPASSWORD'] = 'right-kanarie';
  try {
    expect(await ask({ ca: authority }, { password: null })).toMatchObject({ kind: 'unavailable' });
  } finally {
    if (before === undefined) delete process.env['PGPASSWORD'];
    else process.env['PGPASSWORD'] = before;
  }
});
