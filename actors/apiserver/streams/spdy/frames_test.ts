import { createInflate } from "node:zlib";
import { assert, fc, property, test } from "../../../../properties/house/test.ts";
import {
  bytes32,
  controlFrame,
  createSpdyClient,
  framesOf,
} from "../../../../properties/stages/apiserver/spdy_client.ts";
import { createSpdyReader, createSpdyWriter, dataFrame, pingFrame, resetFrame, type SpdyFrame } from "./frames.ts";
import { headerDictionary } from "./header_dictionary.ts";

const synStream = (id: number, headers: Readonly<Record<string, string>>, flags = 0) =>
  createSpdyClient().synStream(id, headers, flags);
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
    controlFrame(4, bytes32(1) + bytes32(7) + bytes32(65_536)),
    controlFrame(9, bytes32(1) + bytes32(100)),
    pingFrame(1),
    dataFrame(1, "", true),
    resetFrame(1, 5),
    controlFrame(7, bytes32(1) + bytes32(0)),
  ];
  assert.deepEqual(framesOf(createSpdyReader(), said.join("")), [
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
      frames.push(...framesOf(reader, whole.slice(at, at + size)));
      at += size;
    }
    const inOne = framesOf(createSpdyReader(), whole);
    assert.deepEqual(joined(frames), joined(inOne));
    assert.equal(inOne.at(-1)?.type, "ping");
  },
);

property(
  "createSpdyReader() never throws, and reads nothing more once what came was no SPDY",
  [fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }), fc.boolean(), fc.nat(400), fc.nat(255)],
  (pieces, isChanged, place, byte) => {
    const reader = createSpdyReader();
    const client = createSpdyClient();
    const good = client.synStream(1, headers) + dataFrame(1, "x".repeat(50), false) + client.synStream(3, headers);
    const at = place % good.length;
    const first = isChanged ? good.slice(0, at) + String.fromCharCode(byte) + good.slice(at + 1) : "";
    let isBroken = false;
    for (const piece of [first, ...pieces.map((bytes) => Buffer.from(bytes).toString("latin1"))]) {
      const frames = framesOf(reader, piece);
      if (isBroken) assert.deepEqual(frames, []);
      isBroken ||= frames.some(({ type }) => type === "broken");
    }
  },
  { runs: 2_000 },
);

test("createSpdyReader() does not wait for a control frame of sixteen megabytes", () => {
  assert.deepEqual(framesOf(createSpdyReader(), `\x80\x03\0\x01\0\xff\xff\xff`), [
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
    assert.equal(frame.slice(8, 12), bytes32(id));
    inflate.write(Buffer.from(frame.slice(12), "latin1"));
    await new Promise<void>((resolve) => inflate.flush(resolve));
  }
  assert.deepEqual(Buffer.concat(chunks), Buffer.alloc(8));
});
