import type { PayoutRequest } from '../../../src/domain/payout-request';
import { createAccount, request } from './syncgram-account';

const bank = (account: { accountNumber: string; bankCode?: string; rail?: string }) =>
  ({ beneficiary: { method: 'bank-account', name: 'A', account } }) as const;
const phone = (phoneNumber: string, operator?: string) =>
  ({
    beneficiary: {
      method: 'mobile-wallet',
      name: 'A',
      account: { phoneNumber, ...(operator && { operator }) },
    },
  }) as const;
const crypto = (currency: string, account: { address: string; network?: string; memo?: string }) =>
  ({
    destination: { country: 'XX', currency },
    beneficiary: { method: 'crypto-wallet', name: 'A', account },
  }) as const;

/** Published examples. */
const tron = 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8';
const xrp = 'rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH';

type Case = readonly [name: string, changes: Partial<PayoutRequest>, settings?: object];

const payable: readonly Case[] = [
  ['a bank transfer', {}],
  ['a phone number in international form', phone('+233201234567')],
  ['a phone number in national form', phone('08031234567')],
  ['an operator that the account vouches for', phone('08031234567', 'MTN'), { walletOperators: ['mtn'] }],
  ['a network in the currency', crypto('USDT_TRC20', { address: tron })],
  ['a network in both', crypto('USDT_TRC20', { address: tron, network: 'TRC20' })],
  ['a network of its own', crypto('XRP', { address: xrp, network: 'XRPL', memo: '77' })],
  [
    'a saved destination without account fields',
    {
      beneficiary: {
        method: 'saved-destination',
        name: 'A',
        account: { destinationId: 'dst_1', kind: 'bank-account' },
      },
    },
  ],
  ['the account’s e-mail address', { payer: {} }, { defaultEmail: 'a@example.com' }],
  ['the account’s currency', { source: { fundingAccount: 'x' } }, { sourceCurrency: 'USD' }],
  ['limits that a quote keeps', { limits: { leastReceived: '1' } }],
  [
    'limits within one currency',
    { limits: { leastReceived: '1' }, source: { currency: 'NGN' } },
    { quotes: 'never' },
  ],
];

test.each(payable.map(([name, changes, settings = {}]) => ({ name, changes, settings })))(
  'finds no problem with $name',
  ({ changes, settings }) => {
    expect(createAccount({ settings }).problems({ ...request, ...changes })).toEqual([]);
  },
);

const unpayable: readonly (readonly [path: string, changes: Partial<PayoutRequest>, settings?: object])[] = [
  ['amount.side', { amount: { value: '1', side: 'destination' } }],
  ['amount.value', { amount: { value: '1.001', side: 'source' } }],
  ['amount.value', { amount: { value: '0', side: 'source' } }],
  ['amount.value', { amount: { value: '1e3', side: 'source' } }],
  ['source.currency', { source: { fundingAccount: 'x' } }],
  ['destination.currency', { destination: { country: 'NG', currency: 'USDT_TRC20' } }],
  ['beneficiary.account.bankCode', bank({ accountNumber: '0123456785' })],
  ['beneficiary.account.accountNumber', bank({ accountNumber: '', bankCode: '058' })],
  ['beneficiary.account.accountNumber', bank({ accountNumber: '0123\n', bankCode: '058' })],
  ['beneficiary.account.rail', bank({ accountNumber: '0123456785', bankCode: '058', rail: 'é' })],
  ['beneficiary.account.phoneNumber', phone('0201234567')],
  ['beneficiary.account.accountNumber', bank({ accountNumber: '0123456784', bankCode: '058' })],
  ['beneficiary.account.phoneNumber', phone('call me')],
  ['beneficiary.account.operator', phone('08031234567', 'mtn')],
  ['beneficiary.account.address', crypto('USDT_TRC20', { address: xrp })],
  ['beneficiary.account.memo', crypto('XRP', { address: xrp, network: 'XRPL' })],
  ['beneficiary.account.network', crypto('XRP', { address: xrp, memo: '77' })],
  ['beneficiary.account.network', crypto('USDT_TRC20', { address: tron, network: 'ERC20' })],
  ['beneficiary.account.memo', crypto('XRP', { address: xrp, network: 'XRPL', memo: 'x'.repeat(129) })],
  [
    'beneficiary.account.destinationId',
    {
      beneficiary: {
        method: 'saved-destination',
        name: 'A',
        account: { destinationId: '', kind: 'bank-account' },
      },
    },
  ],
  [
    'beneficiary.method',
    { beneficiary: { method: 'card', name: 'A', account: { cardNumber: '4111111111111111' } } },
  ],
  ['payer.email', { payer: {} }],
  ['payer.email', { payer: { email: 'nobody' } }],
  ['purpose', { purpose: 'x'.repeat(256) }],
  ['purpose', { purpose: 'x'.repeat(11) }, { descriptionLength: 10 }],
  ['limits', { limits: { greatestSlippagePercent: '1' } }, { quotes: 'never' }],
];

test.each(unpayable.map(([path, changes, settings = {}]) => ({ path, changes, settings })))(
  'finds the problem at $path',
  ({ path, changes, settings }) => {
    const problems = createAccount({ settings }).problems({ ...request, ...changes });
    expect(problems.map((problem) => problem.path)).toEqual([path]);
  },
);

test('names every problem at once, and never the value', () => {
  const problems = createAccount().problems({
    ...request,
    ...bank({ accountNumber: 'geheim\n' }),
    payer: { email: 'geheim' },
  });
  expect(problems).toHaveLength(3);
  expect(JSON.stringify(problems)).not.toContain('geheim');
});
