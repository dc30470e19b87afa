import { setup } from "xstate";
import { createLine, type Heard, hear, type StreamLine, say, sayTaken } from "../../../actors/network/stream_line.ts";
import {
  type StreamAnswer,
  type StreamChannel,
  type StreamMessage,
  type StreamOpen,
  type StreamPurpose,
  streamWindow,
} from "../../../actors/network/streams.ts";
import { type ChartTypes, defineActor, type Mail, reducers, type Step } from "../../../runtime/mod.ts";

/** A kubelet that only knows streams: its one container echoes, and what it wrote is what it was told to have written. */
export interface FakeKubelet {
  log: string;
  readonly streams: Map<number, Served>;
  /** All streams that were ever opened. */
  opened: number;
  /** The most that was ever under way to one client, not taken. */
  underWayMost: number;
}

interface Served {
  readonly id: number;
  readonly from: string;
  readonly purpose: StreamPurpose;
  readonly line: StreamLine;
  underWay: number;
  queue: { readonly channel: StreamChannel; readonly data: string }[];
  /** How it ends once all is said. */
  end?: { readonly exitCode?: number; readonly error?: string };
  /** It says no more once all is said, and hears on. */
  endsSide?: boolean;
  received: string;
}

/** What tests tell a fake kubelet, and ask of it. */
export type FakeKubeletOrder =
  | { readonly type: "fakeKubelet.write"; readonly text: string }
  | { readonly type: "fakeKubelet.look" };

/** The answer to `fakeKubelet.look`. */
export interface FakeKubeletLook {
  readonly open: number;
  readonly opened: number;
  readonly underWayMost: number;
}

type FakeMail = StreamMessage | FakeKubeletOrder;
const { on, act, begin } = reducers<FakeKubelet, FakeMail>();

const refused = (code: number, reason: string, message: string): StreamAnswer => ({ ok: false, code, reason, message });

function refusalOf(purpose: StreamPurpose): StreamAnswer | undefined {
  if (purpose.kind === "logs" && purpose.previous) {
    const text = `previous terminated container "${purpose.container}" in pod "${purpose.pod}" not found`;
    return refused(400, "BadRequest", text);
  }
  if (purpose.kind === "exec" && purpose.command[0] === "nowhere")
    return refused(404, "NotFound", `container not found ("${purpose.container}")`);
  if (purpose.kind === "portforward" && purpose.port === 81)
    return refused(500, "InternalError", "failed to connect to localhost:81: connection refused");
  return undefined;
}

function open(kubelet: FakeKubelet, mail: Mail<StreamOpen>, step: Step) {
  const { stream, purpose } = mail.body;
  const refusal = refusalOf(purpose);
  step.reply(mail, refusal ?? { ok: true });
  if (refusal) return;
  const line = createLine(stream, step.uptimeMs);
  const served: Served = { id: stream, from: mail.from, purpose, line, underWay: 0, queue: [], received: "" };
  kubelet.streams.set(stream, served);
  kubelet.opened++;
  step.monitor(mail.from);
  const write = (channel: StreamChannel, data: string) => served.queue.push({ channel, data });
  if (purpose.kind === "logs") {
    const { tailLines, limitBytes } = purpose;
    const tail = tailLines === undefined ? kubelet.log : lastLines(kubelet.log, tailLines);
    if (purpose.pod !== "unreadable") write("stdout", limitBytes === undefined ? tail : tail.slice(0, limitBytes));
    if (purpose.pod === "unreadable") served.end = { error: "no such file or directory" };
    else if (!purpose.follow && purpose.pod !== "stuck") served.end = { exitCode: 0 };
  }
  if (purpose.kind === "exec") {
    const [command = "", argument = ""] = purpose.command;
    if (command === "echo") write("stdout", Buffer.from(`${purpose.command.slice(1).join(" ")}\n`).toString("latin1"));
    if (command === "yes") write("stdout", "y\n".repeat(Number(argument) / 2));
    if (command === "fail") write("stderr", "it went wrong\n");
    if (command !== "cat") served.end = { exitCode: command === "fail" ? Number(argument) : 0 };
  }
  if (purpose.kind === "attach") {
    write("stdout", Buffer.from(kubelet.log).toString("latin1"));
    served.end = { exitCode: 0 };
  }
  pump(kubelet, served, step);
}

const lastLines = (text: string, count: number) =>
  text
    .split("\n")
    .slice(-count - 1)
    .join("\n");

/** Says as much as the window lets it. */
function pump(kubelet: FakeKubelet, served: Served, step: Step) {
  while (served.queue.length > 0 && served.underWay < streamWindow) {
    const [next, ...rest] = served.queue;
    if (!next) return;
    const data = next.data.slice(0, Math.min(32_768, streamWindow - served.underWay));
    served.queue = data.length < next.data.length ? [{ ...next, data: next.data.slice(data.length) }, ...rest] : rest;
    served.underWay += data.length;
    kubelet.underWayMost = Math.max(kubelet.underWayMost, served.underWay);
    if (data !== "")
      step.send(served.from, say(served.line, { type: "stream.data", channel: next.channel, data }, step.uptimeMs));
  }
  if (served.queue.length === 0 && served.endsSide) {
    served.endsSide = false;
    step.send(served.from, say(served.line, { type: "stream.end" }, step.uptimeMs));
  }
  if (!served.end || served.queue.length > 0) return;
  kubelet.streams.delete(served.id);
  step.send(served.from, say(served.line, { type: "stream.close", ...served.end }, step.uptimeMs));
}

function take(kubelet: FakeKubelet, served: Served, { heard, step }: { heard: Heard; step: Step }) {
  if (heard.type === "stream.data") return answer(kubelet, served, { data: heard.data, step });
  if (heard.type === "stream.close" || heard.type === "broken") return void kubelet.streams.delete(served.id);
  if (heard.type === "taken") served.underWay -= heard.size;
  else if (served.purpose.kind === "exec") served.end = { exitCode: 0 };
  else if (served.purpose.kind === "portforward") served.end = {};
  pump(kubelet, served, step);
}

function answer(kubelet: FakeKubelet, served: Served, { data, step }: { data: string; step: Step }) {
  step.send(served.from, sayTaken(served.line, data.length));
  if (served.purpose.kind === "exec") served.queue.push({ channel: "stdout", data });
  else answerHttp(served, data);
  pump(kubelet, served, step);
}

/** One request a connection: it is answered with its own body. */
function answerHttp(served: Served, data: string) {
  served.received += data;
  const at = served.received.indexOf("\r\n\r\n");
  if (at < 0) return;
  const length = Number(/content-length: (\d+)/i.exec(served.received.slice(0, at))?.[1] ?? 0);
  const body = served.received.slice(at + 4);
  if (body.length < length) return;
  served.queue.push({
    channel: "data",
    data: `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`,
  });
  served.queue.push({ channel: "data", data: body });
  if (served.purpose.kind === "portforward" && served.purpose.port === 82) served.endsSide = true;
  else served.end = {};
}

const machine = setup({
  types: {} as ChartTypes<FakeKubelet, FakeMail, { log?: string }>,
  actions: {
    open: on("stream.open", open),
    hear: act((kubelet, event, step) => {
      const { body } = event as unknown as Mail<StreamMessage>;
      const served = kubelet.streams.get(body.stream);
      if (!served) return;
      for (const heard of hear(served.line, body, step.uptimeMs)) take(kubelet, served, { heard, step });
      if (body.type !== "stream.alive") return;
      const { stream, said: sequence, takenHere: total } = served.line;
      step.send(served.from, { type: "stream.alive", stream, sequence, total } as StreamMessage);
    }),
    forget: on("down", (kubelet, { address }) => {
      for (const { id, from } of [...kubelet.streams.values()]) if (from === address) kubelet.streams.delete(id);
    }),
    write: on("fakeKubelet.write", (kubelet, { body }, step) => {
      kubelet.log += body.text;
      for (const served of kubelet.streams.values()) {
        if (served.purpose.kind !== "logs") continue;
        served.queue.push({ channel: "stdout", data: body.text });
        pump(kubelet, served, step);
      }
    }),
    look: on("fakeKubelet.look", ({ streams, opened, underWayMost }, mail, step) => {
      const answer: FakeKubeletLook = { open: streams.size, opened, underWayMost };
      step.reply(mail, answer);
    }),
  },
}).createMachine({
  id: "fakeKubelet",
  context: begin(({ log = "" }: { log?: string }): FakeKubelet => {
    return { log, streams: new Map(), opened: 0, underWayMost: 0 };
  }),
  initial: "up",
  states: {
    up: {
      on: {
        "stream.open": { actions: "open" },
        "stream.*": { actions: "hear" },
        "fakeKubelet.write": { actions: "write" },
        "fakeKubelet.look": { actions: "look" },
        down: { actions: "forget" },
      },
    },
  },
});

/**
 * A kubelet without a node, for tests of what is before it. Its container runs `echo`, `cat`, `yes SIZE` and
 * `fail CODE`, has no `nowhere`, tells its log to who attaches, and ends, answers HTTP on each port with what it was sent, refuses port 81, and ends no more than its own side on port 82. The
 * log of a pod named `unreadable` cannot be read, that of one named `stuck` never ends.
 */
export const fakeKubelet = defineActor({
  kind: "fakeKubelet",
  module: import.meta.url,
  machine,
  digest: ({ opened }: FakeKubelet) => opened,
});
