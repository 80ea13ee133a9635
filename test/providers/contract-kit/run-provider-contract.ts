import type { ContractSetup } from './contract-setup';
import { startContractSubject } from './contract-subject';
import type { ContractSubject } from './contract-subject';
import { describeReadContract } from './read-contract';
import { describeSubmitContract } from './submit-contract';
import { describeWebhookContract } from './webhook-contract';

/**
 * The one list of tests that every adapter passes, over the real sender against its simulator on loopback. Which of them
 * apply, and what they expect, follows from the adapter's own `contract`.
 */
export function runProviderContract(name: string, setup: ContractSetup): void {
  /** Never called: only says what it promises. */
  const declared = setup.createProvider({
    baseUrl: 'http://127.0.0.1:1',
    credentials: 'right',
    common: {},
    ports: {
      send: () => Promise.reject(new Error('not to be sent')),
      now: () => 0,
      randomBytes: (length) => new Uint8Array(length),
    },
  });

  describe(`${name} keeps the provider contract`, () => {
    let started: ContractSubject | undefined;
    const subject = (): ContractSubject => {
      if (!started) throw new Error('the simulator has not started');
      return started;
    };
    beforeAll(async () => {
      started = await startContractSubject(setup);
    });
    beforeEach(() => subject().reset());
    afterAll(() => started?.stop());

    it('promises nothing that contradicts itself', () => {
      const { lookUp, replay, echoes, recoveryPlanMs } = declared.contract;
      expect(declared.provider).toBe(setup.simulator);
      expect(declared.lookUp === undefined).toBe(lookUp.kind === 'none');
      if (lookUp.kind === 'none') {
        expect(lookUp.absence).toBeNull();
        expect(replay).toMatchObject({ afterEmptyLookUps: 0, verifyByLookUp: false });
        expect(echoes.lookUp).toEqual([]);
      } else {
        expect(lookUp.absence?.afterMs ?? Infinity).toBeGreaterThanOrEqual(lookUp.graceMs);
        // A look-up during the longest submit would prove nothing.
        expect(lookUp.absence?.afterMs ?? Infinity).toBeGreaterThanOrEqual(2 * declared.submitTimeoutMs);
        expect(lookUp.absence?.lookUps ?? Infinity).toBeGreaterThanOrEqual(2);
      }
      expect(recoveryPlanMs.length).toBeGreaterThan(0);
      expect(declared.needsQuote(setup.request) && declared.quote === undefined).toBe(false);
    });

    describeSubmitContract(setup, declared, subject);
    describeReadContract(setup, declared, subject);
    describeWebhookContract(setup, subject);
  });
}
