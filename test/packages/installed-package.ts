/** The two packages as their users have them: packed, and installed into a project that has nothing else. */
import { execFile } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const root = resolve(__dirname, '../..');
export const run = promisify(execFile);

export type PackageName = 'durable-payouts' | 'durable-payouts-client';

export type PackedPackage = {
  readonly name: PackageName;
  readonly tarball: string;
  readonly files: readonly string[];
};

/** Packs what `npm run build` has made. */
export async function packPackages(folder: string): Promise<readonly PackedPackage[]> {
  const sources = ['.', './packages/durable-payouts-client'];
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...sources],
    {
      cwd: root,
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  const packed = JSON.parse(stdout) as readonly {
    readonly name: PackageName;
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  return packed.map(({ name, filename, files }) => ({
    name,
    tarball: join(folder, filename),
    files: files.map(({ path }) => path),
  }));
}

export type Project = {
  readonly folder: string;
  write(file: string, text: string): void;
};

/** An empty project with one tarball in it. No install script runs: none is needed. */
export async function installInto(folder: string, { tarball }: PackedPackage): Promise<Project> {
  mkdirSync(folder, { recursive: true });
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  write('package.json', JSON.stringify({ name: 'a-service', private: true }));
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await run('npm', ['install', '--prefix', folder, ...quietly, tarball], { cwd: folder });
  return { folder, write };
}

export type Weight = {
  /** As a disk with blocks of 4 KiB holds it. */
  readonly megabytes: number;
  readonly packages: readonly string[];
  readonly nativeFiles: readonly string[];
};

export function weigh({ folder }: Project): Weight {
  const blockBytes = 4_096;
  const modules = join(folder, 'node_modules');
  const nativeFiles: string[] = [];
  let blocks = 0;
  const visit = (path: string): void => {
    const { size, isDirectory } = statOf(path);
    blocks += Math.max(1, Math.ceil(size / blockBytes));
    if (path.endsWith('.node')) nativeFiles.push(path);
    if (isDirectory) for (const name of readdirSync(path)) visit(join(path, name));
  };
  visit(modules);
  const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, unknown>>;
  };
  return { megabytes: (blocks * blockBytes) / 1e6, packages: Object.keys(packages), nativeFiles };
}

function statOf(path: string): { readonly size: number; readonly isDirectory: boolean } {
  const stat = lstatSync(path);
  return { size: stat.isDirectory() ? 0 : stat.size, isDirectory: stat.isDirectory() };
}
