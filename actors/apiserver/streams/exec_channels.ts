import type { Step } from "../../../runtime/mod.ts";
import { internalError, type Status } from "../../api/status.ts";
import type { StreamClose } from "../../network/streams.ts";
import { type ClientSide, closeNormal, type SocketOut } from "./client_side.ts";
import {
  closeStream,
  endStream,
  type Failure,
  type KubeletStream,
  type KubeletStreams,
  type Refusal,
  takeFrom,
  writeStream,
} from "./kubelet_streams.ts";
import { bytesOf, createTextReader } from "./text_bytes.ts";

/** The protocols of a command's streams: in both, the first byte of a message is its channel; 5 can close one. */
export const execProtocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** What a client wants of a command, and how an error is told. */
export interface ExecSession {
  readonly client: ClientSide;
  readonly protocol: string;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Opens the stream to the kubelet. */
  open(handler: ExecHandler, step: Step): KubeletStream;
  explain(refused: Refusal | Failure): string;
}

/** What the kubelet's end of a command tells. */
export interface ExecHandler {
  opened(step: Step): void;
  refused(refused: Refusal | Failure, step: Step): void;
  data(channel: string, data: string, step: Step): void;
  ended(step: Step): void;
  closed(end: Pick<StreamClose, "exitCode" | "error">, step: Step): void;
}

/**
 * Leads a command's streams between a WebSocket and a kubelet.
 *
 * Source: KEP-4006, and Kubernetes' `remotecommand` protocols.
 */
export function beginExec(streams: KubeletStreams, session: ExecSession, step: Step): void {
  const { client, protocol } = session;
  const reader = createTextReader();
  const out: SocketOut = client.accept(step, protocol, {
    frame(data, later) {
      const payload = data.slice(1);
      const channel = data.charCodeAt(0);
      const taken = (when: Step) => out.taken(data.length, when);
      if (channel === channels.stdin && session.stdin) {
        return writeStream(stream, later, { channel: "stdin", data: reader.read(payload), taken });
      }
      // A terminal's size concerns nobody here: no process has a real one.
      if (channel === channels.close && payload.charCodeAt(0) === channels.stdin) endStream(stream, later);
      taken(later);
    },
    closed: (later) => closeStream(streams, stream, later),
  });
  const say = (channel: number, data: string, later: Step, taken?: (when: Step) => void) =>
    out.send(String.fromCharCode(channel) + data, later, taken);
  const finish = (status: object, later: Step) => {
    say(channels.error, bytesOf(JSON.stringify(status)), later);
    out.close(later, closeNormal, "");
  };
  // The first word is the server's: it shows that the connection stands.
  const first = session.stdout ? channels.stdout : session.stderr ? channels.stderr : channels.error;
  say(first, "", step);
  const stream: KubeletStream = session.open(
    {
      opened: () => {},
      refused: (refused, later) => finish(internalError(session.explain(refused)), later),
      data(name, data, later) {
        const isWanted = name === "stdout" ? session.stdout : session.stderr;
        const taken = (when: Step) => takeFrom(stream, when, data.length);
        if (isWanted) say(name === "stdout" ? channels.stdout : channels.stderr, bytesOf(data), later, taken);
        else taken(later);
      },
      ended: () => {},
      closed: (end, later) => finish(statusOf(end), later),
    },
    step,
  );
}

/** How a command ended, in the words that clients look for. */
function statusOf({ exitCode = 0, error }: Pick<StreamClose, "exitCode" | "error">): object {
  if (error !== undefined) return internalError(`error executing command in container: ${error}`);
  if (exitCode === 0) return { metadata: {}, status: "Success" };
  const message = `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`;
  const details = { causes: [{ reason: "ExitCode", message: String(exitCode) }] };
  const status: Pick<Status, "metadata" | "status" | "message" | "details"> = {
    metadata: {},
    status: "Failure",
    message,
    details,
  };
  return { ...status, reason: "NonZeroExitCode" };
}
