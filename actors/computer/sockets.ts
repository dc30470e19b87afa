import type { Step } from "../../runtime/mod.ts";
import type { SocketAnswer, SocketErrorCode, SocketPush, SocketRequest } from "../cri/messages.ts";
import type { End, EndHandlers } from "../network/connection.ts";
import { socketWindowBytes } from "../network/endpoint.ts";
import { askRuntime, type ComputerData, trafficOf } from "./data.ts";
import { answerHealth } from "./health_ports.ts";
import { scopeOf, unscoped } from "./loopback.ts";
import { resolveHost } from "./names.ts";
import { open } from "./open.ts";
import { answerProxy } from "./proxy_ports.ts";

/** A socket of a process. */
interface Socket {
  readonly number: number;
  /** Undefined while its name is being resolved. */
  end: End | undefined;
  /** Taken by the other end, and not yet told. */
  takenBytes: number;
}

/** The sockets of a node's processes. */
export interface Sockets {
  readonly byNumber: Map<number, Socket>;
  readonly byEnd: Map<End, Socket>;
  /** The number of the last one that came in. */
  readonly last: { number: number };
}

/** What the other end has taken is told in portions: each costs a message. */
const takenStepBytes = socketWindowBytes / 4;

/** Makes the table of a node where nothing runs. */
export function createSockets(): Sockets {
  return { byNumber: new Map(), byEnd: new Map(), last: { number: 0 } };
}

/** Offers a connection that has come to whoever listens there. */
export function offer(data: ComputerData, end: End, step: Step): void {
  if (answerHealth(data, end, step) || answerProxy(data, end, step)) return;
  const { sandboxes } = data;
  const { sockets } = trafficOf(data);
  const sandbox = scopeOf(end.local.ip) ?? sandboxes.withIp(end.local.ip)?.sandbox;
  const socket = add(sockets, ++sockets.last.number);
  bind(sockets, socket, end);
  const from = { ip: unscoped(end.remote.ip), port: end.remote.port };
  const where = { port: end.local.port, from, ...(sandbox === undefined ? {} : { sandbox }) };
  askRuntime(data, step, { op: "SocketAccept", socket: socket.number, ...where }, (answer, later) => {
    if ((answer as SocketAnswer).ok) trafficOf(data).transport.accept(end, handlersOf(data, socket), later);
    else trafficOf(data).transport.refuse(end, later);
  });
}

/** A process wants to connect. */
export function connect(
  data: ComputerData,
  wanted: Extract<SocketPush, { readonly type: "socket.connect" }>,
  step: Step,
): void {
  const { sandbox, host, port } = wanted;
  const socket = add(trafficOf(data).sockets, wanted.socket);
  resolveHost(data, { sandbox, host }, step, (found, later) => {
    // Its process may have given up in the meantime.
    if (trafficOf(data).sockets.byNumber.get(socket.number) !== socket) return;
    if (found.ok) tryNext(data, { socket, sandbox, port, addresses: [...found.addresses] }, later);
    else fail(data, socket, { code: found.code, message: `getaddrinfo ${found.code} ${host}` }, later);
  });
}

interface Attempt {
  readonly socket: Socket;
  readonly sandbox: string | undefined;
  readonly port: number;
  /** Those that are still to be tried, the next one first. */
  readonly addresses: string[];
}

/** Tries the addresses of a name one after the other, as Node does. */
function tryNext(data: ComputerData, attempt: Attempt, step: Step): void {
  const { socket, sandbox, port, addresses } = attempt;
  const ip = addresses.shift() ?? "";
  const failed = (code: SocketErrorCode, later: Step) => {
    if (addresses.length > 0) tryNext(data, attempt, later);
    else fail(data, socket, { code, message: `connect ${code} ${ip}:${port}` }, later);
  };
  const handlers: EndHandlers<Step> = {
    ...handlersOf(data, socket),
    failed: (_end, why, later) => failed(errorCodes[why], later),
  };
  const end = open(data, { sandbox, to: { ip, port } }, handlers, step);
  if (end) bind(trafficOf(data).sockets, socket, end);
  else failed("EHOSTUNREACH", step);
}

const errorCodes = { refused: "ECONNREFUSED", unreachable: "EHOSTUNREACH", timeout: "ETIMEDOUT" } as const;

function fail(
  data: ComputerData,
  { number }: Socket,
  error: { readonly code: SocketErrorCode; readonly message: string },
  step: Step,
): void {
  trafficOf(data).sockets.byNumber.delete(number);
  tell(step, { op: "SocketFailed", socket: number, ...error });
}

/** What a process does with a socket that it has. */
export function push(data: ComputerData, asked: Exclude<SocketPush, { type: "socket.connect" }>, step: Step): void {
  const { transport, sockets } = trafficOf(data);
  const socket = sockets.byNumber.get(asked.socket);
  if (!socket) return;
  const { end } = socket;
  if (asked.type === "socket.reset") sockets.byNumber.delete(asked.socket);
  if (!end) return;
  if (asked.type === "socket.data") transport.write(end, { data: asked.data, isLast: asked.end }, step);
  else if (asked.type === "socket.taken") transport.take(end, asked.bytes, step);
  else transport.reset(end, step);
}

/** The sandbox of an end is gone, and its processes: of a socket that one left for its farewell nobody else would tell. */
export function sever(data: ComputerData, end: End, step: Step): void {
  const socket = trafficOf(data).sockets.byEnd.get(end);
  if (socket) tell(step, { op: "SocketReset", socket: socket.number });
  trafficOf(data).transport.reset(end, step);
}

/** An end is over: its socket is no more. */
export function release({ byNumber, byEnd }: Sockets, end: End): void {
  const socket = byEnd.get(end);
  byEnd.delete(end);
  if (socket?.end === end) byNumber.delete(socket.number);
}

function handlersOf(data: ComputerData, socket: Socket): EndHandlers<Step> {
  const { number } = socket;
  return {
    opened: ({ remote }, step) =>
      tell(step, { op: "SocketConnected", socket: number, to: { ip: unscoped(remote.ip), port: remote.port } }),
    failed: (_end, why, step) => fail(data, socket, { code: errorCodes[why], message: "" }, step),
    received(end, { data: bytes, isLast }, step) {
      const request: SocketRequest = { op: "SocketData", socket: number, data: bytes, end: isLast };
      if (bytes === "") return tell(step, request);
      askRuntime(data, step, request, (answer, later) => {
        const taken = answer as SocketAnswer;
        const { takenBytes = 0 } = taken.ok ? taken.value : {};
        if (takenBytes > 0) trafficOf(data).transport.take(end, takenBytes, later);
      });
    },
    taken(_end, bytes, step) {
      socket.takenBytes += bytes;
      if (socket.takenBytes < takenStepBytes) return;
      tell(step, { op: "SocketTaken", socket: number, bytes: socket.takenBytes });
      socket.takenBytes = 0;
    },
    broken: (_end, _why, step) => tell(step, { op: "SocketReset", socket: number }),
  };
}

/** Tells a process something that needs no answer. */
function tell(step: Step, request: SocketRequest): void {
  step.device("cri", request);
}

function add({ byNumber }: Sockets, number: number): Socket {
  const socket: Socket = { number, end: undefined, takenBytes: 0 };
  byNumber.set(number, socket);
  return socket;
}

function bind({ byEnd }: Sockets, socket: Socket, end: End): void {
  socket.end = end;
  byEnd.set(end, socket);
}
