import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from '../../src/observability/build';
import { version } from '../../src/observability/version';

const root = join(__dirname, '..', '..');

test('the version is that of package.json', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  expect(version).toBe(manifest.version);
});

test('the sources have no build', () => {
  expect(build).toBe('source');
});

describe('a build', () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  function compiled(elsewhere = ''): string {
    const folder = mkdtempSync(join(tmpdir(), 'payouts-build-'));
    folders.push(folder);
    cpSync(join(__dirname, 'compiled'), folder, { recursive: true });
    writeFileSync(join(folder, 'other.js'), `exports.other = '${elsewhere}';\n`);
    return folder;
  }

  /** As `npm run build` does it, which is no TypeScript. */
  function written(folder: string): string {
    const script = pathToFileURL(join(root, 'scripts', 'write-build.mjs')).href;
    const call = `import { writeBuild } from ${JSON.stringify(script)}; writeBuild(${JSON.stringify(folder)})`;
    execFileSync(process.execPath, ['--input-type=module', '--eval', call], { stdio: 'pipe' });
    const read = `process.stdout.write(require(${JSON.stringify(join(folder, 'observability', 'build.js'))}).build)`;
    return execFileSync(process.execPath, ['--eval', read], { encoding: 'utf8' });
  }

  test('is named for its code: the same on every machine, another one for any other code', () => {
    const name = written(compiled());
    expect(name).toMatch(/^[0-9a-f]{12}$/);
    expect(written(compiled())).toBe(name);
    expect(written(compiled('changed'))).not.toBe(name);
  });

  test('is not named twice', () => {
    const folder = compiled();
    written(folder);
    expect(() => written(folder)).toThrow('has no place for the build');
  });
});
