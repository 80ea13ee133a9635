import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtProgram } from '../support/built-program';

const environmentModule = JSON.stringify(join(builtProgram(), '..', '..', 'dev', 'test-environment.js'));
/** What a program says that has `startTestEnvironment`, in a process of its own, which has to end by itself, too. */
async function said(program: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--eval',
    `const { startTestEnvironment } = require(${environmentModule});
     const lines = [];
     ${program}`,
  ]);
  return JSON.parse(stdout);
}

type Refused = { readonly code?: string; readonly message: string; readonly lines: readonly string[] };

const refusal = async (options: string): Promise<Refused> =>
  (await said(
    `startTestEnvironment(${options})
       .catch(({ code, message }) => console.log(JSON.stringify({ code, message, lines })));`,
  )) as Refused;

test.each([
  ["{ temporaladdress: '127.0.0.1:1' }", 'temporaladdress is not known; did you mean temporalAddress?'],
  ['{ onLogLine: true }', 'onLogLine must be a function'],
  ["{ configuration: 'approval' }", 'configuration must be an object'],
  ["{ ui: 'yes' }", 'ui must be true or false'],
  ['{ readyWithinMs: 0 }', 'readyWithinMs must be a number of milliseconds'],
  ['null', 'it takes one object'],
])('options that it does not take are refused before anything starts: %s', async (options, expected) => {
  const { code, message } = await refusal(options);
  expect({ code, message }).toEqual({
    code: 'arguments_invalid',
    message: expect.stringMatching(new RegExp(`^startTestEnvironment: ${expected.replace('?', '\\?')}`)),
  });
});

test('a configuration that is wrong is told by path, without a second try', async () => {
  const { message, lines } = await refusal(
    '{ configuration: { approvl: {}, holds: { recheckMs: 1 } }, onLogLine: (line) => lines.push(line) }',
  );
  expect(message.split('\n')).toEqual([
    'the worker does not start:',
    '  holds.recheckMs: must be at least 1000',
    '  approvl: is not a known key; did you mean approval?',
  ]);
  expect(lines.filter((line) => line.startsWith('{') && line.includes('worker failed'))).toHaveLength(1);
  expect(lines.join('\n')).not.toContain('started again');
});

test('a worker that was killed is not started again after the stop', async () => {
  const lines = await said(`
    const restarts = () => lines.some((line) => line.includes('is started again'));
    (async () => {
      const environment = await startTestEnvironment({ onLogLine: (line) => lines.push(line) });
      process.kill(environment.workerPid(), 'SIGKILL');
      while (!restarts()) await new Promise((resolve) => setTimeout(resolve, 5));
      await environment.stop();
    })();
    process.once('exit', () => console.log(JSON.stringify(lines)));`);
  // Its configuration is gone with the environment: one that starts all the same fails.
  expect(lines).not.toContainEqual(expect.stringContaining('worker failed'));
});
