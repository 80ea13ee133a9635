/**
 * An environment without the variables that are not set. `TEMPORAL_ADDRESS=` is how a shell or a compose file leaves a variable
 * out, so an empty one of Temporal's is not set either.
 */
export const setVariables = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !(entry[1] === '' && entry[0].startsWith('TEMPORAL_')),
    ),
  );
