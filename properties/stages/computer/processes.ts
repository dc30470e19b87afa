import type {
  CriAnswer,
  CriRequest,
  FindAddress,
  SandboxStatus,
  SocketAnswer,
  SocketPush,
  SocketRequest,
} from "../../../actors/cri/messages.ts";
import { failed, ok } from "../../../actors/kit/result.ts";
import type { DatagramPush, DatagramRequest } from "../../../actors/network/datagram.ts";
import type { DeviceContext, DeviceDefinition } from "../../../runtime/devices/device.ts";
import type { Address } from "../../../runtime/mod.ts";

/** What a test's process has seen of a socket. */
export interface SeenSocket {
  readonly socket: number;
  readonly sandbox: string;
  readonly port: number;
  received: string;
  /** What happened to it, in order. */
  readonly news: string[];
}

/** A server of a test: what it answers to what it has received so far; undefined: nothing yet. */
export type Server = (received: string, seen: SeenSocket) => string | undefined;

/** The processes of one computer, in one life. */
export interface TestNode {
  readonly sandboxes: Map<string, SandboxStatus>;
  readonly servers: Map<string, Server>;
  readonly sockets: Map<number, SeenSocket>;
  /** Ports that are taken for datagrams, as `SANDBOX:PORT`, and what came for them. */
  readonly datagrams: Map<string, string[]>;
  push(body: SocketPush | DatagramPush): void;
  /** A process connects; gives the socket's number. */
  connect(host: string, port: number, sandbox?: string): number;
  send(socket: number, data: string, end?: boolean): void;
  reset(socket: number): void;
}

/** A `cri` device whose processes are a test's. */
export interface TestProcesses extends DeviceDefinition {
  at(address: Address): TestNode;
  /** How many requests about sockets there were. */
  readonly counted: { requests: number };
}

/** Less than that is always taken at once. */
const smallBytes = 1_000;

type Asked = CriRequest | SocketRequest | DatagramRequest | FindAddress;

/** Makes the device; where nobody was told to listen, connections are refused. Servers end what their clients ended. */
export function testProcesses(): TestProcesses {
  const nodes = new Map<Address, TestNode>();
  const counted = { requests: 0 };

  function nodeOf(context: DeviceContext): TestNode {
    let last = 0;
    const node: TestNode = {
      sandboxes: new Map(),
      servers: new Map(),
      sockets: new Map(),
      datagrams: new Map(),
      push: (body) => context.push(body),
      connect(host, port, sandbox) {
        const socket = --last;
        node.sockets.set(socket, { socket, sandbox: sandbox ?? "", port, received: "", news: [] });
        node.push({ type: "socket.connect", socket, host, port, ...(sandbox === undefined ? {} : { sandbox }) });
        return socket;
      },
      send: (socket, data, end = false) => node.push({ type: "socket.data", socket, data, end }),
      reset: (socket) => node.push({ type: "socket.reset", socket }),
    };
    return node;
  }

  function received(node: TestNode, seen: SeenSocket, { data, end }: { readonly data: string; readonly end: boolean }) {
    seen.received += data;
    if (end) seen.news.push("end");
    if (seen.socket < 0) return;
    const server = data === "" ? undefined : node.servers.get(`${seen.sandbox}:${seen.port}`);
    const answer = server?.(seen.received, seen);
    if (answer !== undefined || end) node.send(seen.socket, answer ?? "", end);
  }

  /** Which computer has a sandbox with that address. */
  function whose(ip: string) {
    const found = [...nodes].find(([, { sandboxes }]) =>
      [...sandboxes.values()].some((each) => each.ip === ip && each.ready),
    );
    return { ok: true, ...(found ? { computer: found[0] } : {}) };
  }

  function answer(node: TestNode, asked: Exclude<Asked, FindAddress>): CriAnswer | SocketAnswer {
    if (asked.op === "DatagramIn") return hear(node, asked);
    if (!asked.op.startsWith("Socket")) return cri(node, asked as CriRequest);
    counted.requests++;
    const request = asked as Exclude<SocketRequest, { readonly op: "HostHttp" }>;
    if (request.op === "SocketAccept") {
      const { socket, sandbox = "", port, from } = request;
      if (!node.servers.has(`${sandbox}:${port}`)) return failed({ code: "UNAVAILABLE", message: "" });
      node.sockets.set(socket, { socket, sandbox, port, received: "", news: [`from ${from.ip}`] });
      return ok({});
    }
    const seen = node.sockets.get(request.socket);
    if (!seen) return ok({});
    if (request.op === "SocketConnected") seen.news.push(`connected ${request.to.ip}:${request.to.port}`);
    else if (request.op === "SocketFailed") seen.news.push(`${request.code}: ${request.message}`);
    else if (request.op === "SocketReset") seen.news.push("reset");
    else if (request.op === "SocketData") {
      received(node, seen, request);
      // Some bytes are taken at once, the others a little later.
      const takenBytes = request.data.length >> 1;
      const bytes = request.data.length - takenBytes;
      if (bytes > smallBytes) node.push({ type: "socket.taken", socket: seen.socket, bytes });
      return ok({ takenBytes: bytes > smallBytes ? takenBytes : request.data.length });
    } else seen.news.push(`taken ${request.bytes}`);
    return ok({});
  }

  return {
    name: "cri",
    needs: () => undefined,
    counted,
    at(address) {
      const node = nodes.get(address);
      if (!node) throw new Error(`Looking at processes: no computer has the address "${address}"`);
      return node;
    },
    open(context) {
      const node = nodeOf(context);
      nodes.set(context.address, node);
      return {
        request(asked, done) {
          const { op } = asked as Asked;
          if (op === "FindAddress") done(whose((asked as FindAddress).ip));
          else if (op === "HostHttp") hostGet(node, asked as Extract<SocketRequest, { readonly op: "HostHttp" }>, done);
          else done(answer(node, asked as Exclude<Asked, FindAddress>));
        },
        close: () => {},
      };
    },
  };
}

/** Keeps what comes for a port that is taken. */
function hear({ datagrams }: TestNode, { sandbox = "", port, from, data, isRefusal }: DatagramRequest): SocketAnswer {
  const heard = datagrams.get(`${sandbox}:${port}`);
  if (!heard) return failed({ code: "UNAVAILABLE", message: "" });
  heard.push(`${isRefusal ? "refused" : data} from ${from.ip}:${from.port}`);
  return ok({});
}

/** A connection without words is all that the test's prober makes. */
function hostGet(node: TestNode, { url }: { readonly url: string }, done: (answer: unknown) => void): void {
  const { hostname, port } = new URL(url);
  node.connect(hostname, Number(port));
  done({ ok: true, status: 200, body: "" });
}

/** The part of the CRI that makes sandboxes: `uid` is the sandbox's id, and `namespace/name@ip` says the rest. */
function cri(node: TestNode, request: CriRequest): CriAnswer {
  if (request.op === "RunPodSandbox") {
    const { pod } = request;
    const [name = "", ip = ""] = pod.name.split("@");
    const status = { sandbox: pod.uid, pod: { ...pod, name }, ready: true, ip, createdAtMs: 0 };
    node.sandboxes.set(pod.uid, status);
    return ok({ sandbox: status });
  }
  if (request.op === "StopPodSandbox" || request.op === "RemovePodSandbox") {
    node.sandboxes.delete(request.sandbox);
    for (const key of [...node.servers.keys()]) if (key.startsWith(`${request.sandbox}:`)) node.servers.delete(key);
  }
  return request.op === "ListPodSandbox" ? ok({ sandboxes: [...node.sandboxes.values()] }) : ok(undefined);
}
