import { payoutSearchAttributes } from '../../src/contract/search-attributes';
import { isPayoutStatus, payoutStatuses, transitions } from '../../src/domain/payout-status';
import type { PayoutStatus } from '../../src/domain/payout-status';
import { heldReasons, ownerOf } from '../../src/domain/reason';
import { section, tableRows } from './markdown';
import { readText, trackedFiles } from './repository';

const bare = (cell = ''): string => cell.replaceAll('`', '');

describe('docs/operations.md', () => {
  const operations = readText('docs/operations.md');

  test('says of every hold whose turn it is and what to do', () => {
    const rows = tableRows(section(operations, 'Holds'));
    expect(rows.map(([reason]) => bare(reason))).toEqual([...heldReasons]);
    expect(Object.fromEntries(rows.map(([reason, owner]) => [bare(reason), owner]))).toEqual(ownerOf);
    for (const [, , todo = '', itself = ''] of rows) {
      expect(todo.length).toBeGreaterThan(20);
      expect(itself).not.toBe('');
    }
  });

  test('names every search attribute, in its table and in the command that registers them', () => {
    const names = payoutSearchAttributes.map(({ name }) => name);
    const explained = tableRows(section(operations, 'Find payouts')).map(([name]) => bare(name));
    expect(explained.toSorted()).toEqual(names.toSorted());
    const registered = [...section(operations, 'Run workers').matchAll(/--name (\w+) --type Keyword/g)];
    expect(registered.map(([, name = '']) => name).toSorted()).toEqual(names.toSorted());
  });

  test('shows every picture of docs/images, and describes it for those who cannot see it', () => {
    const shown = [
      ...`${operations}${readText('docs/monitoring.md')}`.matchAll(/!\[([^\]]+)\]\((images\/[^)]+)\)/g),
    ];
    expect(shown.map(([, , path]) => `docs/${path}`).toSorted()).toEqual(
      trackedFiles.filter((path) => path.startsWith('docs/images/')).toSorted(),
    );
    for (const [, description = ''] of shown) expect(description.length).toBeGreaterThan(30);
  });
});

describe('README.md', () => {
  const readme = readText('README.md');

  test('draws every status, and no transition that does not exist', () => {
    const picture = /```mermaid\n([^]*?)```/.exec(readme)?.[1] ?? '';
    const drawn = [...picture.matchAll(/^\s*(\S+) --> ([^\s:]+)/gm)].map(([, from = '', to = '']) =>
      [from, to].map((name) => name.replaceAll('_', '-')),
    );
    expect([...new Set(drawn.flat())].filter((name) => name !== '[*]').toSorted()).toEqual(
      payoutStatuses.toSorted(),
    );
    const impossible = drawn.filter(
      ([from = '', to = '']) => isPayoutStatus(from) && !transitions[from].includes(to as PayoutStatus),
    );
    expect(impossible).toEqual([]);
    expect(drawn.filter(([from]) => from === '[*]')).toEqual([['[*]', 'received']]);
  });

  test('names only scripts of package.json and the Node version that it asks for', () => {
    const { scripts, engines } = JSON.parse(readText('package.json')) as {
      readonly scripts: Readonly<Record<string, string>>;
      readonly engines: { readonly node: string };
    };
    const named = [...readme.matchAll(/npm (?:run )?(demo|dev|test|check|\w+)\b/g)].map(
      ([, name = '']) => name,
    );
    expect(
      named.filter((name) => !['ci', 'run', 'pack', 'install'].includes(name) && !(name in scripts)),
    ).toEqual([]);
    expect(readme).toContain(`Node ${engines.node.replace(/^>=(\d+\.\d+)\.0$/, '$1')} or newer`);
  });

  test('shows rows of the demo as the demo has them', () => {
    const demo = readText('src/dev/demo-payouts.ts');
    const table = /```text\n([^]*?)```/.exec(readme)?.[1] ?? '';
    const rows = [...table.matchAll(/^ {2}([a-z-]+) +(pontis|payfield|syncgram) +([a-z-]+) +\3 +(\d)/gm)];
    expect(rows.length).toBeGreaterThan(5);
    for (const [, name = '', account = '', expected = '', debits = ''] of rows) {
      const entry = demo.slice(demo.indexOf(`name: '${name}'`));
      const facts = [`account: '${account}'`, `expected: '${expected}'`, `debits: ${debits}`];
      for (const fact of facts) expect(entry.slice(0, 1_500)).toContain(fact);
    }
  });
});
