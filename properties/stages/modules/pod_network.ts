import type { CriPush, LogPush, SocketAnswer, SocketPush, SocketRequest } from "../../../actors/cri/messages.ts";
import type { Device } from "../../../runtime/devices/device.ts";

/** The test's end of a connection. */
export interface TestConnection {
  write(data: string, end: boolean): void;
  taken(bytes: number): void;
  reset(): void;
}

/** What the test's end of a connection hears. */
export interface TestOwner {
  connected(): void;
  data(data: string, end: boolean): void;
  reset(): void;
  refused(): void;
}

/** Carries connections between the pods of one node, and from the test to them. */
export interface PodNetwork {
  /** Names that pods can look up. */
  readonly names: Map<string, string>;
  /** By IP. */
  readonly sandboxes: Map<string, string>;
  dial(ip: string, port: number, owner: TestOwner): TestConnection;
  hear(push: CriPush | LogPush | SocketPush): void;
}

/** What one end of a connection hears. */
type End = (push: Exclude<SocketPush, { type: "socket.connect" }>) => void;

/** How long a message is under way. */
const latencyMs = 1;

/** Makes the network of a device under test. */
export function podNetwork(device: Device, { after }: { after(delayMs: number, body: () => void): void }): PodNetwork {
  const names = new Map<string, string>();
  const sandboxes = new Map<string, string>();
  /** By socket: where goes what its process writes. */
  const others = new Map<number, End>();
  let numbers = 0;

  const ask = (request: SocketRequest, done: (answer: SocketAnswer) => void = () => {}) =>
    after(latencyMs, () => device.request(request, (answer) => done(answer as SocketAnswer), undefined));
  const toSocket =
    (socket: number): End =>
    (push) => {
      if (push.type === "socket.data") ask({ op: "SocketData", socket, data: push.data, end: push.end });
      else if (push.type === "socket.taken") ask({ op: "SocketTaken", socket, bytes: push.bytes });
      else ask({ op: "SocketReset", socket });
    };

  /** Connects to a port of a pod; `back` hears what its process writes. */
  function connect(
    ip: string,
    port: number,
    { back, done }: { back: End; done: (socket: number | undefined) => void },
  ) {
    const sandbox = sandboxes.get(ip);
    const socket = ++numbers;
    others.set(socket, back);
    if (sandbox === undefined) return after(latencyMs, () => done(undefined));
    ask({ op: "SocketAccept", socket, sandbox, port, from: { ip: "10.0.0.9", port: 40_000 } }, (answer) =>
      done(answer.ok ? socket : undefined),
    );
  }

  return {
    names,
    sandboxes,
    dial(ip, port, owner) {
      let socket: number | undefined;
      const back: End = (push) => {
        if (push.type === "socket.data") {
          owner.data(push.data, push.end);
          if (socket !== undefined && push.data !== "") ask({ op: "SocketTaken", socket, bytes: push.data.length });
        } else if (push.type === "socket.reset") owner.reset();
      };
      connect(ip, port, {
        back,
        done(made) {
          socket = made;
          if (made === undefined) owner.refused();
          else owner.connected();
        },
      });
      const send: End = (push) => (socket === undefined ? undefined : toSocket(socket)(push));
      return {
        write: (data, end) => send({ type: "socket.data", socket: 0, data, end }),
        taken() {},
        reset: () => send({ type: "socket.reset", socket: 0 }),
      };
    },
    hear(push) {
      if (push.type === "socket.connect") {
        const { socket, host, port } = push;
        const ip = /^[\d.]+$/.test(host) ? host : names.get(host);
        if (ip === undefined) {
          return ask({ op: "SocketFailed", socket, code: "ENOTFOUND", message: `getaddrinfo ENOTFOUND ${host}` });
        }
        return connect(ip, port, {
          back: toSocket(socket),
          done(made) {
            const message = `connect ECONNREFUSED ${ip}:${port}`;
            if (made === undefined) return ask({ op: "SocketFailed", socket, code: "ECONNREFUSED", message });
            others.set(socket, toSocket(made));
            ask({ op: "SocketConnected", socket, to: { ip, port } });
          },
        });
      }
      if (push.type === "socket.data" || push.type === "socket.taken" || push.type === "socket.reset") {
        others.get(push.socket)?.(push);
      }
    },
  };
}
