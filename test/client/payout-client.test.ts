import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPayoutClient, parsePayoutAddress, requestDigest } from '../../src/client';
import type { PayoutClient } from '../../src/client';
import { requestDetails, requestSummary } from '../../src/client/request-summary';
import { connectToTemporal } from '../../src/client/temporal-connection';
import { exampleRequest } from '../support/example-request';

const address = { tenant: 'acme', reference: 'r-1' };

describe('addresses', () => {
  it.each([
    ['acme/r-1', address],
    ['payout/acme/r-1', address],
    ['payout/r-1', { tenant: 'payout', reference: 'r-1' }],
    ['payout/payout/r-1', { tenant: 'payout', reference: 'r-1' }],
    ['acme/A.b:c_d-1', { tenant: 'acme', reference: 'A.b:c_d-1' }],
  ])('reads %s', (text, expected) => expect(parsePayoutAddress(text)).toEqual(expected));

  it.each([
    '',
    'acme',
    'acme/',
    '/r-1',
    'Acme/r-1',
    'acme/r 1',
    'other/acme/r-1',
    'payout/acme/r-1/x',
    "acme/'",
  ])('reads no address in %j', (text) => expect(parsePayoutAddress(text)).toBeUndefined());
});

describe('the digest of a request', () => {
  it('is the same however its members are ordered, and another for any other content', () => {
    const request = exampleRequest();
    const reordered = Object.fromEntries(Object.entries(request).toReversed()) as unknown as typeof request;
    expect(requestDigest(reordered)).toBe(requestDigest(request));
    expect(requestDigest(request)).toMatch(/^[0-9a-f]{64}$/);
    expect(requestDigest(exampleRequest({ amount: { value: '125.0', side: 'source' } }))).not.toBe(
      requestDigest(request),
    );
  });
});

describe('what people see in Temporal UI', () => {
  it('names amount, route, method and requester, and nothing of the beneficiary', () => {
    expect(requestSummary(exampleRequest())).toBe('125.00 USDT → PH/PHP, bank-account, requested by dana');
    expect(
      requestSummary(exampleRequest({ amount: { value: '5000', side: 'destination' }, requestedBy: 'Åsa' })),
    ).toBe('→ PH 5000 PHP, bank-account, requested by Åsa');
    const details = requestDetails(
      exampleRequest({ source: { fundingAccount: 'main' }, account: 'pontis-main' }),
    );
    expect(details).toContain('- From: main, to: PH in PHP by bank-account');
    expect(details).not.toMatch(/Santos|0012345678|BOPI/);
  });

  it('takes no Markdown or line break from a name, and stays short', () => {
    const requestedBy = '[x](https://evil)\n# `a`|*b*\u202e' + 'é'.repeat(200);
    const summary = requestSummary(exampleRequest({ requestedBy }));
    expect(summary).not.toMatch(/[[\]()\n#`|*\u202e]/);
    expect(Buffer.byteLength(summary)).toBeLessThan(400);
  });
});

it.each<readonly [Parameters<PayoutClient['resolve']>[0], string]>([
  [{ ...address, by: '', action: 'confirm', proposal: 'ab12' }, 'by must be who says so'],
  [{ ...address, by: 'dana', action: 'adopt', providerPayoutId: 'no id' }, 'provider’s id'],
  [
    { ...address, by: 'dana', action: 'adopt', providerPayoutId: 'id', reason: '' },
    'reason must be one line of 1 to 500',
  ],
  [
    { ...address, by: 'dana', action: 'never-accepted', evidence: 'short' },
    'one line of 10 to 500 characters',
  ],
  [{ ...address, by: 'dana', action: 'confirm', proposal: 'a b' }, 'proposal must be the id of the proposal'],
  [{ ...address, by: 'dana', action: 'reject', proposal: 'ab12', reason: ' ' }, 'reason must be one line'],
  [{ ...address, by: 'dana', action: 'keep-waiting', reason: 'x\ny' }, 'reason must be one line'],
])('resolve says which field of %j it cannot use', async (command, words) => {
  const client = createPayoutClient({ env: {} });
  await expect(client.resolve(command)).rejects.toMatchObject({
    code: 'arguments_invalid',
    message: expect.stringContaining(words),
  });
  await client.close();
});

describe('connecting', () => {
  const file = (text: string): string => {
    const path = join(mkdtempSync(join(tmpdir(), 'payouts-client-')), 'temporal.toml');
    writeFileSync(path, text);
    return path;
  };

  it('takes address and namespace from settings, then variables, then the profile', async () => {
    const env = {
      TEMPORAL_CONFIG_FILE: file('[profile.prod]\naddress = "profile:1"\nnamespace = "of-profile"\n'),
      TEMPORAL_PROFILE: 'prod',
    };
    const read = async (settings: Parameters<typeof connectToTemporal>[0]) => {
      const { client, close } = connectToTemporal(settings);
      const { address: at } = (client.connection as unknown as { options: { address: string } }).options;
      await close();
      return [at, client.options.namespace];
    };
    expect(await read({ env: {} })).toEqual(['localhost:7233', 'default']);
    const unset = {
      TEMPORAL_ADDRESS: '',
      TEMPORAL_NAMESPACE: '',
      TEMPORAL_PROFILE: '',
      TEMPORAL_CONFIG_FILE: '',
    };
    expect(await read({ env: unset })).toEqual(['localhost:7233', 'default']);
    expect(await read({ env: { ...env, TEMPORAL_ADDRESS: '' } })).toEqual(['profile:1', 'of-profile']);
    expect(await read({ env })).toEqual(['profile:1', 'of-profile']);
    expect(await read({ env: { ...env, TEMPORAL_ADDRESS: 'env:2', TEMPORAL_NAMESPACE: 'of-env' } })).toEqual([
      'env:2',
      'of-env',
    ]);
    expect(
      await read({ address: 'set:3', namespace: 'of-settings', env: { ...env, TEMPORAL_ADDRESS: 'env:2' } }),
    ).toEqual(['set:3', 'of-settings']);
  });

  it.each([
    [{ env: {}, profile: 'missing' }],
    [{ env: { TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml', TEMPORAL_PROFILE: 'prod' } }],
    [{ env: { TEMPORAL_TLS_CLIENT_CERT_PATH: '/nonexistent.pem', TEMPORAL_TLS_CLIENT_KEY_PATH: '/no.key' } }],
  ])('says that %j cannot be used', (settings) => {
    expect(() => createPayoutClient(settings)).toThrow(
      expect.objectContaining({ code: 'connection_settings_invalid' }),
    );
  });

  it('names the variable whose file is not there', () => {
    expect(() => createPayoutClient({ env: { TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml' } })).toThrow(
      expect.objectContaining({
        code: 'connection_settings_invalid',
        message: expect.stringContaining('TEMPORAL_CONFIG_FILE') as string,
      }),
    );
  });

  it('says unavailable within its time when nothing listens', async () => {
    const client = createPayoutClient({
      address: await closedPort(),
      env: {},
      callTimeoutMs: 300,
      answerTimeoutMs: 300,
      startTimeoutMs: 600,
    });
    const began = performance.now();
    for (const call of [
      async () => client.start(exampleRequest()),
      async () => client.get(address),
      async () => client.outcome(address),
      async () => client.outcome({ ...address, timeoutMs: 400 }),
      async () => first(client.list()),
      async () => first(client.events({ ...address, pollMs: 10, patienceMs: 10 })),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'temporal_unavailable',
        message: expect.stringContaining('Temporal at 127.0.0.1:'),
      });
    }
    expect(performance.now() - began).toBeLessThan(6_000);
    await client.close();
  });

  it('bounds the wait for an outcome by its own timeout, from the first read on', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((done) => silent.once('listening', done));
    // Connections are accepted, and nothing is ever answered; a call alone would wait for a minute.
    const { port } = silent.address() as AddressInfo;
    const client = createPayoutClient({ address: `127.0.0.1:${port}`, env: {}, callTimeoutMs: 60_000 });
    await expect(client.outcome({ ...address, timeoutMs: 300 })).rejects.toMatchObject({
      code: 'temporal_unavailable',
    });
    await client.close();
    silent.close();
    for (const socket of sockets) socket.destroy();
  }, 30_000);
});

const first = async (items: AsyncIterable<unknown>): Promise<unknown> => items[Symbol.asyncIterator]().next();

async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return `127.0.0.1:${port}`;
}
