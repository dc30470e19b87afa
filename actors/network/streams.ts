/**
 * Streams between actors: what `kubectl logs`, `exec` and `port-forward` are made of on their way from an API server to
 * a kubelet, and from a kubelet to its computer. Whoever opens a stream names it, with a number that it uses for no other
 * stream to that actor in this life; the opening is an ask, what follows is sent.
 *
 * Real ones go over TCP. Here a link may lose, repeat and reorder messages, so each side numbers what must arrive whole
 * and in order (`sequence`, from 1 on without a gap), and says now and then how far it is (`stream.alive`): see
 * `stream_line.ts`, which both sides use.
 */
export type StreamMessage = StreamOpen | StreamData | StreamTaken | StreamEnd | StreamClose | StreamAlive;

/** Opens a stream; asked, and answered with a `StreamAnswer` when it stands or cannot be. */
export interface StreamOpen {
  readonly type: "stream.open";
  readonly stream: number;
  readonly purpose: StreamPurpose;
}

/** What a stream is for. */
export type StreamPurpose =
  /** The opener reads text on `stdout`; closed with exit code 0 when all was told. */
  | ({ readonly kind: "logs" } & PodTarget & LogOptions)
  /** Bytes: `stdin` from the opener, `stdout` and `stderr` to it; closed with the command's exit code. */
  | ({ readonly kind: "exec" } & PodTarget & {
        readonly command: readonly string[];
        readonly stdin: boolean;
        readonly tty: boolean;
      })
  /** The same with a container's own process, from now on; closed with exit code 0 when that has ended. */
  | ({ readonly kind: "attach"; readonly stdin: boolean } & PodTarget)
  /** One connection to a port of a pod: bytes (latin1) on `data`, both ways. */
  | ({ readonly kind: "portforward"; readonly port: number } & PodTarget)
  /** What a kubelet asks its computer for a port-forward. */
  | { readonly kind: "dial"; readonly sandbox: string; readonly port: number }
  /** What a kubelet asks its computer for a command, or without one to attach. */
  | {
      readonly kind: "process";
      readonly container: string;
      readonly command?: readonly string[];
      readonly stdin: boolean;
      readonly tty: boolean;
    };

/** A pod of the kubelet that is asked; `container` empty means the only one, or the pod's default container. */
export interface PodTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
}

/** The fields of `PodLogOptions`. */
export interface LogOptions {
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly timestamps?: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  /** Default All. */
  readonly stream?: "All" | "Stdout" | "Stderr";
}

/** The answer to `stream.open`. A refusal has what a Status has. */
export type StreamAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: number; readonly reason: string; readonly message: string };

/** A piece of what one side writes. At most `streamWindow` characters may be under way that are not yet taken. */
export interface StreamData {
  readonly type: "stream.data";
  readonly stream: number;
  readonly sequence: number;
  readonly channel: StreamChannel;
  readonly data: string;
}

/** Text where logs are told, else bytes, a character each (latin1); on `resize` a size, as `terminalSizeText` writes it. */
export type StreamChannel = "stdin" | "stdout" | "stderr" | "data" | "resize";

/** How large a terminal is, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

const sizeMax = 65_535;

/** A size as it goes through a stream: `80x24`. */
export function terminalSizeText({ columns, rows }: TerminalSize): string {
  return `${columns}x${rows}`;
}

/** Reads such a text; undefined when it is none, or none that a terminal can have. */
export function terminalSizeOf(text: string): TerminalSize | undefined {
  const [, columns = 0, rows = 0] = (/^(\d{1,5})x(\d{1,5})$/.exec(text) ?? []).map(Number);
  const isSize = columns > 0 && rows > 0 && Math.max(columns, rows) <= sizeMax;
  return isSize ? { columns, rows } : undefined;
}

/** So many characters have been taken since the stream was opened, over all channels: one that is lost does no harm. */
export interface StreamTaken {
  readonly type: "stream.taken";
  readonly stream: number;
  readonly total: number;
}

/** The side that sends this writes no more; the other may go on. */
export interface StreamEnd {
  readonly type: "stream.end";
  readonly stream: number;
  readonly sequence: number;
}

/** The stream is over, for both sides: nothing is sent after it. */
export interface StreamClose {
  readonly type: "stream.close";
  readonly stream: number;
  /** 0: at once, whatever is still missing; the side that says it has broken the stream off, or knows of none. */
  readonly sequence: number;
  /** Of a command that ended. */
  readonly exitCode?: number;
  /** It broke, and why. */
  readonly error?: string;
}

/** Said on a stream on which nothing was said for a while: shows that its side lives, and what was lost on the way. */
export interface StreamAlive {
  readonly type: "stream.alive";
  readonly stream: number;
  /** The last that was said. */
  readonly sequence: number;
  /** As in `stream.taken`. */
  readonly total: number;
}

/** How many characters one side may have under way. */
export const streamWindow = 256 * 1024;
