/** The default task queue; an installation may name its own in the configuration. */
export const defaultTaskQueue = 'payouts';
