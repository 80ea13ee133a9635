import { array, assert, asyncProperty, constantFrom, stringMatching } from 'fast-check';
import { readName } from '../../src/screening/name-forms';
import { createListScreener } from '../../src/screening/list-screener';
import { createNameIndex } from '../../src/screening/name-index';
import type { ScreeningDecision } from '../../src/screening/screener';
import { isSameInOtherOrder } from '../../src/screening/other-order';
import { unitsOf } from '../../src/screening/text-units';
import { createVocabulary } from '../../src/screening/vocabulary';

const listed = [
  'Sanctioned Testperson',
  'Almazprobe Antey',
  'Moshe Beispielberg',
  'Mohammed Yusuf',
  'Xing Jinping',
  'Arkady Denisovich Testov',
  'Ali Test',
  'Li Wei',
  'Aerobeispielbank',
  'Zaid bin Testi al Muster',
  'Abd Al Rahman Beispieli',
];
const lists = createListScreener({
  lists: [{ name: 'l', names: listed }],
  maxAgeMs: 1,
  now: () => 0,
});
const screen = (name: string): Promise<ScreeningDecision> => lists.screen({ name, country: 'NG' });

describe('a listed name inside a longer text is possible, however much surrounds it', () => {
  test.each<[string, string, string]>([
    ['a joint holder', 'Maria Beispiel and Sanctioned Testperson', '#1'],
    ['a joint holder by a sign', 'Sanctioned Testperson & Maria Beispiel', '#1'],
    ['a third joint holder', 'Maria Muster, Juan Muster and Sanctioned Testperson', '#1'],
    ['another language', 'Maria Beispiel y Sanctioned Testperson', '#1'],
    ['trading as', 'Sanctioned Testperson t/a Blue Sky Traders', '#1'],
    ['trading as, in words', 'Blue Sky Traders trading as Sanctioned Testperson', '#1'],
    ['doing business as', 'Sanctioned Testperson d/b/a Blue Sky', '#1'],
    ['care of', 'Blue Sky Traders Limited c/o Sanctioned Testperson', '#1'],
    ['on behalf of', 'Maria Beispiel OBO Sanctioned Testperson', '#1'],
    ['for the benefit of', 'Blue Sky Escrow for Sanctioned Testperson', '#1'],
    ['digits', 'Sanctioned Testperson 4711 Savings', '#1'],
    ['digits in the middle', 'Sanctioned 4711 Testperson', '#1'],
    ['digits without a gap', 'SanctionedTestperson4711', '#1'],
    ['a slash', 'Beispiel/Testperson Sanctioned/Muster', '#1'],
    ['an address', 'Sanctioned Testperson 12 Long Street Flat 4 Lagos Island', '#1'],
    ['brackets', 'Blue Sky Traders (Sanctioned Testperson)', '#1'],
    ['the surname first', 'Testperson, Sanctioned and Beispiel, Maria', '#1'],
    ['words run together', 'SanctionedTestperson Trading', '#1'],
    ['all of it run together', 'sanctionedtestpersontrading', '#1'],
    ['run together in another order', 'bluetestpersonsanctionedtrading', '#1'],
    ['a part of it run together', 'Blue Sanctioned Testpersontrading', '#1'],
    ['gaps in other places', 'Sanction edTestperson Trading', '#1'],
    ['a letter missing', 'Maria Beispiel and Sanctined Testperson', '#1'],
    ['a letter more, run together', 'sanctionedtestpersoontrading Services', '#1'],
    ['a letter more, shown by capitals', 'SanctionedTestpersoon Trading Services', '#1'],
    ['a middle name and a company', 'Sanctioned Maria Testperson Trading Services', '#1'],
    ['a company', 'Almazprobe Antey Telecom Services', '#2'],
    ['a company between others', 'Blue Sky and Almazprobe Antey Joint Venture', '#2'],
    ['a company in other letters', 'Алмазпробе Антей Телеком Сервис', '#2'],
    ['sounds', 'Mohamad Yousef and Maria Beispiel Trading', '#4'],
    ['another split', 'Jin Ping Xing Trading Services Group', '#5'],
    ['three words', 'Blue Sky c/o Testov Arkady Denisovich', '#6'],
    ['a short name', 'Mohamed Ali Test Ibrahim Omar', '#7'],
    ['a name of two letters and three', 'Li Wei Import Export Services', '#8'],
    ['one long and rare word', 'Aerobeispielbank Savings and Loans', '#9'],
    ['one long and rare word inside another', 'NewAerobeispielbanking House', '#9'],
    ['without particles', 'Zaid Testi Muster Trading Services', '#10'],
    ['particles in one word', 'Blue Sky and Abdalrahman Beispieli', '#11'],
  ])('%s', async (_what, name, entry) => {
    const decision = await screen(name);
    if (decision.kind !== 'possible') throw new Error(decision.kind);
    expect(decision.hits.map((hit) => hit.entry)).toContain(entry);
  });

  test('says so, by name or alias, and is no match even where similar names are', async () => {
    const cautious = createListScreener({
      lists: [{ name: 'l', names: listed }],
      thresholds: { matchFrom: 0.9, possibleFrom: 0.86 },
      maxAgeMs: 1,
      now: () => 0,
    });
    await expect(
      cautious.screen({ name: 'Maria Beispiel and Sanctioned Testperson', country: 'NG' }),
    ).resolves.toMatchObject({
      kind: 'possible',
      hits: [{ entry: '#1', score: '0.96', reason: 'contained-name', names: ['Sanctioned Testperson'] }],
    });
    await expect(cautious.screen({ name: 'Sanctioned Testpersoon', country: 'NG' })).resolves.toMatchObject({
      kind: 'match',
    });
  });

  test('whatever stands around it', async () => {
    const words = array(stringMatching(/^[A-Z][a-z]{1,9}$/), { maxLength: 6 });
    await assert(
      asyncProperty(words, words, constantFrom(...listed.slice(0, 7)), async (before, after, name) => {
        const { kind } = await screen([...before, name, ...after].join(' '));
        expect(kind).not.toBe('clear');
      }),
      { numRuns: 60 },
    );
  });
});

describe('is clear all the same', () => {
  test.each([
    ['half of it', 'Sanctioned Blue Sky Traders'],
    ['the other half', 'Maria Testperson and Juan Muster'],
    ['one word of three', 'Arkady Muster and Sons'],
    ['words of two people', 'Mohammed Muster and Juan Beispiel'],
    ['a short word inside another', 'Natalia Testarossa'],
    ['words that only begin alike', 'Sancho Testino Trading'],
    ['a common pair with other words', 'Wei Zhang and Lin Chen'],
    ['a part of the one long word', 'Aero Beispiel Savings'],
    ['joint holders whom nobody knows', 'Asha Rao and Juan dela Cruz c/o Blue Sky Traders'],
    ['a long address', 'Asha Rao 12 Long Street Flat 4 Lagos Island 100001'],
  ])('%s', async (_what, name) => {
    await expect(screen(name)).resolves.toMatchObject({ kind: 'clear' });
  });

  test('one word that many entries have, a short one, and one inside another', async () => {
    const many = createListScreener({
      lists: [{ name: 'l', names: ['Alexander', 'Alexander Testov', 'Alexander Muster', 'Horn', 'Hornet'] }],
      maxAgeMs: 1,
      now: () => 0,
    });
    for (const name of ['Alexander Beispiel Trading', 'Horn Blue Sky Traders', 'Blue Hornets Club'])
      await expect(many.screen({ name, country: 'NG' })).resolves.toMatchObject({ kind: 'clear' });
  });

  test('words of two people where the words are common on the list', async () => {
    const names = ['Ahmed Testnasser', 'Ahmed Testov', 'Ahmed Muster', 'Omar Testnasser', 'Ali Testnasser'];
    const many = createListScreener({ lists: [{ name: 'l', names }], maxAgeMs: 1, now: () => 0 });
    const kind = async (name: string): Promise<string> => (await many.screen({ name, country: 'NG' })).kind;
    await expect(kind('Ahmed Testhaddad and Maria Testnasser')).resolves.toBe('clear');
    await expect(kind('Ahmed and Maria Testnasser')).resolves.toBe('possible');
  });
});

describe('a listed name of one word that few entries have', () => {
  const names = ['Wagnertest', 'Testneft', 'Testa Muster', 'Hamat', 'حماط', 'فاغنط', 'Алмаз', 'Al Qaidat'];
  const few = createListScreener({ lists: [{ name: 'l', names }], maxAgeMs: 1, now: () => 0 });
  test.each([
    ['with a group', 'Wagnertest Group', '#1'],
    ['with a company', 'Testneft Oil Company', '#2'],
    ['with a foundation', 'Hamat Foundation', '#4'],
    ['behind others', 'Maria Beispiel for Hamat', '#4'],
    ['in its own script', 'حماط للتجارة', '#5'],
    ['in the middle, in its own script', 'شركة فاغنط للنفط', '#6'],
    ['in Cyrillic', 'Торговый дом Алмаз', '#7'],
    ['in Latin letters, listed in Cyrillic', 'Almaz Trading House', '#7'],
    ['with its particle', 'Al Qaidat Support', '#8'],
  ])('stands inside a text: %s', async (_what, name, entry) => {
    const decision = await few.screen({ name, country: 'NG' });
    if (decision.kind !== 'possible') throw new Error(decision.kind);
    expect(decision.hits[0]).toMatchObject({ entry, reason: 'contained-name' });
  });

  test.each([
    ['another word', 'Wagner Group'],
    ['a part of a word', 'Hamata Foundation'],
    ['one of two words', 'Testa Foundation'],
  ])('is clear: %s', async (_what, name) => {
    await expect(few.screen({ name, country: 'NG' })).resolves.toMatchObject({ kind: 'clear' });
  });
});

describe('variants of sound, split and order', () => {
  test.each([
    ['Mohamad Yousef', '#4'],
    ['Yousuf, Mohamed', '#4'],
    ['Muhamad Yussuf', '#4'],
    ['Mohammad Youssef', '#4'],
    ['Jin Ping Xing', '#5'],
    ['Xing Jin Ping', '#5'],
    ['Jin-Ping Xing', '#5'],
    ['Ping Xing Jin', '#5'],
    ['Arkadi Denissowitsch Testoff', '#6'],
    ['Sankshioned Testpurson', '#1'],
  ])('%s', async (name, entry) => {
    const decision = await screen(name);
    if (decision.kind === 'clear' || decision.kind === 'unavailable') throw new Error(decision.kind);
    expect(decision.hits.map((hit) => hit.entry)).toContain(entry);
  });

  test.each(['Hassan Yasin', 'Mahmoud Yasser', 'Jing Xin', 'Ping Jin', 'Arkadia Testament'])(
    'but not %s',
    async (name) => {
      await expect(screen(name)).resolves.toMatchObject({ kind: 'clear' });
    },
  );
});

describe('a name of 140 characters costs no more than a name of 140 characters', () => {
  const vocabulary = createVocabulary();
  for (const name of listed)
    for (const { words } of readName(name).forms) for (const word of words) vocabulary.add(word);
  test.each([
    ['one word', 'sanctioned'.repeat(14)],
    ['single letters', 'a b '.repeat(35)],
    ['words of four letters', 'test '.repeat(28)],
    ['the same listed word', 'sanctioned '.repeat(12)],
    ['listed words in one', 'sanctionedtestperson'.repeat(7)],
    ['capitals', 'SanctionedTestperson'.repeat(7)],
  ])('%s', (_what, name) => {
    const units = readName(name).forms.map((form) => unitsOf(form, vocabulary));
    const compared = units.flat().filter(({ means }) => means === 'alike').length;
    // Each is compared with every word of a list: words, and what remains beside listed ones.
    expect(compared).toBeLessThan(2 * (70 + 24));
    expect(units.flat().length).toBeLessThan(1_000);
  });

  test('nor do many ways to place the words of a name', () => {
    const index = createNameIndex([
      {
        id: '1',
        names: [Array.from({ length: 12 }, (_, n) => `test${'x'.repeat(n % 3)}`).join(' ')],
        identifiers: [],
      },
    ]);
    const { forms } = readName('test testx testxx '.repeat(7));
    expect(index.find(forms, 0.5).length).toBeLessThanOrEqual(1);
  });
});

describe('what costs too much to look at is for people, and never clear', () => {
  test('more ways to place the words of a name than are tried', async () => {
    const first = ['Ali', 'Hassan', 'Omar', 'Said', 'Musa'];
    const family = ['Beispiel', 'Muster', 'Probe', 'Testmann', 'Nobody'];
    const common = first.flatMap((one) => family.map((other) => `${one} ${other}`));
    const many = createListScreener({
      lists: [{ name: 'l', names: [...common, 'Ali Hassan Omar'] }],
      maxAgeMs: 1,
      now: () => 0,
    });
    const name =
      'Ali a b Ali a b Ali a b Ali c d Hassan e f Hassan e f Hassan e f Hassan a b Omar c d Omar c d Omar c d Omar a b Ali x Hassan y Omar';
    await expect(many.screen({ name, country: 'NG' })).resolves.toMatchObject({
      kind: 'possible',
      hits: [{ entry: '#26', score: '0.86', reason: 'contained-name' }],
    });
  });

  test('more pieces of words than are compared', async () => {
    const pieces = ['aaaaaa', 'bbbbbb', 'ababab', 'bababa', 'aabbaa', 'bbaabb'];
    const odd = createListScreener({
      lists: [{ name: 'l', names: pieces.map((piece) => `${piece} Testperson`) }],
      maxAgeMs: 1,
      now: () => 0,
    });
    await expect(odd.screen({ name: 'ab'.repeat(60), country: 'NG' })).resolves.toMatchObject({
      kind: 'possible',
      hits: [{ list: 'scripts', entry: 'script:intricate', reason: 'script-not-comparable' }],
    });
    await expect(odd.screen({ name: 'aaaaaabbbbbb Sanction', country: 'NG' })).resolves.toMatchObject({
      kind: 'clear',
    });
  });

  test('the same letters in many words', () => {
    const words = 'aab aba baa abb bab bba aaab abaa baaa'.split(' ');
    expect(isSameInOtherOrder(words, words.toReversed())).toBe(true);
    expect(isSameInOtherOrder(['ab', 'ac'], ['ca', 'ba'])).toBe(false);
  });
});
