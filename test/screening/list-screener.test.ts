import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createListScreener } from '../../src/screening/list-screener';
import type { ListFiles } from '../../src/screening/list-screener';
import type { ScreeningDecision, ScreeningHit } from '../../src/screening/screener';
import { testListNames } from '../../src/screening/test-list';

const day = 86_400_000;

const screener = (names: readonly string[]) =>
  createListScreener({ lists: [{ name: 'names', names }], maxAgeMs: day, now: () => 0 });

const screen = async (listed: readonly string[], name: string): Promise<ScreeningDecision['kind']> =>
  (await screener(listed).screen({ name, country: 'NG' })).kind;

describe('matches: the same name', () => {
  test.each<[string, string, string]>([
    ['the same name', 'Sanctioned Testperson', 'Sanctioned Testperson'],
    ['another case', 'Sanctioned Testperson', 'SANCTIONED testperson'],
    ['another word order', 'Sanctioned Testperson', 'Testperson, Sanctioned'],
    ['more spaces', 'Sanctioned Testperson', 'Sanctioned   Testperson'],
    ['a hyphen', 'Anna Maria Beispiel', 'Anna-Maria Beispiel'],
    ['words written as one', 'Abdul Rahman Beispiel', 'Abdulrahman Beispiel'],
    ['one word written as two', 'Abdulrahman Beispiel', 'Abdul Rahman Beispiel'],
    ['an apostrophe', "Sean O'Beispiel", 'Sean OBeispiel'],
    ['a typographic apostrophe', "Sean O'Beispiel", 'Sean O’Beispiel'],
    ['accents', 'José Ñandú', 'Jose Nandu'],
    ['decomposed accents', 'Jos\u00e9 Test', 'Jose\u0301 Test'],
    ['marks stacked on letters', 'Sanctioned Testperson', 'Sa\u0323nctione\u0308d Testp\u0301erson'],
    ['full-width letters', 'Sanctioned Testperson', 'Ｓａｎｃｔｉｏｎｅｄ Ｔｅｓｔｐｅｒｓｏｎ'],
    ['mathematical letters', 'Sanctioned Testperson', '𝐒𝐚𝐧𝐜𝐭𝐢𝐨𝐧𝐞𝐝 Testperson'],
    ['a ligature', 'Sanctioned Fink', 'Sanctioned \ufb01nk'],
    ['German letters', 'Grosse Strasse', 'Große Straße'],
    ['Nordic letters', 'Soren Aagaard', 'Søren Aagaard'],
    ['Cyrillic listed, Latin given', 'Юрий Тестовский', 'Yuriy Testovskiy'],
    ['Latin listed, Cyrillic given', 'Vladimir Testov', 'Владимир Тестов'],
    ['Cyrillic, decomposed', 'Юрий Тестов', 'Юрии\u0306 Тестов'],
    ['Greek listed, Latin given', 'Γιώργος Δοκιμή', 'Giorgos Dokimi'],
    ['a particle written in one word with the next', 'Isam Al-Testfamily', 'Isam Altestfamily'],
    ['Greek capitals without accents', 'Γιώργος Δοκιμή', 'ΓΙΩΡΓΟΣ ΔΟΚΙΜΗ'],
    ['a letter of another script inside', 'Sanctioned Testperson', 'Sаnctioned Testperson'],
    ['Chinese', '测试 人员', '测试人员'],
    ['Arabic', 'شخص تجريبي', 'شخص تجريبي'],
    ['a company form left out', 'Blocked Example Trading Ltd', 'Blocked Example Trading'],
    ['a company form added', 'Blocked Example Trading', 'Blocked Example Trading L.L.C.'],
    ['another company form', 'Blocked Example Trading Ltd.', 'BLOCKED EXAMPLE TRADING LIMITED'],
    ['several company forms', 'Blocked Example', 'Blocked Example Co., Ltd.'],
    ['dots in a company form', 'Beispiel S.A.', 'Beispiel SA'],
    ['a company form in front', 'Запретный Пример', 'ООО Запретный Пример'],
    ['a title', 'Sanctioned Testperson', 'Dr. Sanctioned Testperson'],
    ['an emoji beside the name', 'Sanctioned Testperson', 'Sanctioned Testperson 🎉'],
    ['a name that is a company form', 'Co', 'CO'],
  ])('%s', async (_what, listed, name) => {
    await expect(screen(['Somebody Else', listed], name)).resolves.toBe('match');
  });

  test.each(testListNames)('the test list: %s', async (name) => {
    await expect(screen(testListNames, name)).resolves.toBe('match');
  });
});

describe('possible: a similar name', () => {
  test.each<[string, string, string]>([
    ['one letter more', 'Sanctioned Testperson', 'Sanctioned Testpersoon'],
    ['one letter less', 'Sanctioned Testperson', 'Sanctioned Testperon'],
    ['one other letter', 'Sanctioned Testperson', 'Sanctioned Testparson'],
    ['two neighbours swapped', 'Sanctioned Testperson', 'Sanctioned Tetsperson'],
    ['one edit in each long word, other order', 'Sanctioned Testperson', 'Testpersonn Sanctiond'],
    ['two edits in a long word', 'Sanctioned Testperson', 'Sanctioned Testpersinn'],
    ['another first letter of a short name', 'Bovan Testov', 'Vovan Testov'],
    ['another spelling of the same sounds', 'Mohammed Testfamily', 'Muhammad Testfamily'],
    ['Cyrillic with another spelling listed', 'Aleksandr Testov', 'Александер Тестов'],
    ['a middle name left out', 'Arkady Denisovich Testov', 'Arkady Testov'],
    ['a middle name left out, and one letter', 'Arkady Denisovich Testov', 'Arkadi Testov'],
    ['a word more', 'Arkady Testov', 'Arkady Testov Denisovich'],
    ['a word twice', 'Anna Beispiel', 'Anna Anna Beispiel'],
    ['Greek in another spelling', 'Γιώργος Δοκιμή', 'Giorgos Dokime'],
    ['words written as one, and one letter', 'Abdul Rahman', 'Abdulrahmaan'],
  ])('%s', async (_what, listed, name) => {
    await expect(screen(['Somebody Else', listed], name)).resolves.toBe('possible');
  });
});

describe('clears', () => {
  test.each<[string, string, string]>([
    ['another name', 'Sanctioned Testperson', 'Asha Rao'],
    ['a part of a listed name', 'Sanctioned Testperson', 'Sanctioned'],
    ['half of the words', 'Jose Maria Beispiel Muster', 'Jose Beispiel'],
    ['one word of two', 'Arkady Testov', 'Arkady Mustermann'],
    ['a part of a listed one of one word', 'Testov', 'Testovsky Handel'],
    ['one edit in a short word', 'Asha Rao', 'Asha Roo'],
    ['one edit in each of two short words', 'Li Wei', 'Lu Wai'],
    ['a company with another name', 'Blocked Example Trading Ltd', 'Blocked Examples Shipping Ltd'],
    ['only the company form in common', 'Beispiel GmbH', 'Muster GmbH'],
  ])('%s', async (_what, listed, name) => {
    await expect(screen([listed], name)).resolves.toBe('clear');
  });

  test('and says which version of which list it looked at', async () => {
    const decision = await screener(['A B']).screen({ name: 'Asha Rao', country: 'NG' });
    expect(decision).toEqual({
      kind: 'clear',
      lists: [expect.stringMatching(/^names@[0-9a-f]{12}$/)],
      checks: [
        {
          list: 'names',
          version: expect.stringMatching(/^[0-9a-f]{64}$/),
          entries: 1,
          checkedAt: '1970-01-01T00:00:00.000Z',
        },
      ],
    });
  });
});

describe('cannot say', () => {
  test.each([
    ['an empty name', ''],
    ['white space', '   '],
    ['punctuation', '.-,'],
    ['an emoji', '🎉🎉'],
    ['combining marks alone', '\u0301\u0302'],
  ])('%s', async (_what, name) => {
    await expect(screen(['Sanctioned Testperson'], name)).resolves.toBe('unavailable');
  });
});

describe('lists from files', () => {
  const now = 1_800_000_000_000;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lists-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(file: string, content: string | Uint8Array, ageMs = 0): string {
    const path = join(folder, file);
    writeFileSync(path, content);
    const at = new Date(now - ageMs);
    utimesSync(path, at, at);
    return path;
  }
  const over = (lists: Parameters<typeof createListScreener>[0]['lists']) =>
    createListScreener({ lists, maxAgeMs: 30 * day, now: () => now });
  const one = (content: string | Uint8Array, format: 'txt' | 'csv' | 'json', ageMs = 0) =>
    over([{ name: 'l', format, file: write(`list.${format}`, content, ageMs) }]);
  const kind = async (lists: ReturnType<typeof over>, name: string): Promise<string> =>
    (await lists.screen({ name, country: 'NG' })).kind;

  test.each<[string, string, 'txt' | 'csv' | 'json']>([
    ['text', '# version 7\nSomebody Else\r\n\n  Sanctioned Testperson  \n', 'txt'],
    ['text with a byte order mark', '\ufeffSanctioned Testperson', 'txt'],
    ['CSV', 'id,name\r\n1,Somebody Else\r\n2,"Testperson, Sanctioned"\r\n', 'csv'],
    ['CSV with quotes and line breaks', 'name,note\n"Sanctioned ""Testperson""","two\nlines"\n', 'csv'],
    ['CSV with aliases', 'Name,Aliases\nSomebody Else,Other; Sanctioned Testperson ;\n', 'csv'],
    ['JSON names', '["Somebody Else","Sanctioned Testperson"]', 'json'],
    ['JSON entries', '[{"name":"Somebody Else","aliases":["Sanctioned Testperson"],"born":1970}]', 'json'],
    ['JSON with entries below', '{"version":"7","entries":[{"name":"Sanctioned Testperson"}]}', 'json'],
  ])('%s', async (_what, content, format) => {
    const lists = one(content, format);
    await expect(kind(lists, 'Sanctioned Testperson')).resolves.toBe('match');
    await expect(kind(lists, 'Asha Rao')).resolves.toBe('clear');
    await expect(lists.problems()).resolves.toEqual([]);
  });

  test.each<[string, string, 'txt' | 'csv' | 'json', string, ScreeningHit]>([
    [
      'CSV, by its id and name',
      'id,name\nsdn-1,Somebody Else\nsdn-2,Sanctioned Testperson\n',
      'csv',
      'Testperson Sanctioned',
      { list: 'l', entry: 'sdn-2', score: '1', reason: 'exact-name' },
    ],
    [
      'CSV, by an alias',
      'name,aliases,id\nSomebody Else,Sanctioned Testperson;Other,9\n',
      'csv',
      'Sanctioned Testperson',
      { list: 'l', entry: '9', score: '1', reason: 'exact-alias' },
    ],
    [
      'JSON, by a numeric id and a similar alias',
      '[{"id":77,"name":"Somebody Else","aliases":["Sanctioned Testperson"]}]',
      'json',
      'Sanctioned Testpersoon',
      { list: 'l', entry: '77', score: expect.stringMatching(/^0\.9\d+$/), reason: 'similar-alias' },
    ],
    [
      'a list without ids, by the place',
      'Somebody Else\nSanctioned Testperson\n',
      'txt',
      'Sanctioned Testperson',
      { list: 'l', entry: '#2', score: '1', reason: 'exact-name' },
    ],
    [
      'a name in the id column, by the place',
      'id,name\nSanctioned Testperson,Sanctioned Testperson\n',
      'csv',
      'Sanctioned Testperson',
      { list: 'l', entry: '#1', score: '1', reason: 'exact-name' },
    ],
  ])('says which entry hit, and has its names beside it: %s', async (_what, content, format, name, hit) => {
    const decision = await one(content, format).screen({ name, country: 'NG' });
    expect(decision).toMatchObject({
      hits: [{ ...hit, names: expect.arrayContaining([expect.any(String)]) }],
    });
    const elsewhere = JSON.stringify(decision, (key, value: unknown) =>
      key === 'names' ? undefined : value,
    );
    expect(elsewhere).not.toMatch(/Testperson|Sanctioned|Somebody/i);
  });

  test('shows five names of an entry, as the list spells them', async () => {
    const aliases = Array.from({ length: 9 }, (_, index) => `Alias ${'x'.repeat(index + 2)}`);
    const decision = await one(JSON.stringify([{ name: 'TESTPERSON, Sanctioned', aliases }]), 'json').screen({
      name: 'Sanctioned Testperson',
      country: 'NG',
    });
    expect(decision).toMatchObject({ hits: [{ names: ['TESTPERSON, Sanctioned', ...aliases.slice(0, 4)] }] });
  });

  test('says when the list was last changed, and when it was looked at', async () => {
    await expect(
      one('Somebody Else', 'txt', day).screen({ name: 'Asha Rao', country: 'NG' }),
    ).resolves.toMatchObject({
      checks: [{ listedAt: new Date(now - day).toISOString(), checkedAt: new Date(now).toISOString() }],
    });
  });

  test('keeps every hit, best first: a release is about all of them', async () => {
    const decision = await one(
      Array.from({ length: 9 }, (_, index) => `Sanctioned Testperson${'x'.repeat(index)}`).join('\n'),
      'txt',
    ).screen({ name: 'Sanctioned Testperson', country: 'NG' });
    if (decision.kind !== 'match') throw new Error(decision.kind);
    expect(decision.hits).toHaveLength(9);
    expect(decision.hits[0]).toEqual({
      list: 'l',
      entry: '#1',
      score: '1',
      reason: 'exact-name',
      names: ['Sanctioned Testperson'],
    });
    const scores = decision.hits.map(({ score }) => Number(score));
    expect(scores).toEqual(scores.toSorted((left, right) => right - left));
  });

  test.each<[string, string | Uint8Array, 'txt' | 'csv' | 'json']>([
    ['an empty file', '', 'txt'],
    ['comments only', '# nothing\n\n', 'txt'],
    ['bytes that are no UTF-8', Uint8Array.from([0x41, 0xff, 0xfe, 0x42]), 'txt'],
    ['a line without a readable name', 'Somebody Else\n...\n', 'txt'],
    ['an entry in an unreadable script', 'Somebody Else\n\u{13000}\u{13001}\n', 'txt'],
    ['CSV without the column', 'id,surname\n1,Else\n', 'csv'],
    ['CSV with a header only', 'id,name\n', 'csv'],
    ['CSV with an open quote', 'name\n"Somebody', 'csv'],
    ['CSV with a quote inside', 'name\nSome"body\n', 'csv'],
    ['CSV with a short row', 'id,name\n1\n', 'csv'],
    ['CSV with a long row', 'id,name\n1,Testperson, Sanctioned\n', 'csv'],
    ['CSV with an empty name', 'id,name\n1,\n', 'csv'],
    ['half a JSON', '["Somebody Else",', 'json'],
    ['JSON of another shape', '{"names":["Somebody Else"]}', 'json'],
    ['JSON null', 'null', 'json'],
    ['an empty JSON list', '[]', 'json'],
    ['a JSON entry without a name', '[{"name":"Somebody"},{"fullName":"Else"}]', 'json'],
    ['a JSON number', '["Somebody",7]', 'json'],
    ['JSON aliases that are no list', '[{"name":"Somebody","aliases":"Else"}]', 'json'],
    ['an empty alias', '[{"name":"Somebody","aliases":[""]}]', 'json'],
    ['two names on one line, with a bar between them', 'Jo Some\nSome Body | Any Else', 'txt'],
    ['two names on one line, with a semicolon', 'Some Body; Any Else', 'txt'],
    ['two names on one line, with a tab', 'Some Body\tAny Else', 'txt'],
    ['two names on one line, with a.k.a.', 'Some Body a.k.a. Any Else', 'txt'],
    ['a bar of another width', 'Some Body ｜ Any Else', 'txt'],
    ['CSV aliases with a bar between them', 'name,aliases\nSome Body,One Else|Two Else\n', 'csv'],
    ['a CSV name that is two', 'name\n"Some Body; Any Else"\n', 'csv'],
    ['a CSV name with a line break', 'name\n"Some Body\nAny Else"\n', 'csv'],
    ['a CSV column of aliases with another name', 'name,alias\nSome Body,Any Else\n', 'csv'],
    ['two CSV columns with one name', 'name,name\nSome Body,Any Else\n', 'csv'],
    ['a JSON alias that is two', '[{"name":"Some Body","aliases":["One Else; Two Else"]}]', 'json'],
    ['a JSON name with a tab', '["Some Body\\tAny Else"]', 'json'],
    ['a JSON field of aliases with another name', '[{"name":"Some Body","aka":["Any Else"]}]', 'json'],
    ['an identifier of no kind', 'name,identifiers\nSome Body,passport:X1234567\n', 'csv'],
    ['an account without its country', 'name,identifiers\nSome Body,account:0123456789\n', 'csv'],
    ['a phone in national form', 'name,identifiers\nSome Body,phone:08031234567\n', 'csv'],
    [
      'JSON identifiers that are no array',
      '[{"name":"Some Body","identifiers":"card:4111111111111111"}]',
      'json',
    ],
    ['an entry with neither', 'name,identifiers\n,\n', 'csv'],
  ])('%s makes everything unavailable, and quotes nothing', async (_what, content, format) => {
    const lists = one(content, format);
    for (const name of ['Asha Rao', 'Somebody Else']) {
      const decision = await lists.screen({ name, country: 'NG' });
      expect(decision.kind).toBe('unavailable');
      expect(JSON.stringify(decision)).not.toMatch(/Some|Else/);
    }
    await expect(lists.problems()).resolves.toHaveLength(1);
  });

  test.each<[string, string, 'txt' | 'csv' | 'json', RegExp]>([
    [
      'the line',
      '# names\n\nSome Body\nOne Else|Two Else',
      'txt',
      /^list l has a name that could be several \(line 4\)/,
    ],
    ['the row', 'id,name\n1,Some Body\n2,One Else|Two Else\n', 'csv', /\(row 3\)/],
    ['the entry', '["Some Body","One Else|Two Else"]', 'json', /\(entry 2\)/],
  ])('says which it is that could be two names: %s', async (_what, content, format, problem) => {
    await expect(one(content, format).problems()).resolves.toEqual([
      { key: 'lists', message: expect.stringMatching(problem) },
    ]);
  });

  test.each([
    ['a comma', 'TESTPERSON, Sanctioned'],
    ['a slash', 'Beispiel A/S'],
    ['brackets and quotes', 'Sanctioned (the "Test") Person'],
    ['a name that is a short word', 'Aka Testperson'],
    ['dots', 'S.A. Beispiel N.V.'],
  ])('takes what real lists write: %s', async (_what, name) => {
    await expect(kind(one(name, 'txt'), name)).resolves.toBe('match');
  });

  describe('names that have no Latin reading', () => {
    const good99 = Array.from({ length: 99 }, (_, index) => `Person${index} Family`);
    const listOf = (...names: readonly string[]) => one(JSON.stringify([...good99, ...names]), 'json');

    test.each([
      ['Arabic that begins with alef', 'أحمد الاختباري'],
      ['Hangul that begins with ieung', '이영애'],
      ['Hebrew that begins with alef', 'אברהם בדיקה'],
      ['Bengali with a letter of its own', 'উৎপল পরীক্ষা'],
      ['a script that nobody knows here', '\u{13000}\u{13001}\u{13002}'],
    ])('are counted, and found in their own script: %s', async (_what, name) => {
      const lists = listOf(name);
      await expect(lists.problems()).resolves.toEqual([]);
      await expect(lists.screen({ name: 'Asha Rao', country: 'NG' })).resolves.toMatchObject({
        kind: 'clear',
        checks: [{ entries: 100, unreadable: 1 }],
      });
      await expect(kind(lists, name)).resolves.toBe('match');
      await expect(lists.remarks?.()).resolves.toEqual([
        { key: 'lists', message: expect.stringMatching(/^list l has letters .* 1 of 100 entries/) },
      ]);
    });

    test('of one alias leave the others of its entry as they were', async () => {
      const lists = listOf();
      await expect(lists.remarks?.()).resolves.toEqual([]);
      const withAlias = one(
        JSON.stringify([...good99, { name: 'Sanctioned Testperson', aliases: ['\u{13000}\u{13001}'] }]),
        'json',
      );
      await expect(kind(withAlias, 'Sanctioned Testperson')).resolves.toBe('match');
    });

    test('make a list unusable when they are many, and a line in no script among few does so', async () => {
      const many = Array.from(
        { length: 6 },
        (_, index) => `\u{13000}${String.fromCodePoint(0x13001 + index)}`,
      );
      await expect(listOf(...many).problems()).resolves.toEqual([
        { key: 'lists', message: expect.stringMatching(/^list l has names that cannot be read in 6 of 105/) },
      ]);
      await expect(listOf(...many.slice(0, 5)).problems()).resolves.toEqual([]);
      await expect(listOf('...').problems()).resolves.toEqual([]);
    });

    test('but are none in a script that is compared: a whole list of them is usable', async () => {
      await expect(one('أحمد الاختباري\nخالد التجريبي\n', 'txt').problems()).resolves.toEqual([]);
    });
  });

  test('a missing file', async () => {
    const lists = over([{ name: 'l', format: 'txt', file: join(folder, 'none.txt') }]);
    await expect(lists.screen({ name: 'Asha Rao', country: 'NG' })).resolves.toEqual({
      kind: 'unavailable',
      note: 'list l cannot be read (ENOENT)',
    });
  });

  test('a folder instead of a file', async () => {
    await expect(kind(over([{ name: 'l', format: 'txt', file: folder }]), 'Asha Rao')).resolves.toBe(
      'unavailable',
    );
  });

  test('no list at all', async () => {
    await expect(kind(over([]), 'Asha Rao')).resolves.toBe('unavailable');
  });

  test('one bad list beside a good one, even for a name on the good one', async () => {
    const lists = over([
      { name: 'good', format: 'txt', file: write('good.txt', 'Sanctioned Testperson\n') },
      { name: 'bad', format: 'json', file: write('bad.json', '{') },
    ]);
    await expect(kind(lists, 'Asha Rao')).resolves.toBe('unavailable');
    await expect(kind(lists, 'Sanctioned Testperson')).resolves.toBe('unavailable');
  });

  test('a stale list, and one from the future', async () => {
    await expect(kind(one('Somebody Else', 'txt', 30 * day), 'Asha Rao')).resolves.toBe('clear');
    await expect(kind(one('Somebody Else', 'txt', 30 * day + 1), 'Asha Rao')).resolves.toBe('unavailable');
    await expect(kind(one('Somebody Else', 'txt', -31 * day), 'Asha Rao')).resolves.toBe('unavailable');
  });

  test('a list that ages while the worker runs', async () => {
    let clock = now;
    const lists = createListScreener({
      lists: [{ name: 'l', format: 'txt', file: write('l.txt', 'Somebody Else') }],
      maxAgeMs: day,
      now: () => clock,
    });
    await expect(kind(lists, 'Asha Rao')).resolves.toBe('clear');
    clock += day + 1;
    await expect(kind(lists, 'Asha Rao')).resolves.toBe('unavailable');
  });

  test('a changed file counts at once: new names, a break, a repair', async () => {
    const path = write('l.txt', 'Somebody Else');
    const lists = over([{ name: 'l', format: 'txt', file: path }]);
    await expect(kind(lists, 'Sanctioned Testperson')).resolves.toBe('clear');
    write('l.txt', 'Somebody Else\nSanctioned Testperson', -1000);
    await expect(kind(lists, 'Sanctioned Testperson')).resolves.toBe('match');
    write('l.txt', '', -2000);
    await expect(kind(lists, 'Asha Rao')).resolves.toBe('unavailable');
    rmSync(path);
    await expect(kind(lists, 'Asha Rao')).resolves.toBe('unavailable');
    write('l.txt', 'Somebody Else', -3000);
    await expect(kind(lists, 'Asha Rao')).resolves.toBe('clear');
  });

  test('an unchanged file is read once; every change of state is told once', async () => {
    let reads = 0;
    const said: string[] = [];
    let size = 8;
    const files: ListFiles = {
      stat: async () => ({ modifiedAt: now, size }),
      read: async () => {
        reads += 1;
        return new TextEncoder().encode('Somebody');
      },
    };
    const lists = createListScreener({
      lists: [{ name: 'l', format: 'txt', file: 'x' }],
      maxAgeMs: day,
      now: () => now + (size === 9 ? 2 * day : 0),
      files,
      log: (level, event) => said.push(`${level} ${event}`),
    });
    for (let round = 0; round < 3; round += 1) await kind(lists, 'Asha Rao');
    expect(reads).toBe(1);
    size = 9;
    for (let round = 0; round < 3; round += 1) await kind(lists, 'Asha Rao');
    expect(said).toEqual(['info screening list loaded', 'warn screening list unusable']);
  });
});

describe('thresholds', () => {
  const kindWith = async (matchFrom: number, possibleFrom: number, name: string): Promise<string> => {
    const lists = createListScreener({
      lists: [{ name: 'names', names: ['Sanctioned Testperson'] }],
      thresholds: { matchFrom, possibleFrom },
      maxAgeMs: day,
      now: () => 0,
    });
    return (await lists.screen({ name, country: 'NG' })).kind;
  };

  test.each([
    [1, 0.86, 'Sanctioned Testpersinn', 'possible'],
    [0.95, 0.86, 'Sanctioned Testpersinn', 'match'],
    [1, 0.99, 'Sanctioned Testpersinn', 'clear'],
    [1, 0.85, 'Sanctioned', 'possible'],
    [1, 0.86, 'Sanctioned', 'clear'],
    [1, 1, 'Testperson Sanctioned', 'match'],
  ])('%d and %d: %s is %s', async (matchFrom, possibleFrom, name, kind) => {
    await expect(kindWith(matchFrom, possibleFrom, name)).resolves.toBe(kind);
  });
});

test('a cancelled activity is not answered', async () => {
  await expect(
    screener(['A B']).screen({ name: 'Asha Rao', country: 'NG' }, AbortSignal.abort()),
  ).rejects.toThrow('aborted');
});

test('fifty thousand names are searched in a blink', async () => {
  const names = Array.from(
    { length: 50_000 },
    (_, index) => `Person${index.toString(36)} Family${index % 977} Middle`,
  );
  const lists = screener(names);
  await lists.problems();
  // CPU time, not the clock: other tests run beside this one.
  const began = process.cpuUsage();
  await expect(screen2('Somebody Entirely Different')).resolves.toBe('clear');
  await expect(screen2('Middle Household Personality')).resolves.toBe('clear');
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1000).toBeLessThan(3000);
  async function screen2(name: string): Promise<string> {
    return (await lists.screen({ name, country: 'NG' })).kind;
  }
});
