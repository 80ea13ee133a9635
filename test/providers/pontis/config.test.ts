import { Secret } from '../../../src/observability/secret';
import { UnsafeSettingError } from '../../../src/providers/account-settings';
import {
  baseUrlProblem,
  pontisCredentials,
  pontisSettingsSchema,
} from '../../../src/providers/pontis/config';
import { pontisModule } from '../../../src/providers/pontis/module';
import { accountOf, bankRequest, fakePontis } from './pontis-account';

const ports = {
  send: () => Promise.reject(new Error('nothing is sent here')),
  now: () => 0,
  randomBytes: (length: number) => Buffer.alloc(length),
};
const second = 1000;
const hour = 3_600_000;
const day = 24 * hour;

describe('the contract', () => {
  it('is what the documentation allows to promise', () => {
    expect(fakePontis({}).provider.contract).toEqual({
      replay: { windowMs: day, afterEmptyLookUps: 0, verifyByLookUp: false },
      lookUp: { kind: 'none', graceMs: 0, absence: null },
      refusalsRemembered: false,
      recoveryPlanMs: [1, 2, 4, 8, 16, 32, 60, 60, 300, 900, 3600].map((seconds) => seconds * second),
      personAfterMs: day,
      echoes: { submit: [], lookUp: [], status: [] },
      returns: { reported: true, watchMs: 45 * day },
      unpaid: { settleMs: 60 * second, watchMs: 7 * day },
    });
  });

  it('moves only toward caution', () => {
    const { provider } = fakePontis({}, { common: { contract: { replayWindowMs: hour } } });
    expect(provider.contract.replay.windowMs).toBe(hour);
    const account = accountOf({ common: { contract: { replayWindowMs: 2 * day } } });
    expect(() => pontisModule.create(account, ports)).toThrow(UnsafeSettingError);
  });

  it('needs no quote and looks nothing up', () => {
    const { provider } = fakePontis({});
    expect(provider.needsQuote(bankRequest)).toBe(false);
    expect(Object.keys(provider)).not.toEqual(expect.arrayContaining(['lookUp']));
    expect(Object.keys(provider)).not.toEqual(expect.arrayContaining(['quote']));
  });

  it('polls soon, then hourly, and watches daily', () => {
    const { pollPlan } = fakePontis({}).provider;
    expect(pollPlan.delaysMs[0]).toBe(15 * second);
    expect(pollPlan.delaysMs.at(-1)).toBe(hour);
    expect([...pollPlan.delaysMs].toSorted((left, right) => left - right)).toEqual(pollPlan.delaysMs);
    expect(pollPlan.watchDelaysMs.at(-1)).toBe(day);
    expect(pollPlan.overdueAfterMs).toBe(day);
  });
});

describe('the settings', () => {
  it('have documented defaults', () => {
    expect(pontisSettingsSchema.parse({})).toEqual({
      paymentMethods: [],
      sourceCurrencies: ['USDT'],
      recipientFields: {
        bankCode: 'bank_code',
        bic: 'bic',
        bankName: 'bank_name',
        branchCode: 'branch_code',
        phoneNumber: 'phone_number',
        operator: 'operator',
      },
      longestText: 255,
      sandboxIds: 'any',
    });
  });

  test.each([
    [{ unknown: 1 }],
    [{ paymentNetwork: '' }],
    [{ sourceCurrencies: [] }],
    [{ sourceCurrencies: ['usdt'] }],
    [{ purposeOfPayment: ' ' }],
    [{ sandboxIds: 'none' }],
    [{ longestText: 0 }],
    [{ paymentMethods: [{ method: 'card', paymentMethod: 'x' }] }],
    [{ paymentMethods: [{ method: 'bank-account' }] }],
    [{ paymentMethods: [{ method: 'bank-account', paymentMethod: 'bank local' }] }],
    [{ paymentMethods: [{ method: 'bank-account', paymentMethod: 'x', countries: ['in'] }] }],
    [{ paymentMethods: [{ method: 'bank-account', paymentMethod: 'x', more: 1 }] }],
    [{ recipientFields: { bankCode: '__proto__' } }],
    [{ recipientFields: { bankCode: 'account_number' } }],
    [{ recipientFields: { bankCode: 'name' } }],
    [{ recipientFields: { bic: 'bank_code' } }],
    [{ recipientFields: { phoneNumber: 'name' } }],
    [{ recipientFields: { phoneNumber: null } }],
    [{ recipientFields: { accountNumber: 'account' } }],
  ])('refuse %j', (settings) => {
    expect(pontisSettingsSchema.safeParse(settings).success).toBe(false);
  });
});

describe('the credentials', () => {
  const problemOf = (name: string, value: string): string | undefined =>
    pontisCredentials.find((credential) => credential.name === name)?.problem?.(value);
  const key = Buffer.alloc(32, 1).toString('base64url');

  test.each([
    ['apiKey', 'pk_123'],
    ['hmacSecret', key],
    ['hmacSecret', 'AAEC'],
    ['hmacSecretPrevious', key],
    ['encryptionSecret', key],
    ['encryptionSecret', `${key}=`],
    ['email', 'a@b.example'],
    ['password', 'p'],
  ])('%s may be %j', (name, value) => {
    expect(problemOf(name, value)).toBeUndefined();
  });

  test.each([
    ['apiKey', ''],
    ['apiKey', 'a b'],
    ['apiKey', 'a\r\nx-evil: 1'],
    ['hmacSecret', ''],
    ['hmacSecret', 'not base64url!'],
    ['hmacSecretPrevious', '+/+/'],
    ['encryptionSecret', Buffer.alloc(31).toString('base64url')],
    ['encryptionSecret', Buffer.alloc(33).toString('base64url')],
    ['encryptionSecret', 'ä'],
    ['email', ''],
    ['password', ''],
  ])('%s may not be %j, and the reason does not quote it', (name, value) => {
    const problem = problemOf(name, value);
    expect(problem).toMatch(/^must /);
    if (value) expect(problem).not.toContain(value);
  });

  it('are all needed but the previous secret', () => {
    expect(pontisCredentials.filter(({ required }) => !required).map(({ name }) => name)).toEqual([
      'hmacSecretPrevious',
    ]);
  });

  it('stop the account when one is missing or unusable', () => {
    const { credentials } = accountOf();
    const { password: _, ...incomplete } = credentials;
    expect(() => pontisModule.create(accountOf({ credentials: incomplete }), ports)).toThrow(
      'account pontis-main: the credential password is missing',
    );
    const broken = { ...credentials, hmacSecret: new Secret('not base64url!') };
    expect(() => pontisModule.create(accountOf({ credentials: broken }), ports)).toThrow(
      'account pontis-main: hmacSecret is not base64url',
    );
  });
});

describe('the base URL', () => {
  test.each([
    ['https://api.pontisglobe.com', 'live'],
    ['https://pontis.example/base', 'live'],
    ['http://127.0.0.1:4100', 'live'],
    ['http://localhost:4100', 'live'],
    ['http://[::1]:4100', 'live'],
    ['https://sandbox.pontisglobe.com', 'sandbox'],
    ['http://simulators:4100', 'sandbox'],
  ] as const)('%s is usable in %s mode', (baseUrl, mode) => {
    expect(baseUrlProblem(baseUrl, mode)).toBeUndefined();
    expect(() => pontisModule.create(accountOf({ baseUrl, mode }), ports)).not.toThrow();
  });

  test.each([
    ['http://api.pontisglobe.com', 'live'],
    ['http://simulators:4100', 'live'],
    ['http://127.0.0.1.evil.example', 'live'],
    ['https://sandbox.pontisglobe.com', 'live'],
    ['https://SANDBOX.pontisglobe.com/', 'live'],
    ['https://api.pontisglobe.com', 'sandbox'],
    ['http://api.pontisglobe.com', 'sandbox'],
    ['ftp://pontis.example', 'sandbox'],
    ['pontis.example', 'sandbox'],
    ['', 'sandbox'],
    ['https://user:pw@pontis.example', 'sandbox'],
    ['https://pontis.example?x=1', 'sandbox'],
    ['https://pontis.example#x', 'sandbox'],
  ] as const)('%s is refused in %s mode', (baseUrl, mode) => {
    expect(() => pontisModule.create(accountOf({ baseUrl, mode }), ports)).toThrow(UnsafeSettingError);
  });
});
