/** Who works, as Temporal shows it beside every task that it took: no secrets, and short, because each event repeats it. */
export type WorkerIdentity = {
  readonly installation: string;
  readonly version: string;
  readonly build: string;
  /** Process and machine. */
  readonly process: string;
};

export const workerIdentity = ({ installation, version, build, process }: WorkerIdentity): string =>
  `${installation}/${version}+${build}/${process}`;

/** Reads the identity of a worker; undefined for one of an older version, or of somebody else. */
export function parseWorkerIdentity(identity: string): WorkerIdentity | undefined {
  const [, installation, version, build, process] = identityPattern.exec(identity) ?? [];
  return installation === undefined || version === undefined || build === undefined || process === undefined
    ? undefined
    : { installation, version, build, process };
}

const identityPattern = /^([a-z0-9-]{1,40})\/(\d+\.\d+\.\d+(?:-[\w.-]+)?)\+([\w.-]+)\/(.+)$/s;
