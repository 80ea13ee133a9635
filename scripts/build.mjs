// Compiles src to dist and bundles the workflows once, so that a worker starts without webpack.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeBuild } from './write-build.mjs';

const require = createRequire(import.meta.url);
const root = new URL('..', import.meta.url);
// TypeScript 7 exports its package.json, but not its command.
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
rmSync(new URL('dist', root), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
writeBuild(fileURLToPath(new URL('dist', root)));
execFileSync(process.execPath, ['dist/bin/bundle-workflows.js'], { cwd: root, stdio: 'inherit' });
// npm makes a bin executable when it links it, once; each build writes the file anew.
chmodSync(new URL('dist/bin/cli.js', root), 0o755);
