/** `digits` hexadecimal digits from the simulator's own randomness, so that seeded runs give the same ids. */
export function randomHex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}
