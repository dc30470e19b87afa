import type { Step } from "../../runtime/mod.ts";
import type { EndHandlers } from "../network/connection.ts";
import { sayTaken } from "../network/stream_line.ts";
import type { StreamPurpose } from "../network/streams.ts";
import { type Bridge, finish, stand, tell } from "./bridge.ts";
import { type ComputerData, trafficOf } from "./data.ts";
import { dialErrors } from "./dial.ts";
import { open } from "./open.ts";

/** A connection that a stream goes on in. */
interface Dialled {
  readonly bridge: Bridge;
  /** As containerd says why it could not be made. */
  readonly refusal: (cause: string) => string;
  /** The stream's side, and the connection's, write no more. */
  readonly ended: { stream: boolean; connection: boolean };
}

/** Leads a stream to a port on the loopback of a sandbox: what a port-forward of a kubelet is. */
export function dialStream(
  data: ComputerData,
  bridge: Bridge,
  { sandbox, port }: StreamPurpose & { readonly kind: "dial" },
  step: Step,
): void {
  const refusal = (cause: string) =>
    `failed to connect to localhost:${port} inside namespace "${sandbox}", IPv4: dial tcp4 127.0.0.1:${port}: ${cause}`;
  const dialled: Dialled = { bridge, refusal, ended: { stream: false, connection: false } };
  const { ended } = dialled;
  const end = open(data, { sandbox, to: { ip: "127.0.0.1", port } }, handlersOf(data, dialled), step);
  if (!end) {
    finish(data, bridge, step, { message: refusal("sandbox is not running") });
    return;
  }
  bridge.far = {
    canceled: refusal("operation was canceled"),
    write: (bytes, _channel, later) => trafficOf(data).transport.write(end, { data: bytes, isLast: false }, later),
    taken: (size, later) => trafficOf(data).transport.take(end, size, later),
    end(later) {
      ended.stream = true;
      trafficOf(data).transport.write(end, { data: "", isLast: true }, later);
      closeWhenEnded(data, dialled, later);
    },
    leave: (later) => trafficOf(data).transport.reset(end, later),
    sandboxGone(gone, later) {
      if (gone === sandbox) breakConnection(data, dialled, later);
    },
  };
}

function handlersOf(data: ComputerData, dialled: Dialled): EndHandlers<Step> {
  const { bridge, refusal, ended } = dialled;
  return {
    opened: (_end, step) => stand(bridge, step),
    failed: (_end, why, step) => finish(data, bridge, step, { message: refusal(dialErrors[why]) }),
    received(_end, { data: bytes, isLast }, step) {
      if (bytes !== "") tell(bridge, step, { type: "stream.data", channel: "data", data: bytes });
      if (!isLast) return;
      ended.connection = true;
      if (!ended.stream) tell(bridge, step, { type: "stream.end" });
      closeWhenEnded(data, dialled, step);
    },
    taken: (_end, size, step) => step.send(bridge.peer, sayTaken(bridge.line, size)),
    broken: (_end, _why, step) => breakConnection(data, dialled, step),
  };
}

/** The connection is broken: the kubelet is told. */
function breakConnection(data: ComputerData, { bridge, refusal }: Dialled, step: Step) {
  const message = refusal("connect: connection reset by peer");
  finish(data, bridge, step, { message, error: "connection reset by peer" });
}

function closeWhenEnded(data: ComputerData, { bridge, ended }: Dialled, step: Step) {
  if (ended.stream && ended.connection) finish(data, bridge, step, {});
}
