import type { PayoutProvider, FrozenAttempt } from '../../../src/providers/provider';
import type { FaultSpec } from '../../../src/simulators/fault-spec';
import { timesFor } from './call-times';
import type { CallTimes } from './call-times';
import type { ContractSetup } from './contract-setup';
import type { ContractSubject } from './contract-subject';
import { hostileBodies, withMemberChanged } from './hostile-replies';

const unreadable: readonly [string, FaultSpec['fault']][] = [
  ['a lost connection', { kind: 'cut-after-processing' }],
  ['a server error', { kind: 'server-error', processed: true }],
  ["a gateway's 503", { kind: 'server-error', processed: false, status: 503, body: '<h1>Busy</h1>' }],
  ['JSON cut in itself', { kind: 'truncated-json', variant: 'valid-length' }],
  ['HTML', { kind: 'garbage', content: 'html' }],
  ['HTML with 404', { kind: 'garbage', content: 'html', status: 404 }],
  ['random bytes', { kind: 'garbage', content: 'bytes' }],
  ['10 MB', { kind: 'oversized' }],
  ['silence', { kind: 'hang' }],
  ['too many requests', { kind: 'rate-limited' }],
  ['403', { kind: 'refuse', status: 403, body: { error: 'no' } }],
];

/** What reads must do, whoever the provider is. A read has no effect, and one that fails says nothing about the payout. */
export function describeReadContract(
  setup: ContractSetup,
  declared: PayoutProvider,
  subject: () => ContractSubject,
): void {
  const { contract } = declared;

  describe('a status read', () => {
    const words = Object.entries(setup.words).map(([status, word]) => [word, status] as const);
    it.each([...words, ['brand_new_status', 'unrecognised'] as const])(
      'of %s is %s',
      async (word, status) => {
        const { provider, attempt, providerPayoutId } = await accepted(subject(), [word]);
        subject().simulator.advanceClock(1_000);
        const reply = await subject().readStatus(provider, attempt, providerPayoutId);
        expect(reply).toMatchObject({
          kind: 'read',
          reading: { providerPayoutId, status, providerStatus: word, echo: { mismatched: [] } },
        });
        if (reply.kind !== 'read') return;
        expect(reply.reading.echo.matched).toEqual(expect.arrayContaining([...contract.echoes.status]));
      },
    );

    it('says what the provider says, also when that goes backwards', async () => {
      const { paid = '', accepted: word = '' } = setup.words;
      const { provider, attempt, providerPayoutId } = await accepted(subject(), [paid, word]);
      const statusAfterASecond = async (): Promise<unknown> => {
        subject().simulator.advanceClock(1_000);
        const reply = await subject().readStatus(provider, attempt, providerPayoutId);
        return reply.kind === 'read' ? reply.reading.status : reply.failure;
      };
      expect([await statusAfterASecond(), await statusAfterASecond()]).toEqual(['paid', 'accepted']);
    });

    if (contract.returns.reported) {
      it('sees money come back', async () => {
        const { paid = '', returned = '' } = setup.words;
        const { provider, attempt, providerPayoutId } = await accepted(subject(), [paid, returned]);
        subject().simulator.advanceClock(2_000);
        expect(await subject().readStatus(provider, attempt, providerPayoutId)).toMatchObject({
          reading: { status: 'returned' },
        });
        expect(subject().paid()).toBe(0);
      });
    }

    it('of a payout that the provider does not know has not found it', async () => {
      const { provider, attempt, providerPayoutId } = await accepted(subject(), []);
      subject().reset();
      expect(await subject().readStatus(provider, attempt, providerPayoutId)).toMatchObject({
        kind: 'failed',
        failure: { effect: 'none', code: 'not_found' },
      });
    });

    it('with wrong credentials fails', async () => {
      const { attempt, providerPayoutId } = await accepted(subject(), []);
      const provider = subject().provider({ credentials: 'wrong' });
      expect(await subject().readStatus(provider, attempt, providerPayoutId)).toMatchObject({
        kind: 'failed',
        failure: { effect: 'none', code: 'credentials_refused' },
      });
    });

    it('of no payout at all shows whether the credentials are taken, and changes nothing', async () => {
      const tried = async (credentials: 'right' | 'wrong'): Promise<unknown> =>
        subject().provider({ credentials }).tryCredentials?.({});
      expect(await tried('right')).toEqual({ kind: 'accepted' });
      expect(await tried('wrong')).toMatchObject({
        kind: 'failed',
        failure: { effect: 'none', code: 'credentials_refused' },
      });
      expect([subject().payouts(), subject().seen('submit')]).toEqual([[], 0]);
    });

    it.each(unreadable.filter(([, { kind }]) => kind !== 'hang'))(
      'of no payout at all, answered by %s, does not show it',
      async (_name, fault) => {
        subject().plan('status', fault, 'unlimited');
        expect(await subject().provider().tryCredentials?.({})).toMatchObject({
          kind: 'failed',
          failure: { effect: 'none' },
        });
      },
    );

    it.each(unreadable)('answered by %s fails, without effect', async (_name, fault) => {
      const { provider, attempt, providerPayoutId } = await accepted(subject(), [], timesFor(fault));
      subject().plan('status', fault, 'unlimited');
      expect(await subject().readStatus(provider, attempt, providerPayoutId)).toMatchObject({
        kind: 'failed',
        failure: { effect: 'none' },
      });
    });

    it.each(hostileBodies)('whose body is %s fails, without effect', async (_name, body) => {
      const { provider, attempt, providerPayoutId } = await accepted(subject(), []);
      subject().tamper('status', (reply) => ({ ...reply, body }));
      expect(await subject().readStatus(provider, attempt, providerPayoutId)).toMatchObject({
        kind: 'failed',
        failure: { effect: 'none' },
      });
    });

    if (contract.echoes.status.length > 0) {
      it.each([...contract.echoes.status])('that repeats another %s is seen to differ', async (field) => {
        const { provider, attempt, providerPayoutId } = await accepted(subject(), []);
        subject().tamper('status', withMemberChanged(setup, field));
        expect(await subject().readStatus(provider, attempt, providerPayoutId)).toMatchObject({
          kind: 'read',
          reading: { echo: { mismatched: [field] } },
        });
      });
    }
  });

  if (contract.lookUp.kind === 'none') {
    it('has no look-up, as its contract says', () => {
      expect('lookUp' in declared && declared.lookUp !== undefined).toBe(false);
      expect(contract.lookUp.absence).toBeNull();
    });
    return;
  }

  const operation = contract.lookUp.kind === 'scan' ? 'list' : 'status';

  describe('a look-up', () => {
    it('finds the one payout with our key among others', async () => {
      await accepted(subject(), []);
      const { provider, attempt, providerPayoutId } = await accepted(subject(), []);
      await accepted(subject(), []);
      const reply = await subject().lookUp(provider, attempt);
      expect(reply).toMatchObject({
        kind: 'complete',
        found: [{ providerPayoutId, status: expect.any(String), echo: { mismatched: [] } }],
      });
      if (reply.kind !== 'complete') return;
      expect(reply.found).toHaveLength(1);
      expect(reply.found[0]?.echo.matched).toEqual(expect.arrayContaining([...contract.echoes.lookUp]));
    });

    it('of a key that was never sent is complete and empty', async () => {
      const { provider } = await accepted(subject(), []);
      const attempt = await subject().freeze(provider);
      expect(await subject().lookUp(provider, attempt)).toEqual({ kind: 'complete', found: [] });
    });

    it('believes a provider that hides the payout for a while, and finds it afterwards', async () => {
      const { provider, attempt, providerPayoutId } = await accepted(subject(), []);
      subject().plan(operation, { kind: 'not-found-for', count: 1 });
      expect(await subject().lookUp(provider, attempt)).toEqual({ kind: 'complete', found: [] });
      expect(await subject().lookUp(provider, attempt)).toMatchObject({
        kind: 'complete',
        found: [{ providerPayoutId }],
      });
    });

    it('with wrong credentials never says that nothing is there', async () => {
      const { attempt } = await accepted(subject(), []);
      const provider = subject().provider({ credentials: 'wrong' });
      expect(await subject().lookUp(provider, attempt)).toMatchObject({
        kind: 'failed',
        failure: { effect: 'none' },
      });
    });

    it.each(unreadable)('answered by %s never says that nothing is there', async (_name, fault) => {
      const { provider, attempt } = await accepted(subject(), [], timesFor(fault));
      subject().plan(operation, fault, 'unlimited');
      expect(await subject().lookUp(provider, attempt)).toMatchObject({
        kind: 'failed',
        failure: { effect: 'none' },
      });
    });

    it.each(hostileBodies)('whose body is %s never says that nothing is there', async (_name, body) => {
      const { provider, attempt } = await accepted(subject(), []);
      subject().tamper(operation, (reply) => ({ ...reply, body }));
      expect(await subject().lookUp(provider, attempt)).toMatchObject({
        kind: 'failed',
        failure: { effect: 'none' },
      });
    });

    const compared = contract.echoes.lookUp.filter(
      (field) => contract.lookUp.kind === 'by-key' || field !== 'key',
    );
    if (compared.length > 0) {
      it.each(compared)('that finds another %s is seen to differ', async (field) => {
        const { provider, attempt } = await accepted(subject(), []);
        subject().tamper(operation, withMemberChanged(setup, field));
        expect(await subject().lookUp(provider, attempt)).toMatchObject({
          kind: 'complete',
          found: [{ echo: { mismatched: [field] } }],
        });
      });
    }
  });
}

/** A payout that the provider has accepted and that enters these statuses one second apart. */
async function accepted(
  subject: ContractSubject,
  statuses: readonly string[],
  common: CallTimes = timesFor(),
): Promise<{
  readonly provider: PayoutProvider;
  readonly attempt: FrozenAttempt;
  readonly providerPayoutId: string;
}> {
  const provider = subject.provider({ common });
  const attempt = await subject.freeze(provider);
  const steps = statuses.map((status) => ({ status, afterMs: 1_000 }));
  subject.simulator.simulator.script({ match: { callerKey: attempt.key }, steps });
  const reply = await subject.submit(provider, attempt);
  if (reply.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(reply)}`);
  return { provider, attempt, providerPayoutId: reply.providerPayoutId };
}
