import type { MetricDefinition } from '../../src/contract/metrics';
import { heldReasons } from '../../src/domain/reason';
import type { PayoutProvider, ProviderCall } from '../../src/providers/provider';
import type { CheckedScreener, ScreeningDecision } from '../../src/screening/screener';
import { measuredProvider } from '../../src/worker/metrics/measured-provider';
import { measuredScreener } from '../../src/worker/metrics/measured-screener';
import type { MetricWriter } from '../../src/worker/metrics/metric-writer';
import { createObserver } from '../../src/worker/metrics/observe';
import type { ObserverDeps } from '../../src/worker/metrics/observe';

/** What was recorded, by name and labels. */
function recorder() {
  const values = new Map<string, number>();
  const key = ({ name }: MetricDefinition, labels: object): string =>
    [name, ...Object.entries(labels).map(([label, value]) => `${label}=${String(value)}`)].join(' ');
  const metrics: MetricWriter = {
    count: (metric, labels) => values.set(key(metric, labels), (values.get(key(metric, labels)) ?? 0) + 1),
    record: (metric, _seconds, labels) =>
      values.set(key(metric, labels), (values.get(key(metric, labels)) ?? 0) + 1),
    set: (metric, value, labels) => values.set(key(metric, labels), value),
  };
  return { metrics, values };
}

describe('calls to a provider', () => {
  const call: ProviderCall = {};
  const attempt = { key: 'k', body: '{}' };
  const accepted = {
    kind: 'accepted',
    providerPayoutId: 'p-1',
    status: 'processing',
    providerStatus: 'PENDING',
    echo: { matched: [], unverified: [], mismatched: [] },
  } as const;
  const refused = { kind: 'failed', failure: { effect: 'none', code: 'refused' } } as const;
  const lost = { kind: 'failed', failure: { effect: 'unknown', code: 'timeout' } } as const;
  const adapter = (changes: Partial<PayoutProvider>): PayoutProvider =>
    ({ provider: 'pontis', contract: {}, submitTimeoutMs: 1, ...changes }) as unknown as PayoutProvider;

  test.each([
    ['accepted', accepted, 'ok', undefined],
    ['none', refused, 'failed', 'refused'],
    ['unknown', lost, 'failed', 'timeout'],
  ] as const)('a send with effect %s', async (effect, reply, outcome, code) => {
    const { metrics, values } = recorder();
    const provider = measuredProvider('main', adapter({ submit: async () => reply }), metrics);
    expect(await provider.submit(attempt, call)).toBe(reply);
    const place = 'account=main provider=pontis';
    expect([...values]).toEqual([
      [`payouts_provider_call_duration_seconds ${place} operation=submit outcome=${outcome}`, 1],
      ...(code === undefined
        ? []
        : [[`payouts_provider_failures ${place} operation=submit code=${code}`, 1] as const]),
      [`payouts_sends ${place} effect=${effect}`, 1],
    ]);
  });

  test('a send whose adapter throws is counted as unknown, and still throws', async () => {
    const { metrics, values } = recorder();
    const provider = measuredProvider(
      'main',
      adapter({ submit: () => Promise.reject(new Error('bug')) }),
      metrics,
    );
    await expect(provider.submit(attempt, call)).rejects.toThrow('bug');
    expect(values.get('payouts_sends account=main provider=pontis effect=unknown')).toBe(1);
    expect(
      values.get('payouts_provider_failures account=main provider=pontis operation=submit code=exception'),
    ).toBe(1);
  });

  test('hands on what it is given, and everything that is no call', async () => {
    const { metrics, values } = recorder();
    const given: unknown[] = [];
    const inner = adapter({
      readStatus: async (...args) => {
        given.push(...args);
        return refused;
      },
      lookUp: async (...args) => {
        given.push(...args);
        return { kind: 'complete', found: [] };
      },
      formatKey: (digest) => `key-${digest}`,
    });
    const provider = measuredProvider('main', inner, metrics);
    const [status, lookUp] = [
      { attempt, providerPayoutId: 'p' },
      { attempt, firstSentAt: 1 },
    ];
    expect(await provider.readStatus(status, call)).toBe(refused);
    expect(await provider.lookUp?.(lookUp, call)).toEqual({ kind: 'complete', found: [] });
    expect(given).toEqual([status, call, lookUp, call]);
    expect(provider.formatKey('x')).toBe('key-x');
    expect(Object.keys(provider).toSorted()).toEqual([...Object.keys(inner), 'submit'].toSorted());
    expect([...values.keys()].some((key) => key.startsWith('payouts_sends'))).toBe(false);
  });

  test('an account without look-up or quotes has none when it is measured', () => {
    const provider = measuredProvider('main', adapter({}), recorder().metrics);
    expect('lookUp' in provider || 'quote' in provider).toBe(false);
  });
});

describe('screening', () => {
  const clear = (listedAt: string): ScreeningDecision => ({
    kind: 'clear',
    lists: [],
    checks: [
      { list: 'own', version: 'v', entries: 1, listedAt, checkedAt: listedAt },
      { list: 'test-list', version: 'v', entries: 1, checkedAt: listedAt },
    ],
  });

  test('counts decisions, remembers how old lists are, and does not count its own look', async () => {
    const { metrics, values } = recorder();
    let decision: ScreeningDecision = clear('2026-01-01T00:00:00.000Z');
    const asked: string[] = [];
    const inner: CheckedScreener = {
      screen: async ({ name }) => {
        asked.push(name);
        return decision;
      },
      problems: async () => [],
    };
    const { screener, listedAt, look } = measuredScreener(inner, metrics);
    expect(await screener.screen({ name: 'Juan dela Cruz', country: 'PH' })).toBe(decision);
    expect([...listedAt]).toEqual([['own', Date.parse('2026-01-01')]]);
    decision = clear('2026-02-01T00:00:00.000Z');
    expect(await look()).toBe('usable');
    expect([...listedAt]).toEqual([['own', Date.parse('2026-02-01')]]);
    decision = { kind: 'unavailable', note: 'list own is stale' };
    expect(await look()).toBe('unusable');
    expect([...listedAt]).toEqual([['own', Date.parse('2026-02-01')]]);
    expect([...values]).toEqual([['payouts_screenings decision=clear', 1]]);
    expect(asked).toEqual(['Juan dela Cruz', 'Monitoring Question', 'Monitoring Question']);
    expect(await screener.problems()).toEqual([]);
  });
});

describe('what stands now', () => {
  const nothing = {
    held: new Map(),
    unconfirmed: { count: 0 },
    awaitingApproval: { count: 0 },
    attention: new Map(),
  };
  function observed(changes: Partial<ObserverDeps> = {}) {
    const { metrics, values } = recorder();
    const said: string[] = [];
    const clock = { now: 1_000_000 };
    const observe = createObserver({
      metrics,
      accounts: ['main'],
      accountPause: async () => ({ paused: false }),
      readWaiting: async () => nothing,
      readTaskQueue: async () => ({ pollers: [], backlog: { tasks: 0, ageSeconds: 0 } }),
      screening: { look: async () => 'usable', listedAt: new Map() },
      listLimitMs: () => undefined,
      isReady: () => true,
      now: () => clock.now,
      logger: {
        info: (event) => void said.push(event),
        warn: (event) => void said.push(event),
      },
      ...changes,
    });
    return { observe, values, said, clock };
  }

  test('whether the register can be used is told while there is one', async () => {
    let kind: 'usable' | 'unavailable' = 'usable';
    const registerStatus: ObserverDeps['registerStatus'] = async () =>
      kind === 'usable'
        ? { kind, schema: 1, needed: 1, hasMoreThanNeeded: false }
        : { kind, note: 'it is away (ECONNREFUSED)' };
    const { observe, values } = observed({ registerStatus });
    await observe();
    expect(values.get('payouts_register_usable')).toBe(1);
    kind = 'unavailable';
    await observe();
    expect(values.get('payouts_register_usable')).toBe(0);
    expect(values.get('payouts_observed_timestamp_seconds reading=register')).toBe(1_000);
    expect(values.get('payouts_worker_ready')).toBe(1);
    const without = observed();
    await without.observe();
    expect(without.values.has('payouts_register_usable')).toBe(false);
  });

  test('every reason of a hold has a value, also where none is held', async () => {
    const { observe, values } = observed();
    await observe();
    expect(heldReasons.filter((reason) => values.get(`payouts_held reason=${reason}`) !== 0)).toEqual([]);
    expect(values.get('payouts_unconfirmed_oldest_seconds')).toBe(0);
    expect(values.get('payouts_account_paused account=main cause=people')).toBe(0);
  });

  test('what is over goes back to 0, a reason that only newer workers know included', async () => {
    let waiting = {
      ...nothing,
      held: new Map([['new_reason', { count: 2, oldestSince: 900_000 }]]),
      unconfirmed: { count: 1, oldestSince: 940_000 },
    };
    const { observe, values } = observed({ readWaiting: async () => waiting });
    await observe();
    expect(values.get('payouts_held reason=new_reason')).toBe(2);
    expect(values.get('payouts_held_oldest_seconds reason=new_reason')).toBe(100);
    expect(values.get('payouts_unconfirmed_oldest_seconds')).toBe(60);
    waiting = { ...nothing } as typeof waiting;
    await observe();
    expect(values.get('payouts_held reason=new_reason')).toBe(0);
    expect(values.get('payouts_held_oldest_seconds reason=new_reason')).toBe(0);
    expect(values.get('payouts_unconfirmed')).toBe(0);
  });

  test('a reading that fails keeps the time of the last one, says so once, and stops no other', async () => {
    let isAway = false;
    const { observe, values, said, clock } = observed({
      readWaiting: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(nothing)),
    });
    await observe();
    isAway = true;
    clock.now += 30_000;
    await observe();
    await observe();
    expect(values.get('payouts_observed_timestamp_seconds reading=waiting')).toBe(1_000);
    expect(values.get('payouts_observed_timestamp_seconds reading=accounts')).toBe(1_030);
    isAway = false;
    await observe();
    expect(values.get('payouts_observed_timestamp_seconds reading=waiting')).toBe(1_030);
    expect(said).toEqual(['metrics cannot be read', 'metrics can be read again']);
  });

  test('tells who paused an account, and changes with it', async () => {
    const people = { paused: true, by: 'dana', since: 1, reason: 'x' } as const;
    let state: Awaited<ReturnType<ObserverDeps['accountPause']>> = people;
    const { observe, values } = observed({ accountPause: async () => state });
    const causes = (): unknown[] =>
      ['people', 'credentials_refused'].map((cause) =>
        values.get(`payouts_account_paused account=main cause=${cause}`),
      );
    await observe();
    expect(causes()).toEqual([1, 0]);
    state = { ...people, cause: 'credentials_refused' };
    await observe();
    expect(causes()).toEqual([0, 1]);
    state = 'unavailable';
    await observe();
    expect(causes()).toEqual([0, 1]);
    state = { paused: false };
    await observe();
    expect(causes()).toEqual([0, 0]);
  });

  test('one account that cannot be read does not hide the others', async () => {
    const { observe, values } = observed({
      accounts: ['away', 'main'],
      accountPause: async (account) =>
        account === 'away' ? 'unavailable' : { paused: true, by: 'dana', since: 1, reason: 'x' },
    });
    await observe();
    expect(values.get('payouts_account_paused account=main cause=people')).toBe(1);
    expect(values.has('payouts_observed_timestamp_seconds reading=accounts')).toBe(false);
  });

  test('lists age between two looks, and are looked at every five minutes only', async () => {
    let looks = 0;
    const { observe, values, clock } = observed({
      screening: {
        look: async () => {
          looks += 1;
          return looks === 1 ? 'usable' : 'unusable';
        },
        listedAt: new Map([['own', 900_000]]),
      },
      listLimitMs: () => 500_000,
    });
    await observe();
    clock.now += 60_000;
    await observe();
    expect(looks).toBe(1);
    expect(values.get('payouts_screening_list_age_seconds list=own')).toBe(160);
    expect(values.get('payouts_screening_list_max_age_seconds list=own')).toBe(500);
    expect(values.get('payouts_screening_usable')).toBe(1);
    clock.now += 5 * 60_000;
    await observe();
    expect(looks).toBe(2);
    expect(values.get('payouts_screening_usable')).toBe(0);
  });

  test('a server that tells no backlog leaves that out, and the workers in', async () => {
    const { observe, values } = observed({
      readTaskQueue: async () => ({
        pollers: [
          { identity: 'a', askedAt: 1 },
          { identity: 'a', askedAt: 2 },
          { identity: 'b', askedAt: 1 },
        ],
      }),
    });
    await observe();
    expect(values.get('payouts_task_queue_pollers task_type=workflow')).toBe(2);
    expect([...values.keys()].some((key) => key.startsWith('payouts_task_queue_backlog'))).toBe(false);
  });
});
