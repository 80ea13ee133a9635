import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { remedyFor } from '../../../src/domain/provider-failure';
import type { Effect, ProviderFailureCode } from '../../../src/domain/provider-failure';
import type { FrozenAttempt, PayoutProvider, SubmitReply } from '../../../src/providers/provider';
import type { FaultSpec } from '../../../src/simulators/fault-spec';
import { timesFor } from './call-times';
import type { CallTimes } from './call-times';
import type { ContractSetup } from './contract-setup';
import type { ContractSubject } from './contract-subject';
import { hostileBodies, withMemberChanged } from './hostile-replies';

type Fault = FaultSpec['fault'];

/** What a submit must do, whoever the provider is. */
export function describeSubmitContract(
  setup: ContractSetup,
  declared: PayoutProvider,
  subject: () => ContractSubject,
): void {
  const { contract } = declared;

  describe('a submit', () => {
    it('is accepted once, under the key and with the money that was asked for', async () => {
      const { provider, attempt } = await prepared(subject());
      const reply = await subject().submit(provider, attempt);
      expect(reply).toMatchObject({ kind: 'accepted', echo: { mismatched: [] } });
      expect(subject().payouts()).toEqual([
        expect.objectContaining({ callerKey: attempt.key, providerPayoutId: idOf(reply) }),
      ]);
      expect(subject().simulator.simulator.ledger()).toEqual([
        expect.objectContaining({ kind: 'debit', callerKey: attempt.key, providerPayoutId: idOf(reply) }),
      ]);
      if (reply.kind !== 'accepted') return;
      expect(reply.status).not.toBe('unrecognised');
      expect(reply.providerStatus).toMatch(/^[A-Za-z0-9_.:-]{1,40}$/);
      expect(reply.echo.matched).toEqual(expect.arrayContaining([...contract.echoes.submit]));
    });

    it('under another key is another payout', async () => {
      const { provider, attempt } = await prepared(subject());
      const first = await subject().submit(provider, attempt);
      const second = await subject().submit(provider, await subject().freeze(provider));
      expect(idOf(second)).not.toBe(idOf(first));
      expect(subject().paid()).toBe(2);
    });

    it('freezes the same bytes from the same input', async () => {
      const provider = subject().provider();
      expect(provider.problems(setup.request)).toEqual([]);
      if (provider.needsQuote(setup.request)) return;
      const body = provider.freezeBody({ request: setup.request, key: 'k' });
      expect(
        subject()
          .provider()
          .freezeBody({ request: structuredClone(setup.request), key: 'k' }),
      ).toBe(body);
    });

    if (contract.replay.windowMs > 0) {
      it('sent again is the same payout, from now to the end of the window', async () => {
        const { provider, attempt } = await prepared(subject());
        const first = await subject().submit(provider, attempt);
        const again = await subject().submit(provider, attempt);
        subject().simulator.advanceClock(contract.replay.windowMs - 1_000);
        const last = await subject().submit(provider, attempt);
        expect([idOf(again), idOf(last)]).toEqual([idOf(first), idOf(first)]);
        expect(subject().payouts()).toHaveLength(1);
        expect(subject().paid()).toBe(1);
      });

      it('sent twice at once is one payout', async () => {
        const { provider, attempt } = await prepared(subject());
        await Promise.all([subject().submit(provider, attempt), subject().submit(provider, attempt)]);
        expect(subject().paid()).toBe(1);
      });
    }
  });

  describe('a refusal before processing', () => {
    it('by an empty balance has no effect, and a later send under the right key pays', async () => {
      const { provider, attempt } = await prepared(subject());
      const currency = provider.sourceCurrency(setup.request) ?? '';
      subject().simulator.simulator.setBalance(currency, '0.00');
      await expectFailure(subject().submit(provider, attempt), 'none');
      expect(subject().paid()).toBe(0);
      subject().simulator.simulator.setBalance(currency, '1000000.00');
      const next = contract.refusalsRemembered ? await subject().freeze(provider) : attempt;
      expect(await subject().submit(provider, next)).toMatchObject({ kind: 'accepted' });
      expect(subject().paid()).toBe(1);
    });

    it('for want of money asks nobody to resolve anything', async () => {
      const { provider, attempt } = await prepared(subject());
      subject().plan('submit', { kind: 'refuse', canned: 'insufficient-funds' });
      const failure = await expectFailure(subject().submit(provider, attempt), 'none');
      expect(remedyFor(failure)).not.toBe('resolve');
      expect(subject().paid()).toBe(0);
    });

    it.each([
      ['7', 7_000],
      [undefined, undefined],
      ['soon', undefined],
    ])('for too many requests says when to come back: Retry-After %j', async (retryAfter, expected) => {
      const { provider, attempt } = await prepared(subject());
      subject().plan('submit', { kind: 'rate-limited', ...(retryAfter !== undefined && { retryAfter }) });
      const failure = await expectFailure(subject().submit(provider, attempt), 'none', 'rate_limited');
      expect(failure.retryAfterMs).toBe(expected);
      expect(subject().paid()).toBe(0);
    });

    it('for wrong credentials has no effect', async () => {
      const { attempt } = await prepared(subject());
      const provider = subject().provider({ credentials: 'wrong' });
      await expectFailure(subject().submit(provider, attempt), 'none', 'credentials_refused');
      expect(subject().paid()).toBe(0);
    });

    it('for an expired token has no effect, and is overcome where there are tokens to renew', async () => {
      const { provider, attempt } = await prepared(subject());
      subject().plan('submit', { kind: 'expired-token' });
      const reply = await subject().submit(provider, attempt);
      const logins = subject().seen('login');
      if (logins > 0) {
        expect({ kind: reply.kind, logins }).toEqual({ kind: 'accepted', logins: 2 });
      } else {
        await expectFailure(Promise.resolve(reply), 'none');
        expect(subject().paid()).toBe(0);
        await subject().submit(provider, attempt);
      }
      expect(subject().paid()).toBe(1);
    });

    it('that repeats for ever ends the call after few tries', async () => {
      const { provider, attempt } = await prepared(subject());
      subject().plan('submit', { kind: 'expired-token' }, 'unlimited');
      await expectFailure(subject().submit(provider, attempt), 'none');
      expect(subject().seen('submit')).toBeLessThanOrEqual(3);
      expect(subject().paid()).toBe(0);
    });
  });

  describe('a submit that was processed, but whose reply is no use, leaves the outcome unknown and the payout to be found', () => {
    const processed: readonly [string, Fault, ...ProviderFailureCode[]][] = [
      ['lost connection', { kind: 'cut-after-processing' }, 'connection_lost'],
      ['server error', { kind: 'server-error', processed: true }, 'server_error'],
      [
        "a gateway's 502",
        { kind: 'server-error', processed: true, status: 502, body: '<h1>Bad Gateway</h1>' },
        'server_error',
      ],
      ["a gateway's 504", { kind: 'server-error', processed: true, status: 504, body: '' }, 'server_error'],
      ['JSON cut by a lost connection', { kind: 'truncated-json' }, 'connection_lost'],
      ['JSON cut in itself', { kind: 'truncated-json', variant: 'valid-length' }, 'unreadable_reply'],
      ['HTML', { kind: 'garbage', content: 'html', processed: true }, 'unreadable_reply'],
      // A filter between us and the provider can swallow the reply to a payout that was made.
      ...[400, 403, 404, 405, 406].map((status): [string, Fault, ProviderFailureCode] => [
        `HTML with ${status}`,
        { kind: 'garbage', content: 'html', status, processed: true },
        'unreadable_reply',
      ]),
      ['random bytes', { kind: 'garbage', content: 'bytes', processed: true }, 'unreadable_reply'],
      [
        'random bytes with 403',
        { kind: 'garbage', content: 'bytes', status: 403, processed: true },
        'unreadable_reply',
      ],
      ['10 MB', { kind: 'oversized', processed: true }, 'unreadable_reply'],
      ['silence', { kind: 'hang', processed: true }, 'timeout'],
      ['a key in progress', { kind: 'in-progress', processed: true }, 'in_progress', 'conflict'],
    ];
    test.each(processed)('%s', async (_name, fault, ...codes) => {
      const { provider, attempt } = await prepared(subject(), timesFor(fault));
      subject().plan('submit', fault);
      await expectFailure(subject().submit(provider, attempt), 'unknown', ...codes);
      expect(subject().paid()).toBe(1);
      await expectResolved(subject(), provider, attempt);
    });
  });

  describe('a submit that was not processed, but did not say so, leaves the outcome unknown, and sending it again pays once', () => {
    const unprocessed: readonly [string, Fault, ...ProviderFailureCode[]][] = [
      ['lost connection', { kind: 'cut-before-processing' }, 'connection_lost'],
      ['server error', { kind: 'server-error', processed: false }, 'server_error'],
      [
        "a gateway's 503",
        { kind: 'server-error', processed: false, status: 503, body: '<h1>Busy</h1>' },
        'server_error',
      ],
      ['HTML', { kind: 'garbage', content: 'html', processed: false }, 'unreadable_reply'],
      ['random bytes', { kind: 'garbage', content: 'bytes', processed: false }, 'unreadable_reply'],
      ['10 MB', { kind: 'oversized', processed: false }, 'unreadable_reply'],
      ['silence', { kind: 'hang', processed: false }, 'timeout'],
      ['a key in progress', { kind: 'in-progress', processed: false }, 'in_progress', 'conflict'],
    ];
    test.each(unprocessed)('%s', async (_name, fault, ...codes) => {
      const { provider, attempt } = await prepared(subject(), timesFor(fault));
      subject().plan('submit', fault);
      await expectFailure(subject().submit(provider, attempt), 'unknown', ...codes);
      expect(subject().paid()).toBe(0);
      if (contract.lookUp.kind !== 'none') {
        subject().simulator.advanceClock(contract.lookUp.graceMs);
        expect(await subject().lookUp(provider, attempt)).toEqual({ kind: 'complete', found: [] });
      }
      if (contract.replay.windowMs === 0) return;
      expect(await subject().submit(provider, attempt)).toMatchObject({ kind: 'accepted' });
      expect(subject().paid()).toBe(1);
    });
  });

  it('a submit that the provider processes late is found once it has', async () => {
    const { provider, attempt } = await prepared(subject());
    subject().plan('submit', { kind: 'commit-late', afterMs: 20_000 });
    await expectFailure(subject().submit(provider, attempt), 'unknown', 'connection_lost');
    expect(subject().paid()).toBe(0);
    if (contract.lookUp.kind !== 'none') {
      expect(await subject().lookUp(provider, attempt)).toEqual({ kind: 'complete', found: [] });
    }
    subject().simulator.advanceClock(20_000);
    expect(subject().paid()).toBe(1);
    await expectResolved(subject(), provider, attempt);
  });

  it.each(hostileBodies)('a success whose body is %s leaves the outcome unknown', async (_name, body) => {
    const { provider, attempt } = await prepared(subject());
    subject().tamper('submit', (reply) => ({ ...reply, body }));
    await expectFailure(subject().submit(provider, attempt), 'unknown', 'unreadable_reply');
    expect(subject().paid()).toBe(1);
  });

  if (contract.echoes.submit.length > 0) {
    it.each([...contract.echoes.submit])(
      'a reply that repeats another %s is seen to differ',
      async (field) => {
        const { provider, attempt } = await prepared(subject());
        subject().tamper('submit', withMemberChanged(setup, field));
        const reply = await subject().submit(provider, attempt);
        expect(reply).toMatchObject({ kind: 'accepted', echo: { mismatched: [field] } });
      },
    );
  }

  it('a clock that is ten minutes off still pays, and once', async () => {
    for (const clockOffsetMs of [-600_000, 600_000]) {
      subject().reset();
      const { attempt } = await prepared(subject());
      const provider = subject().provider({ clockOffsetMs });
      expect(await subject().submit(provider, attempt)).toMatchObject({ kind: 'accepted' });
      expect(subject().paid()).toBe(1);
    }
  });

  describe('the caller', () => {
    it('is asked once for each submit, before the provider sees anything of it', async () => {
      const { provider, attempt } = await prepared(subject());
      const seen: number[] = [];
      await subject().submit(provider, attempt, { beforeWrite: () => seen.push(subject().seen('submit')) });
      await subject().submit(provider, attempt, { beforeWrite: () => seen.push(subject().seen('submit')) });
      expect(seen).toEqual([0, 1]);
    });

    it('who forbids the call leaves no trace at the provider', async () => {
      const { provider, attempt } = await prepared(subject());
      const forbid = (): void => {
        throw new Error('a newer run has taken over');
      };
      const reply = subject().submit(provider, attempt, { beforeWrite: forbid });
      await expectFailure(reply, 'none', 'not_sent');
      expect(subject().seen('submit')).toBe(0);
      expect(subject().paid()).toBe(0);
    });

    it('who has left before leaves no trace at the provider', async () => {
      const { provider, attempt } = await prepared(subject());
      const reply = subject().submit(provider, attempt, { signal: AbortSignal.abort() });
      await expectFailure(reply, 'none', 'not_sent');
      expect(subject().seen('submit')).toBe(0);
    });

    it('who leaves in flight leaves the outcome unknown and the payout to be found', async () => {
      const { provider, attempt } = await prepared(subject());
      subject().plan('submit', { kind: 'hang', processed: true });
      const controller = new AbortController();
      const reply = subject().submit(provider, attempt, { signal: controller.signal });
      while (subject().paid() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort();
      await expectFailure(reply, 'unknown', 'interrupted');
      await expectResolved(subject(), provider, attempt);
    });
  });

  it('a provider that is not there was sent nothing', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { attempt } = await prepared(subject());
    const provider = subject().provider({ baseUrl: `http://127.0.0.1:${port}` });
    await expectFailure(subject().submit(provider, attempt), 'none', 'not_reachable');
  });

  /** Look-ups find exactly the one payout where they exist; a replay, while it is allowed, answers with the same one. */
  async function expectResolved(
    at: ContractSubject,
    provider: PayoutProvider,
    attempt: FrozenAttempt,
  ): Promise<void> {
    const [payout] = at.payouts();
    at.simulator.advanceClock(contract.lookUp.graceMs);
    if (contract.lookUp.kind !== 'none') {
      expect(await at.lookUp(provider, attempt)).toMatchObject({
        kind: 'complete',
        found: [{ providerPayoutId: payout?.providerPayoutId, echo: { mismatched: [] } }],
      });
    }
    if (contract.replay.windowMs > contract.lookUp.graceMs) {
      expect(idOf(await at.submit(provider, attempt))).toBe(payout?.providerPayoutId);
    }
    expect(at.payouts()).toHaveLength(1);
    expect(at.paid()).toBe(1);
  }
}

async function prepared(
  subject: ContractSubject,
  common: CallTimes = timesFor(),
): Promise<{ readonly provider: PayoutProvider; readonly attempt: FrozenAttempt }> {
  const provider = subject.provider({ common });
  return { provider, attempt: await subject.freeze(provider) };
}

async function expectFailure(
  call: Promise<SubmitReply>,
  effect: Effect,
  ...codes: readonly ProviderFailureCode[]
): Promise<Extract<SubmitReply, { kind: 'failed' }>['failure']> {
  const reply = await call;
  expect(reply).toMatchObject({ kind: 'failed', failure: { effect } });
  if (reply.kind !== 'failed') throw new Error('accepted');
  if (codes.length > 0) expect(codes).toContain(reply.failure.code);
  return reply.failure;
}

const idOf = (reply: SubmitReply): string =>
  reply.kind === 'accepted' ? reply.providerPayoutId : `${reply.failure.effect} ${reply.failure.code}`;
