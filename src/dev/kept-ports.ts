import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { KeptError } from './kept-error';
import { findFreePort, isPortFree } from './temporal-ports';

/**
 * Ports by name, the same at every start with this kept file: an open payout holds its account by address. Chosen at the first
 * start, below the range that systems give to outgoing connections, and written beside the file.
 */
export async function keptPorts<Name extends string>(
  keep: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, number>>> {
  const file = `${resolve(keep)}.ports.json`;
  const kept = existsSync(file) ? readPorts(file) : {};
  const ports: Record<string, number> = { ...kept };
  for (const name of names) {
    const port = kept[name];
    if (port !== undefined && !(await isPortFree(port))) {
      throw new KeptError(
        'kept_port_in_use',
        `Port ${port} on 127.0.0.1 is taken, and the payouts in ${keep} know the simulated ${name} there: stop what listens there`,
      );
    }
    // One that was added since the first start gets its own now.
    ports[name] ??= await freePortBeside(Object.values(ports));
  }
  writeFileSync(file, `${JSON.stringify(ports, undefined, 2)}\n`);
  return ports as Record<Name, number>;
}

async function freePortBeside(taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = await findFreePort();
    if (!taken.includes(port)) return port;
  }
}

const portsSchema = z.record(z.string(), z.number().int().min(1).max(65_535));

function readPorts(file: string): Readonly<Record<string, number>> {
  try {
    return portsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new KeptError(
      'kept_unreadable',
      `${file} does not hold the ports of the simulated providers: remove it to have new ones (open payouts are then held as account_changed)`,
      { cause: error },
    );
  }
}
