import { constants, createDeflate, deflateSync } from "node:zlib";
import { assert, fc, property, test } from "../../../../properties/house/test.ts";
import { headerDictionary } from "./header_dictionary.ts";
import { createInflater } from "./inflate.ts";

const options = { dictionary: headerDictionary, sizeMax: 100_000 };
const latin1 = (text: string) => Buffer.from(text, "latin1");

/** Deflates pieces as one stream, each flushed, as SPDY does. */
async function deflated(pieces: readonly string[], more: object = {}): Promise<string[]> {
  const deflate = createDeflate({ dictionary: latin1(headerDictionary), ...more });
  const out: string[] = [];
  for (const piece of pieces) {
    const chunks: Buffer[] = [];
    const take = (chunk: Buffer) => chunks.push(chunk);
    deflate.on("data", take);
    deflate.write(latin1(piece));
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    deflate.off("data", take);
    out.push(Buffer.concat(chunks).toString("latin1"));
  }
  return out;
}

test("headerDictionary is the one that every SPDY/3 speaks", () => {
  // Adler-32, which a stream that uses the dictionary has in its head.
  let [low, high] = [1, 0];
  for (const byte of latin1(headerDictionary)) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  assert.deepEqual([headerDictionary.length, high * 65_536 + low], [1_423, 0xe3c6a7c2]);
});

const text = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 400 }),
  fc
    .tuple(fc.constantFrom("streamtype", "error", "accept-encoding", "\0\0\0\x04port"), fc.nat(60))
    .map(([word, times]) => word.repeat(times)),
);

property(
  "createInflater() undoes what zlib does, piece by piece, at every level and with every strategy",
  [
    fc.array(text, { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 0, max: 9 }),
    fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY),
  ],
  async (pieces, level, strategy) => {
    const inflater = createInflater(options);
    for (const [index, piece] of (await deflated(pieces, { level, strategy })).entries()) {
      // Nothing written, nothing flushed: zlib leaves even its head for later.
      if (piece !== "") assert.equal(inflater.inflate(piece), pieces[index]);
    }
  },
  { runs: 60 },
);

property(
  "createInflater() gives up on what is malformed, and never throws",
  [fc.uint8Array({ maxLength: 300 }), fc.boolean()],
  (bytes, hasHead) => {
    const inflater = createInflater({ ...options, sizeMax: 500 });
    const piece = (hasHead ? "\x78\x20\xe3\xc6\xa7\xc2" : "") + Buffer.from(bytes).toString("latin1");
    const out = inflater.inflate(piece);
    assert.ok(out === undefined || out.length <= 500);
    if (out === undefined) assert.equal(inflater.inflate(""), undefined);
  },
  { runs: 2_000 },
);

test("createInflater() does not inflate a bomb", () => {
  const dictionary = latin1(headerDictionary);
  const bomb = deflateSync(Buffer.alloc(1_000_000), { dictionary, finishFlush: constants.Z_SYNC_FLUSH }).toString(
    "latin1",
  );
  assert.equal(createInflater(options).inflate(bomb), undefined);
});
