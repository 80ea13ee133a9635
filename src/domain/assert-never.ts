/** Exhaustiveness guard: the compiler refuses a call that can be reached, and a value that slips in at run time is named. */
export function assertNever(value: never, what: string): never {
  throw new Error(`unhandled ${what}: ${JSON.stringify(value)}`);
}
