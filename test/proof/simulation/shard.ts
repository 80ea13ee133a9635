/**
 * A process that runs a range of seeds and prints what it saw as one line of JSON. Options: `--from`, `--count`, `--host
 * sdk|vm`, `--seed N` for one seed with its whole trace, `--cases` for the exhaustive table, `--case ID` for one row of it.
 */
import './quick-async-context';
import './quick-utf8';
import '../temporal-model/workflow-realm';
import { createSdkHosts } from '../temporal-model/sdk-host';
import { createVmHosts } from '../temporal-model/vm-host';
import type { WorkflowHostFactory } from '../temporal-model/commands-and-jobs';
import { inMacrotask } from '../temporal-model/drive';
import * as workflows from '../../../src/workflows/index';
import { submitCases } from '../expectations/submit-cases';
import type { CaseReport } from './submit-case-run';
import { runSubmitCase } from './submit-case-run';
import { runsInVm, shardOptions } from './shard-options';
import { emptySummary, withReport } from './summary';
import { simulatePayout } from './seeded-run';

async function main(): Promise<void> {
  // Stack traces cost a tenth of the time.
  Error.stackTraceLimit = shardOptions.seed === undefined ? 0 : 20;
  const vm = runsInVm ? createVmHosts() : undefined;
  const createHost: WorkflowHostFactory = vm?.create ?? createSdkHosts(workflows);
  if (shardOptions.seed !== undefined) {
    const seed = Number(shardOptions.seed);
    const report = await inMacrotask(() => simulatePayout(seed, { createHost, keepTrace: true }));
    const again = await inMacrotask(() => simulatePayout(seed, { createHost }));
    const { trace, fired, ...rest } = report;
    process.stdout.write(trace);
    process.stdout.write(
      `${JSON.stringify({ ...rest, fired: Object.fromEntries(fired), again: again.hash }, undefined, 2)}\n`,
    );
    return;
  }
  if (shardOptions.cases || shardOptions.case !== undefined) {
    const reports: CaseReport[] = [];
    for (const one of submitCases.filter(
      ({ id }) => shardOptions.case === undefined || id === shardOptions.case,
    )) {
      const keepTrace = shardOptions.case !== undefined;
      const report = await inMacrotask(() => runSubmitCase(one, { createHost, keepTrace }));
      process.stdout.write(report.trace);
      reports.push({ ...report, trace: '' });
    }
    process.stdout.write(`${JSON.stringify(reports)}\n`);
    return;
  }
  const from = Number(shardOptions.from);
  let summary = emptySummary(from);
  for (let seed = from; seed < from + Number(shardOptions.count); seed += 1) {
    const report = await inMacrotask(() => simulatePayout(seed, { createHost }));
    summary = withReport(summary, report);
    if (summary.failures.length >= Number(shardOptions.stop)) break;
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
