/** How often the server and the network around it are slow, or lose something; probabilities per occasion. */
export type ServerFaults = {
  /** A workflow task waits for seconds to minutes. */
  readonly slowWorkflowTask?: number;
  /** A workflow task is lost between server and worker. */
  readonly lostWorkflowTask?: number;
  /** An attempt waits from seconds to most of an hour before it is handed out. */
  readonly slowHandOut?: number;
  /** An attempt is handed out, and the message is lost: it counts as started and runs nowhere. */
  readonly lostHandOut?: number;
};

export type ServerOptions = {
  readonly faults?: ServerFaults;
  /** After this a run's task goes to any worker instead of the one that has it in memory. */
  readonly stickyTimeoutMs?: number;
  readonly workflowTaskTimeoutMs?: number;
};
