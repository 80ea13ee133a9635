import { createMemoryRegister } from '../support/memory-register';
import { describeRegister } from './register-conformance';

describeRegister('in memory', async () => ({
  register: createMemoryRegister(),
  close: async () => undefined,
}));

const claim = {
  tenant: 'acme',
  reference: 'order-1',
  workflowId: 'payout/acme/order-1',
  originalRunId: 'run-1',
  requestDigest: 'a'.repeat(64),
  requestedBy: 'dora',
  mode: 'sandbox',
  account: 'main',
  amount: { value: '1.00', currency: 'USDT' },
  payee: 'b'.repeat(64),
  startedAt: 1,
} as const;

describe('its troubles', () => {
  it('away: nothing is done', async () => {
    const register = createMemoryRegister();
    register.meet('away');
    expect(await register.claimIntent(claim)).toMatchObject({ kind: 'unavailable' });
    expect(register.intents).toEqual([]);
  });

  it('lost: it is done, and nobody hears so', async () => {
    const register = createMemoryRegister();
    register.meet(['lost']);
    expect(await register.claimIntent(claim)).toMatchObject({ kind: 'unavailable' });
    expect(register.intents).toEqual([claim]);
    expect(await register.claimIntent(claim)).toEqual({ kind: 'claimed' });
  });

  it('an older backup: what came after it is forgotten', async () => {
    const register = createMemoryRegister();
    await register.claimIntent(claim);
    const backup = register.backUp();
    await register.enterAttempt({ ...claim, generation: 1, key: 'k', bodyHash: 'c' });
    register.restore(backup);
    expect(register.intents).toEqual([claim]);
    expect(register.attempts).toEqual([]);
  });
});
