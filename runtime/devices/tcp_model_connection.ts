import type { DeviceContext } from "./device.ts";
import type { TcpMessage } from "./messages.ts";
import type { TcpClient } from "./tcp_client.ts";
import { tcpWindowBytes } from "./tcp_rules.ts";

/** An actor that listens on a port of the virtual outside. */
export interface ModelListener {
  readonly host: string;
  readonly port: number;
  readonly context: DeviceContext;
  push(message: TcpMessage): void;
  /** Numbers a connection. */
  add(served: ServedConnection): number;
  remove(connection: number): void;
}

/** The actor's side of a connection. */
export interface ServedConnection {
  /** `written` is called when the client's system has the bytes. */
  write(data: string, written: () => void): void;
  end(): void;
  reset(): void;
  take(bytes: number): void;
  /** The actor is gone: its client sees a reset. */
  abandon(): void;
}

interface ModelConnectionOptions {
  /** Undefined when nobody listens. */
  readonly listener: ModelListener | undefined;
  /** Whether it still listens. */
  isStill(listener: ModelListener): boolean;
  readonly from: { readonly ip: string; readonly port: number };
  readonly latencyMs: number;
}

const chunkBytesMax = 64 * 1024;

/** Opens a connection of the virtual outside, and gives the client's side of it. */
export function openModelConnection({ listener, isStill, from, latencyMs }: ModelConnectionOptions): TcpClient {
  const observers: (() => void)[] = [];
  let state: ReturnType<TcpClient["state"]> = "connecting";
  let error: string | undefined;
  /** The client's: what it has, and what waits while it is paused. */
  const inbox = { text: "", isEnded: false, isPaused: false, waiting: [] as (() => void)[] };
  /** The actor's: what is not pushed yet, how much of what was pushed is not taken, what was said. */
  const outbox = { text: "", untaken: 0, isEnding: false, isEnded: false };
  let connection = 0;
  /** The actor has broken it: it is told nothing more. */
  let isDropped = false;
  const tell = (message: TcpMessage) => isDropped || listener?.push(message);

  function changed() {
    for (const observe of observers) observe();
  }

  function finish(why?: string) {
    if (state === "closed") return;
    state = "closed";
    error = why;
    listener?.remove(connection);
    changed();
  }

  /** Something that arrives a little later, unless the connection is over by then. */
  function later(body: () => void) {
    if (state !== "closed") listener?.context.after(latencyMs, () => state !== "closed" && body());
  }

  /** For the client, which may be slow. */
  function deliver(body: () => void) {
    if (inbox.isPaused) inbox.waiting.push(body);
    else body();
  }

  /** Pushes as much as the actor has room for. */
  function pump() {
    while (outbox.text !== "" && outbox.untaken < tcpWindowBytes) {
      const data = outbox.text.slice(0, Math.min(chunkBytesMax, tcpWindowBytes - outbox.untaken));
      outbox.text = outbox.text.slice(data.length);
      outbox.untaken += data.length;
      tell({ type: "tcp.data", connection, data });
    }
    if (outbox.text !== "" || !outbox.isEnding || outbox.isEnded) return;
    outbox.isEnded = true;
    tell({ type: "tcp.ended", connection });
    closeWhenBothEnded();
  }

  function closeWhenBothEnded() {
    if (!inbox.isEnded || !outbox.isEnded) return;
    tell({ type: "tcp.closed", connection, isBroken: false });
    finish();
  }

  const served: ServedConnection = {
    write: (data, written) =>
      later(() =>
        deliver(() => {
          inbox.text += data;
          written();
          changed();
        }),
      ),
    end: () =>
      later(() =>
        deliver(() => {
          inbox.isEnded = true;
          changed();
          closeWhenBothEnded();
        }),
      ),
    reset() {
      isDropped = true;
      listener?.remove(connection);
      later(() => finish("ECONNRESET"));
    },
    take(bytes) {
      outbox.untaken -= bytes;
      pump();
    },
    abandon: () => finish("ECONNRESET"),
  };

  if (!listener) finish("ECONNREFUSED");
  later(() => {
    if (!listener || !isStill(listener)) return finish("ECONNREFUSED");
    connection = listener.add(served);
    listener.push({ type: "tcp.opened", connection, host: listener.host, port: listener.port, from });
    later(() => {
      state = "open";
      changed();
    });
  });

  return {
    state: () => state,
    error: () => error,
    received: () => inbox.text,
    take() {
      const taken = inbox.text;
      inbox.text = "";
      return taken;
    },
    isEnded: () => inbox.isEnded,
    write: (data) =>
      later(() => {
        outbox.text += data;
        pump();
      }),
    end: () =>
      later(() => {
        outbox.isEnding = true;
        pump();
      }),
    reset() {
      if (state === "closed") return;
      if (connection !== 0) tell({ type: "tcp.closed", connection, isBroken: true });
      finish();
    },
    pause() {
      inbox.isPaused = true;
    },
    resume() {
      inbox.isPaused = false;
      while (!inbox.isPaused) {
        const body = inbox.waiting.shift();
        if (!body) return;
        body();
      }
    },
    onChange: (observer) => void observers.push(observer),
  };
}
