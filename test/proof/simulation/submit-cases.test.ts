import '../temporal-model/workflow-realm';
import * as workflows from '../../../src/workflows/index';
import { submitCases } from '../expectations/submit-cases';
import { inMacrotask } from '../temporal-model/drive';
import { createSdkHosts } from '../temporal-model/sdk-host';
import { runSubmitCase } from './submit-case-run';

const createHost = createSdkHosts(workflows);

test.each(submitCases.map((one) => [one.id, one] as const))('%s', async (id, one) => {
  const report = await inMacrotask(() => runSubmitCase(one, { createHost }));
  expect({ id, problems: report.problems }).toEqual({ id, problems: [] });
});
