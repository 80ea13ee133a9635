/** Ctrl-C or SIGTERM ended a start. What had started by then is stopped. */
export class StartInterruptedError extends Error {
  override readonly name = 'StartInterruptedError';
  readonly code = 'interrupted';

  constructor() {
    super('stopped before everything was up');
  }
}
