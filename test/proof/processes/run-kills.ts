/** `node --require ./test/support/register-typescript.cjs test/proof/processes/run-kills.ts [--kills N] [--seed N]` */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runKills } from './kill-run';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' } } });
  const report = await runKills({
    kills: Number(values.kills ?? 50),
    seed: Number(values.seed ?? randomInt(2 ** 31)),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  if (report.violations.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
