import { createListScreener } from '../../src/screening/list-screener';
import { latinReadings } from '../../src/screening/name-forms';
import type { ScreeningDecision } from '../../src/screening/screener';

const listed = ['Xing Jinping', 'Viktor Boutest', 'Sanctioned Testperson', 'Petr Setshin', 'Mohammed Yusuf'];
const screenerOf = (names: readonly string[]) =>
  createListScreener({ lists: [{ name: 'l', names }], maxAgeMs: 1, now: () => 0 });
const lists = screenerOf(listed);
const screen = (name: string): Promise<ScreeningDecision> => lists.screen({ name, country: 'NG' });
const entriesOf = (decision: ScreeningDecision): readonly string[] => {
  if (decision.kind !== 'possible') throw new Error(decision.kind);
  return decision.hits.map(({ entry }) => entry);
};

describe('a word that mixes alphabets is for people, beside the entry that it looks like', () => {
  test.each([
    ['Cyrillic', 'Хіng Jіnріng', '#1'],
    ['Cyrillic in most places', 'Sаnсtіоnеd Теѕtреrѕоn', '#3'],
    ['Cyrillic that looks alike in small print', 'Viktoг Вoutest', '#2'],
    ['Cyrillic capitals', 'SАNСТIОNЕD ТЕSТРЕRSОN', '#3'],
    ['Greek', 'Vіκtοr Βοuτest', '#2'],
    ['Greek and Cyrillic', 'Ρеtr Ѕеtѕһіn', '#4'],
    ['Cherokee', 'Ꮩiktor Boutest', '#2'],
    ['inside a longer text', 'Maria Beispiel and Хіng Jіnріng Trading', '#1'],
  ])('%s', async (_what, name, entry) => {
    const entries = entriesOf(await screen(name));
    expect(entries).toContain(entry);
    expect(entries).toContain('script:mixed');
  });

  test.each([
    ['one Cyrillic letter', 'Xіng Jinping'],
    ['Armenian', 'Sanctiօned Testpersօn'],
    ['with marks', 'Sа́nctioned Tеstperson'],
    ['with letters of no width', 'Sа\u200Cnctioned Test\u200Dpеrson'],
  ])('and a match where it also reads so: %s', async (_what, name) => {
    await expect(screen(name)).resolves.toMatchObject({ kind: 'match' });
  });

  test('also when nobody on a list looks like it, and no list settles it', async () => {
    await expect(screen('Ашa Rао')).resolves.toMatchObject({
      kind: 'possible',
      hits: [{ list: 'scripts', entry: 'script:mixed', reason: 'script-not-comparable' }],
    });
    await expect(
      screenerOf(['Пrobe Еins', 'Dвei Пrobe']).screen({ name: 'Ашa Rао', country: 'NG' }),
    ).resolves.toMatchObject({ kind: 'possible', hits: [{ entry: 'script:mixed' }] });
  });
});

test.each([
  ['a whole word of look-alikes beside Latin ones', 'Реtеr Реtr Setshin', '#4'],
  ['one that is all Cyrillic', 'Реtг Setshin', '#4'],
  ['digits for letters', 'V1kt0r B0ut3st', '#2'],
  ['more of them', 'S4nct10n3d T3stp3rs0n', '#3'],
  ['at the begin', '5anct10ned 7estper50n', '#3'],
  ['a digit for another letter', 'Mo4ammed Yusu7 5anctioned Testperson', '#3'],
  ['small capitals', 'ᴠɪᴋᴛᴏʀ ʙᴏᴜᴛᴇꜱᴛ', '#2'],
  ['letters drawn as signs', '🅥🅘🅚🅣🅞🅡 🅑🅞🅤🅣🅔🅢🅣', '#2'],
  ['squared ones', '🆅🅸🅺🆃🅾🆁 🅱🅾🆄🆃🅴🆂🆃', '#2'],
  ["flags' letters", '🇻🇮🇰🇹🇴🇷 🇧🇴🇺🇹🇪🇸🇹', '#2'],
])('is compared as it looks: %s', async (_what, name, entry) => {
  expect(entriesOf(await screen(name))).toContain(entry);
});

test('a word that is wholly Cyrillic is compared as it looks, and as it reads', async () => {
  const russian = screenerOf(['Coca Testova', 'Sosa Testova']);
  const decision = await russian.screen({ name: 'Соса Testova', country: 'NG' });
  expect(decision).toMatchObject({
    kind: 'match',
    hits: [
      { entry: '#2', score: '1' },
      { entry: '#1', reason: 'similar-name' },
    ],
  });
});

test.each([
  ['letters drawn as signs beside a name', 'Asha Rao 🅥🅘🅚🅣🅞🅡', 'script:zsym'],
  ['Braille', 'Asha Rao ⠧⠊⠅⠞⠕⠗', 'script:zsym'],
])('nobody may call clear: %s', async (_what, name, entry) => {
  expect(entriesOf(await screen(name))).toContain(entry);
});

test.each([
  ['Russian', 'Роман Соколов'],
  ['Russian of look-alikes only', 'Вера Хор'],
  ['Ukrainian', 'Іван Коваленко'],
  ['Serbian', 'Јован Јовановић'],
  ['Greek', 'Νίκος Βουτής'],
  ['Armenian', 'Սոս Հարությունյան'],
  ['Georgian', 'ნინო ბერიძე'],
  ['Russian beside Latin', 'Роман Соколов Roman Sokolov'],
  ['Greek beside Latin', 'Ελένη Trading'],
  ['Vietnamese', 'Nguyễn Văn Đức'],
  ['a flag', 'Asha Rao 🇳🇬'],
  ['an emoji', 'Asha Rao 🎉'],
  ['a number', 'Asha Rao 4711'],
  ['a number beside letters', 'Asha Rao Flat 12B'],
])('stays clear: %s', async (_what, name) => {
  await expect(screen(name)).resolves.toMatchObject({ kind: 'clear' });
});

test('a service is asked for what it looks like as well', () => {
  expect(latinReadings('Хіng Jіnріng')).toContain('xing jinping');
});
