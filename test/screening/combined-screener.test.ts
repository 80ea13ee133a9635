import { createCombinedScreener } from '../../src/screening/combined-screener';
import type { BlockingRules } from '../../src/screening/blocking-rules';
import type {
  CheckedScreener,
  ScreeningDecision,
  ScreeningHit,
  ScreeningSubject,
} from '../../src/screening/screener';

const noRules: BlockingRules = { countries: [], banks: [] };
const hit = (score: string): ScreeningHit => ({ list: 'l', entry: score, score, reason: 'similar-name' });
const clear = (list: string): ScreeningDecision => ({ kind: 'clear', lists: [list] });
const possible: ScreeningDecision = { kind: 'possible', hits: [hit('0.8')], lists: ['p'] };
const match: ScreeningDecision = { kind: 'match', hits: [hit('1')], lists: ['m'] };
const unavailable: ScreeningDecision = { kind: 'unavailable', note: 'the list is gone' };

const saying = (decision: ScreeningDecision): CheckedScreener => ({
  screen: async () => decision,
  problems: async () => (decision.kind === 'unavailable' ? [{ key: 'lists', message: decision.note }] : []),
});
const combined = (rules: BlockingRules, ...decisions: readonly ScreeningDecision[]): CheckedScreener =>
  createCombinedScreener({ rules, screeners: decisions.map(saying), now: () => 0 });
const asha: ScreeningSubject = { name: 'Asha Rao', country: 'NG' };

describe('several screeners', () => {
  test('that are all clear are clear, with all lists', async () => {
    await expect(combined(noRules, clear('a'), clear('b')).screen(asha)).resolves.toMatchObject({
      kind: 'clear',
      lists: ['a', 'b'],
    });
  });

  test.each<[string, readonly ScreeningDecision[]]>([
    ['possible', [clear('a'), possible]],
    ['possible', [possible, clear('a')]],
    ['match', [possible, match]],
    ['match', [match, clear('a')]],
    ['unavailable', [unavailable, clear('a')]],
    ['unavailable', [clear('a'), unavailable]],
    ['unavailable', [match, unavailable]],
  ])('the worst answer counts: %s (%#)', async (kind, decisions) => {
    await expect(combined(noRules, ...decisions).screen(asha)).resolves.toMatchObject({ kind });
  });

  test('hits of all of them stand in the answer, best first', async () => {
    await expect(combined(noRules, possible, match).screen(asha)).resolves.toMatchObject({
      hits: [hit('1'), hit('0.8')],
      lists: ['p', 'm'],
    });
  });

  test('one that breaks is unavailable, without its words', async () => {
    const broken: CheckedScreener = {
      screen: () => Promise.reject(new Error('Asha Rao is odd')),
      problems: async () => [],
    };
    const both = createCombinedScreener({
      rules: noRules,
      screeners: [saying(clear('a')), broken],
      now: () => 0,
    });
    await expect(both.screen(asha)).resolves.toEqual({ kind: 'unavailable', note: 'a screener failed' });
  });

  test('none is unavailable, and says what to do', async () => {
    await expect(combined(noRules).screen(asha)).resolves.toMatchObject({ kind: 'unavailable' });
    await expect(combined(noRules).problems()).resolves.toHaveLength(1);
  });

  test('their problems come together', async () => {
    await expect(combined(noRules, unavailable, unavailable).problems()).resolves.toHaveLength(2);
  });
});

describe('rules', () => {
  const rules: BlockingRules = {
    countries: ['KP'],
    banks: [
      { name: 'test-bank', bicPrefix: 'TESTDEFF' },
      { name: 'ifsc-bank', ifscPrefix: 'TEST0' },
      { name: 'code-bank', bankCode: '044', country: 'NG' },
    ],
  };
  test.each<[string, ScreeningSubject, string]>([
    ['a blocked country', { name: 'A B', country: 'KP' }, 'blocked-country:KP'],
    [
      'a bank in a blocked country, wherever the money seems to go',
      { name: 'A B', country: 'CN', bank: { bic: 'AAAAKPPYXXX' } },
      'blocked-country:KP',
    ],
    [
      'a BIC of a blocked bank',
      { name: 'A B', country: 'DE', bank: { bic: 'TESTDEFF' } },
      'blocked-bank:test-bank',
    ],
    ['its branch', { name: 'A B', country: 'DE', bank: { bic: 'TESTDEFF500' } }, 'blocked-bank:test-bank'],
    [
      'its BIC given as the bank code, in another spelling',
      { name: 'A B', country: 'DE', bank: { bankCode: 'test-de-ff' } },
      'blocked-bank:test-bank',
    ],
    ['an IFSC', { name: 'A B', country: 'IN', bank: { ifsc: 'TEST0001234' } }, 'blocked-bank:ifsc-bank'],
    ['a bank code', { name: 'A B', country: 'NG', bank: { bankCode: '044' } }, 'blocked-bank:code-bank'],
  ])('%s is a match before any list is asked', async (_what, subject, entry) => {
    const decision = await combined(rules, unavailable).screen(subject);
    expect(decision).toMatchObject({ kind: 'match', hits: [{ list: 'rules', entry, score: '1' }] });
    expect(decision).toMatchObject({ lists: [expect.stringMatching(/^rules@[0-9a-f]{12}$/)] });
  });

  test.each<[string, ScreeningSubject]>([
    ['another country and no bank', { name: 'A B', country: 'NG' }],
    ['the same bank code in another country', { name: 'A B', country: 'GH', bank: { bankCode: '044' } }],
    ['another bank code', { name: 'A B', country: 'NG', bank: { bankCode: '058' } }],
    ['another bank', { name: 'A B', country: 'DE', bank: { bic: 'TESTDEMM' } }],
  ])('%s goes on to the lists', async (_what, subject) => {
    await expect(combined(rules, clear('a')).screen(subject)).resolves.toMatchObject({
      kind: 'clear',
      lists: [expect.stringMatching(/^rules@/), 'a'],
    });
    await expect(combined(rules, unavailable).screen(subject)).resolves.toMatchObject({
      kind: 'unavailable',
    });
  });

  test('a change of the rules is a new version', async () => {
    const version = async (countries: string[]): Promise<unknown> => {
      const decision = await combined({ countries, banks: [] }, clear('a')).screen(asha);
      return 'lists' in decision ? decision.lists[0] : undefined;
    };
    expect(await version(['KP'])).not.toBe(await version(['IR']));
    expect(await version(['KP', 'IR'])).toBe(await version(['IR', 'KP']));
  });
});
