import { createPayoutClient, PayoutClientError } from '../../src/client';
import type { PayoutClient } from '../../src/client';
import { exampleRequest } from '../support/example-request';

const address = { tenant: 'acme', reference: 'r-1' };
const by = 'dana';
const account = { account: 'pontis-main', by, reason: 'a test' };

/** A good argument of every method that takes one, and how it is called. Nothing listens: what is sent fails otherwise. */
const methods: Readonly<
  Record<string, { readonly good: object; readonly call: (client: never, given: never) => unknown }>
> = {
  get: { good: address, call: (client: PayoutClient, given: never) => client.get(given) },
  payee: { good: address, call: (client: PayoutClient, given: never) => client.payee(given) },
  timeline: { good: address, call: (client: PayoutClient, given: never) => client.timeline(given) },
  events: {
    good: { ...address, afterSeq: 0, pollMs: 1, patienceMs: 0 },
    call: (client: PayoutClient, given: never) => first(client.events(given)),
  },
  history: { good: address, call: (client: PayoutClient, given: never) => client.history(given) },
  list: {
    good: { status: 'paid', limit: 1 },
    call: (client: PayoutClient, given: never) => first(client.list(given)),
  },
  outcome: {
    good: { ...address, timeoutMs: 1 },
    call: (client: PayoutClient, given: never) => client.outcome(given),
  },
  decide: {
    good: { ...address, by, decision: 'approve', digest: 'd' },
    call: (client: PayoutClient, given: never) => client.decide(given),
  },
  cancel: { good: { ...address, by }, call: (client: PayoutClient, given: never) => client.cancel(given) },
  recall: { good: { ...address, by }, call: (client: PayoutClient, given: never) => client.recall(given) },
  replace: {
    good: { ...address, by, request: exampleRequest() },
    call: (client: PayoutClient, given: never) => client.replace(given),
  },
  resume: { good: { ...address, by }, call: (client: PayoutClient, given: never) => client.resume(given) },
  resolve: {
    good: { ...address, by, action: 'confirm', proposal: 'ab12' },
    call: (client: PayoutClient, given: never) => client.resolve(given),
  },
  pauseAccount: { good: account, call: (client: PayoutClient, given: never) => client.pauseAccount(given) },
  resumeAccount: { good: account, call: (client: PayoutClient, given: never) => client.resumeAccount(given) },
  toppedUp: { good: account, call: (client: PayoutClient, given: never) => client.toppedUp(given) },
};
const cases = Object.entries(methods);

const first = async (items: AsyncIterable<unknown>): Promise<unknown> => items[Symbol.asyncIterator]().next();

let client: PayoutClient;
beforeEach(() => {
  client = createPayoutClient({ address: '127.0.0.1:1', env: {} });
});
afterEach(async () => client.close());

async function failureOf(method: string, given: unknown): Promise<PayoutClientError> {
  const { call } = methods[method] ?? {};
  const error: unknown = await Promise.resolve()
    .then(() => call?.(client as never, given as never))
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(PayoutClientError);
  return error as PayoutClientError;
}

it.each(cases)('%s takes what it should', async (method, { good }) => {
  expect((await failureOf(method, good)).code).toBe('temporal_unavailable');
});

it.each(cases.filter(([method]) => method !== 'list'))(
  '%s refuses everything that is no object',
  async (method) => {
    for (const given of [
      undefined,
      null,
      '',
      'acme/r-1',
      1,
      Number.NaN,
      true,
      [],
      [address],
      () => address,
    ]) {
      const { code, message } = await failureOf(method, given);
      expect([given, code]).toEqual([given, 'arguments_invalid']);
      expect(message).toContain(`${method}: it takes one object with `);
    }
  },
);

it.each(cases)(
  '%s refuses a name that it does not know, and says which one is near',
  async (method, { good }) => {
    const [known = ''] = Object.keys(good);
    const misspelt = `${known.slice(0, 2)}${known.slice(3)}`;
    for (const [name, words] of [
      [misspelt, `${misspelt} is not known; did you mean ${known}?`],
      ['zzzzz', 'zzzzz is not known; it takes '],
    ] as const) {
      const { code, message } = await failureOf(method, { ...good, [name]: 1 });
      expect([code, message.includes(words)]).toEqual(['arguments_invalid', true]);
    }
  },
);

const odd = [null, Number.NaN, -1, {}, [], Symbol('x'), Number.POSITIVE_INFINITY, 'x'.repeat(100_000)];
it.each(cases)(
  '%s refuses odd values of each of its fields, without showing them',
  async (method, { good }) => {
    for (const name of Object.keys(good)) {
      if (method === 'replace' && name === 'request') continue;
      for (const [index, value] of odd.entries()) {
        if (name === 'limit' && value === Number.POSITIVE_INFINITY) continue;
        const { code, message } = await failureOf(method, { ...good, [name]: value });
        expect([name, index, code]).toEqual([name, index, 'arguments_invalid']);
        expect(message).toContain(name);
        expect(message.length).toBeLessThan(600);
      }
    }
  },
);

it.each<readonly [string, object, string]>([
  ['decide', { ...address, by, decision: 'approve' }, 'decide: digest is missing: what is decided about'],
  ['decide', { ...address, by, decision: 'approve', digest: '' }, 'decide: digest must be what is decided'],
  ['cancel', address, 'cancel: by is missing: who says so'],
  ['get', { tenant: 'acme' }, 'get: reference is missing'],
  ['pauseAccount', { account: 'a', by }, 'pauseAccount: reason is missing'],
  ['outcome', { ...address, timeoutMs: '5s' }, 'outcome: timeoutMs must be a number of milliseconds from 0'],
  ['outcome', { ...address, timeout: 5 }, 'timeout is not known; did you mean timeoutMs?'],
  ['list', { statuses: ['paid'] }, 'list: statuses is not known; did you mean status?'],
  ['list', { status: 'payed' }, 'is no status; there are received'],
  ['resolve', { ...address, by, action: 'adopt', proposal: 'ab12' }, 'providerPayoutId is missing'],
  [
    'resolve',
    { ...address, by, action: 'adpt', providerPayoutId: 'x' },
    'resolve: action must be one of adopt',
  ],
])('%s names the field: %j', async (method, given, words) => {
  const { code, message } = await failureOf(method, given);
  expect(code).toBe('arguments_invalid');
  expect(message).toContain(words);
});

it('says how an address is read out of a text', async () => {
  expect((await failureOf('get', 'acme/x')).message).toBe(
    'get: it takes one object with tenant, reference; parsePayoutAddress reads one out of a text such as acme/r-1',
  );
});

it('takes whatever of ours carries the address of a payout, and nothing else', async () => {
  const started = { ...address, workflowId: 'payout/acme/r-1', runId: 'run', started: true };
  for (const carrier of [exampleRequest(), started])
    expect((await failureOf('get', carrier)).code).toBe('temporal_unavailable');
  for (const method of ['cancel', 'resume', 'recall'] as const)
    expect((await failureOf(method, { ...exampleRequest(), ...started, by })).code).toBe(
      'temporal_unavailable',
    );
  expect((await failureOf('cancel', { ...started, by, resaon: 'x' })).code).toBe('arguments_invalid');
  // What is to be started is a request of its own.
  expect((await failureOf('replace', { ...started, by, request: {} })).code).toBe('arguments_invalid');
});

it.each<readonly [unknown, string]>([
  [{ adress: 'x' }, 'adress is not known; did you mean address?'],
  [{ callTimeoutMs: -1 }, 'callTimeoutMs must be'],
  [{ callTimeoutMs: '5s' }, 'callTimeoutMs must be'],
  [{ startTimeoutMs: Number.NaN }, 'startTimeoutMs must be'],
  [{ answerTimeoutMs: 2 ** 31 }, 'answerTimeoutMs must be'],
  [{ connectTimeoutMs: 0 }, 'connectTimeoutMs must be'],
  [{ client: {} }, 'client must be'],
  [{ client: null }, 'client must be'],
  [{ client: { workflow: {} }, address: 'x' }, 'address cannot be given beside a client'],
  [{ env: 'x' }, 'env must be'],
  [{ taskQueue: '' }, 'taskQueue must be'],
  ['localhost:7233', 'it takes one object with options'],
  [null, 'it takes one object with options'],
])('createPayoutClient refuses %j', (options, words) => {
  expect(() => createPayoutClient(options as never)).toThrow(
    expect.objectContaining({ code: 'arguments_invalid', message: expect.stringContaining(words) }),
  );
});

it.each(['http://localhost:7233', 'a b', 'localhost:99999', 'localhost:0'])(
  'createPayoutClient refuses the address %j',
  (at) => {
    expect(() => createPayoutClient({ address: at, env: {} })).toThrow(
      expect.objectContaining({ code: 'connection_settings_invalid' }),
    );
  },
);

it('answers at once, and clearly, after it was closed', async () => {
  await client.close();
  await client.close();
  const began = performance.now();
  for (const [method, { good }] of cases) {
    const { code, message } = await failureOf(method, good);
    expect([method, code]).toEqual([method, 'client_closed']);
    expect(message).toBe(`${method}: this client was closed (\`close\`)`);
  }
  for (const call of [
    async () => client.start(exampleRequest()),
    async () => client.check(exampleRequest()),
    async () => first(client.accounts()),
  ])
    await expect(call()).rejects.toMatchObject({ code: 'client_closed' });
  expect(performance.now() - began).toBeLessThan(2_000);
});
