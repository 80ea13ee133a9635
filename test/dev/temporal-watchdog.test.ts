import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawnWatched } from '../../src/dev/temporal-watchdog';
import { eventually, isRunning } from '../support/process-watch';

/** The processes of a program's group: itself and its watchdog. Each program is in a group of its own. */
function groupOf(pid: number): readonly number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,pgid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, group]) => group === pid)
    .map(([member = 0]) => member)
    .filter(isRunning);
}

// A program that writes would end by itself when nobody reads any more; `sleep` shows what the watchdog alone does.
test.each<[string, (owner: ChildProcess) => void]>([
  ['kill -9', (owner) => owner.kill('SIGKILL')],
  ['SIGTERM', (owner) => owner.kill('SIGTERM')],
  ['Ctrl-C', (owner) => owner.kill('SIGINT')],
  ['process.exit', (owner) => owner.stdin?.write('exit\n')],
])('a program and its watchdog end when their owner ends by %s', async (_how, end) => {
  const owner = spawn(
    process.execPath,
    [
      '--require',
      join(__dirname, '../support/register-typescript.cjs'),
      join(__dirname, 'watchdog-owner.ts'),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  let pid: number | undefined;
  try {
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
    const program = Number(line);
    pid = program;
    expect(isRunning(program)).toBe(true);
    const gone = once(owner, 'exit');
    end(owner);
    await gone;
    await eventually('both are gone', () => groupOf(program).length === 0, 10_000);
  } finally {
    // When the watchdog fails, this test must not leave behind what it was to prevent.
    owner.kill('SIGKILL');
    for (const member of pid === undefined ? [] : groupOf(pid)) process.kill(member, 'SIGKILL');
  }
});

test('the watchdog goes when its program ends first', async () => {
  const { child } = spawnWatched('/bin/sh', ['-c', 'exit 7'], process.env);
  expect(await once(child, 'exit')).toEqual([7, null]);
  await eventually('the watchdog is gone', () => groupOf(child.pid ?? 0).length === 0);
});

test('hands over arguments and output as they are, and gives the program no extra pipe', async () => {
  const script = 'printf "%s|" "$@"; (: <&3) 2>/dev/null && echo "has the pipe"';
  const { child, stdout } = spawnWatched('/bin/sh', ['-c', script, 'sh', 'a b', '$HOME', '"'], {});
  let output = '';
  stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  expect(output).toBe('a b|$HOME|"|');
});
