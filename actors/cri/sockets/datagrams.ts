import { ok } from "../../kit/result.ts";
import { type DatagramRequest, datagramBytesMax } from "../../network/datagram.ts";
import type { Endpoint } from "../../network/endpoint.ts";
import { failedCall } from "../cri_answers.ts";
import type { SocketAnswer } from "../messages.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import { portsIn } from "./sockets.ts";

/** Who hears what comes for a port. */
export interface DatagramOwner {
  received(data: string, from: Endpoint): void;
  /** Nobody takes what was sent there. */
  refused(from: Endpoint): void;
}

/** A process's socket for datagrams. */
export interface DatagramSocket {
  readonly port: number;
  /** Sends one to an IP; one that is too long is not sent. */
  send(data: string, to: Endpoint): boolean;
  close(): void;
}

/** The sockets for datagrams of a node's processes. */
export interface Datagrams {
  request(request: DatagramRequest): SocketAnswer;
  /** Takes a port of a sandbox, or of the node; without `port` one that is free. `undefined`: it is another's. */
  bind(place: { readonly sandbox?: string; readonly port?: number }, owner: DatagramOwner): DatagramSocket | undefined;
  /** The ports of a sandbox, or of the node, that are somebody's, in their order. */
  bound(sandbox: string | undefined): readonly number[];
}

const ownPortFirst = 32_768;
const ownPortCount = 28_232;

/** Makes the sockets for datagrams of a node. */
export function createDatagrams(node: RuntimeNode): Datagrams {
  const bound = new Map<string, DatagramOwner>();
  let given = 0;

  function freePort(sandbox: string | undefined): number | undefined {
    for (let tries = 0; tries < ownPortCount; tries++) {
      const port = ownPortFirst + (given++ % ownPortCount);
      if (!bound.has(keyOf(sandbox, port))) return port;
    }
    return undefined;
  }

  return {
    request({ sandbox, port, from, data, isRefusal }) {
      const owner = bound.get(keyOf(sandbox, port));
      if (!owner) return failedCall("UNAVAILABLE", "port unreachable");
      if (isRefusal) owner.refused(from);
      else owner.received(data, from);
      return ok({});
    },
    bound: (sandbox) => portsIn(bound.keys(), sandbox),
    bind({ sandbox, port: wanted }, owner) {
      const port = wanted ?? freePort(sandbox);
      if (port === undefined || bound.has(keyOf(sandbox, port))) return undefined;
      const key = keyOf(sandbox, port);
      bound.set(key, owner);
      return {
        port,
        send(data, to) {
          if (data.length > datagramBytesMax) return false;
          node.push({ type: "socket.datagram", ...(sandbox === undefined ? {} : { sandbox }), port, to, data });
          return true;
        },
        close: () => void bound.delete(key),
      };
    },
  };
}

function keyOf(sandbox: string | undefined, port: number): string {
  return `${sandbox ?? ""}:${port}`;
}
