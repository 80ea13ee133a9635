/**
 * How a worker is called in Temporal: `payouts@VERSION+BUILD/HOST:PID`. BUILD names the workflow code that it runs, whatever
 * build id it is deployed under, so that whoever reads who polls also knows what with.
 */
export type WorkerIdentity = {
  readonly version: string;
  readonly build: string;
  readonly host: string;
  readonly pid: number;
};

export const workerIdentity = ({ version, build, host, pid }: WorkerIdentity): string =>
  `payouts@${version}+${build}/${host}:${pid}`;

/** Undefined for a worker of an older version, or somebody else's. */
export function parseWorkerIdentity(identity: string): WorkerIdentity | undefined {
  const [, version, build, host, pid] =
    /^payouts@([^+/\s]+)\+([0-9A-Za-z._-]+)\/([^/\s]+):(\d{1,10})$/.exec(identity) ?? [];
  if (version === undefined || build === undefined || host === undefined) return undefined;
  return { version, build, host, pid: Number(pid) };
}
