import { heldReasons, payoutStatuses, PayoutClientError } from '../../src/client';
import type { HeldReason, PayoutClient, PayoutStatus } from '../../src/client';
import { createInMemoryPayouts, ImpossibleStepError } from '../../src/client/testing';
import type { DrivenPayout, InMemoryPayouts } from '../../src/client/testing';
import { exampleRequest } from '../support/example-request';

const address = { tenant: 'acme', reference: 'order-1' };

async function started(
  options?: Parameters<typeof createInMemoryPayouts>[0],
): Promise<InMemoryPayouts & { readonly payout1: DrivenPayout }> {
  const payouts = createInMemoryPayouts(options);
  await payouts.client.start(exampleRequest());
  return { ...payouts, payout1: payouts.payout(address) };
}

const drives: Readonly<Record<PayoutStatus, (payout: DrivenPayout) => DrivenPayout>> = {
  received: (payout) => payout,
  screening: (payout) => payout.plan(),
  'awaiting-approval': (payout) => payout.askPeople({ levels: [{ people: ['alice', 'bob'] }] }),
  submitting: (payout) => payout.prepare(),
  unconfirmed: (payout) => payout.unconfirmed(),
  submitted: (payout) => payout.accepted(),
  processing: (payout) => payout.processing(),
  paid: (payout) => payout.paid(),
  returned: (payout) => payout.returned(),
  failed: (payout) => payout.failed(),
  rejected: (payout) => payout.rejected(),
  expired: (payout) => payout.expired(),
  cancelled: (payout) => payout,
};

const holdsUnconfirmed = (reason: HeldReason) => (payout: DrivenPayout) => payout.unconfirmed().hold(reason);

/** The two answers about money, side by side. */
async function moneyMoved({ client }: Pick<InMemoryPayouts, 'client'>): Promise<readonly string[]> {
  return [(await client.get(address)).moneyMoved, (await client.outcome(address)).moneyMoved];
}

describe('any state', () => {
  it.each(payoutStatuses)('is reached in one step: %s', async (status) => {
    const { client, payout1 } = await started();
    drives[status](payout1);
    if (status === 'cancelled') expect(await client.cancel({ ...address, by: 'erin' })).toBe('cancelled');
    const view = await client.get(address);
    expect(view.status).toBe(status);
    const timeline = await client.timeline(address);
    expect(timeline.map(({ seq }) => seq)).toEqual(timeline.map((_, index) => index + 1));
    expect(timeline.at(-1)?.status).toBe(status);
    expect(await client.outcome(address)).toMatchObject({ status, final: view.final });
  });

  it.each(heldReasons)('is held as %s', async (reason) => {
    const { client, payout1 } = await started();
    if (reason === 'screening_review') {
      expect(() => payout1.hold(reason)).toThrow(ImpossibleStepError);
      payout1.askPeople({ levels: [{ people: ['farid'] }], purpose: 'screening' });
    } else payout1.hold(reason);
    expect(await client.get(address)).toMatchObject({ held: { reason } });
    expect((await client.outcome(address)).heldReason).toBe<HeldReason>(reason);
  });

  it.each<readonly [string, (payout: DrivenPayout) => unknown]>([
    ['paid after it was rejected', (payout) => payout.rejected().paid()],
    ['returned after it had failed', (payout) => payout.failed().returned()],
    ['sent while people are asked', (payout) => drives['awaiting-approval'](payout).send()],
    ['expired while a send may have been accepted', (payout) => payout.unconfirmed().expired()],
    ['rejected while a send is under way', (payout) => payout.send().rejected()],
    ['prepared anew while a send may have been accepted', (payout) => payout.unconfirmed().prepare()],
    ['sent again while a send may have been accepted', (payout) => payout.unconfirmed().send()],
    ['held for money while a send may have been accepted', holdsUnconfirmed('insufficient_funds')],
    [
      'refused while a send may have been accepted',
      (payout) => payout.unconfirmed().failed('provider_refused'),
    ],
    ['proven absent after it was accepted', (payout) => payout.accepted().provenAbsent()],
    ['proven absent after it was paid', (payout) => payout.paid({ watchMs: 5 }).provenAbsent()],
    ['sent again after it was paid', (payout) => payout.paid().send()],
    ['returned when its watch is over', (payout) => payout.paid().returned()],
    ['closed while it is processing', (payout) => payout.processing().close()],
    ['asked about after it was sent', (payout) => drives['awaiting-approval'](payout.send())],
    ['held as unknown after it was paid', (payout) => payout.paid({ watchMs: 5 }).hold('outcome_unknown')],
    ['released where nothing holds it', (payout) => payout.release()],
  ])('is refused where no payout can be: %s', async (_, drive) => {
    const { payout1 } = await started();
    expect(() => drive(payout1)).toThrow(ImpossibleStepError);
  });

  it('watches a paid one, which may come back', async () => {
    const { client, payout1 } = await started();
    payout1.paid({ watchMs: 60_000 });
    expect(await client.get(address)).toMatchObject({ status: 'paid', watchedUntil: expect.any(Number) });
    payout1.returned();
    expect(await client.get(address)).toMatchObject({ status: 'returned', reason: 'provider_returned' });
  });
});

describe('a send that may have been accepted', () => {
  const unconfirmed = async () => {
    const payouts = await started();
    payouts.payout1.unconfirmed();
    return payouts;
  };

  it.each(heldReasons.filter((reason) => reason !== 'screening_review'))(
    'is no money that did not move, whatever it is held for: %s',
    async (reason) => {
      const payouts = await unconfirmed();
      try {
        payouts.payout1.hold(reason);
      } catch (error) {
        expect(error).toBeInstanceOf(ImpossibleStepError);
      }
      expect(await payouts.client.cancel({ ...address, by: 'erin' })).not.toBe('cancelled');
      expect(await moneyMoved(payouts)).toEqual(['unknown', 'unknown']);
    },
  );

  it('stays one when it fails unexpectedly under way', async () => {
    const payouts = await started();
    payouts.payout1.send().hold('unexpected_failure');
    expect(await payouts.client.cancel({ ...address, by: 'erin' })).toBe('not-known');
    expect(await moneyMoved(payouts)).toEqual(['unknown', 'unknown']);
  });

  it('can be sent again, held or cancelled once it is proven that there is none', async () => {
    const payouts = await unconfirmed();
    const { client, payout1 } = payouts;
    payout1.provenAbsent();
    expect(await client.get(address)).toMatchObject({
      status: 'submitting',
      moneyMoved: 'no',
      attempt: { sends: 1, unresolved: 0 },
    });
    const codes = (await client.timeline(address)).map(({ type, code }) => [type, code]);
    expect(codes).toContainEqual(['looked-up', 'proven-absent']);
    payout1.send();
    expect(await client.get(address)).toMatchObject({ moneyMoved: 'unknown', attempt: { sends: 2 } });
    payout1.hold('insufficient_funds');
    expect(await client.cancel({ ...address, by: 'erin' })).toBe('cancelled');
    expect(await moneyMoved(payouts)).toEqual(['no', 'no']);
  });

  it('is cancelled by the proof where somebody wished it, in the words of the wish', async () => {
    const payouts = await unconfirmed();
    const { client, payout1 } = payouts;
    expect(await client.recall({ ...address, by: 'dana' })).toBe('not-known');
    payout1.provenAbsent();
    expect(await client.get(address)).toMatchObject({ status: 'cancelled', reason: 'recalled' });
    expect(await moneyMoved(payouts)).toEqual(['no', 'no']);
  });

  it('leaves no proposal behind that somebody could confirm after the proof', async () => {
    const { client, payout1 } = await unconfirmed();
    payout1.hold('outcome_unknown');
    const said = { ...address, action: 'never-accepted', evidence: 'they have none, ticket 7' } as const;
    const { proposal = '' } = await client.resolve({ ...said, by: 'alice' });
    payout1.provenAbsent().unconfirmed();
    expect((await client.get(address)).resolution).toBeUndefined();
    await expect(
      client.resolve({ ...address, by: 'bob', action: 'confirm', proposal }),
    ).rejects.toMatchObject({ refusal: 'no_proposal' });
  });
});

describe('people', () => {
  it('count as they do for real, and a decision that is repeated counts once', async () => {
    const { client, payout1 } = await started();
    payout1.askPeople({ levels: [{ people: ['alice', 'bob', 'dana'], quorum: 2 }] });
    const { approval } = await client.get(address);
    const digest = approval?.digest ?? '';
    const decide = async (by: string, chosen = digest) =>
      client.decide({ ...address, by, decision: 'approve', digest: chosen });
    await expect(decide('dana')).rejects.toMatchObject({ refusal: 'requester_cannot_approve' });
    await expect(decide('mallory')).rejects.toMatchObject({ refusal: 'unknown_approver' });
    await expect(decide('alice', 'other')).rejects.toMatchObject({ refusal: 'digest_mismatch' });
    const first = await decide('Alice');
    expect(first).toEqual({ decision: 'approve', approvals: 1, required: 2, level: 1 });
    expect(await decide(' ALICE ')).toEqual(first);
    expect(await decide('bob')).toEqual({ decision: 'approve', approvals: 2, required: 2 });
    payout1.paid();
    expect(await client.outcome(address)).toMatchObject({ status: 'paid', moneyMoved: 'yes' });
    expect(await decide('alice')).toEqual(first);
  });

  it('two of them end an unknown outcome, and the requester never', async () => {
    const { client, payout1 } = await started();
    payout1.hold('outcome_unknown');
    const say = async (by: string) =>
      client.resolve({
        ...address,
        by,
        action: 'never-accepted',
        evidence: 'the provider has none, ticket 7',
      });
    await expect(say('dana')).rejects.toMatchObject({ refusal: 'requester_cannot_resolve' });
    const { proposal = '' } = await say('alice');
    const confirm = async (by: string) => client.resolve({ ...address, by, action: 'confirm', proposal });
    await expect(confirm('alice')).rejects.toMatchObject({ refusal: 'same_person' });
    expect(await confirm('bob')).toMatchObject({ outcome: 'ended' });
    expect(await client.get(address)).toMatchObject({
      status: 'failed',
      reason: 'confirmed_never_accepted',
      moneyMoved: 'no',
    });
  });

  it('hear the truth about a wish to cancel', async () => {
    const { client, payout1 } = await started();
    payout1.unconfirmed();
    expect(await client.cancel({ ...address, by: 'erin' })).toBe('not-known');
    payout1.accepted();
    expect(await client.cancel({ ...address, by: 'erin' })).toBe('too-late');
  });
});

describe('waiting', () => {
  it('for an outcome ends with the payout, with the clock, or with the signal', async () => {
    const { client, payout1, advance } = await started();
    const late = client.outcome({ ...address, timeoutMs: 5_000 });
    advance(5_000);
    expect(await late).toMatchObject({ final: false, status: 'received' });
    const stop = new AbortController();
    const stopped = client.outcome({ ...address, timeoutMs: 5_000, signal: stop.signal });
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    const paid = client.outcome({ ...address, timeoutMs: 5_000 });
    payout1.paid({ watchMs: 1_000 });
    expect(await paid).toMatchObject({ final: true, status: 'paid' });
  });

  it('for events gives each once, until the run ends', async () => {
    const { client, payout1 } = await started();
    const types: string[] = [];
    const followed = (async () => {
      for await (const { type } of client.events({ ...address, afterSeq: 1 })) types.push(type);
    })();
    await Promise.resolve();
    payout1.accepted();
    payout1.paid();
    await followed;
    expect(types.at(-1)).toBe('status-changed');
    expect(types).toContain('accepted');
    expect(types).not.toContain('started');
  });
});

describe('errors on demand', () => {
  it('come before the call, or lose its answer', async () => {
    const payouts = createInMemoryPayouts({ onStart: (payout) => payout.paid() });
    const { client } = payouts;
    payouts.failNext('start', { error: 'temporal_unavailable' });
    await expect(client.start(exampleRequest())).rejects.toMatchObject({ code: 'temporal_unavailable' });
    await expect(client.get(address)).rejects.toMatchObject({ code: 'payout_not_found' });
    payouts.failNext('start', { error: 'temporal_unavailable', afterwards: true });
    await expect(client.start(exampleRequest())).rejects.toMatchObject({ code: 'temporal_unavailable' });
    expect(await client.start(exampleRequest())).toMatchObject({ started: false });
    payouts.failNext('list', { error: 'temporal_unavailable' });
    await expect(client.list()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'temporal_unavailable',
    });
  });

  it('say that no worker is there', async () => {
    const { client, stopWorkers, startWorkers } = await started();
    stopWorkers();
    await expect(client.get(address)).rejects.toMatchObject({ code: 'worker_not_available' });
    await expect(client.cancel({ ...address, by: 'erin' })).rejects.toMatchObject({
      code: 'reply_timed_out',
    });
    expect(await client.outcome(address)).toMatchObject({ status: 'received' });
    startWorkers();
    expect(await client.cancel({ ...address, by: 'erin' })).toBe('cancelled');
  });
});

describe('whoever drives', () => {
  const refused = (words: string): unknown =>
    expect.objectContaining({ code: 'arguments_invalid', message: expect.stringContaining(words) as string });

  it.each<readonly [string, (payout: DrivenPayout) => unknown]>([
    ['hold: reason must be one of', (payout) => payout.hold('foo' as never)],
    ['hold: reason is missing', (payout) => payout.hold(undefined as never)],
    ['hold: note must be', (payout) => payout.hold('daily_limit', 7 as never)],
    ['askPeople: levels is missing', (payout) => payout.askPeople({} as never)],
    ['askPeople: it takes one object', (payout) => payout.askPeople(undefined as never)],
    ['levls is not known; did you mean levels?', (payout) => payout.askPeople({ levls: [] } as never)],
    ['a level: people must be', (payout) => payout.askPeople({ levels: [{ people: 'alice' }] } as never)],
    [
      'a level: qorum is not known',
      (payout) => payout.askPeople({ levels: [{ people: ['a'], qorum: 1 }] } as never),
    ],
    ['unconfirmed: code must be one of', (payout) => payout.unconfirmed('lost' as never)],
    ['accepted: providerPayoutId must be', (payout) => payout.accepted(7 as never)],
    ['paid: watchMS is not known; did you mean watchMs?', (payout) => payout.paid({ watchMS: 5 } as never)],
    ['returned: watchMs must be', (payout) => payout.returned({ watchMs: '5' } as never)],
    ['failed: reason must be one of', (payout) => payout.failed('provider_filed' as never)],
    ['rejected: reason must be one of', (payout) => payout.rejected({} as never)],
    ['expired: reason must be one of', (payout) => payout.expired('late' as never)],
    ['release: by must be', (payout) => payout.hold('daily_limit').release(7 as never)],
  ])('hears at once what is none: %s', async (words, drive) => {
    const { client, payout1 } = await started();
    const before = await client.timeline(address);
    expect(() => drive(payout1)).toThrow(refused(words) as Error);
    const after = await client.timeline(address);
    if (!words.startsWith('release')) expect(after).toEqual(before);
  });

  it.each<readonly [string, (payouts: InMemoryPayouts) => unknown]>([
    ['failNext: method must be one of', ({ failNext }) => failNext('pay' as never, { error: 'aborted' })],
    ['failNext: method must be one of', ({ failNext }) => failNext('close' as never, { error: 'aborted' })],
    ['failNext: error must be', ({ failNext }) => failNext('start', { error: 'boom' } as never)],
    ['failNext: error is missing', ({ failNext }) => failNext('start', {} as never)],
    [
      'failNext: time is not known',
      ({ failNext }) => failNext('start', { error: 'aborted', time: 2 } as never),
    ],
    ['failNext: times must be', ({ failNext }) => failNext('start', { error: 'aborted', times: 0 })],
    ['advance: ms must be', ({ advance }) => advance('5' as never)],
    ['onstart is not known; did you mean onStart?', () => createInMemoryPayouts({ onstart: 1 } as never)],
    ['onStart must be a function', () => createInMemoryPayouts({ onStart: 1 } as never)],
    ['checkAnswer must be', () => createInMemoryPayouts({ checkAnswer: 'planned' } as never)],
    ['account must be', () => createInMemoryPayouts({ account: 'main' } as never)],
  ])('and of the installation: %s', async (words, use) => {
    const payouts = await started();
    expect(() => use(payouts)).toThrow(refused(words) as Error);
  });

  it('cannot ask only whoever asked for the payout', async () => {
    const { payout1 } = await started();
    expect(() => payout1.askPeople({ levels: [{ people: ['dana'] }] })).toThrow(ImpossibleStepError);
    expect(() => payout1.askPeople({ levels: [{ people: [' Dana', 'bob'], quorum: 2 }] })).toThrow(
      ImpossibleStepError,
    );
    payout1.askPeople({ levels: [{ people: ['dana', 'bob'] }] });
  });

  it('may make a call fail with an error of its own', async () => {
    const { client, failNext } = await started();
    failNext('get', { error: new PayoutClientError('aborted', 'mine'), times: 1 });
    await expect(client.get(address)).rejects.toThrow('mine');
  });
});

describe('an edit', () => {
  const edit = (changes: Parameters<typeof exampleRequest>[0]) => ({
    ...address,
    by: 'dana',
    request: exampleRequest({ reference: 'order-2', ...changes }),
  });

  it('recalls nothing for a reference that is taken, or for what a worker would refuse', async () => {
    const refusing = { kind: 'refused', reason: 'no_route', problems: ['account: is not known'] } as const;
    const { client } = await started({ checkAnswer: refusing });
    await client.start(exampleRequest({ reference: 'taken' }));
    await expect(
      client.replace(edit({ reference: 'taken', amount: { value: '1.00', side: 'source' } })),
    ).rejects.toMatchObject({ code: 'reference_reused' });
    await expect(client.replace(edit({}))).rejects.toMatchObject({ code: 'replacement_refused' });
    expect(await client.get(address)).toMatchObject({ status: 'received', cancelRequested: false });
  });

  it('may be repeated', async () => {
    const { client } = await started();
    expect(await client.replace(edit({}))).toMatchObject({ started: true });
    expect(await client.replace(edit({}))).toMatchObject({ started: false });
    expect(await client.get(address)).toMatchObject({ reason: 'recalled', replacedBy: 'order-2' });
  });
});

describe('accounts', () => {
  it('hold what would be sent, until they are resumed', async () => {
    const { client, payout1 } = await started();
    await client.pauseAccount({ account: 'main', by: 'erin', reason: 'a test' });
    payout1.send();
    expect(await client.get(address)).toMatchObject({ held: { reason: 'account_paused' } });
    expect(() => payout1.paid()).toThrow(ImpossibleStepError);
    expect(await client.resumeAccount({ account: 'main', by: 'erin' })).toMatchObject({ payouts: 1 });
    await expect(client.resumeAccount({ account: 'main', by: 'erin' })).rejects.toMatchObject({
      refusal: 'not_paused',
    });
    payout1.paid();
    expect((await client.get(address)).held).toBeUndefined();
  });
});

it('checks what it is given like the real one, and is closed like it', async () => {
  const { client } = createInMemoryPayouts();
  await expect(client.get({ ...address, refrence: 'x' } as never)).rejects.toMatchObject({
    code: 'arguments_invalid',
  });
  await expect(
    client.start({ ...exampleRequest(), amount: { value: '0', side: 'source' } }),
  ).rejects.toMatchObject({ code: 'request_invalid' });
  await client.close();
  await expect(client.get(address)).rejects.toMatchObject({ code: 'client_closed' });
});

it('lists by the filters of the real one, newest first', async () => {
  const { client, payout, advance } = createInMemoryPayouts();
  for (const reference of ['a', 'b', 'c']) {
    await client.start(exampleRequest({ reference }));
    advance(1);
  }
  payout({ tenant: 'acme', reference: 'b' }).hold('insufficient_funds');
  const found = async (options: Parameters<PayoutClient['list']>[0]): Promise<readonly string[]> => {
    const references: string[] = [];
    for await (const { reference } of client.list(options)) references.push(reference);
    return references;
  };
  expect(await found({})).toEqual(['c', 'b', 'a']);
  expect(await found({ limit: 1 })).toEqual(['c']);
  expect(await found({ held: true })).toEqual(['b']);
  expect(await found({ status: ['received'] })).toEqual(['c', 'a']);
});
