import { SendFailure } from '../../../src/http/sender';
import type { HttpReply } from '../../../src/http/sender';
import { statuses } from '../../../src/providers/payfield/mapping';
import type { LookUpReply, StatusReply } from '../../../src/providers/provider';
import { account, errorBody, frozen, now, payoutStatus, providerAnswering, reply } from './payfield-account';

const readAnswered = (answer: HttpReply | SendFailure): Promise<StatusReply> =>
  providerAnswering([answer]).provider.readStatus({ attempt: frozen(), providerPayoutId: '12345' }, {});

async function lookUpAnswered(answer: HttpReply | SendFailure): Promise<LookUpReply | undefined> {
  return providerAnswering([answer]).provider.lookUp?.({ attempt: frozen(), firstSentAt: now }, {});
}

const matched = ['key', 'amount', 'currency', 'account-scope'];
const reading = {
  providerPayoutId: '12345',
  status: 'accepted',
  providerStatus: 'pending',
  echo: { matched, unverified: ['beneficiary'], mismatched: [] },
  amounts: { destination: { value: '5000.00', currency: 'BDT' } },
};

describe('a status read', () => {
  it('asks by our key in the shop that was frozen, whatever the settings say today', async () => {
    const attempt = frozen();
    const { provider, sent } = providerAnswering([reply(200, payoutStatus)], {
      settings: { ...account.settings, shopCode: 'new_shop' },
    });
    await provider.readStatus(
      { attempt, providerPayoutId: '12345' },
      {
        beforeWrite: () => {
          throw new Error('reads are not guarded');
        },
      },
    );
    expect(sent[0]).toMatchObject({
      request: {
        method: 'GET',
        url: `http://127.0.0.1:4000/api/v1/payouts/dp-${'ab'.repeat(20)}?shop_code=your_bdt_shop`,
      },
      options: { timeoutMs: 15_000, maxReplyBytes: 262_144 },
    });
    expect(sent[0]?.request.body).toBeUndefined();
    expect(sent[0]?.options.beforeWrite).toBeUndefined();
  });

  it.each([
    ['pending', 'accepted'],
    ['success', 'paid'],
    ['failed', 'failed'],
    ['canceled', 'cancelled'],
    ['refunded', 'returned'],
    ['expired', 'expired'],
    ['cancelled', 'unrecognised'],
    ['SUCCESS', 'unrecognised'],
    ['success ', 'unrecognised'],
    ['processing', 'unrecognised'],
    ['constructor', 'unrecognised'],
    ['__proto__', 'unrecognised'],
  ])('%j is %s', async (word, status) => {
    expect(await readAnswered(reply(200, { ...payoutStatus, status: word }))).toMatchObject({
      kind: 'read',
      reading: { status, providerStatus: word.replace(' ', '_') },
    });
  });

  it('knows exactly the documented statuses', () => {
    expect(Object.keys(statuses).sort()).toEqual([
      'canceled',
      'expired',
      'failed',
      'pending',
      'refunded',
      'success',
    ]);
  });

  it('tells what it read', async () => {
    expect(await readAnswered(reply(200, payoutStatus))).toEqual({ kind: 'read', reading });
  });

  it.each([
    ['amount', '1e3'],
    ['amount', '-1.00'],
    ['amount', undefined],
    ['currency', 'USD'],
  ])('tells no amount when %s is %j', async (field, value) => {
    const answer = await readAnswered(reply(200, { ...payoutStatus, [field]: value }));
    expect(answer.kind === 'read' && 'amounts' in answer.reading).toBe(false);
  });

  it('says that the key names another payout when the id differs', async () => {
    expect(await readAnswered(reply(200, { ...payoutStatus, id: 99999 }))).toMatchObject({
      kind: 'read',
      reading: {
        providerPayoutId: '99999',
        echo: { matched: ['amount', 'currency', 'account-scope'], mismatched: ['key'] },
      },
    });
  });

  it.each([
    ['external_id', 'PAY-1', 'key'],
    ['amount', '50.00', 'amount'],
    ['currency', 'INR', 'currency'],
    ['shop_code', 'other', 'account-scope'],
  ])('sees that %s differs', async (field, value, echo) => {
    expect(await readAnswered(reply(200, { ...payoutStatus, [field]: value }))).toMatchObject({
      reading: { echo: { mismatched: [echo] } },
    });
  });
});

describe('a read that fails has no effect', () => {
  const html = '<html>';
  const cases: readonly [number, unknown, string][] = [
    [404, errorBody('not_found', 'Payout not found'), 'not_found'],
    [404, errorBody('not_found', 'Not found'), 'misconfigured'],
    [404, errorBody('no_route', 'Payout not found'), 'misconfigured'],
    [404, html, 'unreadable_reply'],
    [404, '', 'unreadable_reply'],
    [401, errorBody('unauthorized', 'Invalid signature'), 'credentials_refused'],
    [403, html, 'unreadable_reply'],
    [422, errorBody('validation_error', 'Default active shop not found'), 'misconfigured'],
    [422, html, 'unreadable_reply'],
    [429, html, 'rate_limited'],
    [409, html, 'conflict'],
    [500, errorBody('internal_error', 'x'), 'server_error'],
    [503, html, 'server_error'],
    [302, '', 'unreadable_reply'],
    [200, html, 'unreadable_reply'],
    [200, '{}', 'unreadable_reply'],
    [200, errorBody('not_found', 'Payout not found'), 'unreadable_reply'],
  ];

  test.each(cases)('%i %j: %s', async (httpStatus, body, code) => {
    const failed = { kind: 'failed', failure: { effect: 'none', code, httpStatus } };
    expect(await readAnswered(reply(httpStatus, body))).toMatchObject(failed);
    // The one exception: a look-up that is told plainly that there is none has found out something.
    expect(await lookUpAnswered(reply(httpStatus, body))).toMatchObject(
      code === 'not_found' ? { kind: 'complete', found: [] } : failed,
    );
  });

  it.each(['timeout', 'connection_lost', 'aborted', 'reply_too_large'] as const)('%s', async (code) => {
    const lost = new SendFailure(code, true);
    expect(await readAnswered(lost)).toMatchObject({ failure: { effect: 'none' } });
    expect(await lookUpAnswered(lost)).toMatchObject({ kind: 'failed', failure: { effect: 'none' } });
  });
});

describe('a look-up', () => {
  it('finds the one payout that the key names', async () => {
    expect(await lookUpAnswered(reply(200, payoutStatus))).toEqual({ kind: 'complete', found: [reading] });
  });

  it('hands over a payout that is not ours for people to look at', async () => {
    expect(
      await lookUpAnswered(reply(200, { ...payoutStatus, external_id: 'PAY-1', amount: '1.00' })),
    ).toMatchObject({
      kind: 'complete',
      found: [{ echo: { mismatched: ['key', 'amount'] } }],
    });
  });
});
