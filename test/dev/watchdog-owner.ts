/** A process of its own that starts a silent program under the watchdog, names its id and its folder, and ends when it is told. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnWatched } from '../../src/dev/temporal-watchdog';

const leftovers = mkdtempSync(join(tmpdir(), 'payouts-leftovers-'));
writeFileSync(join(leftovers, 'a file'), '');
const { child } = spawnWatched('/bin/sleep', ['600'], process.env, { leftovers });
process.stdout.write(`${JSON.stringify([child.pid, leftovers])}\n`);
process.stdin.once('data', () => process.exit(0));
