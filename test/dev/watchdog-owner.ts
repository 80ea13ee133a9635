/** A process of its own that starts a silent program under the watchdog, names its id, and ends when it is told. */
import { spawnWatched } from '../../src/dev/temporal-watchdog';

const { child } = spawnWatched('/bin/sleep', ['600'], process.env);
process.stdout.write(`${child.pid}\n`);
process.stdin.once('data', () => process.exit(0));
