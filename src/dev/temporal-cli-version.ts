import { askVersion, describeNoVersion } from './program-version';
import { withoutTemporalVariables } from './temporal-environment';
import { OLDEST_USABLE_CLI } from './temporal-release';

export type CliVersion = { readonly major: number; readonly minor: number; readonly patch: number };

/** Reads `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`; undefined when it is something else. */
export function parseCliVersion(output: string): CliVersion | undefined {
  const found = /\btemporal version v?(\d+)\.(\d+)\.(\d+)/.exec(output);
  return found === null
    ? undefined
    : { major: Number(found[1]), minor: Number(found[2]), patch: Number(found[3]) };
}

export function formatCliVersion({ major, minor, patch }: CliVersion): string {
  return `${major}.${minor}.${patch}`;
}

/** Whether this CLI's server has what we need (see `OLDEST_USABLE_CLI`). A next major release is taken to have it too. */
export function isUsable({ major, minor }: CliVersion): boolean {
  return (
    major > OLDEST_USABLE_CLI.major || (major === OLDEST_USABLE_CLI.major && minor >= OLDEST_USABLE_CLI.minor)
  );
}

export type CliProbe =
  | { readonly kind: 'usable'; readonly version: CliVersion }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Runs `<path> --version`, which proves both that the file runs here and what it is. */
export async function probeCli(
  path: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<CliProbe> {
  const answer = await askVersion(
    path,
    withoutTemporalVariables(env),
    signal === undefined ? {} : { signal },
  );
  const version = parseCliVersion(answer.output);
  if (version === undefined) return { kind: 'unusable', reason: describeNoVersion(answer) };
  if (!isUsable(version)) {
    const oldest = `${OLDEST_USABLE_CLI.major}.${OLDEST_USABLE_CLI.minor}`;
    return { kind: 'unusable', reason: `is ${formatCliVersion(version)}, but ${oldest} or newer is needed` };
  }
  return { kind: 'usable', version };
}
