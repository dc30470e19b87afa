import type { Address, Step } from "../../runtime/mod.ts";
import { type Alarm, callOff } from "../kit/alarms.ts";
import { createEndedStreams, type EndedStreams } from "../network/ended_streams.ts";
import { type Saying, type StreamLine, say } from "../network/stream_line.ts";
import type { StreamChannel, StreamClose } from "../network/streams.ts";
import { type ComputerData, type Traffic, trafficOf } from "./data.ts";

/** A stream of a kubelet, and what it leads to. */
export interface Bridge {
  readonly peer: Address;
  readonly line: StreamLine;
  /** Answers the opening, with a message if it cannot be; undefined: that is done. */
  answer: ((step: Step, message?: string) => void) | undefined;
  /** What it leads to; undefined until that is known. */
  far: FarSide | undefined;
}

/** What a stream leads to: a connection, or the streams of a process. */
export interface FarSide {
  /** What is answered when nobody wants it any more before it stands. */
  readonly canceled: string;
  write(data: string, channel: StreamChannel, step: Step): void;
  /** The kubelet has taken so many characters. */
  taken(size: number, step: Step): void;
  /** The kubelet writes no more. */
  end(step: Step): void;
  /** Nobody is there any more. */
  leave(step: Step): void;
  /** A sandbox is gone, perhaps the one that it leads into. Default: that is told otherwise. */
  sandboxGone?(sandbox: string, step: Step): void;
}

/** The streams of a node. */
export interface Bridges {
  /** By who opened them and their number. */
  readonly open: Map<string, Bridge>;
  readonly closed: EndedStreams;
  /** Those that lead to processes, by the number that the container runtime knows. */
  readonly processes: Map<number, Bridge>;
  /** The number of the last one of those. */
  readonly last: { number: number };
  /** When they are looked after next; undefined: there are none. */
  tending: Alarm<Step> | undefined;
}

/** A node without streams. */
export function createBridges(): Bridges {
  return {
    ...{ open: new Map(), closed: createEndedStreams(), processes: new Map(), last: { number: 0 } },
    tending: undefined,
  };
}

/** The name under which a stream is kept. */
export function bridgeKey(peer: Address, stream: number): string {
  return `${peer}|${stream}`;
}

/** Whether a stream still stands. */
export function isOpen({ traffic }: ComputerData, bridge: Bridge): boolean {
  return traffic?.bridges.open.get(bridgeKey(bridge.peer, bridge.line.stream)) === bridge;
}

/** A sandbox is gone, and with it what streams led to. */
export function sandboxGone({ bridges }: Traffic, sandbox: string, step: Step): void {
  for (const { far } of [...bridges.open.values()]) far?.sandboxGone?.(sandbox, step);
}

/** Says something to the kubelet. */
export function tell({ peer, line }: Bridge, step: Step, saying: Saying): void {
  step.send(peer, say(line, saying, step.uptimeMs));
}

/** It stands: the kubelet is answered, unless it was. */
export function stand(bridge: Bridge, step: Step): void {
  bridge.answer?.(step);
  bridge.answer = undefined;
  bridge.line.heardAtMs = step.uptimeMs;
}

/** What it led to is over: the kubelet is told how. */
export function finish(
  data: ComputerData,
  bridge: Bridge,
  step: Step,
  { message = "", ...closing }: Pick<StreamClose, "exitCode" | "error"> & { readonly message?: string },
): void {
  const wasOpened = bridge.answer === undefined;
  if (forget(data, bridge, step, message) && wasOpened) tell(bridge, step, { type: "stream.close", ...closing });
}

/** Forgets a stream; if it was never opened, the kubelet is told why. False if it was forgotten before. */
export function forget(data: ComputerData, bridge: Bridge, step: Step, message: string): boolean {
  const { bridges } = trafficOf(data);
  const { peer, line } = bridge;
  const key = bridgeKey(peer, line.stream);
  if (!bridges.open.delete(key)) return false;
  bridges.closed.add(key);
  bridge.answer?.(step, message);
  bridge.answer = undefined;
  const isAwaited = data.beginnings.some(({ mail }) => mail.from === peer);
  if (!isAwaited && ![...bridges.open.values()].some((each) => each.peer === peer)) step.demonitor(peer);
  if (bridges.open.size > 0 || !bridges.tending) return true;
  callOff(bridges.tending);
  bridges.tending = undefined;
  return true;
}
