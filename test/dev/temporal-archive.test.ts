import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { extractFromTarGz, extractFromZip } from '../../src/dev/temporal-archive';
import { tarGz, zip } from '../support/small-archives';

let folder: string;
let archive: string;
let target: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payouts-archive-'));
  archive = join(folder, 'archive');
  target = join(folder, 'target');
});
afterEach(async () => rm(folder, { recursive: true }));

/** Larger than any stream chunk, and not a whole number of tar blocks. */
const binary = randomBytes(300_001);
const license = Buffer.from('MIT\n');

describe('the tar reader', () => {
  const extract = async (name: string): Promise<number> =>
    extractFromTarGz(archive, name, createWriteStream(target));

  test.each([
    [
      'first',
      [
        { name: 'temporal', content: binary },
        { name: 'LICENSE', content: license },
      ],
    ],
    [
      'last',
      [
        { name: 'LICENSE', content: license },
        { name: './temporal', content: binary },
      ],
    ],
  ])('takes out the file that comes %s', async (_place, files) => {
    await writeFile(archive, tarGz(files));
    expect(await extract('temporal')).toBe(binary.length);
    expect((await readFile(target)).equals(binary)).toBe(true);
  });

  test('says when there is no such file', async () => {
    await writeFile(archive, tarGz([{ name: 'LICENSE', content: license }]));
    await expect(extract('temporal')).rejects.toThrow('has no file temporal');
  });

  test('refuses an archive that was cut off', async () => {
    const whole = tarGz([{ name: 'temporal', content: binary }]);
    await writeFile(archive, whole.subarray(0, whole.length / 2));
    await expect(extract('temporal')).rejects.toThrow('unexpected end of file');
  });

  test('refuses what is no archive', async () => {
    await writeFile(archive, '<html>Welcome to this hotel</html>');
    await expect(extract('temporal')).rejects.toThrow('incorrect header check');
  });
});

describe('the zip reader', () => {
  const extract = async (name: string): Promise<number> =>
    extractFromZip(archive, name, createWriteStream(target));

  test.each([true, false])('takes out a file (stored: %s)', async (stored) => {
    await writeFile(
      archive,
      zip([
        { name: 'a/METADATA', content: license },
        { name: 'a/temporal', content: binary, stored },
      ]),
    );
    expect(await extract('a/temporal')).toBe(binary.length);
    expect((await readFile(target)).equals(binary)).toBe(true);
  });

  test('says when there is no such file', async () => {
    await writeFile(archive, zip([{ name: 'a/METADATA', content: license }]));
    await expect(extract('a/temporal')).rejects.toThrow('has no file a/temporal');
  });

  test('refuses a file whose checksum is wrong', async () => {
    await writeFile(archive, zip([{ name: 'temporal', content: binary, crc: 1 }]));
    await expect(extract('temporal')).rejects.toThrow('is damaged');
  });

  test('refuses what is cut off or no zip', async () => {
    const whole = zip([{ name: 'temporal', content: binary }]);
    await writeFile(archive, whole.subarray(0, whole.length - 30));
    await expect(extract('temporal')).rejects.toThrow('not a zip file');
    await writeFile(archive, '');
    await expect(extract('temporal')).rejects.toThrow('not a zip file');
  });
});
