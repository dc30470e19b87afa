import { assert, test } from "../../../properties/house/test.ts";
import { createSpdyClient, framesOf } from "../../../properties/stages/apiserver/spdy_client.ts";
import { createStep } from "../../../runtime/core/step.ts";
import type { Step } from "../../../runtime/mod.ts";
import { createAsks } from "../../kit/asks.ts";
import type { ClientSide, SocketHandler, Taken } from "./client_side.ts";
import { createKubeletStreams } from "./kubelet_streams.ts";
import { createSpdyReader, dataFrame, type SpdyFrame } from "./spdy/frames.ts";
import { acceptSpdyChannels } from "./spdy_channels.ts";

const channels = { stdin: 0, stdout: 1, error: 3 } as const;

/** A client that the test plays; it takes all that is said at once. */
function stage() {
  const control = createStep({ self: "apiserver/0", parent: "", incarnation: 0, randomKey: 1 });
  const { step } = control;
  const client = createSpdyClient();
  const reader = createSpdyReader();
  const said: SpdyFrame[] = [];
  const heard: string[] = [];
  let handler: SocketHandler | undefined;
  let [takenBytes, closeCode] = [0, 0];
  const side = {
    accept(_step: Step, _protocol: string, given: SocketHandler) {
      handler = given;
      return {
        send(data: string, later: Step, taken?: Taken) {
          said.push(...framesOf(reader, data));
          taken?.(later);
        },
        taken: (bytes: number) => {
          takenBytes += bytes;
        },
        close: (_step: Step, code: number) => {
          closeCode = code;
        },
      };
    },
  } as unknown as ClientSide;
  const streams = createKubeletStreams(createAsks<Step>(), () => false);
  control.next(0, 0);
  const out = acceptSpdyChannels(
    streams,
    {
      ...{ client: side, protocol: "v4.channel.k8s.io", channels, needed: [3, 0, 1] },
      handler: {
        message(channel, data, taken, later) {
          heard.push(`${channel} ${data}`);
          taken(later);
        },
        ended: (channel) => void heard.push(`${channel} ended`),
        closed: () => void heard.push("closed"),
      },
    },
    step,
  );
  return {
    ...{ out, step, said, heard },
    wait(ms: number) {
      control.next(0, ms);
      streams.owing.ring(step);
    },
    hear: (text: string) => handler?.frame(text, step),
    open: (id: number, streamtype: string, flags = 0) => client.synStream(id, { streamtype }, flags),
    counts: () => ({ takenBytes, closeCode }),
    texts: () =>
      said.map((each) => (each.type === "data" ? `${each.id} ${each.data}${each.fin ? "." : ""}` : each.type)),
  };
}

test("acceptSpdyChannels() carries each channel on the stream that the client opens for it, and its end", () => {
  const { hear, open, out, step, heard, texts, counts } = stage();
  const opening = open(1, "error") + open(3, "stdin") + open(5, "stdout");
  const input = dataFrame(3, "in", false) + dataFrame(3, "", true);
  hear(opening + input);
  assert.deepEqual(heard, ["0 in", "0 ended"]);
  assert.equal(counts().takenBytes, opening.length + input.length);
  out.send({ channel: 1, data: "out" }, step);
  out.send({ channel: 1, data: "" }, step);
  out.send({ channel: 3, data: "{}" }, step);
  out.close(step, 1000, "");
  assert.deepEqual(texts(), ["5 out", "1 {}", "1 .", "3 .", "5 ."]);
  assert.equal(counts().closeCode, 1000);
});

test("acceptSpdyChannels() keeps what is said, and how it ends, until the client has opened its streams", () => {
  const { hear, open, out, step, texts, counts } = stage();
  let isTaken = false;
  const taken = () => {
    isTaken = true;
  };
  out.send({ channel: 1, data: "quick", taken }, step);
  out.send({ channel: 3, data: "{}" }, step);
  out.close(step, 1000, "");
  hear(open(1, "error"));
  hear(open(3, "stdin"));
  assert.deepEqual([texts(), counts().closeCode, isTaken], [[], 0, false]);
  hear(open(5, "stdout"));
  assert.deepEqual(texts(), ["5 quick", "1 {}", "1 .", "3 .", "5 ."]);
  assert.deepEqual([counts().closeCode, isTaken], [1000, true]);
});

test("acceptSpdyChannels() gives up a client that has not opened its streams within half a minute, and no other", () => {
  const late = stage();
  late.hear(late.open(1, "error") + late.open(3, "stdin"));
  late.wait(29_999);
  assert.deepEqual([late.heard, late.counts().closeCode], [[], 0]);
  late.wait(30_000);
  assert.deepEqual([late.heard, late.counts().closeCode], [["closed"], 1002]);
  const { hear, open, wait, heard, counts } = stage();
  hear(open(1, "error") + open(3, "stdin") + open(5, "stdout"));
  wait(60_000);
  assert.deepEqual([heard, counts().closeCode], [[], 0]);
});

test("acceptSpdyChannels() refuses streams of no channel and second ones, and ends with what is no SPDY", () => {
  const { hear, open, heard, texts, counts } = stage();
  hear(open(1, "error") + open(3, "error") + open(5, "nonsense") + open(4, "stdin") + open(7, "constructor"));
  assert.deepEqual(texts(), ["reset", "reset", "reset", "reset"]);
  hear("GET / HTTP/1.1\r\n\r\n".replace("G", "\x80"));
  assert.deepEqual([heard, counts().closeCode], [["closed"], 1002]);
});
