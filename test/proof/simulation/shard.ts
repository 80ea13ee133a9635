/**
 * A process that runs a range of seeds and prints what it saw as one line of JSON. Options: `--from`, `--count`, `--host
 * sdk|vm`, and `--seed N` for one seed with its whole trace.
 */
import './quick-async-context';
import './quick-utf8';
import '../temporal-model/workflow-realm';
import { parseArgs } from 'node:util';
import { createSdkHosts } from '../temporal-model/sdk-host';
import { createVmHosts } from '../temporal-model/vm-host';
import type { WorkflowHostFactory } from '../temporal-model/commands-and-jobs';
import { inMacrotask } from '../temporal-model/drive';
import * as workflows from '../../../src/workflows/index';
import { emptySummary, withReport } from './summary';
import { simulatePayout } from './one-payout';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: '1' },
      count: { type: 'string', default: '1' },
      seed: { type: 'string' },
      host: { type: 'string', default: 'sdk' },
      stop: { type: 'string', default: '1000000' },
    },
  });
  // Stack traces cost a tenth of the time.
  Error.stackTraceLimit = values.seed === undefined ? 0 : 20;
  const vm = values.host === 'vm' ? createVmHosts() : undefined;
  const createHost: WorkflowHostFactory = vm?.create ?? createSdkHosts(workflows);
  if (values.seed !== undefined) {
    const seed = Number(values.seed);
    const report = await inMacrotask(() => simulatePayout(seed, { createHost, keepTrace: true }));
    const again = await inMacrotask(() => simulatePayout(seed, { createHost }));
    const { trace, fired, ...rest } = report;
    process.stdout.write(trace);
    process.stdout.write(
      `${JSON.stringify({ ...rest, fired: Object.fromEntries(fired), again: again.hash }, undefined, 2)}\n`,
    );
    return;
  }
  const from = Number(values.from);
  let summary = emptySummary(from);
  for (let seed = from; seed < from + Number(values.count); seed += 1) {
    const report = await inMacrotask(() => simulatePayout(seed, { createHost }));
    summary = withReport(summary, report);
    if (summary.failures.length >= Number(values.stop)) break;
  }
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  await vm?.destroy();
}

// A workflow's forgotten rejection would end the process; the model reports those that matter as failed tasks.
process.on('unhandledRejection', () => undefined);
main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
