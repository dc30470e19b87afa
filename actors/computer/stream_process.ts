import type { Step } from "../../runtime/mod.ts";
import type { ProcessAnswer, ProcessPush, ProcessRequest } from "../cri/messages.ts";
import { sayTaken } from "../network/stream_line.ts";
import { type StreamPurpose, terminalSizeOf } from "../network/streams.ts";
import { type Bridge, finish, isOpen, stand, tell } from "./bridge.ts";
import { askRuntime, type ComputerData, trafficOf } from "./data.ts";

/** Leads a stream to a command that the container runtime runs, or to a container's own process. */
export function processStream(
  data: ComputerData,
  bridge: Bridge,
  { container, command, stdin, tty }: StreamPurpose & { readonly kind: "process" },
  step: Step,
): void {
  const { processes, last } = trafficOf(data).bridges;
  const stream = ++last.number;
  processes.set(stream, bridge);
  bridge.far = {
    canceled: "operation was canceled",
    write(bytes, channel, later) {
      if (channel !== "resize") return ask(later, { op: "ProcessInput", stream, data: bytes, end: false });
      later.send(bridge.peer, sayTaken(bridge.line, bytes.length));
      const size = terminalSizeOf(bytes);
      if (size) ask(later, { op: "ProcessResize", stream, ...size });
    },
    taken: (bytes, later) => ask(later, { op: "ProcessTaken", stream, bytes }),
    end: (later) => ask(later, { op: "ProcessInput", stream, data: "", end: true }),
    leave(later) {
      processes.delete(stream);
      ask(later, { op: "ProcessLeave", stream });
    },
  };
  const wish = { hasInput: stdin, hasTerminal: tty, ...(command ? { command } : {}) };
  askRuntime(data, step, { op: "ProcessOpen", stream, container, ...wish }, (answer, later) => {
    const opened = answer as ProcessAnswer | undefined;
    if (opened?.ok) {
      if (isOpen(data, bridge)) stand(bridge, later);
      return;
    }
    processes.delete(stream);
    finish(data, bridge, later, { message: opened?.failure.message ?? "the container runtime does not answer" });
  });
}

/** A process says something on its streams: the kubelet is told. */
export function processSays(data: ComputerData, push: ProcessPush, step: Step): void {
  const { processes } = trafficOf(data).bridges;
  const bridge = processes.get(push.stream);
  if (!bridge) return;
  // It may overtake the answer to its opening.
  stand(bridge, step);
  if (push.type === "process.output") {
    tell(bridge, step, { type: "stream.data", channel: push.channel, data: push.data });
  } else if (push.type === "process.taken") {
    step.send(bridge.peer, sayTaken(bridge.line, push.bytes));
  } else {
    processes.delete(push.stream);
    const { exitCode, error } = push;
    const closing = { ...(exitCode === undefined ? {} : { exitCode }), ...(error === undefined ? {} : { error }) };
    finish(data, bridge, step, closing);
  }
}

/** Tells the container runtime something that needs no answer. */
function ask(step: Step, request: ProcessRequest): void {
  step.device("cri", request);
}
