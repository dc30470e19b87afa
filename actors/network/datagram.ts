import type { Endpoint } from "./endpoint.ts";

/**
 * A datagram of UDP: sent between computers, and between a computer and whatever else has an IP. Source and target are
 * as on the wire, that is after the translations of the node that sent it. It may be lost on its way.
 */
export interface Datagram {
  readonly type: "datagram";
  readonly source: Endpoint;
  readonly target: Endpoint;
  /** Bytes, a character each (latin1). */
  readonly data: string;
  /** It is the word that nobody takes what was sent the other way (ICMP's "port unreachable"); there is no data. */
  readonly isRefusal: boolean;
}

/** What a computer asks of its device `cri`: a datagram has come for a port of a sandbox, or of the node's own network. */
export interface DatagramRequest {
  readonly op: "DatagramIn";
  readonly sandbox?: string;
  readonly port: number;
  readonly from: Endpoint;
  readonly data: string;
  readonly isRefusal: boolean;
}

/** What the device `cri` pushes: a process of a sandbox, or of the node's own network, sends a datagram. */
export interface DatagramPush {
  readonly type: "socket.datagram";
  readonly sandbox?: string;
  /** From which port. */
  readonly port: number;
  readonly to: Endpoint;
  readonly data: string;
}

/** More than that no datagram can hold. */
export const datagramBytesMax = 65_507;

/** The word that nobody takes a datagram. */
export function refusalOf({ source, target }: Datagram): Datagram {
  return { type: "datagram", source: target, target: source, data: "", isRefusal: true };
}
