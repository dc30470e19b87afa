import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { assert, fc, property, test } from "./test.ts";
import { extractZipEntry, readZip } from "./zip.ts";

interface Sample {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflated: boolean;
}

/** A zip archive, written as APPNOTE.TXT has it. */
function zipOf(samples: readonly Sample[], comment = ""): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, content, deflated } of samples) {
    const data = deflated ? deflateRawSync(content) : Buffer.from(content);
    const nameBytes = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(deflated ? 8 : 0, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), shared, nameBytes, data]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), shared, place, nameBytes]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(samples.length, 4);
  end.writeUInt16LE(samples.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  end.writeUInt16LE(comment.length, 16);
  return Buffer.concat([...locals, directory, Buffer.from("PK\x05\x06"), end, Buffer.from(comment)]);
}

async function inFolder<Result>(body: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const sample = fc.record({
  name: fc.string({ unit: fc.constantFrom("a", "b", "é", "/"), minLength: 1, maxLength: 9 }),
  content: fc.uint8Array({ maxLength: 400 }),
  deflated: fc.boolean(),
});

property(
  "readZip() and extractZipEntry() give back what was packed",
  [fc.array(sample, { maxLength: 4 }), fc.string({ unit: fc.constantFrom("x", "y"), maxLength: 9 })],
  (samples, comment) =>
    inFolder(async (folder) => {
      const archive = join(folder, "a.zip");
      await writeFile(archive, zipOf(samples, comment));
      const entries = await readZip(archive);
      assert.deepEqual(
        entries.map((entry) => entry.name),
        samples.map(({ name }) => name),
      );
      for (const [index, entry] of entries.entries()) {
        await extractZipEntry(archive, entry, join(folder, "out"));
        assert.deepEqual(new Uint8Array(await readFile(join(folder, "out"))), samples[index]?.content);
      }
    }),
  { runs: 30 },
);

test("extractZipEntry() refuses content that is not what the directory says", () =>
  inFolder(async (folder) => {
    const archive = join(folder, "a.zip");
    const packed = zipOf([{ name: "a", content: Buffer.from("hello"), deflated: false }]);
    packed[packed.indexOf("hello")] = 0;
    await writeFile(archive, packed);
    const [entry] = await readZip(archive);
    assert.ok(entry);
    await assert.rejects(extractZipEntry(archive, entry, join(folder, "out")), /Extracting a: 5 bytes with checksum/);
  }));

test("readZip() refuses what is no archive", () =>
  inFolder(async (folder) => {
    const archive = join(folder, "a.zip");
    await writeFile(archive, "not a zip archive, but long enough to be one");
    await assert.rejects(readZip(archive), /it is no zip archive/);
  }));
