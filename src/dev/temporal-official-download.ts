/**
 * The CLI from the address that the Temporal SDKs use for their own test servers. The SDK's `cached-download` itself is
 * only reachable through internal API, starts the server at once and checks no digest, so the two requests are made here.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { join } from 'node:path';
import { EnvHttpProxyAgent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { extractFromTarGz } from './temporal-archive';
import {
  OFFICIAL_ARCHIVE_PREFIXES,
  OFFICIAL_CHECKSUMS_SHA256,
  OFFICIAL_DOWNLOAD_ADDRESS,
  TEMPORAL_RELEASE,
} from './temporal-release';
import type { PlatformRelease } from './temporal-release';

export type DownloadLimits = {
  /** For each small request: a machine without internet should find out within seconds. */
  readonly lookupMs: number;
  /** The longest pause in the archive's bytes. */
  readonly stallMs: number;
  readonly totalMs: number;
  readonly maximumArchiveBytes: number;
};

export const DOWNLOAD_LIMITS: DownloadLimits = {
  lookupMs: 5_000,
  stallMs: 10_000,
  totalMs: 300_000,
  maximumArchiveBytes: 200 * 1024 * 1024,
};

export type OfficialSource = {
  readonly address: string;
  readonly archivePrefixes: readonly string[];
  /** Pin on the release's own `checksums.txt`. */
  readonly checksumsSha256: string;
  readonly limits: DownloadLimits;
};

export const OFFICIAL_SOURCE: OfficialSource = {
  address: OFFICIAL_DOWNLOAD_ADDRESS,
  archivePrefixes: OFFICIAL_ARCHIVE_PREFIXES,
  checksumsSha256: OFFICIAL_CHECKSUMS_SHA256,
  limits: DOWNLOAD_LIMITS,
};

const downloadInfo = z.object({ archiveUrl: z.string(), fileToExtract: z.string() });

/** Downloads the pinned release into `folder` and writes its binary to `target`. Throws with one line saying why not. */
export async function downloadOfficialCli(
  release: PlatformRelease,
  folder: string,
  target: string,
  source: OfficialSource = OFFICIAL_SOURCE,
  signal?: AbortSignal,
): Promise<void> {
  const { limits } = source;
  // A signal that has come already is never heard.
  signal?.throwIfAborted();
  // Companies often allow the internet only through a proxy named in HTTPS_PROXY.
  const dispatcher = new EnvHttpProxyAgent({ connectTimeout: limits.lookupMs });
  // Whatever is under way ends with it.
  const giveUp = (): void => void dispatcher.destroy(new Error('it was given up'));
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    const query = new URLSearchParams({
      arch: release.arch,
      platform: release.platform,
      format: 'tar.gz',
    });
    const lookup = `${source.address}/cli/v${TEMPORAL_RELEASE}?${query.toString()}`;
    const answer = await fetchText(lookup, dispatcher, limits.lookupMs);
    const info = downloadInfo.parse(JSON.parse(answer));
    if (!source.archivePrefixes.some((prefix) => info.archiveUrl.startsWith(prefix))) {
      throw new Error(`the download service points to an unexpected address (${info.archiveUrl})`);
    }
    const expected =
      release.archiveSha256 ?? (await digestFromChecksums(info.archiveUrl, source, dispatcher));
    const archive = join(folder, 'temporal.tar.gz');
    const actual = await saveArchive(info.archiveUrl, archive, dispatcher, limits);
    if (actual !== expected) throw new Error(`the archive's sha256 is ${actual}, expected ${expected}`);
    await extractFromTarGz(archive, info.fileToExtract, createWriteStream(target, { mode: 0o755 }));
  } finally {
    signal?.removeEventListener('abort', giveUp);
    // Not `close`: that would wait for a download that has just been given up.
    await dispatcher.destroy();
  }
}

/** The release's `checksums.txt` lies beside its archives; our pin on that file covers every platform. */
async function digestFromChecksums(
  archiveUrl: string,
  { checksumsSha256, limits }: OfficialSource,
  dispatcher: Dispatcher,
): Promise<string> {
  const text = await fetchText(new URL('checksums.txt', archiveUrl).href, dispatcher, limits.lookupMs);
  const actual = createHash('sha256').update(text).digest('hex');
  if (actual !== checksumsSha256) throw new Error("the release's checksums.txt is not the pinned one");
  return findDigest(text, new URL(archiveUrl).pathname.split('/').at(-1) ?? '');
}

/** Finds a file in `sha256sum` output. */
export function findDigest(checksums: string, fileName: string): string {
  for (const line of checksums.split('\n')) {
    const [digest, name] = line.trim().split(/\s+\*?/);
    if (digest !== undefined && name === fileName) return digest;
  }
  throw new Error(`checksums.txt does not list ${fileName}`);
}

async function get(
  url: string,
  dispatcher: Dispatcher,
  headersMs: number,
  signal: AbortSignal,
): Promise<Readable & { text(): Promise<string> }> {
  let address = url;
  // Release archives are one or two redirects away from their address.
  for (let hops = 0; hops <= 4; hops += 1) {
    const asked = request(address, { dispatcher, signal, bodyTimeout: headersMs });
    const reply = await within(headersMs, `${new URL(address).host} did not answer`, asked);
    const { location } = reply.headers;
    if (reply.statusCode >= 300 && reply.statusCode < 400 && typeof location === 'string') {
      await reply.body.dump();
      const next = new URL(location, address);
      if (address.startsWith('https:') && next.protocol !== 'https:') {
        throw new Error(`${address} redirects away from https`);
      }
      address = next.href;
    } else if (reply.statusCode === 200) {
      return reply.body;
    } else {
      await reply.body.dump();
      throw new Error(`${new URL(address).host} answered ${reply.statusCode}`);
    }
  }
  throw new Error(`${url} redirects too often`);
}

/** For a request still in the queue: undici 7 hears its signal and its limits only once the proxy let it through. */
async function within<T>(limitMs: number, otherwise: string, asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${limitMs / 1_000} s`)), limitMs);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function fetchText(url: string, dispatcher: Dispatcher, timeoutMs: number): Promise<string> {
  const body = await get(url, dispatcher, timeoutMs, AbortSignal.timeout(timeoutMs));
  return body.text();
}

/** Saves the archive and returns its sha256. */
async function saveArchive(
  url: string,
  path: string,
  dispatcher: Dispatcher,
  limits: DownloadLimits,
): Promise<string> {
  const signal = AbortSignal.timeout(limits.totalMs);
  const body = await get(url, dispatcher, limits.stallMs, signal);
  let received = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received > limits.maximumArchiveBytes) done(new Error('the archive is larger than it can be'));
      else done(null, chunk);
    },
  });
  await pipeline(body, bounded, createWriteStream(path), { signal });
  return sha256OfFile(path);
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
