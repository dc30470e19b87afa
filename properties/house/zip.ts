import { createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";

/** A file in a zip archive, as the central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 for stored, 8 for deflated. */
  readonly method: number;
  readonly crc: number;
  readonly sizeCompressedBytes: number;
  readonly sizeBytes: number;
  /** Where the entry's local header starts in the archive. */
  readonly offset: number;
}

// The records of the format, by their signatures: PKWARE's APPNOTE.TXT, 4.3.7, 4.3.12 and 4.3.16.
const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const DIRECTORY_END_BYTES = 22;
const COMMENT_BYTES_MAX = 65_535;

/** Lists what a zip archive holds. Archives past 4 GB and encrypted ones are refused. */
export async function readZip(archive: string): Promise<ZipEntry[]> {
  await using file = await open(archive);
  const directory = await readDirectory(file, archive);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === CENTRAL_HEADER) {
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    if ((directory.readUInt16LE(at + 8) & 1) === 1) throw new Error(`Reading ${archive}: it is encrypted`);
    entries.push({
      name: directory.toString("utf8", at + 46, nameEnd),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      sizeCompressedBytes: directory.readUInt32LE(at + 20),
      sizeBytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** Writes one file of an archive to `target`, and holds it to its size and checksum. */
export async function extractZipEntry(archive: string, entry: ZipEntry, target: string): Promise<void> {
  if (entry.method !== 0 && entry.method !== 8) {
    throw new Error(`Extracting ${entry.name}: compression method ${entry.method}, only stored and deflated are known`);
  }
  await using file = await open(archive);
  const header = await readAt(file, entry.offset, 30);
  if (header.readUInt32LE(0) !== LOCAL_HEADER) {
    throw new Error(`Extracting ${entry.name}: no header at ${entry.offset} of ${archive}, install the package again`);
  }
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const end = start + entry.sizeCompressedBytes - 1;
  let crc = 0;
  let sizeBytes = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      crc = crc32(chunk, crc);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  const packed = entry.sizeCompressedBytes === 0 ? [] : file.createReadStream({ start, end, autoClose: false });
  const out = createWriteStream(target);
  if (entry.method === 8) await pipeline(packed, createInflateRaw(), check, out);
  else await pipeline(packed, check, out);
  if (sizeBytes === entry.sizeBytes && crc === entry.crc) return;
  throw new Error(
    `Extracting ${entry.name}: ${sizeBytes} bytes with checksum ${crc}, want ${entry.sizeBytes}, ${entry.crc}`,
  );
}

async function readDirectory(file: FileHandle, archive: string): Promise<Buffer> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, DIRECTORY_END_BYTES + COMMENT_BYTES_MAX);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  for (let at = tail.length - DIRECTORY_END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== DIRECTORY_END) continue;
    const offset = tail.readUInt32LE(at + 16);
    if (offset === 0xffffffff) throw new Error(`Reading ${archive}: it is of the 64-bit form, which is not known`);
    return readAt(file, offset, tail.readUInt32LE(at + 12));
  }
  throw new Error(`Reading ${archive}: it is no zip archive, its directory is missing`);
}

async function readAt(file: FileHandle, position: number, lengthBytes: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(lengthBytes), 0, lengthBytes, position);
  if (bytesRead === lengthBytes) return buffer;
  throw new Error(`Reading an archive: ${bytesRead} bytes at ${position}, want ${lengthBytes}: it is cut short`);
}
