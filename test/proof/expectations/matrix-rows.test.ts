import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { faultClasses } from '../providers/fault-classes';
import { matrixRows } from './matrix-rows';
import type { Check } from './matrix-rows';
import { contracts, crashPoints, outcomes } from './submit-cases';

const checks = matrixRows.flatMap(({ row, checks }) => checks.map((check) => ({ row, check })));
const of = <Kind extends Check['kind']>(kind: Kind): readonly Extract<Check, { readonly kind: Kind }>[] =>
  checks.flatMap(({ check }) =>
    check.kind === kind ? [check as Extract<Check, { readonly kind: Kind }>] : [],
  );

test('the rows are those of submit, look-up, status and register, each once', () => {
  const upTo17 = Array.from({ length: 17 }, (_, index) => index + 1);
  expect(matrixRows.map(({ row }) => row)).toEqual(
    upTo17.concat([19, 20, 21, 26, 27, 28, 29, 30, 31, 33, 39, 43, 44, 45]),
  );
});

test('exhaustive checks name crash points, outcomes and contracts that exist', () => {
  for (const { crashPoint, outcome = [], contract } of of('exhaustive')) {
    if (crashPoint !== undefined) expect(crashPoints).toContain(crashPoint);
    if (contract !== undefined) expect(contracts).toContain(contract);
    expect(outcomes).toEqual(expect.arrayContaining([...outcome]));
  }
});

test('every fault class of network and providers shows some row, and no row names one that is nowhere', () => {
  const ofWorker = [
    'worker-killed',
    'worker-paused',
    'worker-cut-off',
    'worker-redeployed',
    'clock-error',
    'lost workflow task',
    'lost hand-out',
    'eviction',
    'cancel',
    'reset',
    'hint',
  ];
  const ofRegister = [
    'register-away',
    'register-answer-lost',
    'register-restored',
    'register-other-text',
    'second-life',
  ];
  const known = [...Object.keys(faultClasses), ...ofWorker, ...ofRegister];
  const named = of('simulation').flatMap(({ faults }) => faults);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
  expect(known.filter((name) => !named.includes(name))).toEqual([]);
});

test('tests elsewhere are there', () => {
  const missing = of('test').filter(({ path }) => !existsSync(join(__dirname, '../../..', path)));
  expect(missing).toEqual([]);
});

test('scenarios are there', () => {
  const missing = of('processes').filter(
    ({ scenario }) => !existsSync(join(__dirname, '../../scenarios', `${scenario}.test.ts`)),
  );
  expect(missing).toEqual([]);
});
