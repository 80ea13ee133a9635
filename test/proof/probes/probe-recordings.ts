import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Probe, ProbeAnswer } from './probe-script';
import { nameOf } from './probes';

const folder = join(__dirname, 'recorded');
const fileOf = (name: string): string => join(folder, `${name}.json`);

export type Recording = ProbeAnswer & { readonly question: string };

export const readRecording = (probe: Probe): Recording | undefined =>
  existsSync(fileOf(nameOf(probe)))
    ? (JSON.parse(readFileSync(fileOf(nameOf(probe)), 'utf8')) as Recording)
    : undefined;

export const recordedNames = (): readonly string[] =>
  readdirSync(folder).map((file) => file.replace(/\.json$/, ''));

export function writeRecording(probe: Probe, answer: ProbeAnswer): void {
  mkdirSync(folder, { recursive: true });
  const recording: Recording = { question: probe.question, ...answer };
  writeFileSync(fileOf(nameOf(probe)), `${JSON.stringify(recording, undefined, 2)}\n`);
}
