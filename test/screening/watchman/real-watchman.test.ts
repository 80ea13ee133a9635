import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUndiciSender } from '../../../src/http/undici-sender';
import type { CheckedScreener, ScreeningDecision } from '../../../src/screening/screener';
import { createWatchmanScreener } from '../../../src/screening/watchman-screener';
import { checkConfiguration } from '../../../src/worker/installation/check-configuration';
import { changedExample, exampleEnvironment } from '../../config/example-configuration';
import {
  buildWithinMs,
  startRealWatchman,
  watchmanBinary,
  watchmanCanary,
  watchmanEntries,
} from '../../support/real-watchman';
import type { RealWatchman } from '../../support/real-watchman';

const sender = createUndiciSender();
afterAll(() => sender.close());

/** The path of the binary; undefined when it cannot be had, which was said. */
let binary: string | undefined;
beforeAll(async () => {
  const found = await watchmanBinary();
  if ('path' in found) binary = found.path;
  else process.stderr.write(`Not tested with a real Watchman: ${found.missing}\n`);
}, buildWithinMs);

/** Of the entry 90001. */
const watchmanWallet = '1BoatSLRHtKNngkdXEeobR76b53LETtpyT';

const screenerOf = (watchman: RealWatchman, reviewFrom = 0.69, walletCanary?: string): CheckedScreener =>
  createWatchmanScreener({
    settings: {
      baseUrl: watchman.baseUrl,
      reviewFrom,
      lists: { us_ofac: { atLeast: watchmanEntries, canary: watchmanCanary, walletCanary } },
      maxListAgeMs: 86_400_000,
      canaryEveryMs: 60_000,
      timeoutMs: 2_000,
    },
    send: sender.send,
    now: () => Date.now(),
  });
const screen = (screener: CheckedScreener, name: string): Promise<ScreeningDecision> =>
  screener.screen({ name, country: 'DE' });

/** Runs with a Watchman of its own, when there is one at all. */
async function withWatchman(
  options: Parameters<typeof startRealWatchman>[1],
  work: (watchman: RealWatchman, screener: CheckedScreener) => Promise<void>,
): Promise<void> {
  if (binary === undefined) return;
  const watchman = await startRealWatchman(binary, options);
  try {
    await work(watchman, screenerOf(watchman));
  } finally {
    await watchman.stop();
  }
}

describe('names', () => {
  let watchman: RealWatchman | undefined;
  beforeAll(async () => {
    watchman = binary === undefined ? undefined : await startRealWatchman(binary);
  });
  afterAll(() => watchman?.stop());

  test.each<[string, string, string, string]>([
    ['the exact name', 'Arkady Denisovich Vostrikov', '90001', 'exact-name'],
    ['the name as the list writes it', 'VOSTRIKOV, Arkady Denisovich', '90001', 'exact-name'],
    ['an exact alias', 'Arkadiy Vostrikoff', '90001', 'exact-alias'],
    ['an alias of a company', 'NHT General Trading', '90002', 'exact-alias'],
    ['one letter missing', 'Arkady Denisovich Vostriko', '90001', 'similar-name'],
    ['one letter missing in a company', 'Nimbus Harbour Tradng', '90002', 'similar-name'],
    ['no middle name', 'Arkady Vostrikov', '90001', 'similar-name'],
    ['Cyrillic', 'Аркадий Денисович Востриков', '90001', 'similar-name'],
    ['Cyrillic of an alias', 'Аркадий Вострикофф', '90001', 'exact-alias'],
    ['accents', 'José María García Peña', '90003', 'exact-name'],
    ['a second family name left out', 'Jose Maria Garcia', '90003', 'similar-name'],
    ['a company without its form', 'Nimbus Harbour Trading', '90002', 'exact-name'],
    ['a company with another form', 'Nimbus Harbour Trading Limited', '90002', 'exact-name'],
    ['a title', 'Dr. Arkady Denisovich Vostrikov', '90001', 'exact-name'],
    ['two common names inside a listed one: somebody has to look', 'Maria Garcia', '90003', 'similar-name'],
    ['a vessel', 'Sea Lantern', '90004', 'exact-name'],
    ['another spelling', 'Muhammad Hasan Al Testi', '90005', 'similar-name'],
    ['the canary', watchmanCanary, '90000', 'exact-alias'],
  ])('possible: %s', async (_what, name, entry, reason) => {
    if (watchman === undefined) return;
    const decision = await screen(screenerOf(watchman), name);
    expect(decision).toMatchObject({
      kind: 'possible',
      hits: [{ list: 'watchman:us_ofac', entry, reason }],
      lists: [expect.stringMatching(/^watchman:us_ofac@[0-9a-f]{12}$/)],
      checks: [{ entries: watchmanEntries }],
    });
  });

  test.each([
    'John Smith',
    'Asha Rao',
    'Juan dela Cruz',
    'Beatriz Santos',
    'Chinedu Okafor',
    'Иван Иванов',
    'Acme Trading Ltd',
    'Harbour Coffee Roasters GmbH',
  ])('clear: %s', async (name) => {
    if (watchman === undefined) return;
    await expect(screen(screenerOf(watchman), name)).resolves.toMatchObject({ kind: 'clear' });
  });

  test.each([
    ['joint holders', 'Maria Beispiel and Arkady Denisovich Vostrikov', '90001', 'contained-name'],
    ['trading as', 'Arkadiy Vostrikoff t/a Blue Sky Traders', '90001', 'contained-alias'],
    ['a company inside', 'Blue Sky c/o Nimbus Harbour Trading 4711', '90002', 'contained-name'],
  ])('possible: a listed name inside a longer text: %s', async (_what, name, entry, reason) => {
    if (watchman === undefined) return;
    const decision = await screen(screenerOf(watchman), name);
    expect(decision).toMatchObject({
      kind: 'possible',
      hits: expect.arrayContaining([expect.objectContaining({ entry, reason })]),
    });
  });

  test.each(['测试人员', 'محمد حسن التجريبي', 'משה בדיקה', '김영애', 'ৎ'])(
    'for people, because it does not know the script: %s',
    async (name) => {
      if (watchman === undefined) return;
      await expect(screen(screenerOf(watchman), name)).resolves.toMatchObject({
        kind: 'possible',
        hits: [{ list: 'scripts', reason: 'script-not-comparable' }],
      });
    },
  );

  test('wallets: a listed address is a match in any case and for any name, another one is not', async () => {
    if (watchman === undefined) return;
    const pay = (value: string): Promise<ScreeningDecision> =>
      screenerOf(watchman as RealWatchman, 0.69, watchmanWallet).screen({
        name: 'Asha Rao',
        country: 'DE',
        identifiers: [{ kind: 'wallet', value }],
      });
    await expect(pay(watchmanWallet)).resolves.toMatchObject({
      kind: 'match',
      hits: [{ list: 'watchman:us_ofac', entry: '90001', reason: 'listed-identifier' }],
    });
    await expect(pay('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa')).resolves.toMatchObject({ kind: 'clear' });
  });

  test('a threshold of 0.85 would let a listed name pass: the reason for 0.69', async () => {
    if (watchman === undefined) return;
    // Not even the canary is found then, and that is unavailable.
    const screener = screenerOf(watchman, 0.85);
    await expect(screen(screener, 'Arkady Denisovich Vostrikov')).resolves.toEqual({
      kind: 'unavailable',
      note: 'Watchman does not find the canary name of us_ofac',
    });
  });

  test('the check at the start is content', async () => {
    if (watchman === undefined) return;
    await expect(screenerOf(watchman).problems()).resolves.toEqual([]);
  });
});

test('killed in the middle it is unavailable, and back again it goes on, with a new list if there is one', async () => {
  await withWatchman({}, async (watchman, screener) => {
    const newcomer = 'Boris Newlisted Testovich';
    const before = await screen(screener, newcomer);
    expect(before).toMatchObject({ kind: 'clear' });
    await watchman.kill();
    for (const name of [newcomer, 'Arkady Denisovich Vostrikov']) {
      await expect(screen(screener, name)).resolves.toMatchObject({ kind: 'unavailable' });
    }
    await watchman.restart();
    const after = await screen(screener, newcomer);
    expect(after).toMatchObject({ kind: 'clear' });
    await expect(screen(screener, 'Arkady Denisovich Vostrikov')).resolves.toMatchObject({
      kind: 'possible',
    });
    expect('lists' in after && 'lists' in before && after.lists).toEqual('lists' in before && before.lists);

    const sdn = join(watchman.lists, 'sdn.csv');
    const row = `90009,"TESTOVICH, Boris Newlisted","individual","TEST-PROGRAM",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n`;
    writeFileSync(sdn, readFileSync(sdn, 'utf8') + row);
    await watchman.restart();
    const listed = await screen(screener, newcomer);
    expect(listed).toMatchObject({ kind: 'possible', hits: [{ entry: '90009' }] });
    expect('lists' in listed && listed.lists).not.toEqual('lists' in before && before.lists);
  });
});

test('killed while a decision waits for it: unavailable', async () => {
  await withWatchman({}, async (watchman, screener) => {
    await expect(screen(screener, 'Asha Rao')).resolves.toMatchObject({ kind: 'clear' });
    process.kill(watchman.pid, 'SIGSTOP');
    const decision = screen(screener, 'Asha Rao');
    await watchman.kill();
    await expect(decision).resolves.toMatchObject({ kind: 'unavailable' });
  });
});

test('`payouts config check` asks it, and says what to do when it is gone or has less than it should', async () => {
  await withWatchman({}, async (watchman) => {
    const folder = mkdtempSync(join(tmpdir(), 'payouts-configuration-'));
    try {
      const file = join(folder, 'payouts.json');
      const check = async (atLeast: number): Promise<unknown> => {
        const { baseUrl } = watchman;
        const us_ofac = { atLeast, canary: watchmanCanary };
        const configuration = changedExample(['screening', { watchman: { baseUrl, lists: { us_ofac } } }]);
        writeFileSync(file, JSON.stringify(configuration));
        return (await checkConfiguration(file, exampleEnvironment)).problems;
      };
      await expect(check(watchmanEntries)).resolves.toEqual([]);
      await expect(check(15_000)).resolves.toEqual([
        {
          path: 'screening.watchman',
          message: expect.stringMatching(
            /^Watchman has only 6 entries of us_ofac, not 15000: look at its log/,
          ),
        },
      ]);
      await watchman.kill();
      await expect(check(watchmanEntries)).resolves.toEqual([
        {
          path: 'screening.watchman',
          message: expect.stringMatching(/^Watchman does not answer \(not_reachable\): see that it runs/),
        },
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('lists that Watchman loads without a word, and we do not take', () => {
  test.each<[string, (lists: string) => void, RegExp]>([
    [
      'an empty list',
      (lists) => writeFileSync(join(lists, 'sdn.csv'), ''),
      /has (not loaded us_ofac|only 0 entries)/,
    ],
    [
      'an HTML page as a list',
      (lists) => writeFileSync(join(lists, 'sdn.csv'), '<html><body>Login</body></html>\n'),
      /has only \d entries|does not find the canary/,
    ],
    [
      'a list cut off in the middle',
      (lists) => {
        const sdn = join(lists, 'sdn.csv');
        const rows = readFileSync(sdn, 'utf8').split('\n');
        writeFileSync(sdn, `${rows.slice(0, 3).join('\n')}\n`);
      },
      /has only 3 entries of us_ofac, not 6/,
    ],
    [
      'an empty file of aliases',
      (lists) => writeFileSync(join(lists, 'alt.csv'), ''),
      /does not find the canary name/,
    ],
  ])('%s', async (_what, harm, why) => {
    await withWatchman({ errorOnEmptyList: false }, async (watchman, screener) => {
      await expect(screen(screener, 'Asha Rao')).resolves.toMatchObject({ kind: 'clear' });
      harm(watchman.lists);
      await watchman.restart();
      await expect(screen(screener, 'Asha Rao')).resolves.toEqual({
        kind: 'unavailable',
        note: expect.stringMatching(why),
      });
    });
  });
});
