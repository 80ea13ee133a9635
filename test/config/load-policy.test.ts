import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPolicy, parsePolicy } from '../../src/config/load-policy';
import { loadRoutes } from '../../src/config/load-routes';
import { exampleFile, root } from './example-configuration';
import type { Json } from './example-configuration';

const policyFile = join(root, 'config', 'policy.example.json');
const example = (): Json => JSON.parse(readFileSync(policyFile, 'utf8')) as Json;

/** The example with one value changed: `rules.0.name`; undefined removes it. */
function changed(path: string, value: unknown): Json {
  const json = example();
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const at = keys.reduce<Json>((below, key) => below[key] as Json, json);
  if (value === undefined) delete at[last];
  else at[last] = value;
  return json;
}

const folder = mkdtempSync(join(tmpdir(), 'payouts-policy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const written = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('a policy', () => {
  test('comes out with people in one form, and without what is for editors', () => {
    const json = changed('people.0.id', ' ALICE ');
    (json['people'] as Json[])[0] = { id: 'ALICE', accounts: ['ALICE@acme.example'] };
    const result = parsePolicy(json);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.policy.people[0]).toEqual({ id: 'alice', accounts: ['alice@acme.example'] });
    expect(result.policy).not.toHaveProperty('$schema');
  });

  test.each<readonly [string, unknown, string, string]>([
    ['schema', 2, 'schema', 'is newer than this version understands (1): upgrade the worker'],
    ['label', undefined, 'label', 'is missing'],
    ['otherwise', undefined, 'otherwise', 'must be one of auto-approve, approve and block'],
    ['otherwise.kind', 'maybe', 'otherwise.kind', 'must be one of auto-approve, approve and block'],
    ['otherwise.levels', [], 'otherwise.levels', 'must not be empty'],
    ['otherwise.levels.0.quorum', 0, 'otherwise.levels[0].quorum', 'must be at least 1'],
    ['otherwise.levels.0.quorum', 1.5, 'otherwise.levels[0].quorum', 'must be a whole number'],
    ['otherwise.levels.0.deadlineMs', 1, 'otherwise.levels[0].deadlineMs', 'must be at least 1000'],
    ['otherwise.extraScreening', false, 'otherwise.extraScreening', 'is true, or left out'],
    ['otherwise.quoteBandPercent', '100', 'otherwise.quoteBandPercent', 'must be a percentage below 100'],
    ['otherwise.reason', 'x', 'otherwise.reason', 'is not a known key'],
    ['rules.0.whenn', {}, 'rules[0].whenn', 'is not a known key'],
    ['rules.0.when.country', ['PH'], 'rules[0].when.country', 'is not a known key'],
    ['rules.0.when.countries', [], 'rules[0].when.countries', 'must not be empty'],
    ['rules.0.when.countries', ['ph'], 'rules[0].when.countries[0]', 'must be an ISO 3166-1'],
    ['rules.0.when.amounts', {}, 'rules[0].when.amounts', 'names no currency'],
    [
      'rules.0.when.amounts',
      { usd: {} },
      'rules[0].when.amounts.usd',
      'the name is not a known currency code',
    ],
    ['rules.0.when.amounts', { USD: { from: 5 } }, 'rules[0].when.amounts.USD.from', 'must be a string'],
    [
      'rules.0.when.amounts',
      { JPY: { from: '1.5' } },
      'rules[0].when.amounts.JPY.from',
      'has 1 decimals, JPY allows 0',
    ],
    [
      'rules.0.when.amounts',
      { USD: { below: '1.555' } },
      'rules[0].when.amounts.USD.below',
      'has 3 decimals',
    ],
    [
      'rules.0.when.amounts',
      { USD: { from: '5', to: '4' } },
      'rules[0].when.amounts.USD.to',
      'is less than from',
    ],
    [
      'rules.0.when.amounts',
      { USD: { from: '5', below: '5' } },
      'rules[0].when.amounts.USD.below',
      'is not more than from',
    ],
    [
      'rules.0.when.amounts',
      { USD: { to: '5', below: '5' } },
      'rules[0].when.amounts.USD.below',
      'stands beside to',
    ],
    [
      'rules.0.when.metadata',
      { 'a b': ['x'] },
      'rules[0].when.metadata.a b',
      'the name must be a name of up to 40',
    ],
    ['rules.0.name', 'a\u202eb', 'rules[0].name', 'holds a character that changes the writing direction'],
    ['rules.0.name', 'small', 'rules[4].name', 'another rule is called “small” already'],
    [
      'tenants.globex.rules.0.when.tenants',
      ['globex'],
      'tenants.globex.rules[0].when.tenants',
      'is not a known key',
    ],
    ['rules.0.when.sameAs', {}, 'rules[0].when.sameAs', 'cannot be used yet'],
    ['rules.0.when.sameAs', { withinHours: 168 }, 'rules[0].when.sameAs', 'in the register'],
    ['tenants.globex.rules.0.when.sameAs', {}, 'tenants.globex.rules[0].when.sameAs', 'cannot be used yet'],
    ['rules.0.when.sameAs', { withinHours: 0 }, 'rules[0].when.sameAs.withinHours', 'must be at least 1'],
    ['rules.0.when.sameAs', { withinHours: 169 }, 'rules[0].when.sameAs.withinHours', 'must be at most 168'],
    ['rules.0.when.sameAs', { withinMs: 5 }, 'rules[0].when.sameAs.withinMs', 'is not a known key'],
    ['people.0.id', '\u200b', 'people[0].id', 'holds an invisible character'],
    ['people.1.accounts', ['Alice@ACME.example'], 'people[1].accounts[0]', 'belongs to alice already'],
  ])('with %s = %j is refused at %s: %s', (path, value, at, message) => {
    const result = parsePolicy(changed(path, value));
    if (result.ok) throw new Error('was not refused');
    expect(result.problems.map((problem) => problem.path)).toContain(at);
    expect(result.problems.find((problem) => problem.path === at)?.message).toContain(message);
  });

  test('that deserves a warning can be used', () => {
    const result = parsePolicy(changed('roles.treasury', ['dora']));
    expect(result).toMatchObject({ ok: true });
    expect(result.warnings).toContainEqual({
      path: 'otherwise.levels',
      message: 'cannot be completed when dora asks for the payout',
    });
  });

  test.each(['', '[]', 'null', '3', '"x"', '{"schema":1}'])('that is %j is refused', (text) => {
    expect(loadPolicy(written('odd.json', text)).ok).toBe(false);
  });

  test('that names a rule’s outcome twice is refused', () => {
    const text = readFileSync(policyFile, 'utf8').replace('"schema": 1,', '"schema": 1, "label": "another",');
    expect(loadPolicy(written('twice.json', text))).toMatchObject({
      ok: false,
      problems: [{ path: 'label', message: 'stands twice in the same object' }],
    });
  });

  test('that is not there is refused', () => {
    expect(loadPolicy(join(folder, 'missing.json'))).toMatchObject({ ok: false, problems: [{ path: '' }] });
  });
});

describe('routes', () => {
  test('are read without any credential', () => {
    expect(loadRoutes(exampleFile)).toMatchObject({
      ok: true,
      routes: [{ account: 'payfield-bdt', provider: 'payfield' }, {}, {}],
    });
  });
  test('of a configuration that is wrong are refused', () => {
    expect(loadRoutes(written('config.json', '{"schema":1}')).ok).toBe(false);
    expect(loadRoutes(join(folder, 'missing.json')).ok).toBe(false);
    const twice = readFileSync(exampleFile, 'utf8').replace('"mode"', '"mode": "sandbox", "mode"');
    expect(loadRoutes(written('config-twice.json', twice))).toMatchObject({ ok: false });
  });
});
