import { createCombinedScreener } from '../../src/screening/combined-screener';
import { createListScreener } from '../../src/screening/list-screener';
import type { CheckedScreener, ScreeningDecision } from '../../src/screening/screener';

const listOf = (names: readonly string[], script?: number): CheckedScreener =>
  createListScreener({
    lists: [{ name: 'l', names }],
    ...(script === undefined ? {} : { shares: { unreadable: 0.05, script } }),
    maxAgeMs: 1,
    now: () => 0,
  });
const screen = (screener: CheckedScreener, name: string): Promise<ScreeningDecision> =>
  screener.screen({ name, country: 'NG' });

const inLatin = [
  'Sanctioned Testperson',
  'Moshe Beispielberg',
  'Mohammed Yusuf',
  'Yamada Tarotest',
  'Kim Jongtest',
  'Xing Jinping',
];

describe('a name in a script that cannot be compared is for people, and never clear by itself', () => {
  test.each([
    ['Hebrew', 'משה בייספילברג', ['hebr']],
    ['Hebrew that begins with alef', 'אברהם בדיקה', ['hebr']],
    ['Yiddish', 'משה בײַשפּיל', ['hebr']],
    ['Arabic', 'محمد يوسف', ['arab']],
    ['Arabic that begins with alef', 'أحمد منصور الحربي', ['arab']],
    ['Arabic with alef inside', 'خالد منصور الحربي', ['arab']],
    ['Persian', 'پرویز گلچین', ['arab']],
    ['Urdu', 'ٹیپو ڈار', ['arab']],
    ['Syriac', 'ܡܪܝܡ ܒܪ', ['syrc']],
    ['Thaana', 'އަހްމަދު', ['thaa']],
    ['Han and katakana', '山田 太郎テスト', ['hani', 'kana']],
    ['simplified Han', '习近平', ['hani']],
    ['traditional Han', '習近平', ['hani']],
    ['hiragana', 'やまだ たろう', ['kana']],
    ['half-width katakana', 'ﾔﾏﾀﾞ ﾀﾛｳ', ['kana']],
    ['Hangul', '김종테스트', ['hang']],
    ['Hangul that begins with ieung', '이영애', ['hang']],
    ['Hangul with ieung inside', '김영애', ['hang']],
    ['decomposed Hangul', '김영애'.normalize('NFD'), ['hang']],
    ['bopomofo', 'ㄒㄧㄥ', ['bopo']],
    ['Thai', 'สมชาย ทดสอบ', ['thai']],
    ['Lao', 'ສົມສັກ ທົດສອບ', ['laoo']],
    ['Khmer', 'សុខ សាកល្បង', ['khmr']],
    ['Burmese', 'အောင် စမ်းသပ်', ['mymr']],
    ['Devanagari', 'नरेन्द्र परीक्षा', ['deva']],
    ['Bengali', 'উৎপল পরীক্ষা', ['beng']],
    ['one Bengali letter', 'ৎ', ['beng']],
    ['Gurmukhi', 'ਗੁਰਪ੍ਰੀਤ', ['guru']],
    ['Gujarati', 'નરેન્દ્ર', ['gujr']],
    ['Tamil', 'முருகன் சோதனை', ['taml']],
    ['Telugu', 'రాము పరీక్ష', ['telu']],
    ['Kannada', 'ರಾಮು', ['knda']],
    ['Malayalam', 'രാമു', ['mlym']],
    ['Sinhala', 'සමන්', ['sinh']],
    ['Oriya', 'ରାମ', ['orya']],
    ['Tibetan', 'བསྟན་འཛིན', ['tibt']],
    ['Ethiopic', 'አበበ ሙከራ', ['ethi']],
    ['Mongolian', 'ᠪᠠᠲᠤ', ['mong']],
    ['Tifinagh', 'ⴰⵎⵏⴰⵢ', ['tfng']],
    ['a script that stands in no table', '\u{13000}\u{13001}', ['zzzz']],
    ['another one beside Latin letters', 'Asha \u{10A60}\u{10A61}', ['zzzz']],
    ['Latin letters beside it', 'Asha 山田', ['hani']],
    ['a Latin letter without a reading', 'Asha Rᴀo', ['latn']],
  ])('%s', async (_what, name, scripts) => {
    const decision = await screen(listOf(inLatin), name);
    if (decision.kind !== 'possible') throw new Error(decision.kind);
    const doubts = decision.hits.filter(({ list }) => list === 'scripts');
    expect(doubts).toEqual(
      scripts.map((script) => ({
        list: 'scripts',
        entry: `script:${script}`,
        score: '0',
        reason: 'script-not-comparable',
      })),
    );
  });
});

describe('a name in a script that transliteration serves is clear when nothing is similar', () => {
  test.each([
    ['Russian', 'Дмитрий Соколов'],
    ['Russian with a soft sign', 'Наталья Кравец'],
    ['Russian with a hard sign', 'Игорь Подъяпольский'],
    ['Ukrainian', 'Богдан Коваленко'],
    ['Bulgarian', 'Петър Димитров'],
    ['Serbian', 'Стефан Јовановић'],
    ['Macedonian', 'Ѓорѓи Ќосев'],
    ['Kazakh', 'Нұрлан Әбенов'],
    ['Greek', 'Γιώργος Παπαδόπουλος'],
    ['Greek capitals', 'ΕΛΕΝΗ ΓΕΩΡΓΙΟΥ'],
    ['Georgian', 'ნინო ბერიძე'],
    ['Georgian capitals', 'ᲜᲘᲜᲝ ᲑᲔᲠᲘᲫᲔ'],
    ['Armenian', 'Արամ Պետրոսյան'],
    ['Vietnamese', 'Nguyễn Văn Đức'],
    ['Polish', 'Łukasz Żółć'],
    ['Icelandic', 'Þórður Æðason'],
    ['a capital sharp s', 'GROẞE STRAẞE'],
    ['an emoji beside it', 'Asha Rao 🎉'],
  ])('%s', async (_what, name) => {
    await expect(screen(listOf(inLatin), name)).resolves.toMatchObject({ kind: 'clear' });
  });
});

describe('a listed name is found from its usual spelling in such a script', () => {
  test.each([
    ['Cyrillic', 'Мохаммед Юсуф', '#3'],
    ['Cyrillic capitals', 'ЮСУФ МОХАММЕД', '#3'],
    ['Greek', 'Μωχάμεντ Γιουσούφ', '#3'],
    ['Greek letters that are read together', 'Μοσέ Μπεϊσπίλμπεργκ', '#2'],
    ['Armenian', 'Մոհամմեդ Յուսուֆ', '#3'],
    ['Georgian', 'მოჰამედ იუსუფი', '#3'],
    ['Georgian inside a longer text', 'ნინო ბერიძე და მოჰამედ იუსუფი', '#3'],
  ])('%s', async (_what, name, entry) => {
    const decision = await screen(listOf(inLatin), name);
    if (decision.kind === 'clear' || decision.kind === 'unavailable') throw new Error(decision.kind);
    expect(decision.hits.map((hit) => hit.entry)).toContain(entry);
  });
});

describe('names in their own script on both sides are compared in it', () => {
  test.each([
    ['Arabic', 'محمد يوسف التجريبي', 'محمد يوسف التجريبي'],
    ['Arabic with its vowels', 'محمد يوسف التجريبي', 'مُحَمَّد يُوسُف التَّجْرِيبِي'],
    ['Arabic with a lengthened letter', 'محمد يوسف', 'محـــمد يوسف'],
    ['Arabic without hamza', 'أحمد إبراهيم', 'احمد ابراهيم'],
    ['Arabic with teh marbuta and yeh as others write them', 'فاطمة علي', 'فاطمه على'],
    ['Persian letters', 'كريم يزدي', 'کریم یزدی'],
    ['Arabic in presentation forms', 'محمد', 'ﻣﺤﻤﺪ'],
    ['Arabic in another order', 'محمد يوسف', 'يوسف محمد'],
    ['Arabic in one word', 'عبد الله الاختباري', 'عبدالله الاختباري'],
    ['Hebrew with its vowels', 'משה בדיקה', 'מֹשֶׁה בְּדִיקָה'],
    ['Hebrew final forms', 'כהן אברהם', 'כהנ אברהמ'],
    ['Han without a gap', '测试 人员', '测试人员'],
    ['traditional Han', '张学测试', '張學測試'],
    ['Han with a middle dot', '约翰·测试', '约翰测试'],
    ['half-width katakana', 'ヤマダ テスト', 'ﾔﾏﾀﾞ ﾃｽﾄ'],
    ['hiragana for katakana', 'ヤマダ テスト', 'やまだ てすと'],
    ['Hangul, decomposed', '김종테스트', '김종테스트'.normalize('NFD')],
    ['Hangul with a gap', '김종테스트', '김 종테스트'],
    ['Devanagari without its nukta', 'फ़िरोज़ परीक्षा', 'फिरोज परीक्षा'],
    ['Thai', 'สมชาย ทดสอบ', 'สมชาย ทดสอบ'],
    ['Ethiopic', 'አበበ ሙከራ', 'አበበ ሙከራ'],
    ['a script that stands in no table', '\u{13000}\u{13001}\u{13002}', '\u{13000}\u{13001}\u{13002}'],
  ])('the same name: %s', async (_what, listed, name) => {
    const others = Array.from({ length: 30 }, (_, index) => `Person${index} Family`);
    await expect(screen(listOf([...others, listed]), name)).resolves.toMatchObject({ kind: 'match' });
  });

  test.each([
    ['one letter of a long Arabic name', 'محمد يوسف التجريبي', 'محمد يوسف التجربي'],
    ['an Arabic name inside a longer text', 'محمد يوسف', 'شركة محمد يوسف للتجارة والصناعة'],
    ['a Han name inside a longer text', '山田 太郎テスト', '株式会社山田太郎テスト商事'],
    ['a Han name in another order', '山田太郎テスト', '太郎テスト 山田'],
    ['one sign of a long Han name', '北京测试贸易', '北京测验贸易'],
    ['a Hangul name inside a longer text', '김종테스트', '주식회사 김종테스트상사'],
    ['a Hebrew name beside Latin letters', 'משה בדיקה', 'משה בדיקה Trading'],
    ['a name that the list writes in both', 'Mohammed Testi محمد تستي', 'محمد تستي'],
    ['the Latin part of such a name', 'Mohammed Testi محمد تستي', 'Mohammed Testi'],
    ['the name in both, of which one is listed', 'Mohammed Testi', 'Mohammed Testi محمد تستي'],
  ])('a similar name, with its entry: %s', async (_what, listed, name) => {
    const decision = await screen(listOf([listed, 'Somebody Else']), name);
    if (decision.kind !== 'possible') throw new Error(decision.kind);
    expect(decision.hits[0]).toMatchObject({ list: 'l', entry: '#1', names: [listed] });
  });

  test('Latin letters of such a name are a guess, which no payout is refused for', async () => {
    // 山田 is Yamada; transliteration says Shan Tian.
    const decision = await screen(listOf(['Shan Tian']), '山田');
    expect(decision).toMatchObject({
      kind: 'possible',
      hits: [{ entry: '#1', reason: 'similar-name' }, { list: 'scripts' }],
    });
  });
});

describe('who was compared in the script', () => {
  const arabic = ['محمد يوسف', 'فاطمة تجريبي'];
  test('is clear when a list of that script holds nobody who is similar', async () => {
    await expect(screen(listOf(arabic), 'خالد منصور')).resolves.toMatchObject({
      kind: 'clear',
      comparedScripts: ['arab'],
    });
    await expect(screen(listOf(arabic), 'محمد يوسف')).resolves.toMatchObject({ kind: 'match' });
  });

  const listsOf = (...lists: readonly (readonly string[])[]): CheckedScreener =>
    createListScreener({
      lists: lists.map((names, index) => ({ name: `l${index}`, names })),
      maxAgeMs: 1,
      now: () => 0,
    });
  const combined = (...screeners: readonly CheckedScreener[]): CheckedScreener =>
    createCombinedScreener({ rules: { countries: [], banks: [] }, screeners, now: () => 0 });
  const inDoubt = (code: string) => ({
    kind: 'possible',
    hits: [{ list: 'scripts', entry: `script:${code}` }],
  });

  test('is for people while another list holds entries in Latin letters only', async () => {
    const latin = [...inLatin, 'Khalid Mansur Alharbi'];
    for (const both of [
      listsOf(latin, ['سعيد الزهراني']),
      listsOf(arabic, latin),
      combined(listOf(latin), listOf(arabic)),
      combined(listOf(arabic), listOf(latin)),
      combined(listOf(arabic), listsOf(arabic, latin)),
    ])
      await expect(screen(both, 'خالد منصور الحربي')).resolves.toMatchObject({
        kind: 'possible',
        hits: expect.arrayContaining([expect.objectContaining({ entry: 'script:arab' })]),
      });
  });

  test('is clear when every list settles the script, also those of other screeners', async () => {
    const others = ['سعيد الزهراني', 'عمر الاختباري'];
    for (const all of [listsOf(arabic, others), combined(listOf(arabic), listOf(others))]) {
      await expect(screen(all, 'خالد منصور')).resolves.toMatchObject({
        kind: 'clear',
        comparedScripts: ['arab'],
      });
      await expect(screen(all, '山田太郎')).resolves.toMatchObject(inDoubt('hani'));
      await expect(screen(all, 'עמר')).resolves.toMatchObject(inDoubt('hebr'));
    }
  });

  test('is for people while some entries of the list hold no name in that script', async () => {
    const names = [
      'Somebody Else',
      ...Array.from({ length: 18 }, (_, index) => `تجربة${'ابتثجحخدذرزسشصضطظع'[index]}`),
    ];
    await expect(screen(listOf(names), 'خالد منصور')).resolves.toMatchObject(inDoubt('arab'));
    // 18 of 19 are too few, 19 of 20 are enough.
    await expect(screen(listOf([...names, 'فاطمة']), 'خالد منصور')).resolves.toMatchObject({ kind: 'clear' });
    await expect(screen(listOf([...inLatin, 'محمد يوسف'], 0.1), 'خالد منصور')).resolves.toMatchObject({
      kind: 'clear',
    });
  });

  describe('by entries, whatever else they are called', () => {
    const fileOf = (entries: unknown): CheckedScreener => {
      const bytes = new TextEncoder().encode(JSON.stringify(entries));
      return createListScreener({
        lists: [{ name: 'l', file: 'x', format: 'json' }],
        maxAgeMs: 1,
        now: () => 0,
        files: { stat: async () => ({ modifiedAt: 0, size: bytes.length }), read: async () => bytes },
      });
    };
    const both = [
      { name: 'Mohammed Yusuf', aliases: ['محمد يوسف'] },
      { name: 'Fatima Testi', aliases: ['فاطمة تجريبي', 'Fatma Testi'] },
    ];
    test.each<[string, string, unknown]>([
      ['each has one beside its Latin name', 'clear', both],
      ['one has none', 'possible', [...both, { name: 'Khalid Mansur' }]],
      ['one has an account only', 'clear', [...both, { identifiers: ['account:NG:0123456789'] }]],
      ['all have accounts only', 'clear', [{ identifiers: ['account:NG:0123456789'] }]],
    ])('%s: %s', async (_what, kind, entries) => {
      await expect(screen(fileOf(entries), 'عمر الزهراني')).resolves.toMatchObject({ kind });
    });
  });

  test('is for people in the script that was compared nowhere, of a name in two', async () => {
    await expect(screen(listOf(['山田 太郎', '测试']), '山田 テスト')).resolves.toMatchObject(
      inDoubt('kana'),
    );
  });

  test('a script without a name of its own is settled by no list', async () => {
    const unread = createListScreener({
      lists: [{ name: 'l', names: ['\u{13000}\u{13001}'] }],
      shares: { unreadable: 1, script: 0.95 },
      maxAgeMs: 1,
      now: () => 0,
    });
    await expect(screen(unread, '\u{10A60}\u{10A61}')).resolves.toMatchObject(inDoubt('zzzz'));
  });

  test('a similar name, and what was found without a hit, is for people all the same', async () => {
    await expect(screen(combined(listOf(['Shan Tian']), listOf(['测试'])), '山田')).resolves.toMatchObject({
      kind: 'possible',
      hits: [{ entry: '#1' }, { entry: 'script:hani' }],
    });
    const mute: CheckedScreener = {
      screen: async () => ({ kind: 'possible', hits: [], lists: ['m'] }),
      problems: async () => [],
    };
    await expect(screen(combined(mute, listOf(arabic)), 'خالد منصور')).resolves.toMatchObject({
      kind: 'possible',
    });
  });
});
