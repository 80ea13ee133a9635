import { createUndiciSender } from '../../src/http/undici-sender';
import type { CheckedScreener, ScreeningDecision } from '../../src/screening/screener';
import { createWatchmanScreener } from '../../src/screening/watchman-screener';
import type { WatchmanSettings } from '../../src/screening/watchman-screener';
import { canary, listed, listedWallet, startFakeWatchman } from './fake-watchman';
import type { FakeWatchman, SearchAnswer } from './fake-watchman';

const day = 86_400_000;
const begin = 1_800_000_000_000;
let now: number;
let fake: FakeWatchman;
let said: string[];
const sender = createUndiciSender();

beforeEach(async () => {
  now = begin;
  said = [];
  fake = await startFakeWatchman(() => begin);
});
afterEach(() => fake.close());
afterAll(() => sender.close());

function screener(changes: Partial<WatchmanSettings> = {}): CheckedScreener {
  return createWatchmanScreener({
    settings: {
      baseUrl: fake.baseUrl,
      reviewFrom: 0.69,
      lists: { us_ofac: { atLeast: 2, canary } },
      maxListAgeMs: day,
      canaryEveryMs: 60_000,
      timeoutMs: 2_000,
      ...changes,
    },
    send: sender.send,
    now: () => now,
    log: (level, event) => said.push(`${level} ${event}`),
  });
}
const screen = (name: string, watchman = screener()): Promise<ScreeningDecision> =>
  watchman.screen({ name, country: 'DE' });
const searches = (): URLSearchParams[] =>
  fake.asked.filter(({ pathname }) => pathname === '/v2/search').map(({ searchParams }) => searchParams);

describe('decisions', () => {
  test('nothing found is clear, with the lists, their hashes and times', async () => {
    await expect(screen('Asha Rao')).resolves.toEqual({
      kind: 'clear',
      lists: ['watchman:us_ofac@221f9577ffaf'],
      checks: [
        {
          list: 'watchman:us_ofac',
          version: '221f9577ffafd52162d626e3f5e847f71fe9c12a540eea86a3292e787251e63b',
          entries: 2,
          listedAt: new Date(begin - 60_000).toISOString(),
          checkedAt: new Date(begin).toISOString(),
        },
      ],
    });
  });

  test('a hit is possible, never a match: a score says how alike names are, not who somebody is', async () => {
    const decision = await screen(listed);
    expect(decision).toMatchObject({
      kind: 'possible',
      hits: [{ list: 'watchman:us_ofac', entry: '90001', score: '0.8123', reason: 'exact-name' }],
    });
    expect(decision).toMatchObject({ hits: [{ names: ['Arkady Denisovich Vostrikov', 'THE LOCKSMITH'] }] });
    const elsewhere = JSON.stringify(decision, (key, value: unknown) =>
      key === 'names' ? undefined : value,
    );
    expect(elsewhere).not.toMatch(/arkady|vostrikov|locksmith|1961|Test Street/i);
  });

  test.each([
    ['The Locksmith', 'exact-alias'],
    ['Arkadi Vostrikow', 'similar-name'],
  ])('%s: %s', async (name, reason) => {
    fake.bend = (honest, { searchParams }) =>
      searchParams.get('name') === canary ? honest : { ...honest, entities: [found()] };
    await expect(screen(name)).resolves.toMatchObject({ kind: 'possible', hits: [{ reason }] });
  });

  test('an exact score of 1 is possible too', async () => {
    bendEntity({ match: 1 });
    await expect(screen(listed)).resolves.toMatchObject({ kind: 'possible', hits: [{ score: '1' }] });
  });
});

describe('what is asked', () => {
  test('the threshold, and neither a kind of entity nor a birth date: wrong ones hide hits', async () => {
    await screen('Asha Rao');
    expect(searches().map((query) => [...query.keys()])).toEqual(
      searches().map(() => ['name', 'minMatch', 'limit']),
    );
    expect(searches().map((query) => query.get('minMatch'))).toEqual(searches().map(() => '0.69'));
  });

  test('Latin letters: Watchman finds nothing in another script', async () => {
    fake.bend = (honest, { searchParams }) =>
      /^[\x20-\x7e]+$/.test(searchParams.get('name') ?? '') ? honest : { ...honest, entities: null };
    await expect(screen('Борис Денисович Ноготков')).resolves.toMatchObject({ kind: 'clear' });
    await expect(screen('Аркадий Денисович Востриков')).resolves.toMatchObject({ kind: 'possible' });
    expect(searches().map((query) => query.get('name'))).toContain('arkadiy denisovich vostrikov');
    await expect(screen('Áŕkady Denisóvich Vostrikov')).resolves.toMatchObject({ kind: 'possible' });
  });

  test('the name with and without its title and company form', async () => {
    await screen('Dr. Arkady Denisovich Vostrikov');
    expect(searches().map((query) => query.get('name'))).toEqual([
      canary,
      'dr. arkady denisovich vostrikov',
      'arkady denisovich vostrikov',
      // Its words and neighbouring words, because a listed name may stand among others.
      'arkady',
      'arkady denisovich',
      'denisovich',
      'denisovich vostrikov',
      'vostrikov',
    ]);
  });

  test.each([
    ['joint holders', 'Maria Beispiel and Arkady Denisovich Vostrikov', 'contained-name'],
    ['trading as', 'Arkady Denisovich Vostrikov t/a Blue Sky Traders', 'contained-name'],
    ['care of', 'Blue Sky c/o Arkady Denisovich Vostrikov 4711', 'contained-name'],
    ['words that capitals show', 'ArkadyDenisovichVostrikov Trading', 'contained-name'],
  ])('a name inside a longer text, of which it finds nothing itself: %s', async (_what, name, reason) => {
    await expect(screen(name)).resolves.toMatchObject({
      kind: 'possible',
      hits: [{ entry: '90001', reason }],
    });
  });

  test('a listed name of one word inside a longer text', async () => {
    fake.bend = (honest, { searchParams }) => {
      const asked = searchParams.get('name');
      if (asked === canary) return honest;
      return { ...honest, entities: asked === 'testneft' ? [found({ name: 'TESTNEFT' })] : null };
    };
    await expect(screen('Testneft Oil Company')).resolves.toMatchObject({
      kind: 'possible',
      hits: [{ entry: '90001', reason: 'contained-name' }],
    });
    await expect(screen('Testneftyanka Oil Company')).resolves.toMatchObject({ kind: 'clear' });
    // Short words stand for nobody inside a text, and are not asked for.
    await screen('Blue Oil Company');
    expect(searches().map((query) => query.get('name'))).not.toContain('blue');
  });

  test('what a part of a text finds counts only when the entry stands in the text', async () => {
    // The honest answer to "arkady denisovich" is the entry; the text holds somebody else.
    await expect(screen('Arkady Denisovich Beispielov Muster')).resolves.toMatchObject({ kind: 'clear' });
    expect(searches().map((query) => query.get('name'))).toContain('arkady denisovich');
  });

  test.each([
    ['Hebrew', 'משה בייספילברג', 'script:hebr'],
    ['Arabic', 'محمد يوسف', 'script:arab'],
    ['Han', '山田太郎', 'script:hani'],
    ['Hangul that has no reading at its begin', '김영애', 'script:hang'],
    ['letters that nobody can transliterate', '\u{13000}\u{13001}', 'script:zzzz'],
    ['a letter without a reading', 'ৎ', 'script:beng'],
  ])(
    'a name in a script that it does not compare is for people, not clear: %s',
    async (_what, name, entry) => {
      await expect(screen(name)).resolves.toMatchObject({
        kind: 'possible',
        hits: [{ list: 'scripts', entry, reason: 'script-not-comparable' }],
      });
    },
  );

  test('such a name is unavailable all the same while its lists cannot be used', async () => {
    fake.listInfo['lists'] = { us_ofac: 0 };
    await expect(screen('محمد يوسف')).resolves.toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    ['an empty name', ''],
    ['punctuation', '.-,'],
    ['an emoji', '🎉'],
    ['one letter', 'x'],
    ['digits', '123'],
  ])('not %s: that would find nothing', async (_what, name) => {
    await expect(screen(name)).resolves.toMatchObject({ kind: 'unavailable' });
    expect(fake.asked).toEqual([]);
  });
});

describe('wallets', () => {
  const wallet = 'TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf';
  const withWallets = { lists: { us_ofac: { atLeast: 2, canary, walletCanary: listedWallet } } };
  const pay = (value: string, watchman = screener(withWallets)): Promise<ScreeningDecision> =>
    watchman.screen({ name: 'Asha Rao', country: 'DE', identifiers: [{ kind: 'wallet', value }] });

  test('a listed address is a match, whoever is named', async () => {
    await expect(pay(listedWallet)).resolves.toMatchObject({
      kind: 'match',
      hits: [{ list: 'watchman:us_ofac', entry: '90001', reason: 'listed-identifier' }],
    });
  });

  test('another address is none, and was asked for without a currency', async () => {
    await expect(pay(wallet)).resolves.toMatchObject({ kind: 'clear' });
    expect(searches().map((query) => query.get('cryptoAddress'))).toContain(`:${wallet}`);
  });

  test('without an address that must be found nothing is asked: no answer would mean anything', async () => {
    await expect(pay(wallet, screener())).resolves.toMatchObject({ kind: 'clear' });
    expect(searches().every((query) => query.get('cryptoAddress') === null)).toBe(true);
  });

  test.each<[string, () => void, RegExp]>([
    ['the canary is not found', () => (fake.wallets = {}), /does not find the canary wallet of us_ofac/],
    [
      'the answer does not repeat the address',
      () => (fake.bend = (honest) => ({ ...honest, query: { ...honest.query, cryptoAddresses: null } })),
      /another question/,
    ],
    [
      'the answer repeats another address',
      () =>
        (fake.bend = (honest, { searchParams }) =>
          searchParams.get('cryptoAddress') === null
            ? honest
            : { ...honest, query: { ...honest.query, cryptoAddresses: [{ currency: '', address: 'x' }] } }),
      /another question/,
    ],
  ])('unavailable when %s', async (_what, harm, why) => {
    harm();
    for (const address of [wallet, listedWallet]) {
      await expect(pay(address)).resolves.toEqual({ kind: 'unavailable', note: expect.stringMatching(why) });
    }
  });
});

const found = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'Arkady Denisovich VOSTRIKOV',
  entityType: 'person',
  sourceList: 'us_ofac',
  sourceID: '90001',
  match: 0.8,
  person: { altNames: ['THE LOCKSMITH'] },
  ...changes,
});
/** Changes what is found, the canary's hit excepted. */
function bendEntity(changes: Record<string, unknown>): void {
  fake.bend = (honest, { searchParams }) =>
    searchParams.get('name') === canary ? honest : { ...honest, entities: [found(changes)] };
}
function bendAnswer(change: (honest: SearchAnswer) => unknown): void {
  fake.bend = (honest, { searchParams }) => (searchParams.get('name') === canary ? honest : change(honest));
}

/** Where Watchman itself says "nothing found", or something that looks like it. Each must hold payouts. */
describe('fails closed where Watchman fails open', () => {
  test.each<[string, () => void, RegExp]>([
    // The lists.
    [
      'an empty list',
      () => (fake.listInfo['lists'] = { us_ofac: 0 }),
      /has only 0 entries of us_ofac, not 2/,
    ],
    ['a list cut off in the middle', () => (fake.listInfo['lists'] = { us_ofac: 1 }), /has only 1 entries/],
    ['a list that was not loaded', () => (fake.listInfo['lists'] = { us_csl: 9 }), /has not loaded us_ofac/],
    ['no lists', () => (fake.listInfo['lists'] = {}), /has not loaded us_ofac/],
    [
      'an HTML page loaded as a list: entities, but not the canary',
      () => (fake.bend = (honest) => ({ ...honest, entities: null })),
      /does not find the canary name of us_ofac/,
    ],
    [
      'alias files that are missing: a canary that is an alias is not found',
      () =>
        (fake.bend = (honest, { searchParams }) =>
          searchParams.get('name') === canary ? { ...honest, entities: null } : honest),
      /does not find the canary name/,
    ],
    [
      'the canary on another list',
      () => {
        fake.listInfo['lists'] = { us_ofac: 2, us_csl: 2 };
        fake.bend = (honest) => ({ ...honest, entities: [found({ sourceList: 'us_csl' })] });
      },
      /does not find the canary name/,
    ],
    ['no hash', () => (fake.listInfo['listHashes'] = {}), /has no hash of us_ofac/],
    ['an empty hash', () => (fake.listInfo['listHashes'] = { us_ofac: '' }), /has no hash/],
    [
      'lists that were never refreshed',
      () => {
        const old = new Date(begin - day - 1).toISOString();
        Object.assign(fake.listInfo, { startedAt: old, endedAt: old });
      },
      /loaded its lists too long ago/,
    ],
    [
      'lists that are still being loaded',
      () => (fake.listInfo['endedAt'] = '0001-01-01T00:00:00Z'),
      /has not finished loading/,
    ],
    [
      'lists from the future',
      () => (fake.listInfo['endedAt'] = new Date(begin + 10 * 60_000).toISOString()),
      /in the future/,
    ],
    ['a time that is none', () => (fake.listInfo['endedAt'] = 'yesterday'), /unknown shape.*endedAt/],
    ['a count that is none', () => (fake.listInfo['lists'] = { us_ofac: '2' }), /unknown shape.*us_ofac/],
    ['an empty listinfo', () => (fake.listInfo = {}), /unknown shape/],
    // The question.
    [
      'a name that got lost on the way',
      () => bendAnswer((honest) => ({ ...honest, query: { ...honest.query, name: '' }, entities: null })),
      /another question/,
    ],
    [
      'an answer to somebody else’s question',
      () => bendAnswer((honest) => ({ ...honest, query: { ...honest.query, name: 'John Smith' } })),
      /another question/,
    ],
    [
      'a kind of entity that was not asked for (unknown and wrong ones find nothing)',
      () =>
        bendAnswer((honest) => ({ query: { ...honest.query, entityType: 'individual' }, entities: null })),
      /another question/,
    ],
    [
      'a filter by entry that was not asked for',
      () => bendAnswer((honest) => ({ query: { ...honest.query, sourceID: '7' }, entities: null })),
      /another question/,
    ],
    // The answer.
    ['no entities at all', () => bendAnswer(({ query }) => ({ query })), /unknown shape.*entities/],
    ['an object as entities', () => bendAnswer(({ query }) => ({ query, entities: {} })), /unknown shape/],
    ['an error with status 200', () => bendAnswer(() => ({ error: 'bad request' })), /unknown shape/],
    ['a score above 1', () => bendEntity({ match: 1.01 }), /score outside the range/],
    ['a score in percent', () => bendEntity({ match: 81 }), /score outside the range/],
    [
      'a score below the threshold: it was not understood',
      () => bendEntity({ match: 0.2 }),
      /score outside the range/,
    ],
    ['a score below 0', () => bendEntity({ match: -1 }), /score outside the range/],
    ['a score as text', () => bendEntity({ match: '0.8' }), /unknown shape.*match/],
    ['no score', () => bendEntity({ match: undefined }), /unknown shape.*match/],
    ['an entry of a list that is not loaded', () => bendEntity({ sourceList: 'eu_csl' }), /of no list/],
    ['an entry without an id', () => bendEntity({ sourceID: '' }), /of no list/],
    ['a name instead of an id', () => bendEntity({ sourceID: 'Arkady V' }), /of no list/],
    // The service.
    [
      'an HTML page instead of an answer',
      () => (fake.answer = reply(200, 'text/html', '<html></html>')),
      /not JSON/,
    ],
    ['broken JSON', () => (fake.answer = reply(200, 'application/json', '{"lists":')), /broken JSON/],
    ['no body', () => (fake.answer = reply(200, 'application/json', '')), /broken JSON/],
    ['a refusal', () => (fake.answer = reply(400, 'application/json', '{"error":"x"}')), /status 400/],
    ['a redirect', () => (fake.answer = reply(302, 'application/json', '{}')), /status 302/],
    [
      'an answer without end',
      () => (fake.answer = reply(200, 'application/json', ' '.repeat(5 * 1024 * 1024))),
      /reply_too_large/,
    ],
    [
      'a connection that ends in the middle',
      () =>
        (fake.answer = (_request, response) => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
          response.write('{');
          response.destroy();
          return true;
        }),
      /connection_lost/,
    ],
  ])('%s', async (_what, harm, why) => {
    harm();
    const watchman = screener();
    // Also a listed name: an answer that is odd is no answer.
    for (const name of ['Asha Rao', listed]) {
      const decision = await screen(name, watchman);
      expect(decision).toEqual({ kind: 'unavailable', note: expect.stringMatching(why) });
      expect(JSON.stringify(decision)).not.toMatch(/asha|arkady|canary testbird/i);
    }
    expect(said).toEqual(['warn watchman unusable']);
  });

  test('silence, within the time limit', async () => {
    fake.answer = () => true;
    await expect(screen('Asha Rao', screener({ timeoutMs: 100 }))).resolves.toEqual({
      kind: 'unavailable',
      note: 'Watchman does not answer (timeout)',
    });
  });

  test('nobody there', async () => {
    await fake.close();
    await expect(screen('Asha Rao')).resolves.toEqual({
      kind: 'unavailable',
      note: 'Watchman does not answer (not_reachable)',
    });
  });

  test('gone between the question for its lists and the search', async () => {
    const watchman = screener();
    await expect(screen('Asha Rao', watchman)).resolves.toMatchObject({ kind: 'clear' });
    fake.answer = (_request, response, { pathname }) => {
      if (pathname !== '/v2/search') return false;
      response.destroy();
      return true;
    };
    await expect(screen('Asha Rao', watchman)).resolves.toMatchObject({ kind: 'unavailable' });
    fake.answer = () => false;
    await expect(screen('Asha Rao', watchman)).resolves.toMatchObject({ kind: 'clear' });
    expect(said).toEqual(['warn watchman unusable', 'info watchman usable again']);
  });
});

describe('canary names', () => {
  const canaries = (): number => searches().filter((query) => query.get('name') === canary).length;

  test('are asked for before the first decision, from time to time, and when the lists were loaded anew', async () => {
    const watchman = screener();
    await screen('Asha Rao', watchman);
    await screen('Asha Rao', watchman);
    expect(canaries()).toBe(1);
    now += 60_001;
    await screen('Asha Rao', watchman);
    expect(canaries()).toBe(2);
    fake.listInfo['listHashes'] = { us_ofac: 'f'.repeat(64) };
    await screen('Asha Rao', watchman);
    expect(canaries()).toBe(3);
    fake.listInfo['endedAt'] = new Date(begin - 1).toISOString();
    await screen('Asha Rao', watchman);
    expect(canaries()).toBe(4);
  });

  test('that flies away stops everything at the next look', async () => {
    const watchman = screener();
    await expect(screen('Asha Rao', watchman)).resolves.toMatchObject({ kind: 'clear' });
    fake.bend = (honest) => ({ ...honest, entities: null });
    now += 60_001;
    await expect(screen('Asha Rao', watchman)).resolves.toMatchObject({ kind: 'unavailable' });
  });

  test('a clock that is set back does not make an old answer count for ever', async () => {
    const watchman = screener({ maxListAgeMs: 100 * day });
    await screen('Asha Rao', watchman);
    now -= 60_001;
    await screen('Asha Rao', watchman);
    expect(canaries()).toBe(2);
  });
});

describe('the check at the start', () => {
  test('finds nothing to complain about', async () => {
    await expect(screener().problems()).resolves.toEqual([]);
    expect(searches().map((query) => query.get('name'))).toEqual([canary]);
  });

  test.each<[string, () => unknown, string]>([
    [
      'nobody there',
      () => fake.close(),
      'Watchman does not answer (not_reachable): see that it runs, and that screening.watchman.baseUrl is its address',
    ],
    [
      'a list too short',
      () => (fake.listInfo['lists'] = { us_ofac: 1 }),
      'Watchman has only 1 entries of us_ofac, not 2: look at its log, its IncludedLists and its data directory, and set ErrorOnEmptyList: true',
    ],
    [
      'a canary that is not found',
      () => (fake.bend = (honest) => ({ ...honest, entities: null })),
      'Watchman does not find the canary name of us_ofac: see that screening.watchman.lists.us_ofac.canary is a name of that list, as the list spells it',
    ],
    [
      'old lists',
      () => (now += 2 * day),
      `Watchman loaded its lists too long ago (${new Date(begin - 60_000).toISOString()}): restart it with fresh lists (it does not refresh them by itself)`,
    ],
  ])('says what to do: %s', async (_what, harm, message) => {
    await harm();
    await expect(screener().problems()).resolves.toEqual([{ key: 'watchman', message }]);
  });
});

test('a cancelled activity is not answered', async () => {
  await expect(screener().screen({ name: 'Asha Rao', country: 'DE' }, AbortSignal.abort())).rejects.toThrow(
    'aborted',
  );
  const controller = new AbortController();
  fake.answer = () => {
    controller.abort();
    return true;
  };
  await expect(screener().screen({ name: 'Asha Rao', country: 'DE' }, controller.signal)).rejects.toThrow(
    'aborted',
  );
});

function reply(status: number, type: string, body: string): FakeWatchman['answer'] {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': type, location: '/elsewhere' });
    response.end(body);
    return true;
  };
}
