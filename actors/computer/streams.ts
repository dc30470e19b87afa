import type { Address, Mail, Step } from "../../runtime/mod.ts";
import {
  answerToNobody,
  breakOff,
  createLine,
  type Heard,
  hear,
  lookAfter,
  streamTickMs,
} from "../network/stream_line.ts";
import type { StreamAnswer, StreamMessage, StreamOpen } from "../network/streams.ts";
import { type Bridge, bridgeKey, forget, isOpen } from "./bridge.ts";
import { type ComputerData, trafficOf } from "./data.ts";
import { dialStream } from "./stream_dial.ts";
import { processStream } from "./stream_process.ts";

/** Opens a stream of a kubelet: to a port on the loopback of a sandbox, or to a process of a container. */
export function openStream(data: ComputerData, mail: Mail<StreamOpen>, step: Step) {
  const { from, ask, body } = mail;
  const { purpose, stream } = body;
  const { bridges } = trafficOf(data);
  const reply = (later: Step, given: StreamAnswer) => later.reply({ from, ask }, given);
  if (purpose.kind !== "dial" && purpose.kind !== "process") {
    const message = `Opening a stream on a computer: it is for ${purpose.kind}, ask the kubelet`;
    return reply(step, { ok: false, code: 400, reason: "BadRequest", message });
  }
  const key = bridgeKey(from, stream);
  // It came twice.
  if (bridges.open.has(key) || bridges.closed.has(key)) return;
  const bridge: Bridge = {
    ...{ peer: from, line: createLine(stream, step.uptimeMs), far: undefined },
    answer(later, message) {
      if (message === undefined) reply(later, { ok: true });
      else reply(later, { ok: false, code: 500, reason: "InternalError", message });
    },
  };
  if (![...bridges.open.values()].some(({ peer }) => peer === from)) step.monitor(from);
  bridges.open.set(key, bridge);
  tend(data, step);
  if (purpose.kind === "dial") dialStream(data, bridge, purpose, step);
  else processStream(data, bridge, purpose, step);
}

/** What the kubelet does with a stream. */
export function onStream(data: ComputerData, { from, body }: Mail<StreamMessage>, step: Step): void {
  const bridge = data.traffic?.bridges.open.get(bridgeKey(from, body.stream));
  if (bridge) {
    for (const heard of hear(bridge.line, body, step.uptimeMs)) take(data, bridge, heard, step);
    return;
  }
  const answer = answerToNobody(body);
  if (answer) step.send(from, answer);
}

function take(data: ComputerData, bridge: Bridge, heard: Heard, step: Step) {
  const { far } = bridge;
  if (!far || !isOpen(data, bridge)) return;
  switch (heard.type) {
    case "stream.data":
      return far.write(heard.data, heard.channel, step);
    case "taken":
      return far.taken(heard.size, step);
    case "stream.end":
      return far.end(step);
    case "stream.close":
      return abandon(data, bridge, step);
    case "broken":
      return giveUp(data, bridge, step, heard.error);
  }
}

/** Who opened streams is gone, and will never close them. */
export function streamsGone(data: ComputerData, address: Address, step: Step) {
  const { open } = data.traffic?.bridges ?? {};
  for (const bridge of [...(open?.values() ?? [])]) if (bridge.peer === address) abandon(data, bridge, step);
}

/** Looks after streams as long as there are any: what is lost on their way is found, though nobody says anything. */
function tend(data: ComputerData, step: Step) {
  const { bridges } = trafficOf(data);
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
  bridges.tending = trafficOf(data).alarms.set(streamTickMs, look, step);
}

/** The kubelet is gone, or wants no more: so is what the stream led to. */
function abandon(data: ComputerData, bridge: Bridge, step: Step) {
  if (forget(data, bridge, step, bridge.far?.canceled ?? "operation was canceled")) bridge.far?.leave(step);
}

/** What the kubelet said is not whole, or it says nothing: both sides are told. */
function giveUp(data: ComputerData, bridge: Bridge, step: Step, error: string) {
  step.send(bridge.peer, breakOff(bridge.line.stream, error));
  abandon(data, bridge, step);
}
