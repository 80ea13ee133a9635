import type { Mode } from '../../domain/attempt-key';
import { UnsafeSettingError } from '../account-settings';
import { leastLiveScanSkewMs } from './config';
import type { SyncgramSettings } from './config';

/** Key prefixes that say which money they move (docs.bachs.io/authentication; `sk_sandbox_` is the successor's). */
const modeOfKey: readonly (readonly [string, Mode])[] = [
  ['sk_live_', 'live'],
  ['sk_test_', 'sandbox'],
  ['sk_sandbox_', 'sandbox'],
];

/** Hosts that serve one mode only. Syncgram's own host serves test and live keys alike, so it is not here. */
const modeOfHost: Readonly<Record<string, Mode>> = {
  'api.bachs.io': 'live',
  'sandbox-api.bachs.io': 'sandbox',
};

/** Throws when the parts of an account disagree on whether it moves real money, or would leak its key. */
export function assertAccountMode(account: {
  readonly mode: Mode;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly settings: SyncgramSettings;
}): void {
  const { mode, apiKey, settings } = account;
  const url = readBaseUrl(account.baseUrl);
  if (mode === 'live' && url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    throw new UnsafeSettingError('baseUrl', 'https: in a live account');
  }
  const hostMode = Object.hasOwn(modeOfHost, url.hostname) ? modeOfHost[url.hostname] : undefined;
  if (hostMode !== undefined && hostMode !== mode) {
    throw new UnsafeSettingError('baseUrl', `a ${hostMode} host in a ${mode} account`);
  }
  const keyMode = modeOfKey.find(([prefix]) => apiKey.startsWith(prefix))?.[1];
  if (keyMode !== undefined && keyMode !== mode) {
    throw new UnsafeSettingError('credentials.apiKey', `a ${keyMode} key in a ${mode} account`);
  }
  if (mode === 'live' && settings.scanSkewMs < leastLiveScanSkewMs) {
    throw new UnsafeSettingError('settings.scanSkewMs (live account)', `at least ${leastLiveScanSkewMs}`);
  }
}

function readBaseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new UnsafeSettingError('baseUrl', 'must be a URL');
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!plain || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new UnsafeSettingError('baseUrl', 'an http(s) URL without user, query and fragment');
  }
  return url;
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
