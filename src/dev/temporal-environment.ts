/**
 * A copy of the environment without any `TEMPORAL_*` variable.
 *
 * A developer's shell often points these at a shared or production cluster. Nothing that we start for development or
 * tests may follow them by accident.
 */
export function withoutTemporalVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
