/** The environment variables of a process, or what a test puts in their place. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The only place that reads the environment of the process: everything else is handed what it needs. */
export const processEnvironment = (): Environment => process.env;
