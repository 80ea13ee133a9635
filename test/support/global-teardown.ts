import { rm } from 'node:fs/promises';
import { takeServer } from './running-server';

async function globalTeardown(): Promise<void> {
  const running = takeServer();
  await running?.server.stop();
  if (running !== undefined) await rm(running.folder, { recursive: true, force: true });
}

export = globalTeardown;
