import { connect } from "node:net";
import { resetSocket } from "./tcp_reset.ts";

/** A client's side of a TCP connection, real or simulated. Bytes are text with a character for each (latin1). */
export interface TcpClient {
  state(): "connecting" | "open" | "closed";
  /** Why it could not be made, or broke: `ECONNREFUSED`, `ECONNRESET`, ...; undefined while all is well. */
  error(): string | undefined;
  /** What has come and was not taken yet. */
  received(): string;
  /** The same, and it is taken. */
  take(): string;
  /** The other side writes no more. */
  isEnded(): boolean;
  /** Before it is open too: then the bytes wait. */
  write(data: string): void;
  /** Writes no more; reading goes on. */
  end(): void;
  reset(): void;
  /** Takes nothing more from the network until it resumes: a slow client. */
  pause(): void;
  resume(): void;
  /** Calls back whenever any of this may have changed. */
  onChange(listener: () => void): void;
}

/** Opens a real TCP connection; what becomes of it is in its state. */
export function dialTcp(host: string, port: number): TcpClient {
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
  const listeners: (() => void)[] = [];
  let state: ReturnType<TcpClient["state"]> = "connecting";
  let error: string | undefined;
  let received = "";
  let isEnded = false;
  const changed = (body: () => void) => () => {
    body();
    for (const listener of listeners) listener();
  };

  socket.on(
    "connect",
    changed(() => {
      state = "open";
    }),
  );
  socket.on("data", (chunk) => changed(() => (received += chunk.toString("latin1")))());
  socket.on(
    "end",
    changed(() => {
      isEnded = true;
    }),
  );
  socket.on("error", (cause: NodeJS.ErrnoException) => {
    error ??= cause.code ?? cause.message;
  });
  socket.on(
    "close",
    changed(() => {
      state = "closed";
    }),
  );

  return {
    state: () => state,
    error: () => error,
    received: () => received,
    take() {
      const taken = received;
      received = "";
      return taken;
    },
    isEnded: () => isEnded,
    write: (data) => void socket.write(data, "latin1"),
    end: () => void socket.end(),
    reset: () => resetSocket(socket),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    onChange: (listener) => void listeners.push(listener),
  };
}
