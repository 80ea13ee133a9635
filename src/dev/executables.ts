import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // An empty element means the working directory; we do not run what happens to lie there.
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutableFile(path)) return path;
  }
  return undefined;
}

export async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
