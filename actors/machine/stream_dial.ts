import type { Address, Mail, Step } from "../../runtime/mod.ts";
import type { End, EndHandlers } from "../network/connection.ts";
import { createEndedStreams, type EndedStreams } from "../network/ended_streams.ts";
import {
  answerToNobody,
  breakOff,
  createLine,
  type Heard,
  hear,
  lookAfter,
  type Saying,
  type StreamLine,
  say,
  sayTaken,
  streamTickMs,
} from "../network/stream_line.ts";
import type { StreamAnswer, StreamMessage, StreamOpen } from "../network/streams.ts";
import type { Alarm } from "./alarms.ts";
import type { MachineData } from "./data.ts";
import { dialErrors } from "./dial.ts";
import { scopeOf } from "./loopback.ts";
import { open } from "./open.ts";

/** A stream of a kubelet, and the connection that it goes on in. */
interface Bridge {
  readonly peer: Address;
  readonly line: StreamLine;
  /** Answers the opening; undefined: that is done. */
  answer: ((step: Step, cause?: string) => void) | undefined;
  end: End | undefined;
  /** The stream's side, and the connection's, write no more. */
  readonly ended: { stream: boolean; connection: boolean };
}

/** The streams of a node. */
export interface Bridges {
  /** By who opened them and their number. */
  readonly open: Map<string, Bridge>;
  readonly closed: EndedStreams;
  /** When they are looked after next; undefined: there are none. */
  tending: Alarm | undefined;
}

/** A node without streams. */
export function createBridges(): Bridges {
  return { open: new Map(), closed: createEndedStreams(), tending: undefined };
}

/** Opens a stream to a port on the loopback of a sandbox: what a port-forward of a kubelet is. */
export function openStream(data: MachineData, mail: Mail<StreamOpen>, step: Step) {
  const { from, ask, body } = mail;
  const { purpose, stream } = body;
  const { bridges } = data;
  const reply = (later: Step, given: StreamAnswer) => later.reply({ from, ask }, given);
  if (purpose.kind !== "dial") {
    const message = `Opening a stream on a machine: it is for ${purpose.kind}, ask the kubelet`;
    return reply(step, { ok: false, code: 400, reason: "BadRequest", message });
  }
  const { sandbox, port } = purpose;
  const key = keyOf(from, stream);
  // It came twice.
  if (bridges.open.has(key) || bridges.closed.has(key)) return;
  const bridge: Bridge = {
    peer: from,
    line: createLine(stream, step.uptimeMs),
    answer(later, cause) {
      if (cause === undefined) return reply(later, { ok: true });
      reply(later, { ok: false, code: 500, reason: "InternalError", message: refusal(sandbox, port, cause) });
    },
    end: undefined,
    ended: { stream: false, connection: false },
  };
  if (![...bridges.open.values()].some(({ peer }) => peer === from)) step.monitor(from);
  bridges.open.set(key, bridge);
  tend(data, step);
  bridge.end = open(data, { sandbox, to: { ip: "127.0.0.1", port } }, handlersOf(data, bridge), step);
  if (!bridge.end) remove(data, bridge, step, "sandbox is not running");
}

/** As containerd says it. */
function refusal(sandbox: string, port: number, cause: string): string {
  return `failed to connect to localhost:${port} inside namespace "${sandbox}", IPv4: dial tcp4 127.0.0.1:${port}: ${cause}`;
}

/** What the kubelet does with a stream. */
export function onStream(data: MachineData, { from, body }: Mail<StreamMessage>, step: Step): void {
  const bridge = data.bridges.open.get(keyOf(from, body.stream));
  if (bridge) {
    for (const heard of hear(bridge.line, body, step.uptimeMs)) take(data, bridge, heard, step);
    return;
  }
  const answer = answerToNobody(body);
  if (answer) step.send(from, answer);
}

function take(data: MachineData, bridge: Bridge, heard: Heard, step: Step) {
  const { end, ended, peer, line } = bridge;
  if (!end || !data.bridges.open.has(keyOf(peer, line.stream))) return;
  switch (heard.type) {
    case "stream.data":
      return data.transport.write(end, { data: heard.data, isLast: false }, step);
    case "taken":
      return data.transport.take(end, heard.size, step);
    case "stream.end":
      ended.stream = true;
      data.transport.write(end, { data: "", isLast: true }, step);
      return closeWhenEnded(data, bridge, step);
    case "stream.close":
      return abandon(data, bridge, step);
    case "broken":
      return giveUp(data, bridge, step, heard.error);
  }
}

/** Who opened streams is gone, and will never close them. */
export function streamsGone(data: MachineData, address: Address, step: Step) {
  for (const bridge of [...data.bridges.open.values()]) if (bridge.peer === address) abandon(data, bridge, step);
}

/** A sandbox is gone, and with it the loopback that its streams went on in. */
export function sandboxGone(data: MachineData, sandbox: string, step: Step): void {
  for (const bridge of [...data.bridges.open.values()]) {
    if (bridge.end && scopeOf(bridge.end.local.ip) === sandbox) breakConnection(data, bridge, step);
  }
}

/** Looks after streams as long as there are any: what is lost on their way is found, though nobody says anything. */
function tend(data: MachineData, step: Step) {
  const { bridges } = data;
  if (bridges.tending) return;
  const look = (later: Step) => {
    bridges.tending = undefined;
    for (const bridge of [...bridges.open.values()]) {
      // The kubelet knows of it when it was answered.
      const due = bridge.answer ? undefined : lookAfter(bridge.line, later.uptimeMs);
      if (due?.type === "broken") giveUp(data, bridge, later, due.error);
      else if (due) later.send(bridge.peer, due);
    }
    if (bridges.open.size > 0) tend(data, later);
  };
  bridges.tending = data.alarms.set(streamTickMs, look, step);
}

function handlersOf(data: MachineData, bridge: Bridge): EndHandlers<Step> {
  const { peer, line } = bridge;
  return {
    opened(_end, step) {
      bridge.answer?.(step);
      bridge.answer = undefined;
      line.heardAtMs = step.uptimeMs;
    },
    failed: (_end, why, step) => remove(data, bridge, step, dialErrors[why]),
    received(_end, { data: bytes, isLast }, step) {
      if (bytes !== "") tell(bridge, step, { type: "stream.data", channel: "data", data: bytes });
      if (!isLast) return;
      bridge.ended.connection = true;
      if (!bridge.ended.stream) tell(bridge, step, { type: "stream.end" });
      closeWhenEnded(data, bridge, step);
    },
    taken: (_end, size, step) => step.send(peer, sayTaken(line, size)),
    broken: (_end, _why, step) => breakConnection(data, bridge, step),
  };
}

function tell({ peer, line }: Bridge, step: Step, saying: Saying) {
  step.send(peer, say(line, saying, step.uptimeMs));
}

/** The connection is broken: the kubelet is told. */
function breakConnection(data: MachineData, bridge: Bridge, step: Step) {
  const isOpen = bridge.answer === undefined;
  if (remove(data, bridge, step, "connect: connection reset by peer") && isOpen)
    tell(bridge, step, { type: "stream.close", error: "connection reset by peer" });
}

/** The kubelet is gone, or wants no more: the connection is broken. */
function abandon(data: MachineData, bridge: Bridge, step: Step) {
  if (remove(data, bridge, step, "operation was canceled") && bridge.end) data.transport.reset(bridge.end, step);
}

/** What the kubelet said is not whole, or it says nothing: both sides are told. */
function giveUp(data: MachineData, bridge: Bridge, step: Step, error: string) {
  step.send(bridge.peer, breakOff(bridge.line.stream, error));
  abandon(data, bridge, step);
}

function closeWhenEnded(data: MachineData, bridge: Bridge, step: Step) {
  const { stream, connection } = bridge.ended;
  if (stream && connection && remove(data, bridge, step, "")) tell(bridge, step, { type: "stream.close" });
}

/** Forgets a stream; if it was never opened, the kubelet is told why. False if it was forgotten before. */
function remove({ bridges, alarms }: MachineData, bridge: Bridge, step: Step, cause: string): boolean {
  const { peer, line } = bridge;
  const key = keyOf(peer, line.stream);
  if (!bridges.open.delete(key)) return false;
  bridges.closed.add(key);
  bridge.answer?.(step, cause);
  bridge.answer = undefined;
  if (![...bridges.open.values()].some((each) => each.peer === peer)) step.demonitor(peer);
  if (bridges.open.size > 0 || !bridges.tending) return true;
  alarms.cancel(bridges.tending);
  bridges.tending = undefined;
  return true;
}

function keyOf(peer: Address, stream: number): string {
  return `${peer}|${stream}`;
}
