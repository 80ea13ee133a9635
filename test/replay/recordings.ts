/**
 * The folder of recorded histories: one file per run, and the checksum of each. Append-only: what is recorded is what
 * runs out there have done, and a change of today's code cannot change that.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const recordingsFolder = __dirname;

export type Checksums = Readonly<Record<string, string>>;

const namePattern = /^[a-z0-9]+([.-][a-z0-9]+)*$/;
const historiesIn = (folder: string): string => join(folder, 'histories');
const checksumsIn = (folder: string): string => join(folder, 'checksums.json');
const checksum = (text: string): string => createHash('sha256').update(text).digest('hex');

export const readChecksums = (folder: string): Checksums =>
  existsSync(checksumsIn(folder)) ? (JSON.parse(readFileSync(checksumsIn(folder), 'utf8')) as Checksums) : {};

export const readRecording = (folder: string, name: string): string =>
  readFileSync(join(historiesIn(folder), `${name}.json`), 'utf8');

/** What is wrong with the folder, as sentences. */
export function recordingProblems(folder: string): readonly string[] {
  const listed = readChecksums(folder);
  const files = existsSync(historiesIn(folder)) ? readdirSync(historiesIn(folder)) : [];
  const names = new Set(files.flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : [])));
  return [
    ...files.filter((file) => !file.endsWith('.json')).map((file) => `${file} is no recording`),
    ...[...names]
      .filter((name) => listed[name] === undefined)
      .map((name) => `${name} is not in the checksums`),
    ...Object.entries(listed).flatMap(([name, expected]) => {
      if (!names.has(name)) return [`${name} was recorded and is gone`];
      return checksum(readRecording(folder, name)) === expected
        ? []
        : [`${name} was changed after it was recorded`];
    }),
  ];
}

/** Adds one; never touches one that is there. */
export function addRecording(folder: string, name: string, text: string): void {
  if (!namePattern.test(name)) throw new Error(`${JSON.stringify(name)} is no name for a recording`);
  const path = join(historiesIn(folder), `${name}.json`);
  const listed = readChecksums(folder);
  if (listed[name] !== undefined || existsSync(path)) {
    throw new Error(`${name} is recorded already: recordings are only added`);
  }
  mkdirSync(historiesIn(folder), { recursive: true });
  // `wx`: even a second recorder at the same time overwrites nothing.
  writeFileSync(path, text, { flag: 'wx' });
  const sorted = Object.entries({ ...listed, [name]: checksum(text) }).sort(([a], [b]) => (a < b ? -1 : 1));
  const unfinished = `${checksumsIn(folder)}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
  renameSync(unfinished, checksumsIn(folder));
}
