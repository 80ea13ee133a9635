/**
 * Does nothing: its workflow id is the place of an ended payout, and its memo the reference of the payout that took it. An
 * id is used once, so the first to start it has the place for as long as Temporal remembers.
 */
export async function successorWorkflow(): Promise<void> {
  // The start says it all.
}
