import type { Address, Mail, Step } from "../../runtime/mod.ts";
import type { End, EndHandlers } from "../network/connection.ts";
import type { StreamAnswer, StreamClose, StreamData, StreamEnd, StreamOpen, StreamTaken } from "../network/streams.ts";
import type { MachineData } from "./data.ts";
import { dialErrors } from "./dial.ts";
import { scopeOf } from "./loopback.ts";
import { open } from "./open.ts";

/** A stream of a kubelet, and the connection that it goes on in. */
interface Bridge {
  readonly peer: Address;
  readonly stream: number;
  end: End | undefined;
  /** The stream's side, and the connection's, write no more. */
  readonly ended: { stream: boolean; connection: boolean };
}

/** The streams of a node, by who opened them and their number. */
export type Bridges = Map<string, Bridge>;

type StreamMail = Mail<StreamData> | Mail<StreamTaken> | Mail<StreamEnd> | Mail<StreamClose>;

/** Opens a stream to a port on the loopback of a sandbox: what a port-forward of a kubelet is. */
export function openStream(data: MachineData, mail: Mail<StreamOpen>, step: Step) {
  const { from, ask, body } = mail;
  const answer = (later: Step, given: StreamAnswer) => later.reply({ from, ask }, given);
  if (body.purpose.kind !== "dial") {
    const message = `Opening a stream on a machine: it is for ${body.purpose.kind}, ask the kubelet`;
    return answer(step, { ok: false, code: 400, reason: "BadRequest", message });
  }
  const { sandbox, port } = body.purpose;
  const bridge: Bridge = {
    peer: from,
    stream: body.stream,
    end: undefined,
    ended: { stream: false, connection: false },
  };
  const refuse = (later: Step, cause: string) => {
    remove(data, bridge, later);
    answer(later, { ok: false, code: 500, reason: "InternalError", message: refusal(sandbox, port, cause) });
  };
  const handlers = handlersOf(data, bridge, {
    opened: (later) => answer(later, { ok: true }),
    failed: (later, cause) => refuse(later, cause),
  });
  if (![...data.bridges.values()].some(({ peer }) => peer === from)) step.monitor(from);
  data.bridges.set(keyOf(from, body.stream), bridge);
  bridge.end = open(data, { sandbox, to: { ip: "127.0.0.1", port } }, handlers, step);
  if (!bridge.end) refuse(step, "sandbox is not running");
}

/** As containerd says it. */
function refusal(sandbox: string, port: number, cause: string): string {
  return `failed to connect to localhost:${port} inside namespace "${sandbox}", IPv4: dial tcp4 127.0.0.1:${port}: ${cause}`;
}

/** What the kubelet does with a stream. */
export function onStream(data: MachineData, mail: StreamMail, step: Step) {
  const { from, body } = mail;
  const bridge = data.bridges.get(keyOf(from, body.stream));
  if (!bridge?.end) return;
  const { end, ended } = bridge;
  if (body.type === "stream.data") data.transport.write(end, { data: body.data, isLast: false }, step);
  else if (body.type === "stream.taken") data.transport.take(end, body.size, step);
  else if (body.type === "stream.end") {
    ended.stream = true;
    data.transport.write(end, { data: "", isLast: true }, step);
    closeWhenEnded(data, bridge, step);
  } else {
    remove(data, bridge, step);
    data.transport.reset(end, step);
  }
}

/** Who opened streams is gone, and will never close them. */
export function streamsGone(data: MachineData, address: Address, step: Step) {
  for (const bridge of [...data.bridges.values()]) {
    if (bridge.peer !== address) continue;
    remove(data, bridge, step);
    if (bridge.end) data.transport.reset(bridge.end, step);
  }
}

/** A sandbox is gone, and with it the loopback that its streams went on in. */
export function sandboxGone(data: MachineData, sandbox: string, step: Step): void {
  for (const bridge of [...data.bridges.values()]) {
    if (bridge.end && scopeOf(bridge.end.local.ip) === sandbox) breakOff(data, bridge, step);
  }
}

function handlersOf(
  data: MachineData,
  bridge: Bridge,
  answer: { opened(step: Step): void; failed(step: Step, cause: string): void },
): EndHandlers<Step> {
  const { peer, stream } = bridge;
  return {
    opened: (_end, step) => answer.opened(step),
    failed: (_end, why, step) => answer.failed(step, dialErrors[why]),
    received(_end, { data: bytes, isLast }, step) {
      if (bytes !== "") step.send(peer, { type: "stream.data", stream, channel: "data", data: bytes } as StreamData);
      if (!isLast) return;
      bridge.ended.connection = true;
      if (!bridge.ended.stream) step.send(peer, { type: "stream.end", stream } as StreamEnd);
      closeWhenEnded(data, bridge, step);
    },
    taken: (_end, size, step) => step.send(peer, { type: "stream.taken", stream, size } as StreamTaken),
    broken: (_end, _why, step) => breakOff(data, bridge, step),
  };
}

function breakOff(data: MachineData, bridge: Bridge, step: Step): void {
  const { peer, stream } = bridge;
  remove(data, bridge, step);
  step.send(peer, { type: "stream.close", stream, error: "connection reset by peer" } as StreamClose);
}

function closeWhenEnded(data: MachineData, bridge: Bridge, step: Step) {
  const { stream, connection } = bridge.ended;
  if (!stream || !connection) return;
  remove(data, bridge, step);
  step.send(bridge.peer, { type: "stream.close", stream: bridge.stream } as StreamClose);
}

function remove({ bridges }: MachineData, { peer, stream }: Bridge, step: Step) {
  if (!bridges.delete(keyOf(peer, stream))) return;
  for (const each of bridges.values()) if (each.peer === peer) return;
  step.demonitor(peer);
}

function keyOf(peer: Address, stream: number): string {
  return `${peer}|${stream}`;
}
