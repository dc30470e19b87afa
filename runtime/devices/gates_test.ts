import { Duplex } from "node:stream";
import { mock } from "node:test";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { frame as http2Frame, preface } from "../../properties/stages/hostile/http2_frame.ts";
import { frame as webSocketFrame } from "../../properties/stages/hostile/web_socket.ts";
import type { ReadHead } from "./frame_walk.ts";
import { createGates, type GatesOptions } from "./gates.ts";
import { http2PrefaceBytes, readHttp2Head } from "./http2_heads.ts";
import { createSlicer, type Slice } from "./slicer.ts";
import { readWebSocketHead } from "./web_socket_heads.ts";

/** Frames of a byte that says how many follow it; each takes half a turn. */
const readHead: ReadHead<{ bodyBytes: number; cost: number; isRequest: boolean }> = ([bodyBytes = 0]) => ({
  bodyBytes,
  cost: 1 / 2,
  isRequest: true,
});

/** A connection in whose client's place the test is. */
function connection() {
  const said: string[] = [];
  const socket = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      said.push(String(chunk));
      done();
    },
  });
  return { socket, said };
}

/** Lets connections in through the gates of one server, and tells what each was let in within each turn of the loop. */
function watched(options: GatesOptions, count: number) {
  const gates = createGates(options);
  const connections = Array.from({ length: count }, () => {
    const { socket, said } = connection();
    const gate = gates.enter(socket);
    const came: Buffer[] = [];
    gate.on("data", (chunk: Buffer) => came.push(chunk)).on("error", () => {});
    return { socket, said, gate, came };
  });
  return { gates, connections };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("createGates() lets in a slice each time around the loop, in turn for all", async () => {
  const { connections, gates } = watched({ readHead }, 2);
  const [a, b] = connections;
  assert.ok(a && b);
  for (const { socket } of connections) socket.push(Buffer.from([1, 7, 2, 8, 8, 0, 0, 0]));
  const counts: number[][] = [];
  for (let turns = 0; turns < 8; turns++) {
    await turn();
    counts.push([a.came.length, b.came.length]);
  }
  const [first = [0, 0]] = counts;
  assert.ok((first[0] ?? 0) + (first[1] ?? 0) <= 1, String(first));
  for (const [at, [own = 0, other = 0]] of counts.entries()) {
    const [ownBefore = 0, otherBefore = 0] = counts[at - 1] ?? [];
    assert.ok(own - ownBefore + other - otherBefore <= 1);
  }
  for (const { came } of connections)
    assert.deepEqual(came, [Buffer.from([1, 7, 2, 8, 8]), Buffer.from([0, 0]), Buffer.from([0])]);
  gates.close();
});

test("createGates() reads no more from who has much waiting, and carries what is said and the ends of both sides", async () => {
  const { connections, gates } = watched({ readHead: () => ({ bodyBytes: 0, cost: 1 / 64 }) }, 1);
  const [{ socket, said, gate, came } = assert.fail()] = connections;
  for (let index = 0; index < 10; index++) socket.push(Buffer.alloc(10_000));
  await turn();
  await turn();
  assert.ok(socket.isPaused() && socket.readableLength >= 70_000, String(socket.readableLength));
  gate.write("hello");
  await turn();
  assert.deepEqual(said, ["hello"]);
  const ended = new Promise((resolve) => gate.once("end", resolve));
  socket.push(null);
  while (Buffer.concat(came).length < 100_000) await turn();
  await ended;
  gate.destroy();
  assert.ok(socket.destroyed);
  gates.close();
});

test("createGates() ends the connection of who has more requests waiting than there may be, and lets in none of them", async () => {
  const { connections } = watched({ readHead, requestsMax: 3 }, 2);
  const [greedy, good] = connections;
  assert.ok(greedy && good);
  greedy.socket.push(Buffer.from([0, 0, 0, 0]));
  good.socket.push(Buffer.from([0, 0, 0]));
  for (let turns = 0; turns < 6; turns++) await turn();
  assert.deepEqual([greedy.socket.destroyed, greedy.came, good.socket.destroyed], [true, [], false]);
  assert.equal(Buffer.concat(good.came).length, 3);
});

test("createGates() lets in 150 slices at once and ten each five milliseconds after that", async () => {
  const { connections, gates } = watched({ readHead: () => ({ bodyBytes: 0, cost: 1 }) }, 1);
  const [{ socket, came } = assert.fail()] = connections;
  socket.push(Buffer.alloc(450));
  let most = 0;
  for (let before = 0; came.length < 450; before = came.length) {
    for (let turns = 0; turns < 4; turns++) await turn();
    if (before >= 150) most = Math.max(most, came.length - before);
    if (before === 150) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(most <= 10, String(most));
  gates.close();
});

/** A frame of a hundred bytes that takes a turn. */
const hundred: ReadHead<{ bodyBytes: number; cost: number }> = () => ({ bodyBytes: 99, cost: 1 });

test("createGates() lets in at once the first slice of a turn, and one each turn, where only floods are rationed", async () => {
  const { connections, gates } = watched({ readHead: hundred, rationed: "floods" }, 2);
  const [a, b] = connections;
  assert.ok(a && b);
  await turn();
  a.socket.push(Buffer.alloc(16_000));
  b.socket.push(Buffer.alloc(100));
  await Promise.resolve();
  assert.deepEqual([a.came.length, b.came.length], [1, 0]);
  // All 160 come in as many turns, more than a ration has at once.
  let turns = 0;
  for (; a.came.length < 160 && turns < 200; turns++) await turn();
  assert.deepEqual([a.came.length, b.came.length, turns >= 80 && turns <= 165], [160, 1, true], String(turns));
  gates.close();
});

test("createGates() rations a flood until nothing of it waits, and nobody else for it", async () => {
  const { connections, gates } = watched({ readHead: hundred, rationed: "floods" }, 2);
  const [greedy, good] = connections;
  assert.ok(greedy && good);
  greedy.socket.push(Buffer.alloc(45_000));
  for (let before = 0, most = 0; greedy.came.length < 450; before = greedy.came.length) {
    for (let turns = 0; turns < 4; turns++) await turn();
    if (before >= 150) most = Math.max(most, greedy.came.length - before);
    assert.ok(most <= 10, String(most));
    if (before !== 150) continue;
    const goodBefore: number = good.came.length;
    good.socket.push(Buffer.alloc(200));
    for (let turns = 0; turns < 3; turns++) await turn();
    assert.equal(good.came.length - goodBefore, 2);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  gates.close();
});

test("createGates() looks at nobody for whom there is no turn yet", async () => {
  const count = 400;
  const { connections, gates } = watched({ readHead: () => ({ bodyBytes: 0, cost: 1 }) }, count);
  const immediates = mock.method(globalThis, "setImmediate");
  try {
    for (const { socket } of connections) socket.push(Buffer.alloc(1));
    while (connections.some(({ came }) => came.length === 0)) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(immediates.mock.callCount() <= count + 10, String(immediates.mock.callCount()));
  } finally {
    immediates.mock.restore();
    gates.close();
  }
});

const cuts = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 5 });
const size = fc.oneof(fc.nat(200), fc.constantFrom(125, 126, 16_384, 65_535, 65_536));

/** All slices of what comes in chunks that are cut as told. */
function slicesOf(
  options: GatesOptions,
  { bytes, cuts }: { readonly bytes: Buffer; readonly cuts: readonly number[] },
) {
  const slicer = createSlicer(options);
  const slices: Slice[] = [];
  for (let at = 0, turns = 0; at < bytes.length; turns++) {
    const cut = cuts[turns % cuts.length] ?? 1;
    slices.push(...slicer.cut(bytes.subarray(at, at + cut)));
    at += cut;
  }
  return slices;
}

property(
  "createSlicer() drops nothing, and finds each request of HTTP/2 however it is cut",
  [fc.array(fc.record({ kind: fc.constantFrom("headers", "data", "window", "reset"), size }), { maxLength: 20 }), cuts],
  (frames, cuts) => {
    const bytes = Buffer.concat([
      preface,
      ...frames.map(({ kind, size }, id) => http2Frame(kind as "data", { id, body: Buffer.alloc(size, 1) })),
    ]);
    const slices = slicesOf({ readHead: readHttp2Head, prefaceBytes: http2PrefaceBytes }, { bytes, cuts });
    assert.deepEqual(Buffer.concat(slices.map((each) => each.bytes)), bytes);
    const requests = slices.map((each) => each.requests);
    assert.ok(Math.max(0, ...requests) <= 1);
    assert.equal(
      requests.reduce((sum, each) => sum + each, 0),
      frames.filter(({ kind }) => kind === "headers").length,
    );
  },
  { runs: 100 },
);

test("createSlicer() gives little frames to a turn, and long ones alone", () => {
  const lengths = (options: GatesOptions, bytes: Buffer) =>
    createSlicer(options)
      .cut(bytes)
      .map((slice) => slice.bytes.length);
  const times = (frame: Buffer, count: number) => Buffer.concat(Array(count).fill(frame));
  const http2 = { readHead: readHttp2Head };
  assert.deepEqual(lengths(http2, times(http2Frame("ping", { body: Buffer.alloc(8) }), 100)), [63 * 17, 37 * 17]);
  assert.deepEqual(lengths(http2, times(http2Frame("headers", { body: Buffer.alloc(9_000) }), 2)), [9_009, 9_009]);
  assert.deepEqual(lengths(http2, times(http2Frame("data", { body: Buffer.alloc(16_384) }), 4)), [3 * 16_393, 16_393]);
  const webSocket = { readHead: readWebSocketHead };
  const part = webSocketFrame("x", { opcode: 0, isFinal: false });
  assert.deepEqual(lengths(webSocket, times(part, 60)), [31 * 7, 29 * 7]);
  assert.deepEqual(lengths(webSocket, times(webSocketFrame("x".repeat(40_000)), 2)), [40_014, 40_014]);
});
