import { readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** `PAYOUTS_CACHE_DIR`, or `durable-payouts` in the user's cache folder: for what is fetched, built or copied once. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const chosen = env['PAYOUTS_CACHE_DIR'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG specification says that a relative path there is to be ignored.
  const caches = xdg !== undefined && isAbsolute(xdg) ? xdg : join(env['HOME'] ?? homedir(), '.cache');
  return join(caches, 'durable-payouts');
}

const LEFTOVER_AGE_MS = 3_600_000;

/** What was put together under such a name by a process that was killed stays behind; one that runs is never an hour old. */
export async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(folder, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs > LEFTOVER_AGE_MS) {
        await rm(path, { recursive: true, force: true });
      }
    } catch {
      // Another process has just removed it.
    }
  }
}
