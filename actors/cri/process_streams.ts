import { streamWindow } from "../network/streams.ts";
import type { StreamClient, StreamServer } from "./container_image.ts";
import { noContainer, nothing } from "./cri_answers.ts";
import type { ProcessAnswer, ProcessPush, ProcessRequest } from "./messages.ts";
import type { ProcessWish } from "./process_wish.ts";
import type { RealNode } from "./real_runtime.ts";
import type { RuntimeNode } from "./runtime_node.ts";

/** The streams between processes of a node and the computer that carries them on. */
export interface ProcessStreams {
  request(request: ProcessRequest, done: (answer: ProcessAnswer) => void): void;
}

type Closing = Pick<Extract<ProcessPush, { type: "process.closed" }>, "exitCode" | "error">;

/** One of them. */
interface Held {
  readonly number: number;
  /** Undefined while it is being opened. */
  server: StreamServer | undefined;
  /** Bytes that were written and not taken, those that wait for the end of this moment too. */
  underWay: number;
  output: { readonly channel: "stdout" | "stderr"; data: string }[];
  tookBytes: number;
  closing: Closing | undefined;
  isFlushing: boolean;
}

/** Makes the table of a node without streams; `real` is what of it a real runtime has. */
export function createProcessStreams(node: RuntimeNode, real?: RealNode): ProcessStreams {
  const byNumber = new Map<number, Held>();

  /** What a process does in one moment goes out in as few messages as it can. */
  function flushLater(held: Held): void {
    if (held.isFlushing) return;
    held.isFlushing = true;
    node.atEnd(() => {
      held.isFlushing = false;
      if (byNumber.get(held.number) === held) flush(held);
    });
  }

  function flush(held: Held): void {
    const { number: stream, output, tookBytes, closing } = held;
    held.output = [];
    held.tookBytes = 0;
    for (const { channel, data } of output) node.push({ type: "process.output", stream, channel, data });
    if (tookBytes > 0) node.push({ type: "process.taken", stream, bytes: tookBytes });
    if (!closing) return;
    byNumber.delete(stream);
    node.push({ type: "process.closed", stream, ...closing });
  }

  function clientOf(held: Held): StreamClient {
    const isOpen = () => byNumber.get(held.number) === held && held.closing === undefined;
    return {
      room: () => (isOpen() ? streamWindow - held.underWay : 0),
      write(channel, bytes) {
        if (!isOpen() || bytes === "") return;
        held.underWay += bytes.length;
        const last = held.output.at(-1);
        if (last?.channel === channel) last.data += bytes;
        else held.output.push({ channel, data: bytes });
        flushLater(held);
      },
      took(bytes) {
        if (!isOpen()) return;
        held.tookBytes += bytes;
        flushLater(held);
      },
      close(closing) {
        if (!isOpen()) return;
        held.closing = closing;
        flushLater(held);
      },
    };
  }

  function open(request: ProcessRequest & { readonly op: "ProcessOpen" }): ProcessAnswer {
    const { stream: number, container: id, ...wish } = request;
    const connect = connectorOf(id);
    if (!connect) return noContainer(id);
    const held: Held = {
      ...{ number, server: undefined, underWay: 0, output: [], tookBytes: 0, closing: undefined, isFlushing: false },
    };
    byNumber.set(number, held);
    held.server = connect(wish, clientOf(held));
    return nothing;
  }

  /** What leads to the processes of a container that runs. */
  function connectorOf(id: string): ((wish: ProcessWish, client: StreamClient) => StreamServer) | undefined {
    if (real?.hasContainer(id)) return (wish, client) => real.connect(id, wish, client);
    const container = node.containers.get(id);
    if (container?.status.state !== "CONTAINER_RUNNING") return undefined;
    return (wish, client) => container.image.connect(container, wish, client);
  }

  return {
    request(request, done) {
      if (request.op === "ProcessOpen") return done(open(request));
      const held = byNumber.get(request.stream);
      if (held?.server && held.closing === undefined) take(held, held.server, request);
      done(nothing);
    },
  };

  function take(held: Held, server: StreamServer, request: Exclude<ProcessRequest, { op: "ProcessOpen" }>): void {
    if (request.op === "ProcessInput") {
      if (request.data !== "") server.input(request.data);
      if (request.end) server.end();
    } else if (request.op === "ProcessTaken") {
      held.underWay -= Math.min(held.underWay, request.bytes);
      server.roomAgain();
    } else if (request.op === "ProcessResize") {
      server.resize?.({ columns: request.columns, rows: request.rows });
    } else {
      byNumber.delete(held.number);
      server.leave();
    }
  }
}
