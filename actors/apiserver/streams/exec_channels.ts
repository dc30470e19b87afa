import type { Step } from "../../../runtime/mod.ts";
import { internalError, type Status } from "../../api/status.ts";
import { type StreamClose, terminalSizeOf, terminalSizeText } from "../../network/streams.ts";
import { acceptChannels, type ChannelHandler } from "./channels.ts";
import { type ClientSide, closeNormal } from "./client_side.ts";
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
import { acceptSpdyChannels } from "./spdy_channels.ts";
import { bytesOf } from "./text_bytes.ts";

/**
 * The protocols of a command's streams; who names none speaks the first one that there was. The fifth can close a
 * channel, the fourth was the first that said how a command ended; before, only what went wrong was told, as text.
 */
export const execProtocols = [
  "v5.channel.k8s.io",
  "v4.channel.k8s.io",
  "v4.base64.channel.k8s.io",
  "channel.k8s.io",
  "base64.channel.k8s.io",
  "",
] as const;

/** The same where each channel is a stream of SPDY, which can end by itself. */
export const spdyExecProtocols = [
  "v4.channel.k8s.io",
  "v3.channel.k8s.io",
  "v2.channel.k8s.io",
  "channel.k8s.io",
  "",
] as const;

const closesChannels = (protocol: string) => protocol.startsWith("v5.");
const tellsStatus = (protocol: string) => protocol.startsWith("v4.") || protocol.startsWith("v5.");

const spdyChannels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;
const channels = { ...spdyChannels, close: 255 } as const;

/** What a client wants of a command or of a container's own process, and how an error is told. */
export interface ExecSession {
  readonly client: ClientSide;
  readonly protocol: string;
  /** Else the channels are a WebSocket's. */
  readonly isSpdy: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly hasTerminal: boolean;
  /** What broke when it breaks: `executing command in container`. */
  readonly doing: string;
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
 * Leads a command's streams between a client and a kubelet.
 *
 * Source: KEP-4006, and Kubernetes' `remotecommand` protocols.
 */
export function beginExec(streams: KubeletStreams, session: ExecSession, step: Step): void {
  const { client, protocol } = session;
  let sizes = "";
  const handler: ChannelHandler = {
    message(channel, data, taken, later) {
      if (channel === channels.stdin && session.stdin) {
        return writeStream(stream, later, { channel: "stdin", data, taken });
      }
      if (channel === channels.resize && session.hasTerminal) {
        const [size, rest] = lastSize(sizes + data);
        sizes = rest.slice(-sizeBytesMax);
        if (size !== undefined) return writeStream(stream, later, { channel: "resize", data: size, taken });
      }
      const isClosing = channel === channels.close && closesChannels(protocol);
      if (isClosing && data.charCodeAt(0) === channels.stdin) endStream(stream, later);
      taken(later);
    },
    ended(channel, later) {
      if (channel === channels.stdin) endStream(stream, later);
    },
    closed: (later) => closeStream(streams, stream, later),
  };
  const out = session.isSpdy
    ? acceptSpdyChannels(
        streams,
        { client, protocol, channels: spdyChannels, needed: neededOf(session), handler },
        step,
      )
    : acceptChannels(client, step, { protocol, handler });
  const finish = (status: Ending, later: Step) => {
    if (tellsStatus(protocol)) out.send({ channel: channels.error, data: bytesOf(JSON.stringify(status)) }, later);
    else if (status.message !== undefined) out.send({ channel: channels.error, data: bytesOf(status.message) }, later);
    out.close(later, closeNormal, "");
  };
  // The first word is the server's: it shows that the connection stands.
  const first = session.stdout ? channels.stdout : session.stderr ? channels.stderr : channels.error;
  out.send({ channel: first, data: "" }, step);
  const stream: KubeletStream = session.open(
    {
      opened: () => {},
      refused: (refused, later) => finish(internalError(session.explain(refused)), later),
      data(name, data, later) {
        const isWanted = name === "stdout" ? session.stdout : session.stderr;
        const taken = (when: Step) => takeFrom(stream, when, data.length);
        if (isWanted) out.send({ channel: name === "stdout" ? channels.stdout : channels.stderr, data, taken }, later);
        else taken(later);
      },
      ended: () => {},
      closed: (end, later) => finish(statusOf(session.doing, end), later),
    },
    step,
  );
}

/** More than a size that is not whole yet. */
const sizeBytesMax = 256;

/** The newest size in a text of JSON objects, of which the last may not be whole, and what is left of it. */
function lastSize(text: string): readonly [size: string | undefined, rest: string] {
  const end = text.lastIndexOf("}") + 1;
  const [last = "{}"] = /\{[^{}]*\}$/.exec(text.slice(0, end)) ?? [];
  const { Width: columns = 0, Height: rows = 0 } = readSize(last);
  const size = terminalSizeText({ columns, rows });
  return [terminalSizeOf(size) && size, text.slice(end)];
}

function readSize(text: string): { readonly Width?: number; readonly Height?: number } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The streams that a client of SPDY opens, as Kubernetes waits for them: since the third protocol one for sizes, too. */
function neededOf({ protocol, stdin, stdout, stderr, hasTerminal }: ExecSession): readonly number[] {
  const resizes = hasTerminal && /^v[34]\./.test(protocol);
  const wanted = { error: true, stdin, stdout, stderr, resize: resizes };
  return Object.entries(spdyChannels).flatMap(([name, channel]) =>
    wanted[name as keyof typeof wanted] ? [channel] : [],
  );
}

/** How a command ended; a success has no message. */
type Ending = Pick<Status, "metadata" | "status" | "message" | "details">;

/** How a command ended, in the words that clients look for. */
function statusOf(doing: string, { exitCode = 0, error }: Pick<StreamClose, "exitCode" | "error">): Ending {
  if (error !== undefined) return internalError(`error ${doing}: ${error}`);
  if (exitCode === 0) return { metadata: {}, status: "Success" };
  const message = `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`;
  const details = { causes: [{ reason: "ExitCode", message: String(exitCode) }] };
  const status: Ending = { metadata: {}, status: "Failure", message, details };
  return { ...status, ...{ reason: "NonZeroExitCode" } };
}
