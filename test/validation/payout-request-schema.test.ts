import * as fc from 'fast-check';
import type { PayoutRequest } from '../../src/domain/payout-request';
import { formatProblem, parsePayoutRequest } from '../../src/validation/payout-request-schema';
import { holds } from '../support/property';
import { cpuMsDuring, hostileInputCpuMs } from '../support/cpu-time';

const bank: PayoutRequest = {
  schema: 1,
  tenant: 'acme',
  reference: 'order:2026-11.7_a',
  requestedBy: 'dana@acme.example',
  amount: { value: '125.00', side: 'source' },
  source: { currency: 'USDT' },
  destination: { country: 'IN', currency: 'INR' },
  beneficiary: {
    method: 'bank-account',
    name: 'Asha Rao',
    account: { accountNumber: '50100012345678', ifsc: 'HDFC0001234', rail: 'imps' },
  },
};

/** `change` is a list of paths and values; undefined removes the member. */
function changed(base: PayoutRequest, ...changes: readonly (readonly [string, unknown])[]): unknown {
  const copy = structuredClone(base) as unknown as Record<string, unknown>;
  for (const [path, value] of changes) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at = copy;
    for (const key of keys) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}

const problemsOf = (input: unknown): string[] => {
  const parsed = parsePayoutRequest(input);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
};
const pathsOf = (input: unknown): string[] => {
  const parsed = parsePayoutRequest(input);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
};

const account = (method: string, details: object, extra: object = {}): unknown =>
  changed(bank, ['beneficiary', { method, name: 'Asha Rao', account: details }], ...Object.entries(extra));

describe('accepts', () => {
  const whole = changed(
    bank,
    ['notAfter', '2026-12-31T12:00:00.5Z'],
    ['limits.leastReceived', '10000'],
    ['purpose', 'Invoice 77'],
    ['sourceOfFunds', 'Sales'],
    ['payer', { userId: 'u-1', ipAddress: '2001:db8::7', email: 'dana@acme.example' }],
    ['metadata', { order: '7', note: '' }],
    ['account', 'pontis-main'],
    ['source.fundingAccount', 'treasury-1'],
  );
  test.each<[string, unknown]>([
    ['the least request', bank],
    ['every field', whole],
    ['a funding account instead of a currency', changed(bank, ['source', { fundingAccount: 'treasury' }])],
    ['a destination amount', changed(bank, ['amount', { value: '1000.5', side: 'destination' }])],
    ['a mobile wallet', account('mobile-wallet', { phoneNumber: '+8801712345678', operator: 'bKash' })],
    [
      'a national phone number',
      account(
        'mobile-wallet',
        { phoneNumber: '01712345678' },
        { destination: { country: 'BD', currency: 'BDT' } },
      ),
    ],
    ['a card', account('card', { cardNumber: '4111111111111111' })],
    [
      'a crypto wallet',
      account(
        'crypto-wallet',
        { address: 'TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE', network: 'TRC20', memo: '12 34' },
        { destination: { country: 'NG', currency: 'USDT_TRC20' } },
      ),
    ],
    ['a saved destination', account('saved-destination', { destinationId: 'dst_1', kind: 'bank-account' })],
    ['a name in another script', changed(bank, ['beneficiary.name', 'Владимир О’Нил-Щукин'])],
    ['a name with digits', changed(bank, ['beneficiary.name', '3M'])],
    ['a name with a number beside it', changed(bank, ['beneficiary.name', 'Asha Rao 00471123'])],
    [
      'a name with an e-mail address beside it',
      changed(bank, ['beneficiary.name', 'Asha Rao asha@example.com']),
    ],
    ['a name in a script without capitals', changed(bank, ['beneficiary.name', 'خالد'])],
    ['a name of 140 characters beyond the BMP', changed(bank, ['beneficiary.name', '𠮷'.repeat(140)])],
    ['the leap day', changed(bank, ['notAfter', '2028-02-29T23:59:59Z'])],
    ['undefined optional members', { ...bank, purpose: undefined }],
    ['an object without prototype', Object.assign(Object.create(null), bank)],
  ])('%s', (_what, input) => {
    expect(problemsOf(input)).toEqual([]);
  });

  test('and gives back what it got, with names in NFC', () => {
    const parsed = parsePayoutRequest(changed(bank, ['beneficiary.name', 'Jose\u0301 Rao']));
    expect(parsed).toMatchObject({ ok: true, request: { beneficiary: { name: 'Jos\u00e9 Rao' } } });
    expect(parsePayoutRequest(whole)).toEqual({
      ok: true,
      request: whole,
      given: whole,
      changed: [],
      warnings: [],
    });
  });

  test('and reads the payee into its normal form, beside what was given', () => {
    const given = changed(bank, [
      'beneficiary.account',
      { accountNumber: ' 5010 0012 345678', ifsc: 'hdfc0001234', bic: 'DEUTDEFF' },
    ]);
    const parsed = parsePayoutRequest(given);
    expect(parsed).toEqual({
      ok: true,
      given,
      request: changed(bank, [
        'beneficiary.account',
        { accountNumber: '50100012345678', ifsc: 'HDFC0001234', bic: 'DEUTDEFF' },
      ]),
      changed: ['beneficiary.account.accountNumber', 'beneficiary.account.ifsc'],
      warnings: [
        {
          path: 'beneficiary.account.bic',
          message: 'is of a bank in another country than the destination',
        },
      ],
    });
  });

  test('and parsing twice is parsing once', () => {
    const once = parsePayoutRequest(changed(bank, ['purpose', 'A\u030angstro\u0308m']));
    if (!once.ok) throw new Error('refused');
    expect(parsePayoutRequest(once.request)).toEqual(once);
  });
});

test('names what is allowed where only a few words are', () => {
  expect(parsePayoutRequest(changed(bank, ['amount.side', 'both']))).toEqual({
    ok: false,
    problems: [{ path: 'amount.side', message: 'must be one of "source", "destination"' }],
  });
});

describe('refuses, naming the path', () => {
  test.each<[string, unknown]>([
    ['amount.value', 125],
    ['amount.value', '1.25e2'],
    ['amount.value', '-1.00'],
    ['amount.value', '+1.00'],
    ['amount.value', '0'],
    ['amount.value', '0.00'],
    ['amount.value', '01.00'],
    ['amount.value', '1,000.00'],
    ['amount.value', ' 1.00'],
    ['amount.value', '1.'],
    ['amount.value', '1.0000001'],
    ['amount.value', '1234567890123456789'],
    ['amount.value', '١٢٥'],
    ['amount.value', ''],
    ['amount.side', 'both'],
    ['amount.currency', 'USDT'],
    ['schema', 2],
    ['schema', '1'],
    ['schema', 0],
    ['schema', undefined],
    ['tenant', 'Acme'],
    ['tenant', '-acme'],
    ['tenant', 'a/b'],
    ['tenant', 'a'.repeat(33)],
    ['reference', 'a b'],
    ['reference', 'a/b'],
    ['reference', ''],
    ['reference', 'r'.repeat(65)],
    ['reference', 'line\n'],
    ['requestedBy', ''],
    ['requestedBy', undefined],
    ['source', {}],
    ['source.currency', 'usdt'],
    ['source.currency', 'XXX'],
    ['destination.country', 'in'],
    ['destination.country', 'XX'],
    ['destination.country', 'IND'],
    ['destination.currency', 'RUPEE'],
    ['destination.currency', 'constructor_TRC20'],
    ['beneficiary', undefined],
    ['beneficiary.method', 'cash'],
    ['beneficiary.name', ''],
    ['beneficiary.name', ' Asha'],
    ['beneficiary.name', 'Asha '],
    ['beneficiary.name', 'Asha\u00a0'],
    ['beneficiary.name', '...'],
    ['beneficiary.name', '4711'],
    ['beneficiary.name', '+234 803 123 4567'],
    ['beneficiary.name', '٠١٢٣'],
    ['beneficiary.name', '1E15'],
    ['beneficiary.name', 'asha@example.com'],
    ['beneficiary.name', 'asha@example.com, asha@example.org'],
    ['beneficiary.name', 'https://example.com/asha'],
    ['beneficiary.name', 'DE89370400440532013000'],
    ['beneficiary.name', '0x52908400098527886E0F7030069857D2E4169EE7'],
    ['beneficiary.name', 'a'.repeat(141)],
    ['beneficiary.name', 'a'.repeat(10_000)],
    ['beneficiary.name', 'Asha\u0000Rao'],
    ['beneficiary.name', 'Asha\nRao'],
    ['beneficiary.name', 'Asha\u2028Rao'],
    ['beneficiary.name', 'Asha\u202eoaR'],
    ['beneficiary.name', 'Asha\u2066Rao'],
    ['beneficiary.name', 'Asha\u200eRao'],
    ['beneficiary.name', 'Asha\u061cRao'],
    ['beneficiary.name', 'Asha\u200bRao'],
    ['beneficiary.name', 'Asha\u200dRao'],
    ['beneficiary.name', 'Asha\u2060Rao'],
    ['beneficiary.name', 'Asha\ufeffRao'],
    ['beneficiary.name', 'Asha\u00adRao'],
    ['beneficiary.name', 'Asha\u034fRao'],
    ['beneficiary.name', 'Asha\u3164Rao'],
    ['beneficiary.name', 'Asha\ufe0fRao'],
    ['beneficiary.name', 'Asha\u{e0041}Rao'],
    ['beneficiary.name', 'Asha\ue000Rao'],
    ['beneficiary.name', 'Asha\ud800Rao'],
    ['beneficiary.name', 'Asha\udc00'],
    ['beneficiary.name', 7],
    ['beneficiary.nickname', 'Ash'],
    ['beneficiary.account.accountNumber', undefined],
    ['beneficiary.account.accountNumber', '5010 0012'],
    ['beneficiary.account.accountNumber', '-1'],
    ['beneficiary.account.accountNumber', '1'.repeat(35)],
    ['beneficiary.account.ifsc', 'HDFC1001234'],
    ['beneficiary.account.ifsc', 'HDFC000123'],
    ['beneficiary.account.ifsc', 'HDFC0001234\n'],
    ['beneficiary.account.bic', 'DEUTDEF'],
    ['beneficiary.account.bankCode', '058/152'],
    ['beneficiary.account.rail', 'imps\u200b'],
    ['beneficiary.account.iban', 'DE00'],
    ['notAfter', '2026-12-31'],
    ['notAfter', '2026-12-31T12:00:00'],
    ['notAfter', '2026-12-31T12:00:00+01:00'],
    ['notAfter', '2026-02-30T12:00:00Z'],
    ['notAfter', '2026-02-29T12:00:00Z'],
    ['notAfter', '2026-13-01T12:00:00Z'],
    ['notAfter', '2026-12-31T24:00:00Z'],
    ['notAfter', '2026-12-31T12:60:00Z'],
    ['notAfter', 1_800_000_000],
    ['limits', { leastReceived: '1', greatestSlippagePercent: '1' }],
    ['limits.leastReceived', '1.001'],
    ['limits.leastReceived', '0'],
    ['limits.greatestSlippagePercent', '100'],
    ['limits.greatestSlippagePercent', 0.5],
    ['limits.most', '1'],
    ['purpose', ''],
    ['purpose', 'p'.repeat(141)],
    ['sourceOfFunds', 'a\tb'],
    ['payer.ipAddress', '256.1.1.1'],
    ['payer.ipAddress', '1.2.3'],
    ['payer.ipAddress', 'fe80::1%eth0'],
    ['payer.email', 'dana'],
    ['payer.email', `${'d'.repeat(250)}@acme.example`],
    ['payer.userId', 'a b'],
    ['payer.name', 'Dana'],
    ['metadata', 'text'],
    ['metadata', []],
    ['metadata', Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, 'v']))],
    ['metadata.order', 7],
    ['metadata.order', 'v'.repeat(201)],
    ['metadata.order', 'a\u202eb'],
    ['metadata.constructor', 'x'],
    ['metadata.prototype', 'x'],
    ['account', 'Main'],
    ['account', ''],
    ['extra', 1],
    ['mode', 'live'],
  ])('%s %#', (path, value) => {
    expect(pathsOf(changed(bank, [path, value]))).toContain(path);
  });

  test.each<[string, string, object, object?]>([
    ['a card number with a wrong check digit', 'card', { cardNumber: '4111111111111112' }],
    ['a card number that is too short', 'card', { cardNumber: '41111111111' }],
    ['a wallet number as a card', 'card', { cardNumber: '01712345678' }],
    ['a card number with letters', 'card', { cardNumber: '4111 1111 1111 111I' }],
    ['a phone number with letters', 'mobile-wallet', { phoneNumber: '+88O1712345678' }],
    ['a phone number that no plan has', 'mobile-wallet', { phoneNumber: '+880 1212 345678' }],
    ['an E.164 number with a leading zero', 'mobile-wallet', { phoneNumber: '+0171234567' }],
    ['a wallet address with a space', 'crypto-wallet', { address: 'TQn9Y2khEsLJ W1ChVWFMS' }],
    ['a wallet address with a look-alike letter', 'crypto-wallet', { address: 'TQn9Y2khEsLJW1ChVWFMSМ' }],
    [
      'another network than the currency implies',
      'crypto-wallet',
      { address: 'TQn9Y2khEsLJW1ChVWFMSMeR', network: 'ERC20' },
      { destination: { country: 'NG', currency: 'USDT_TRC20' } },
    ],
    ['a memo with a control character', 'crypto-wallet', { address: 'TQn9Y2khEsLJW1ChVW', memo: 'a\u0007' }],
    [
      'a saved destination that is a path',
      'saved-destination',
      { destinationId: '../x', kind: 'bank-account' },
    ],
    ['a saved card', 'saved-destination', { destinationId: 'dst_1', kind: 'card' }],
    ["another method's details", 'card', { accountNumber: '50100012345678' }],
    [
      'an IFSC outside India',
      'bank-account',
      { accountNumber: '5010', ifsc: 'HDFC0001234' },
      { destination: { country: 'NG', currency: 'NGN' } },
    ],
  ])('%s', (...[, method, details, extra]) => {
    const paths = pathsOf(account(method, details, extra));
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(path).toMatch(/^beneficiary\.account\./);
  });

  test('too many decimals of the currency that the amount is in', () => {
    const yen = { country: 'JP', currency: 'JPY' };
    expect(
      problemsOf(
        changed(
          bank,
          ['amount', { value: '10.5', side: 'destination' }],
          ['destination', yen],
          ['beneficiary.account', { accountNumber: '0123456', bankCode: '0001' }],
        ),
      ),
    ).toEqual(['amount.value: has 1 decimals, JPY allows 0']);
    expect(problemsOf(changed(bank, ['amount.value', '1.234567']))).toEqual([]);
  });

  test('a least amount above the amount that is to arrive', () => {
    expect(
      pathsOf(
        changed(bank, ['amount', { value: '100', side: 'destination' }], ['limits.leastReceived', '100.01']),
      ),
    ).toEqual(['limits.leastReceived']);
  });

  test('a newer schema, saying so before anything else', () => {
    expect(problemsOf({ ...bank, schema: 2, somethingNew: {} })).toEqual([
      'schema: is a newer schema than this version understands (1): upgrade the reader',
    ]);
  });

  test('several problems at once', () => {
    expect(pathsOf(changed(bank, ['tenant', 'A'], ['reference', ''], ['extra', 1], ['payer.x', 1]))).toEqual(
      expect.arrayContaining(['tenant', 'reference', 'extra', 'payer.x']),
    );
  });

  test('also of the payee, where only something else cannot be read', () => {
    const wrong = changed(
      bank,
      ['tenant', 'A'],
      ['beneficiary.name', '4711'],
      ['beneficiary.account.ifsc', 'HDFC1001234'],
    );
    expect(pathsOf(wrong)).toEqual(['tenant', 'beneficiary.name', 'beneficiary.account.ifsc']);
    expect(parsePayoutRequest(wrong)).not.toHaveProperty('given');
  });

  test.each<[string, readonly (readonly [string, unknown])[]]>([
    ['a name of digits', [['beneficiary.name', '4711']]],
    ['an e-mail address as a name', [['beneficiary.name', 'asha@example.com']]],
    ['a web address as a name', [['beneficiary.name', 'https://example.com/asha']]],
    ['an IBAN as a name', [['beneficiary.name', 'DE89370400440532013000']]],
    ['a wallet as a name', [['beneficiary.name', '0x52908400098527886E0F7030069857D2E4169EE7']]],
    ['an account that cannot exist', [['beneficiary.account.accountNumber', '1E15']]],
    [
      'both',
      [
        ['beneficiary.name', '4711'],
        ['beneficiary.account.ifsc', 'HDFC1001234'],
      ],
    ],
  ])('%s, with what was given: an older version may have begun it', (_what, changes) => {
    const input = changed(bank, ...changes);
    expect(parsePayoutRequest(input)).toEqual({
      ok: false,
      problems: changes.map(([path]) => ({ path, message: expect.stringMatching(/^must be /) as unknown })),
      given: input,
    });
  });

  test.each(['', ' Asha', 'Asha\u0000Rao', 'Asha\u202eoaR', 'a'.repeat(141)])(
    'a text that no version took for a name, without what was given: %j',
    (text) => {
      expect(parsePayoutRequest(changed(bank, ['beneficiary.name', text]))).not.toHaveProperty('given');
    },
  );

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'payout'],
    ['a number', 7],
    ['a list', [bank]],
    ['a Map', new Map(Object.entries(bank))],
    ['a Date inside', changed(bank, ['notAfter', new Date(0)])],
    ['a bigint inside', changed(bank, ['amount.value', 125n])],
    ['a function inside', changed(bank, ['purpose', () => 'x'])],
    ['NaN inside', changed(bank, ['schema', Number.NaN])],
  ])('%s, which is no JSON object', (_what, input) => {
    expect(problemsOf(input)).toHaveLength(1);
  });

  test.each([
    [
      changed(bank, ['beneficiary.method', 'card']),
      'beneficiary.account.accountNumber',
      'method bank-account',
    ],
    [
      changed(bank, ['beneficiary.account.cardNumber', '4242']),
      'beneficiary.account.cardNumber',
      'method card',
    ],
    [changed(bank, ['ifsc', 'HDFC0001234']), 'ifsc', 'beneficiary.account of method bank-account'],
    [changed(bank, ['beneficiary.ipAddress', '::1']), 'beneficiary.ipAddress', 'elsewhere'],
  ])('a name that is right elsewhere, and says where: %#', (input, path, where) => {
    const message = problemsOf(input).find((problem) => problem.startsWith(`${path}: `));
    expect(message).toContain(': is not a known field here: it belongs ');
    expect(message).toContain(where);
    expect(message).not.toContain('did you mean');
  });

  test('prototype names anywhere, without touching a prototype', () => {
    const hostile: unknown = JSON.parse(
      JSON.stringify(bank).replace('"schema":1', '"schema":1,"metadata":{"__proto__":{"admin":"yes"}}'),
    );
    expect(pathsOf(hostile)).toEqual(['metadata.__proto__']);
    expect(pathsOf(JSON.parse('{"__proto__":{"schema":1}}'))).toEqual(['__proto__']);
    expect(({} as { admin?: string }).admin).toBeUndefined();
  });

  test('deep, wide and huge inputs, in no time', () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`);
    const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`k${index}`, index]));
    const cpuMs = cpuMsDuring(() => {
      expect(problemsOf(deep)).toHaveLength(1);
      expect(problemsOf({ ...bank, metadata: wide })).toEqual(['has more than 200 fields']);
      expect(problemsOf({ ...bank, list: Array.from({ length: 1_000_000 }) })).toEqual([
        'has more than 200 fields',
      ]);
      expect(problemsOf(changed(bank, ['purpose', 'p'.repeat(5_000_000)]))).toEqual([
        'is larger than 16384 characters',
      ]);
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      expect(problemsOf(circle)).toHaveLength(1);
    });
    expect(cpuMs).toBeLessThan(hostileInputCpuMs);
  });
});

describe('messages', () => {
  test('never hold the value', () => {
    const canary = 'KANARI7781';
    const everywhere = (value: unknown): unknown =>
      typeof value === 'string'
        ? `${canary}\u0000`
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, everywhere(member)]))
          : value;
    const said = JSON.stringify(problemsOf({ ...(everywhere(bank) as object), extra: canary, schema: 1 }));
    expect(said).not.toContain(canary);
    expect(said.length).toBeGreaterThan(100);
  });

  test('are sentences for people', () => {
    expect(
      problemsOf(changed(bank, ['amount.value', 125], ['tenant', undefined], ['beneficiary.method', 'x'])),
    ).toEqual([
      'tenant: is missing',
      'amount.value: must be a string',
      'beneficiary.method: must be one of "bank-account", "mobile-wallet", "card", "crypto-wallet", "saved-destination"',
    ]);
  });

  test('name unknown fields in a printable, short way', () => {
    expect(pathsOf({ ...bank, ['\u202e' + 'k'.repeat(300)]: 1 })).toEqual([`?${'k'.repeat(47)}`]);
  });
});

test('any JSON at all is answered, never thrown at', () => {
  holds([fc.jsonValue()], (input) => expect(parsePayoutRequest(input).ok).toBe(false));
});
