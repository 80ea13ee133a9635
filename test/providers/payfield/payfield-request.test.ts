import type { Beneficiary, PayoutRequest } from '../../../src/domain/payout-request';
import { UnsafeSettingError } from '../../../src/providers/account-settings';
import { payfieldContract, payfieldSettingsSchema } from '../../../src/providers/payfield/config';
import { payfieldModule } from '../../../src/providers/payfield/module';
import { account, frozen, payout, providerAnswering, request } from './payfield-account';

const { provider } = providerAnswering([]);
const pathsOf = (changes: Partial<PayoutRequest>): readonly string[] =>
  provider.problems({ ...request, ...changes }).map(({ path }) => path);
const cardNumberOf = (beneficiary: Beneficiary): unknown =>
  JSON.parse(provider.freezeBody({ request: { ...request, beneficiary }, key: 'k' })).card_number;
const name = 'Rahim Uddin';

describe('the key', () => {
  it('is dp- and 40 of the 64 hex digits', () => {
    const digest = Array.from({ length: 64 }, (_, digit) => (digit % 16).toString(16)).join('');
    expect(provider.formatKey(digest)).toBe('dp-0123456789abcdef0123456789abcdef01234567');
  });
});

describe('the frozen body', () => {
  it('is this text', () => {
    expect(frozen().body).toBe(
      `{"external_id":"dp-${'ab'.repeat(20)}","amount":"5000.00","currency":"BDT",` +
        '"card_number":"4111111111111111","shop_code":"your_bdt_shop",' +
        '"callback_url":"https://merchant.example.com/webhooks/payout",' +
        '"merchant_user_id":"merchant-user-001","merchant_user_ip":"203.0.113.10"}',
    );
    expect(frozen().key).toBe(payout.external_id);
  });

  it('is the same for the same input, however its members are ordered', () => {
    const reordered = Object.fromEntries(Object.entries(request).toReversed()) as PayoutRequest;
    expect(provider.freezeBody({ request: reordered, key: 'k' })).toBe(
      provider.freezeBody({ request, key: 'k' }),
    );
  });

  it('holds nothing of ours', () => {
    expect(frozen().body).not.toMatch(/never sent|acme|r-1|ana|Rahim/);
  });

  it('leaves out a callback URL that is not set', () => {
    const { body } = frozen({ settings: { ...account.settings, callbackUrl: undefined } });
    expect(body).not.toContain('callback_url');
  });

  it.each([
    [{ method: 'card', name, account: { cardNumber: '5555555555554444' } }, '5555555555554444'],
    [{ method: 'bank-account', name, account: { accountNumber: '1234567890123' } }, '1234567890123'],
    [{ method: 'mobile-wallet', name, account: { phoneNumber: '+8801712345678' } }, '01712345678'],
    [{ method: 'mobile-wallet', name, account: { phoneNumber: '8801712345678' } }, '01712345678'],
    [{ method: 'mobile-wallet', name, account: { phoneNumber: '01712345678' } }, '01712345678'],
    [
      { method: 'mobile-wallet', name, account: { phoneNumber: '017123456789', operator: 'Rocket' } },
      '017123456789',
    ],
  ] satisfies readonly (readonly [Beneficiary, string])[])(
    '%j goes to card_number',
    (beneficiary, expected) => {
      expect(cardNumberOf(beneficiary)).toBe(expected);
    },
  );

  it('sends the phone number in E.164 where the account says so', () => {
    const asGiven = providerAnswering([], { settings: { ...account.settings, phoneFormat: 'as-given' } });
    const beneficiary: Beneficiary = {
      method: 'mobile-wallet',
      name,
      account: { phoneNumber: '+8801712345678' },
    };
    expect(asGiven.provider.freezeBody({ request: { ...request, beneficiary }, key: 'k' })).toContain(
      '"card_number":"+8801712345678"',
    );
  });

  it('cannot be made of a request with problems', () => {
    expect(() => provider.freezeBody({ request: { ...request, payer: undefined }, key: 'k' })).toThrow(
      'problems',
    );
    const value = { ...request.amount, value: '1.001' };
    expect(() => provider.freezeBody({ request: { ...request, amount: value }, key: 'k' })).toThrow(
      'decimals',
    );
  });
});

describe('a payable request', () => {
  it.each([
    {},
    { amount: { value: '0.01', side: 'destination' } },
    { amount: { value: '0.01', side: 'source' } },
    { source: { fundingAccount: 'bd-float' } },
    { limits: { leastReceived: '5000.00' } },
    { limits: { greatestSlippagePercent: '0.5' } },
    { payer: { userId: 'u', ipAddress: '2001:db8::1' } },
    {
      beneficiary: {
        method: 'bank-account',
        name,
        account: { accountNumber: '1234567890123', bankName: 'City' },
      },
    },
    { beneficiary: { method: 'mobile-wallet', name, account: { phoneNumber: '01712345678' } } },
    {
      beneficiary: {
        method: 'mobile-wallet',
        name,
        account: { phoneNumber: '01712345678', operator: 'bKash' },
      },
    },
  ] satisfies readonly Partial<PayoutRequest>[])('%j', (changes) => {
    expect(pathsOf(changes)).toEqual([]);
  });
});

describe('a request that cannot be paid', () => {
  const wallet = (phoneNumber: string, operator?: string): Partial<PayoutRequest> => ({
    beneficiary: { method: 'mobile-wallet', name, account: { phoneNumber, ...(operator && { operator }) } },
  });
  const card = (cardNumber: string): Partial<PayoutRequest> => ({
    beneficiary: { method: 'card', name, account: { cardNumber } },
  });
  const bank = (account: object): Partial<PayoutRequest> => ({
    beneficiary: { method: 'bank-account', name, account: { accountNumber: '1234567890123', ...account } },
  });
  const cases: readonly [Partial<PayoutRequest>, ...string[]][] = [
    [{ destination: { country: 'IN', currency: 'BDT' } }, 'destination.country'],
    [{ destination: { country: 'BD', currency: 'USD' } }, 'destination.currency'],
    [{ source: { currency: 'USDT' } }, 'source.currency'],
    [{ amount: { value: '1.001', side: 'destination' } }, 'amount.value'],
    [{ amount: { value: '0.00', side: 'destination' } }, 'amount.value'],
    [{ amount: { value: '-1', side: 'destination' } }, 'amount.value'],
    [{ amount: { value: '1e3', side: 'source' } }, 'amount.value'],
    [{ limits: { leastReceived: '5000.01' } }, 'limits.leastReceived'],
    [{ limits: { leastReceived: 'all' } }, 'limits.leastReceived'],
    [{ payer: undefined }, 'payer.userId', 'payer.ipAddress'],
    [{ payer: { userId: 'u' } }, 'payer.ipAddress'],
    [{ payer: { ipAddress: '203.0.113.10' } }, 'payer.userId'],
    [{ payer: { userId: ' ', ipAddress: '203.0.113.10' } }, 'payer.userId'],
    [{ payer: { userId: 'u'.repeat(129), ipAddress: '203.0.113.10' } }, 'payer.userId'],
    [{ payer: { userId: 'u\n', ipAddress: '203.0.113.10' } }, 'payer.userId'],
    [{ payer: { userId: 'u', ipAddress: '203.0.113' } }, 'payer.ipAddress'],
    [{ payer: { userId: 'u', ipAddress: 'localhost' } }, 'payer.ipAddress'],
    [card('4111111111111112'), 'beneficiary.account.cardNumber'],
    [card('4111 1111 1111 1112'), 'beneficiary.account.cardNumber'],
    [card('41111111111'), 'beneficiary.account.cardNumber'],
    [card(''), 'beneficiary.account.cardNumber'],
    [wallet('+15551234567'), 'beneficiary.account.phoneNumber'],
    [wallet('0171234567'), 'beneficiary.account.phoneNumber'],
    [wallet('01212345678'), 'beneficiary.account.phoneNumber'],
    [wallet('01712345678', 'nagad'), 'beneficiary.account.operator'],
    [wallet('1', 'nagad'), 'beneficiary.account.phoneNumber', 'beneficiary.account.operator'],
    [bank({ accountNumber: '12-34' }), 'beneficiary.account.accountNumber'],
    [bank({ bankCode: '044' }), 'beneficiary.account.bankCode'],
    [bank({ ifsc: 'HDFC0000001' }), 'beneficiary.account.ifsc'],
    [bank({ accountNumber: '1.23E+12' }), 'beneficiary.account.accountNumber'],
    [wallet('+8802123456789'), 'beneficiary.account.phoneNumber'],
    [wallet('017123456789'), 'beneficiary.account.phoneNumber'],
    [bank({ bic: 'DHBLBDDH' }), 'beneficiary.account.bic'],
    [bank({ branchCode: '1' }), 'beneficiary.account.branchCode'],
    [bank({ rail: 'npsb' }), 'beneficiary.account.rail'],
    [{ beneficiary: { method: 'crypto-wallet', name, account: { address: 'T' } } }, 'beneficiary.method'],
    [
      {
        beneficiary: {
          method: 'saved-destination',
          name,
          account: { destinationId: 'd', kind: 'bank-account' },
        },
      },
      'beneficiary.method',
    ],
  ];

  test.each(cases)('%j: %s', (changes, ...paths) => {
    expect(pathsOf(changes)).toEqual(paths);
  });

  it('is never quoted', () => {
    const text = JSON.stringify(
      provider.problems({
        ...request,
        ...card('4111111111111112'),
        payer: { userId: 'secret\n', ipAddress: 'here' },
      }),
    );
    expect(text).not.toMatch(/4111|secret|here/);
  });

  it('needs no quote, ever', () => {
    expect(provider.needsQuote(request)).toBe(false);
    expect('quote' in provider).toBe(false);
  });
});

describe('the contract', () => {
  it('waits for twice the longest submit before a look-up counts', () => {
    expect(provider.contract).toEqual(payfieldContract);
    expect(provider.submitTimeoutMs).toBe(30_000);
    const slow = providerAnswering([], { common: { submitTimeoutMs: 60_000 } }).provider;
    expect(slow.contract.lookUp.graceMs).toBe(125_000);
  });

  it('outlasts the timestamp window and the submit timeout', () => {
    expect(payfieldContract.lookUp.graceMs).toBeGreaterThan(60_000);
    expect(payfieldContract.lookUp.absence?.afterMs).toBeGreaterThanOrEqual(600_000);
  });

  it('lets no live account weaken it', () => {
    const live = { mode: 'live', baseUrl: 'https://api.example.com' } as const;
    const weak = (contract: object): (() => unknown) => {
      return () => providerAnswering([], { ...live, common: { contract } });
    };
    expect(weak({ lookUpGraceMs: 1000 })).toThrow(UnsafeSettingError);
    expect(weak({ absenceAfterMs: 1000 })).toThrow(UnsafeSettingError);
    expect(weak({ absenceLookUps: 1 })).toThrow(UnsafeSettingError);
    expect(weak({ replayWindowMs: 31 * 86_400_000 })).toThrow(UnsafeSettingError);
  });
});

describe('the account', () => {
  const made =
    (changes: Partial<typeof account>): (() => unknown) =>
    () =>
      providerAnswering([], changes);

  it.each([
    ['live', 'https://payfield-api.example.com'],
    ['live', 'https://payfield-api.example.com/base/'],
    ['live', 'http://127.0.0.1:4000'],
    ['sandbox', 'http://simulators:4002'],
    ['sandbox', 'https://sandbox.payfield.io'],
  ] as const)('%s may be at %s', (mode, baseUrl) => {
    expect(made({ mode, baseUrl })).not.toThrow();
  });

  it.each([
    ['live', 'http://payfield-api.example.com'],
    ['live', 'https://sandbox.payfield.io'],
    ['live', 'https://payfield-test.example.com'],
    ['live', 'https://user:secret@example.com'],
    ['live', 'https://example.com/?shop=1'],
    ['live', 'ftp://127.0.0.1'],
    ['live', 'payfield'],
    ['sandbox', 'https://bdt.api.payfield.io'],
    ['sandbox', 'https://api.trustedpay.one'],
  ] as const)('%s may not be at %s', (mode, baseUrl) => {
    expect(made({ mode, baseUrl })).toThrow(UnsafeSettingError);
  });

  it('sends live callbacks nowhere but over https', () => {
    const settings = { ...account.settings, callbackUrl: 'http://merchant.example.com/' };
    expect(made({ mode: 'live', baseUrl: 'https://api.example.com', settings })).toThrow('callbackUrl');
    expect(made({ settings })).not.toThrow();
  });

  it('needs its credentials', () => {
    const { apiKey: _, ...credentials } = account.credentials;
    expect(made({ credentials })).toThrow('apiKey');
  });

  it('keeps a base path', async () => {
    const { provider: based, sent } = providerAnswering([{ status: 500, headers: {}, body: '' }], {
      baseUrl: 'http://127.0.0.1:4000/edge/',
    });
    await based.submit(frozen(), {});
    expect(sent[0]?.request.url).toBe('http://127.0.0.1:4000/edge/api/v1/payouts');
  });
});

describe('settings', () => {
  it('have documented defaults', () => {
    expect(payfieldSettingsSchema.parse({ shopCode: 's' })).toEqual({
      shopCode: 's',
      signatureEncoding: 'hex',
      phoneFormat: 'national',
      walletOperators: [],
    });
  });

  it.each([
    {},
    { shopCode: '' },
    { shopCode: 'a b' },
    { shopCode: 's', callbackUrl: 'ftp://example.com' },
    { shopCode: 's', callbackUrl: 'nowhere' },
    { shopCode: 's', signatureEncoding: 'latin1' },
    { shopCode: 's', walletOperators: [''] },
    { shopCode: 's', unknown: 1 },
  ])('refuses %j', (settings) => {
    expect(payfieldSettingsSchema.safeParse(settings).success).toBe(false);
  });

  it('judges credentials without quoting them', () => {
    const problems = payfieldModule.credentials.map(({ problem }) => problem?.('\n'));
    expect(problems[0]).toMatch('printable');
    expect(payfieldModule.credentials.map(({ problem }) => problem?.('') === undefined)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
