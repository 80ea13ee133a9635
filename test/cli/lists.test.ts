import { PayoutClientError } from '../../src/client';
import type { ListedPayout, PayoutView } from '../../src/client';
import { createCli, snapshot, streamOf } from './fake-cli';

const hour = 3_600_000;
const now = Date.now();
const listed = (reference: string, change: Partial<ListedPayout> = {}): ListedPayout => ({
  tenant: 'acme',
  reference,
  workflowId: `payout/acme/${reference}`,
  runId: 'run',
  status: 'awaiting-approval',
  final: false,
  amount: { value: '125.00', currency: 'USDT', side: 'source' },
  account: 'pontis-main',
  startedAt: now - 26 * hour,
  cursor: `cursor-${reference}`,
  ...change,
});
const asking = (...mayDecide: readonly string[]): PayoutView =>
  snapshot({ approval: { ...snapshot().approval!, mayDecide, expiresAt: now + 5 * hour + 60_000 } });
const answers =
  (views: Readonly<Record<string, PayoutView | Error>>) => async (payout: { reference: string }) => {
    const view = views[payout.reference];
    if (view === undefined) throw new Error(`nobody asks ${payout.reference}`);
    if (view instanceof Error) throw view;
    return view;
  };
const withoutApproval = (view: PayoutView): PayoutView => {
  const { approval: _, ...rest } = view;
  return rest;
};
const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

describe('list', () => {
  it('says who may decide, whose turn it is and until when, and asks only those that wait for people', async () => {
    const held = {
      reason: 'insufficient_funds',
      owner: 'treasury',
      since: 0,
      deadlineAt: now - 2 * hour,
      escalated: true,
    } as const;
    const { run, asked } = createCli({
      list: () =>
        streamOf(
          listed('r-1'),
          listed('r-2', { status: 'submitting', heldReason: 'insufficient_funds', attention: 'overdue' }),
          listed('r-3', { status: 'paid', final: true }),
          listed('r-4', { status: 'unconfirmed', closed: 'terminated' }),
        ),
      get: answers({
        'r-1': asking('alice', 'bob'),
        'r-2': withoutApproval(snapshot({ status: 'submitting', held })),
      }),
    });
    const { code, out, err } = await run('list');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const cells = lines(out).map((line) => line.split('\t').slice(0, 9).join('|'));
    expect(cells).toEqual([
      'acme/r-1|awaiting-approval|-|125.00 USDT|pontis-main|1d|alice, bob|-|in 5h',
      'acme/r-2|submitting|insufficient_funds|125.00 USDT|pontis-main|1d (overdue)|-|treasury|2h ago',
      'acme/r-3|paid|-|125.00 USDT|pontis-main|1d|-|-|-',
      'acme/r-4|unconfirmed (run terminated)|-|125.00 USDT|pontis-main|1d|-|-|-',
    ]);
    expect(asked.filter(({ method }) => method === 'get')).toHaveLength(2);
    const [first, second, third] = lines((await run('list', '--json')).out).map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      mayDecide: ['alice', 'bob'],
      cursor: 'cursor-r-1',
      deadlineAt: expect.any(Number),
    });
    expect(second).toMatchObject({ owner: 'treasury', deadlineAt: now - 2 * hour });
    expect(third).not.toHaveProperty('mayDecide');
  });

  it('shows the rest where no worker answers, stops asking, and says so', async () => {
    const { run, asked } = createCli({
      list: () => streamOf(...Array.from({ length: 20 }, (_, index) => listed(`r-${index}`))),
      get: async () => {
        throw new PayoutClientError('worker_not_available', 'no worker answered in time');
      },
    });
    const { code, out, err } = await run('list');
    expect(code).toBe(0);
    expect(lines(out)).toHaveLength(20);
    expect(err).toContain(
      '20 of those that wait could not be asked who may decide: no worker answered in time',
    );
    expect(asked.filter(({ method }) => method === 'get')).toHaveLength(8);
  });

  it('asks nobody when told so, and leaves blank what payouts of older versions do not say', async () => {
    const { amount: _, ...old } = listed('r-1');
    const { run, asked } = createCli({ list: () => streamOf(old) });
    expect((await run('list', '--status-only')).out).toContain(
      'acme/r-1\tawaiting-approval\t-\t-\tpontis-main',
    );
    expect(asked.map(({ method }) => method)).toEqual(['list']);
  });

  it('lists what one person may decide now, of everything that may ask', async () => {
    const { run, asked } = createCli({
      list: () =>
        streamOf(
          listed('r-1'),
          listed('r-2'),
          listed('r-3', { status: 'screening', heldReason: 'screening_review' }),
          listed('r-4', { status: 'screening' }),
        ),
      get: answers({ 'r-1': asking('alice', 'bob'), 'r-2': asking('bob'), 'r-3': asking('alice') }),
    });
    const { out } = await run('list', '--mine', 'alice');
    expect(lines(out).map((line) => line.split('\t')[0])).toEqual(['acme/r-1', 'acme/r-3']);
    expect(asked[0]).toEqual({
      method: 'list',
      argument: { limit: 500, status: ['awaiting-approval', 'screening'] },
    });
  });

  it('never says that nothing waits for a person when it could not ask', async () => {
    const away = new PayoutClientError('worker_not_available', 'no worker answered in time');
    const { run } = createCli({
      list: () => streamOf(listed('r-1', { taskQueue: 'dead' }), listed('r-2', { taskQueue: 'alive' })),
      get: answers({ 'r-1': away, 'r-2': asking('alice') }),
    });
    const { code, out, err } = await run('list', '--mine', 'alice');
    expect({ code, listed: lines(out).length }).toEqual({ code: 5, listed: 1 });
    expect(err).toContain('1 of those that wait could not be asked');
    expect(JSON.parse((await run('list', '--mine', 'alice', '--json')).err).warning.code).toBe('not_asked');
  });

  it('tells where to go on when there may be more, for people and for programs', async () => {
    const { run } = createCli({
      list: () => streamOf(listed('r-1', { status: 'paid' }), listed('r-2', { status: 'paid' })),
    });
    expect((await run('list', '--limit', '2')).err).toBe(
      'Stopped at 2. There may be more: --cursor cursor-r-2\n',
    );
    expect(JSON.parse((await run('list', '--limit', '2', '--json')).err)).toEqual({
      more: { cursor: 'cursor-r-2' },
    });
    expect((await run('list', '--limit', '3', '--json')).err).toBe('');
  });

  it('reads times, and hands filters over', async () => {
    const { run, asked } = createCli({ list: () => streamOf<ListedPayout>() });
    const before = Date.now();
    const { err } = await run(
      'list',
      '--since',
      '3d',
      '--until',
      '2099-01-31',
      '--attention',
      '--cursor',
      'c',
    );
    expect(err).toBe('No payouts found.\n');
    const { since, ...rest } = asked[0]!.argument as { since: number };
    expect(since).toBeGreaterThanOrEqual(before - 3 * 24 * hour);
    expect(since).toBeLessThanOrEqual(Date.now() - 3 * 24 * hour);
    expect(rest).toEqual({ limit: 50, until: Date.UTC(2099, 0, 31), attention: true, after: 'c' });
    await run('list', '--since', '2026-11-30T10:00:00+02:00', '--attention', 'overdue');
    expect(asked[1]?.argument).toMatchObject({ since: Date.UTC(2026, 10, 30, 8), attention: 'overdue' });
  });

  it('ends at Ctrl-C with what it has, and says how to go on', async () => {
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<ListedPayout> {
      for (let index = 0; ; index += 1) {
        if (index === 16) stop.abort();
        yield listed(`r-${index}`, { status: 'paid' });
      }
    }
    const { run } = createCli({ list: endless }, { signal: stop.signal });
    const { code, out, err } = await run('list', '--limit', '999', '--json');
    const last = JSON.parse(lines(out).at(-1) ?? '{}') as ListedPayout;
    expect(code).toBe(130);
    expect(JSON.parse(err).error).toMatchObject({
      code: 'interrupted',
      next: expect.stringContaining(`--cursor ${last.cursor}`),
    });
  });
});

describe('workers', () => {
  const worker = {
    identity: 'acme-1/0.1.0+abc/4711@host',
    asksFor: ['workflow', 'activity'],
    lastAskedAt: now - 5_000,
    polled: true,
    installation: 'acme-1',
    version: '0.1.0',
    build: 'abc',
    deployment: 'payouts',
    buildId: 'green',
  } as const;

  it('shows who polls, with version, build and deployment', async () => {
    const { run, asked } = createCli({
      workers: async () => ({ taskQueue: 'payouts', polled: true, workers: [worker] }),
    });
    const { code, out, err } = await run('workers');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^acme-1\/0\.1\.0\+abc\/4711@host\tyes\tworkflow, activity\t0\.1\.0, build abc\tpayouts green\t.*Z \(\d+s ago\)\n$/,
    );
    await run('workers', '--payout', 'acme/r-1', '--json');
    expect(asked.map(({ argument }) => argument)).toEqual([{}, { tenant: 'acme', reference: 'r-1' }]);
  });

  it('says plainly when nobody does', async () => {
    const { run } = createCli({
      workers: async () => ({ taskQueue: 'payouts', polled: false, workers: [] }),
    });
    expect(await run('workers')).toEqual({
      code: 5,
      out: '',
      err: 'Nobody polls task queue payouts: its payouts go no further until a worker runs.\n',
    });
    expect(JSON.parse((await run('workers', '--json')).out)).toEqual({
      taskQueue: 'payouts',
      polled: false,
      workers: [],
    });
  });

  const nobody = async () => ({ taskQueue: 'q', polled: false, workers: [] });
  const started = { tenant: 'acme', reference: 'r-1', workflowId: 'payout/acme/r-1', started: true };

  it('start warns where nobody polls, and not where that cannot be found out', async () => {
    const warned = createCli({ start: async () => started, workers: nobody }, { input: '{}' });
    expect(await warned.run('start', '-')).toMatchObject({
      code: 0,
      err: expect.stringContaining('Nobody polls task queue q'),
    });
    expect(JSON.parse((await warned.run('start', '-', '--json')).out)).toEqual({ ...started, polled: false });
    const refused = async () => {
      throw new PayoutClientError('temporal_permission_denied', 'x');
    };
    const unknown = createCli({ start: async () => started, workers: refused }, { input: '{}' });
    expect(await unknown.run('start', '-')).toMatchObject({ code: 0, err: '' });
  });

  it('watch says so at once, while it waits', async () => {
    let err = '';
    let said = (): void => undefined;
    const isSaid = new Promise<void>((resolve) => (said = resolve));
    async function* events() {
      await isSaid;
      yield* [];
    }
    const cli = createCli(
      { events, workers: nobody },
      {
        onError: (text) => {
          err += text;
          said();
        },
      },
    );
    expect((await cli.run('watch', 'acme/r-1')).code).toBe(0);
    expect(err).toContain('Nobody polls task queue q');
  });
});

describe('watch', () => {
  const event = (seq: number) => ({ seq, at: now, type: 'status-changed', status: 'submitted' }) as const;
  const until = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted === true) resolve();
      signal?.addEventListener('abort', () => resolve());
    });
  async function* followed({ signal }: { readonly signal?: AbortSignal }) {
    yield event(1);
    yield event(2);
    await until(signal);
  }
  const polled = async () => ({ taskQueue: 'q', polled: true, workers: [] });

  it('ends at Ctrl-C with 130, and the number to go on from', async () => {
    const stop = new AbortController();
    const { run } = createCli({ events: followed, workers: polled }, { signal: stop.signal });
    const running = run('watch', 'acme/r-1', '--json');
    setImmediate(() => stop.abort());
    const { code, out, err } = await running;
    expect({ code, lines: lines(out).length }).toEqual({ code: 130, lines: 2 });
    expect(JSON.parse(err).error).toMatchObject({
      code: 'interrupted',
      next: expect.stringContaining('--after 2:'),
    });
  });

  it('ends quietly when nobody reads it any more', async () => {
    const gone = new AbortController();
    const { run } = createCli({ events: followed, workers: polled }, { readerGone: gone.signal });
    const running = run('watch', 'acme/r-1');
    setImmediate(() => gone.abort());
    expect(await running).toMatchObject({ code: 0, err: '' });
  });
});

test('--version says which version of what it is, and needs nothing', async () => {
  const { run, opened } = createCli();
  const { code, out, err } = await run('--version');
  const { version } = jest.requireActual<{ version: string }>('../../package.json');
  expect({ code, err, opened }).toEqual({ code: 0, err: '', opened: [] });
  expect(out.startsWith(`payouts ${version}, build source (Node `)).toBe(true);
});
