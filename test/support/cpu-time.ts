/** CPU that this process used meanwhile, in milliseconds: unlike the clock, it is not run by what else the machine does. */
export function cpuMsDuring(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Far more than hostile input may cost, and far less than what grows with its square would. */
export const hostileInputCpuMs = 10_000;
