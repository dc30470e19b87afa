import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { bytes32, controlFrame, createSpdyClient, framesOf } from "../../../properties/stages/apiserver/spdy_client.ts";
import { createStep } from "../../../runtime/core/step.ts";
import type { Step } from "../../../runtime/mod.ts";
import { createAsks } from "../../kit/asks.ts";
import { createLine, type NewlyTaken, type Saying, type StreamLine, say, sayTaken } from "../../network/stream_line.ts";
import { type StreamMessage, streamWindow } from "../../network/streams.ts";
import { takeKubeletDown } from "./guests.ts";
import { createKubeletStreams, endRests, goOn, inAMoment, takeStreamMessage } from "./kubelet_streams.ts";
import { beginPortForward } from "./port_forward.ts";
import { createSpdyReader, dataFrame, resetFrame, type SpdyFrame } from "./spdy/frames.ts";
import { framesAtOnceMax } from "./spdy/session.ts";

const kubelet = "kubelet/n1";
const purpose = { kind: "portforward", port: 80, namespace: "default", pod: "web", uid: "u", container: "" } as const;

/** A port-forward between a client and a kubelet that the test plays. */
function stage({ isSlow = false } = {}) {
  const owed: (() => void)[] = [];
  const control = createStep({ self: "apiserver/0", parent: "", incarnation: 0, randomKey: 1 });
  const { step } = control;
  const asks = createAsks<Step>();
  const streams = createKubeletStreams(asks, () => false);
  const client = createSpdyClient();
  const reader = createSpdyReader();
  const asked: number[] = [];
  const texts: string[] = [];
  const opened: StreamLine[] = [];
  const sent: StreamMessage[] = [];
  const frames: SpdyFrame[] = [];
  let [received, taken, closeCode, uptimeMs] = [0, 0, 0, 0];
  let handler: Parameters<Parameters<typeof beginPortForward>[1]["client"]["accept"]>[2] | undefined;
  const within = (body: () => void) => {
    control.next(0, uptimeMs);
    body();
    for (const effect of control.takeEffects()) {
      if (effect.kind === "ask") {
        asked.push(effect.id);
        opened.push(createLine((effect.body as StreamMessage).stream, 0));
      }
      if (effect.kind === "send") sent.push(effect.body as StreamMessage);
    }
  };
  const session = {
    protocol: "SPDY/3.1+portforward.k8s.io",
    kubelet,
    purposeOf: (port: number) => ({ ...purpose, port }),
    explain: (_port: number, cause: unknown) => (typeof cause === "string" ? cause : JSON.stringify(cause)),
    client: {
      upgrade: "websocket",
      protocols: [],
      parameters: () => [],
      openText: () => {
        throw new Error("No text is asked for");
      },
      whenGone: () => () => {},
      accept(_step: unknown, _protocol: unknown, given: typeof handler) {
        handler = given;
        return {
          send(data: string, _later: unknown, onTaken?: (step: typeof control.step) => void) {
            frames.push(...framesOf(reader, data));
            texts.push(data);
            if (isSlow) owed.push(() => onTaken?.(step));
            else onTaken?.(step);
          },
          sendText: () => assert.fail("SPDY is no text"),
          taken: (bytes: number) => {
            taken += bytes;
          },
          close: (_later: unknown, code: number) => {
            closeCode = code;
          },
        };
      },
    },
  };
  within(() => beginPortForward(streams, session, step));
  return {
    client,
    /** The slow client takes what waits for it. */
    takeOwed: () =>
      within(() => {
        for (const each of owed.splice(0)) each();
      }),
    asked,
    frames,
    /** All that was sent to the client. */
    sentTexts: () => texts.join(""),
    /** Those who gave others their turn go on. */
    goOn: () => within(() => goOn(streams, step)),
    /** So long later those who rest go on; without any time only those who gave others their turn. */
    afterRest(ms: number) {
      uptimeMs += ms;
      if (ms > 0) within(() => endRests(streams, step));
      for (let turn = 0; streams.waiting.length > 0 && turn < 1_000; turn++) within(() => goOn(streams, step));
    },
    /** So long after its beginning what clients owe is due. */
    owing(atMs: number) {
      uptimeMs = atMs;
      within(() => streams.owing.ring(step));
    },
    sent,
    counts: () => ({ received, taken, closeCode, open: streams.byId.size }),
    hear(data: string) {
      received += data.length;
      within(() => handler?.frame(data, step));
    },
    answer: (index: number, body: object) =>
      within(() => {
        asks.replied({ ask: asked[index] ?? 0, body }, step);
      }),
    fail: (index: number) =>
      within(() => {
        asks.failed({ ask: asked[index] ?? 0, reason: "timeout" }, step);
      }),
    say: (index: number, message: Saying | NewlyTaken) =>
      within(() => {
        const line = opened[index] ?? createLine(-1, 0);
        const body = message.type === "taken" ? sayTaken(line, message.size) : say(line, message, 0);
        takeStreamMessage(streams, { type: body.type, body, from: kubelet, ask: 0 } as never, step);
      }),
    down: () => within(() => takeKubeletDown(streams.guests, kubelet, step)),
    leave: () => within(() => handler?.closed(step)),
  };
}

const headers = (streamtype: string, requestid = "0", port = "80") => ({ streamtype, port, requestid });

test("a connection without its second stream is given up after half a minute, and its error says so", () => {
  const { client, hear, owing, frames, counts } = stage();
  hear(client.synStream(1, headers("error")) + client.synStream(3, headers("error", "1")));
  hear(client.synStream(5, headers("data", "1")));
  owing(29_999);
  assert.deepEqual(frames, []);
  owing(30_000);
  const data = "(request=0) timed out waiting for streams";
  assert.deepEqual(frames, [{ type: "data", id: 1, data, fin: true }]);
  assert.equal(counts().open, 1, "the whole one stands");
});

test("a connection's bytes go both ways, and each side ends for itself", () => {
  const { client, hear, answer, say, sent, frames, counts } = stage();
  hear(client.synStream(1, headers("error")) + dataFrame(1, "", true) + client.synStream(3, headers("data")));
  hear(dataFrame(3, "GET", false));
  answer(0, { ok: true });
  assert.deepEqual(sent, [{ type: "stream.data", stream: sent[0]?.stream, sequence: 1, channel: "data", data: "GET" }]);
  say(0, { type: "stream.data", channel: "data", data: "200" });
  say(0, { type: "stream.end" });
  hear(dataFrame(3, " /", true));
  assert.deepEqual(
    sent.slice(1).map(({ type }) => type),
    ["stream.taken", "stream.data", "stream.end"],
  );
  say(0, { type: "taken", size: 5 });
  say(0, { type: "stream.close" });
  // Answers to streams are no frames that a server's reader tells of.
  assert.deepEqual(frames, [
    { type: "data", id: 3, data: "200", fin: false },
    { type: "data", id: 3, data: "", fin: true },
    { type: "data", id: 1, data: "", fin: true },
  ]);
  const { received, taken, open } = counts();
  assert.deepEqual([taken, open], [received, 0]);
});

test("what comes before the stream for errors is kept, and a kubelet's no is told on it", () => {
  const { client, hear, answer, frames, counts } = stage();
  hear(client.synStream(1, headers("data"), 1) + dataFrame(1, "early", false));
  hear(client.synStream(3, headers("error")));
  answer(0, { ok: false, code: 500, reason: "", message: "refused" });
  assert.deepEqual(frames, [
    { type: "data", id: 3, data: '{"ok":false,"code":500,"reason":"","message":"refused"}', fin: true },
    { type: "data", id: 1, data: "", fin: true },
  ]);
  const { received, taken } = counts();
  assert.equal(taken, received);
});

test("a client that resets a stream ends its connection", () => {
  const { client, hear, answer, frames, sent, counts } = stage();
  hear(client.synStream(1, headers("error")) + client.synStream(3, headers("data")));
  answer(0, { ok: true });
  hear(resetFrame(3, 5) + dataFrame(3, "late", false));
  assert.equal(sent.at(-1)?.type, "stream.close");
  assert.deepEqual(frames, [{ type: "data", id: 1, data: "", fin: true }]);
  assert.equal(counts().open, 0);
});

test("what came early on a stream that is reset leaves room for more", () => {
  const { client, hear, counts } = stage();
  hear(client.synStream(1, headers("data")) + dataFrame(1, "early", false));
  assert.equal(counts().received - counts().taken, 5);
  hear(resetFrame(1, 5));
  assert.equal(counts().received - counts().taken, 0);
});

test("streams that say too little are refused, pings are answered", () => {
  const { client, hear, frames, asked } = stage();
  for (const [index, wrong] of [
    {},
    headers("data", "0", "0"),
    headers("data", "0", "65536"),
    headers("resize"),
    headers("data", ""),
  ].entries())
    hear(client.synStream(2 * index + 1, wrong));
  hear(
    client.synStream(2, headers("data")) +
      client.synStream(21, headers("data")) +
      client.synStream(23, headers("data")),
  );
  hear(controlFrame(6, bytes32(7)) + controlFrame(6, bytes32(8)));
  assert.deepEqual(frames, [...[1, 3, 5, 7, 9, 2, 23].map((id) => ({ type: "reset", id })), { type: "ping", id: 7 }]);
  assert.deepEqual(asked, []);
});

test("no more is under way to a kubelet than it has room for", () => {
  const { client, hear, answer, say, sent, counts } = stage();
  hear(client.synStream(1, headers("error")) + client.synStream(3, headers("data")));
  const before = counts().taken;
  hear(dataFrame(3, "x".repeat(streamWindow + 10), false));
  answer(0, { ok: true });
  const underWay = () => sent.reduce((sum, each) => sum + (each.type === "stream.data" ? each.data.length : 0), 0);
  assert.deepEqual([underWay(), counts().taken - before], [streamWindow, 8]);
  say(0, { type: "taken", size: streamWindow });
  say(0, { type: "taken", size: 10 });
  assert.deepEqual([underWay(), counts().taken], [streamWindow + 10, counts().received]);
});

type Act =
  | { readonly do: "hear"; readonly id: number; readonly what: number; readonly size: number }
  | { readonly do: "kubelet"; readonly index: number; readonly what: number; readonly size: number }
  | { readonly do: "noise"; readonly bytes: Uint8Array };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({ do: fc.constant("hear" as const), id: fc.nat(12), what: fc.nat(19), size: fc.nat(90_000) }),
  },
  {
    weight: 40,
    arbitrary: fc.record({
      do: fc.constant("kubelet" as const),
      index: fc.nat(3),
      what: fc.nat(6),
      size: fc.nat(90_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("noise" as const), bytes: fc.uint8Array({ maxLength: 30 }) }) },
);

property(
  "beginPortForward() bears whatever both sides say, and in the end has dealt with all that came",
  [fc.array(act, { maxLength: 60 }), fc.boolean()],
  (acts, clientLeaves) => {
    const lab = stage();
    const { client } = lab;
    // Two connections stand already, or most of what follows would be for nobody.
    for (const [id, request] of [
      [1, "0"],
      [5, "1"],
    ] as const) {
      lab.hear(client.synStream(id, headers("error", request)) + client.synStream(id + 2, headers("data", request)));
    }
    for (const each of acts) {
      if (each.do === "noise") lab.hear(Buffer.from(each.bytes).toString("latin1"));
      if (each.do === "hear") {
        const { id, what, size } = each;
        const request = String(id >> 2);
        if (what < 3) lab.hear(client.synStream(id, headers(id % 4 === 1 ? "error" : "data", request), size % 2));
        else if (what < 18) lab.hear(dataFrame(id, "x".repeat(size), what === 17));
        else lab.hear(what === 18 ? resetFrame(id, 5) : controlFrame(7, bytes32(0) + bytes32(0)));
      }
      if (each.do === "kubelet") {
        const { index, what, size } = each;
        if (what < 2)
          lab.answer(index, what === 0 ? { ok: true } : { ok: false, code: 500, reason: "", message: "no" });
        if (what === 2) lab.fail(index);
        if (what === 3) lab.say(index, { type: "stream.data", channel: "data", data: "y".repeat(size) });
        if (what === 4) lab.say(index, { type: "taken", size });
        if (what === 5) lab.say(index, size % 2 ? { type: "stream.end" } : { type: "stream.close" });
      }
      assert.ok(lab.counts().taken <= lab.counts().received);
    }
    if (clientLeaves) lab.leave();
    else lab.down();
    const { received, taken, open } = lab.counts();
    assert.deepEqual([taken, open], [received, 0]);
  },
  { runs: 300 },
);

test("pings are dealt with when their client has taken the answers: who does not read them sends no more", () => {
  const { hear, takeOwed, counts, frames } = stage({ isSlow: true });
  const pings = controlFrame(6, bytes32(1)).repeat(1_000);
  hear(pings);
  for (let answered = framesAtOnceMax; answered < 1_000 + framesAtOnceMax; answered += framesAtOnceMax) {
    assert.deepEqual([frames.length, counts().taken], [Math.min(answered, 1_000), 0]);
    takeOwed();
  }
  assert.equal(counts().taken, pings.length);
});

test("streams that are refused are answered as slowly as their client takes the answers", () => {
  const { client, hear, takeOwed, counts, sentTexts } = stage({ isSlow: true });
  const nonsense = Array.from({ length: 1_000 }, (_none, index) => client.synStream(2 * index + 1, { port: "no" }));
  hear(nonsense.join(""));
  assert.deepEqual([sentTexts().length, counts().taken], [framesAtOnceMax * resetFrame(1, 3).length, 0]);
  for (let turn = 0; turn < 1_000 / framesAtOnceMax; turn++) takeOwed();
  assert.deepEqual([sentTexts().length, counts().taken], [1_000 * resetFrame(1, 3).length, counts().received]);
});

test("a message of many frames is taken in turns, whatever they are: others are served between them", () => {
  const none = bytes32(1) + bytes32(7) + bytes32(0);
  for (const frame of [
    dataFrame(1, "x", false),
    dataFrame(1, "", false),
    controlFrame(4, none),
    controlFrame(9, none),
  ]) {
    const { hear, goOn, counts } = stage();
    // Windows and settings say nothing here, and so do bytes for nobody.
    hear(frame.repeat(4 * framesAtOnceMax));
    for (let turn = 1; turn <= 4; turn++) {
      assert.equal(counts().taken, 0);
      goOn();
    }
    assert.equal(counts().taken, counts().received);
  }
});

test("of many who go on in a moment one has its turn at a time, the one that has waited longest", () => {
  const control = createStep({ self: "apiserver/0", parent: "", incarnation: 0, randomKey: 1 });
  const streams = createKubeletStreams(createAsks<Step>(), () => false);
  const went: string[] = [];
  const turn = () => {
    control.next(0, 0);
    goOn(streams, control.step);
    return control.takeEffects().filter(({ kind }) => kind === "timer").length;
  };
  control.next(0, 0);
  const again = (name: string) => (step: Step) => void (went.push(name) < 4 && inAMoment(streams, step, again(name)));
  for (const name of ["a", "b"]) inAMoment(streams, control.step, again(name));
  control.takeEffects();
  for (let index = 1; index <= 4; index++) assert.ok(turn() > 0);
  assert.equal(turn(), 0);
  assert.deepEqual(went, ["a", "b", "a", "b", "a"]);
});

test("a client that leaves in the middle of what it says is heard no more", () => {
  const { hear, goOn, leave, frames } = stage();
  hear(dataFrame(1, "x", false).repeat(500) + controlFrame(6, bytes32(1)));
  leave();
  goOn();
  goOn();
  assert.deepEqual(frames, []);
});

test("after a hundred connections at once a client has one each five milliseconds, and what it says waits meanwhile", () => {
  const { client, hear, asked, afterRest, counts } = stage();
  const pair = (at: number) =>
    client.synStream(4 * at + 1, headers("error", `${at}`)) + client.synStream(4 * at + 3, headers("data", `${at}`));
  const pings = Array.from({ length: 50 }, (_none, at) => controlFrame(6, bytes32(2 * at + 1))).join("");
  hear(Array.from({ length: 150 }, (_none, at) => pair(at)).join("") + pings);
  afterRest(0);
  assert.equal(asked.length, 100);
  assert.equal(counts().taken, 0);
  for (const expected of [110, 120, 130, 140, 150]) {
    afterRest(50);
    assert.equal(asked.length, expected);
  }
  afterRest(50);
  const { taken, received } = counts();
  assert.equal(taken, received);
  // Who has rested long has as many at once again, and no more.
  afterRest(60_000);
  hear(Array.from({ length: 150 }, (_none, at) => pair(at + 150)).join(""));
  afterRest(0);
  assert.equal(asked.length, 250);
});
