import { SendFailure } from '../../../src/http/sender';
import type { StatusReply } from '../../../src/providers/provider';
import { attempt, fakePontis, json, loggedIn, refusal, sandboxId, transactionId } from './pontis-account';

const read = (
  pontis: ReturnType<typeof fakePontis>,
  providerPayoutId = transactionId,
): Promise<StatusReply> => pontis.provider.readStatus({ attempt, providerPayoutId }, {});
const flat = { transaction_id: transactionId, status: 'processing', status_message: null };
const unverified = ['key', 'amount', 'currency', 'beneficiary', 'account-scope'];

describe('a status read', () => {
  it('sends the transaction id alone', async () => {
    const pontis = fakePontis({ status: [json(200, { ok: true, data: flat })] });
    expect(await read(pontis)).toEqual({
      kind: 'read',
      reading: {
        providerPayoutId: transactionId,
        status: 'processing',
        providerStatus: 'processing',
        echo: { matched: [], unverified, mismatched: [] },
      },
    });
    expect(pontis.of('status')[0]).toMatchObject({
      plaintext: `{"transaction_id":"${transactionId}"}`,
      token: 'jwt-1',
    });
  });

  test.each([
    ['inside data', { ok: true, data: flat }],
    ['flat', flat],
    ['flat with ok', { ok: true, ...flat }],
    ['without a message', { ok: true, data: { transaction_id: transactionId, status: 'processing' } }],
    ['without the id', { status: 'processing' }],
    ['with the id in capitals', { ...flat, transaction_id: transactionId.toUpperCase() }],
    ['with more', { ...flat, amount: '10.00' }],
  ])('takes a reply %s', async (_, body) => {
    expect(await read(fakePontis({ status: [json(200, body)] }))).toMatchObject({
      kind: 'read',
      reading: { providerPayoutId: transactionId, status: 'processing' },
    });
  });

  test.each([
    ['of another transaction', { ...flat, transaction_id: '11111111-1111-4111-8111-111111111111' }],
    ['without a status', { transaction_id: transactionId }],
    ['with an empty status', { ...flat, status: '' }],
    ['with a status that is a number', { ...flat, status: 2 }],
    ['that is ok false', { ok: false, data: flat }],
    ['that is HTML', '<html>completed</html>'],
    ['that is cut', '{"ok":true,"data":{"status":"completed"'],
    ['that is empty', ''],
    ['with a long status', { ...flat, status: 'x'.repeat(201) }],
  ])('takes no reply %s', async (_, body) => {
    expect(await read(fakePontis({ status: [json(200, body)] }))).toMatchObject({
      kind: 'failed',
      failure: { effect: 'none', code: 'unreadable_reply' },
    });
  });

  it('keeps the message as a code, in the log alone', async () => {
    const body = { ...flat, status: 'failed', status_message: 'Insufficient funds' };
    const pontis = fakePontis({ status: [json(200, body)] });
    expect(JSON.stringify(await read(pontis))).not.toContain('nsufficient');
    expect(pontis.logged).toEqual([
      ['pontis_status_message', { status: 'failed', reason: 'insufficient_funds' }],
    ]);
  });

  it('gives no other message away', async () => {
    const body = { ...flat, status: 'failed', status_message: 'Account 123 of Juan closed' };
    const pontis = fakePontis({ status: [json(200, body)] });
    expect(JSON.stringify([await read(pontis), pontis.logged])).not.toMatch(/Juan|123 of/);
  });

  it('sees a sandbox id in live mode as foreign', async () => {
    const pontis = fakePontis(
      { status: [json(200, { ...flat, transaction_id: sandboxId })] },
      { mode: 'live', baseUrl: 'https://api.pontisglobe.com' },
    );
    expect(await read(pontis, sandboxId)).toMatchObject({
      kind: 'read',
      reading: { echo: { mismatched: ['account-scope'] } },
    });
  });

  test.each([
    ['404 not_found', refusal(404, 'not_found'), 'not_found'],
    ['404 of a proxy', json(404, '<html>'), 'unreadable_reply'],
    ['429', refusal(429, 'rate_limited'), 'rate_limited'],
    ['500', refusal(500, 'internal_error'), 'server_error'],
    ['a timeout', new SendFailure('timeout', true), 'timeout'],
    ['a lost connection', new SendFailure('connection_lost', true), 'connection_lost'],
    ['an unreachable host', new SendFailure('not_reachable', false), 'not_reachable'],
  ])('fails by %s without any effect', async (_, reply, code) => {
    expect(await read(fakePontis({ status: [reply] }))).toMatchObject({
      kind: 'failed',
      failure: { effect: 'none', code },
    });
  });

  it('logs in again once when its token expired', async () => {
    const pontis = fakePontis({
      login: [loggedIn('jwt-1'), loggedIn('jwt-2')],
      status: [refusal(401, 'jwt_expired'), json(200, flat)],
    });
    expect(await read(pontis)).toMatchObject({ kind: 'read' });
    expect(pontis.of('status').map(({ token }) => token)).toEqual(['jwt-1', 'jwt-2']);
  });

  it('fails by refused credentials in the end', async () => {
    const pontis = fakePontis({ status: [refusal(401, 'unauthorized')] });
    expect(await read(pontis)).toMatchObject({ failure: { code: 'credentials_refused' } });
    expect(pontis.of('status')).toHaveLength(2);
  });
});
