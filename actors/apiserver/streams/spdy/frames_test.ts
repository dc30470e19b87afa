import { constants, createInflate, deflateSync } from "node:zlib";
import { assert, fc, property, test } from "../../../../properties/test.ts";
import { createSpdyReader, createSpdyWriter, dataFrame, pingFrame, resetFrame, type SpdyFrame } from "./frames.ts";
import { headerDictionary } from "./header_dictionary.ts";

const number = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_none, at) => String.fromCharCode((value >>> (8 * (bytes - 1 - at))) & 255)).join("");
const control = (type: number, flags: number, body: string) =>
  `\x80\x03${number(type, 2)}${number(flags, 1)}${number(body.length, 3)}${body}`;

/** The first SYN_STREAM of a connection, as Go's implementation writes it. */
function synStream(id: number, headers: Readonly<Record<string, string>>, flags = 0): string {
  const pairs = Object.entries(headers).map(
    ([name, value]) => number(name.length, 4) + name + number(value.length, 4) + value,
  );
  const block = number(pairs.length, 4) + pairs.join("");
  const deflated = deflateSync(Buffer.from(block, "latin1"), {
    level: 9,
    dictionary: Buffer.from(headerDictionary, "latin1"),
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  return control(1, flags, `${number(id, 4) + number(0, 4)}\0\0${deflated.toString("latin1")}`);
}

const headers = { streamtype: "data", port: "80", requestid: "0" };

/** What is said, with the pieces of data joined: how it was cut does not matter. */
function joined(frames: readonly SpdyFrame[]) {
  const out: unknown[] = [];
  for (const frame of frames) {
    const last = out.at(-1) as SpdyFrame | undefined;
    if (frame.type === "data" && last?.type === "data" && last.id === frame.id && !last.fin)
      out[out.length - 1] = { ...last, data: last.data + frame.data, fin: frame.fin };
    else out.push(frame);
  }
  return out;
}

test("createSpdyReader() reads what a client of port-forward says", () => {
  const said = [
    synStream(1, headers),
    dataFrame(1, "hello", false),
    control(4, 0, number(1, 4) + number(7, 4) + number(65_536, 4)),
    control(9, 0, number(1, 4) + number(100, 4)),
    pingFrame(1),
    dataFrame(1, "", true),
    resetFrame(1, 5),
    control(7, 0, number(1, 4) + number(0, 4)),
  ];
  assert.deepEqual(createSpdyReader().read(said.join("")), [
    { type: "synStream", id: 1, fin: false, headers: new Map(Object.entries(headers)) },
    { type: "data", id: 1, data: "hello", fin: false },
    { type: "ping", id: 1 },
    { type: "data", id: 1, data: "", fin: true },
    { type: "reset", id: 1 },
    { type: "goAway" },
  ]);
});

property(
  "createSpdyReader() reads the same however it is cut",
  [
    fc.array(fc.string({ unit: "binary-ascii", maxLength: 40 }), { maxLength: 8 }),
    fc.array(fc.nat(60), { minLength: 1 }),
  ],
  (pieces, cuts) => {
    const whole =
      synStream(3, headers, 1) +
      pieces.map((data, at) => dataFrame(3, data, at === pieces.length - 1)).join("") +
      pingFrame(5);
    const reader = createSpdyReader();
    const frames: SpdyFrame[] = [];
    for (let at = 0, turn = 0; at < whole.length; turn++) {
      const size = (cuts[turn % cuts.length] ?? 0) + 1;
      frames.push(...reader.read(whole.slice(at, at + size)));
      at += size;
    }
    const inOne = createSpdyReader().read(whole);
    assert.deepEqual(joined(frames), joined(inOne));
    assert.equal(inOne.at(-1)?.type, "ping");
  },
);

property(
  "createSpdyReader() never throws, and reads nothing more once what came was no SPDY",
  [fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }), fc.boolean(), fc.nat(400), fc.nat(255)],
  (pieces, isChanged, place, byte) => {
    const reader = createSpdyReader();
    const good = synStream(1, headers) + dataFrame(1, "x".repeat(50), false) + synStream(3, headers);
    const at = place % good.length;
    const first = isChanged ? good.slice(0, at) + String.fromCharCode(byte) + good.slice(at + 1) : "";
    let isBroken = false;
    for (const piece of [first, ...pieces.map((bytes) => Buffer.from(bytes).toString("latin1"))]) {
      const frames = reader.read(piece);
      if (isBroken) assert.deepEqual(frames, []);
      isBroken ||= frames.some(({ type }) => type === "broken");
    }
  },
  { runs: 2_000 },
);

test("createSpdyReader() does not wait for a control frame of sixteen megabytes", () => {
  assert.deepEqual(createSpdyReader().read(`\x80\x03\0\x01\0\xff\xff\xff`), [
    { type: "broken", why: "a control frame of 16777215 bytes" },
  ]);
});

test("createSpdyWriter() answers streams with headers that zlib reads as one stream", async () => {
  const writer = createSpdyWriter();
  const inflate = createInflate({ dictionary: Buffer.from(headerDictionary, "latin1") });
  const chunks: Buffer[] = [];
  inflate.on("data", (chunk: Buffer) => chunks.push(chunk));
  for (const id of [1, 3]) {
    const frame = writer.reply(id);
    assert.equal(frame.slice(0, 4), "\x80\x03\0\x02");
    assert.equal(frame.slice(8, 12), number(id, 4));
    inflate.write(Buffer.from(frame.slice(12), "latin1"));
    await new Promise<void>((resolve) => inflate.flush(resolve));
  }
  assert.deepEqual(Buffer.concat(chunks), Buffer.alloc(8));
});
