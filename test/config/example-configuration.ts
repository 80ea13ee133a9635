import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigurationResult } from '../../src/config/load-configuration';
import { parseConfiguration } from '../../src/config/load-configuration';

export const root = join(__dirname, '..', '..');
export const exampleFile = join(root, 'config', 'payouts.example.json');

/** What the example's credentials need; none is a real secret. */
export const exampleEnvironment: Readonly<Record<string, string>> = {
  PONTIS_API_KEY: 'pontis-key',
  PONTIS_HMAC_SECRET: Buffer.alloc(32, 1).toString('base64url'),
  PONTIS_ENCRYPTION_SECRET: Buffer.alloc(32, 2).toString('base64url'),
  PONTIS_EMAIL: 'robot@acme.example',
  PONTIS_PASSWORD: 'kanarien-passwort',
  PAYFIELD_API_KEY: 'payfield-key',
  PAYFIELD_SECRET: 'payfield-signing-kanarie',
  PAYFIELD_WEBHOOK_SECRET: 'payfield-webhook-kanarie',
  SYNCGRAM_API_KEY: 'sk_sandbox_kanarienvogel',
  // Nothing listens there.
  PAYOUTS_REGISTER_URL: 'postgresql://payouts_worker:register-kanarie@127.0.0.1:1/register',
  PAYOUTS_REGISTER_PAYEE_KEY: 'a kanarie under which payees are kept',
};

export type Json = { [name: string]: unknown };
export type Change = readonly [path: string, value: unknown];

export const example = (): Json => JSON.parse(readFileSync(exampleFile, 'utf8')) as Json;

/** The example with changes: `accounts.pontis-main.mode` to a value; undefined removes the member. */
export function changedExample(...changes: readonly Change[]): Json {
  const json = example();
  for (const [path, value] of changes) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at: Json = json;
    for (const key of keys) {
      at[key] ??= {};
      at = at[key] as Json;
    }
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return json;
}

export const parseExample = (...changes: readonly Change[]): ConfigurationResult =>
  parseConfiguration(changedExample(...changes), { environment: exampleEnvironment, file: exampleFile });
