import { saysItIsThere, textsIn } from '../../src/providers/existence-words';
import { cpuMsDuring, hostileInputCpuMs } from '../support/cpu-time';

test.each([
  'already created',
  'already paid out',
  'Request is currently being processed',
  'Your request is still processing',
  'Withdrawal with this destination exists',
  'Duplicate',
  'duplicated reference',
  'Payout in-progress',
  'withdrawal in process',
  'in_flight',
  'PENDING_WITHDRAWAL',
  'payoutAlreadyExists',
  'Your withdrawal was sent',
  'Funds have been debited',
  'An earlier request is queued',
  'previously submitted',
  'another payout is running',
  'this reference is taken',
  'idempotency key in use',
  'must not already exist',
  'has not been processed yet',
  'Reference no 12 exists',
  'account does not exist; payout pending',
  'Transfer initiated',
  'We have received your payout and are working on it',
  'The payout was found',
  'Idempotency key conflict',
  'Payout awaiting approval',
  'Please wait for the first withdrawal to complete',
])('%j says that something is there', (text) => {
  expect(saysItIsThere(['x', text])).toBe(true);
});

test.each([
  'account does not exist',
  'Account doesn’t exist',
  "The bank doesn't exist",
  'ACCOUNT_DOES_NOT_EXIST',
  'account_not_exist',
  'No such account exists',
  'No account with this number exists',
  'the wallet no longer exists',
  'non-existent account',
  'make sure that the account exists',
  'account not found',
  'Your request could not be processed',
  'Withdrawal was not created',
  'Invalid payout destination',
  'You have no active payout destination',
  'use another payment method',
  'Insufficient balance: available 5.00, pending 3.00',
  'Not enough funds (pending balance: 20)',
  'Unsupported currency pair USD to JPY',
  'Amount exceeds your daily limit',
  'is invalid',
  'VALIDATION_ERROR',
  'BAD_REQUEST',
  '',
])('%j does not', (text) => {
  expect(saysItIsThere([text])).toBe(false);
});

test('finds texts wherever they stand, and is quick with what is large or deep', () => {
  expect(textsIn({ a: 'one', b: [{ c: ['two', 3, null] }], d: { e: { f: 'three' } } }).toSorted()).toEqual([
    'one',
    'three',
    'two',
  ]);
  let deep: unknown = 'end';
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
  expect(textsIn(deep)).toEqual(['end']);
  const cpuMs = cpuMsDuring(() => {
    for (const part of [
      'no such a ',
      'check that a ',
      'another a ',
      'pending ',
      'existing ',
      'being ',
      ' ',
      'aB',
    ])
      saysItIsThere([part.repeat(262_144 / part.length)]);
  });
  expect(cpuMs).toBeLessThan(hostileInputCpuMs);
});
