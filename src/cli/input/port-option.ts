import { InvalidArgumentError } from 'commander';

/** Commander puts the option's name around the message. */
export function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('It is no port from 1 to 65535.');
}
