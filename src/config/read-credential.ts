import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Secret } from '../observability/secret';
import type { CredentialReference } from './configuration-schema';
import type { Environment } from './environment';

export type ReadCredential =
  | { readonly ok: true; readonly secret: Secret; readonly warning?: string }
  | { readonly ok: false; readonly problem: string };

/** Reads a secret from where the configuration says. Problems name the place, never the content. */
export function readCredential(
  reference: CredentialReference,
  from: { readonly environment: Environment; readonly folder: string },
): ReadCredential {
  if (reference.env !== undefined) {
    const value = from.environment[reference.env];
    if (value === undefined) return { ok: false, problem: `environment variable ${reference.env} is not set` };
    if (value === '') return { ok: false, problem: `environment variable ${reference.env} is empty` };
    return { ok: true, secret: new Secret(value) };
  }
  return readSecretFile(resolve(from.folder, reference.file ?? ''));
}

const maxSecretBytes = 64 * 1024;

function readSecretFile(path: string): ReadCredential {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return { ok: false, problem: `${path} is no file` };
    if (stats.size > maxSecretBytes) return { ok: false, problem: `${path} is too large for a secret` };
    // Editors and `echo` end a file with one newline; any other white space may belong to the secret.
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (value === '') return { ok: false, problem: `${path} is empty` };
    const readableByAll = process.platform !== 'win32' && (stats.mode & 0o004) !== 0;
    return {
      ok: true,
      secret: new Secret(value),
      ...(readableByAll ? { warning: `${path} can be read by every user of this machine (chmod 600)` } : {}),
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    return { ok: false, problem: `${path} cannot be read (${code})` };
  }
}
