import { type Address, hash32, type Step } from "../../runtime/mod.ts";
import type { Packet } from "../network/packet.ts";
import type { ComputerData } from "./data.ts";
import { isNodeIp } from "./own_ips.ts";

/** Where a kubelet speaks HTTPS with whoever may ask it. */
const kubeletPort = 10_250;
/** So many connections are remembered. */
const knownMax = 1_024;

/** Which server has a connection of a client, by the client's address and port; the oldest first. */
export type KubeletPort = Map<string, number>;

/**
 * Passes what comes for the port of the node's kubelet to who answers there in its name; false where the packet is for
 * somebody else. A client that gets no answer to its first packet sends that again, and comes to the next server then.
 */
export function passToKubelet(data: ComputerData, { packet, known }: Passing, step: Step): boolean {
  const { kubeletServers = [] } = data.input;
  const { source, target } = packet;
  if (target.port !== kubeletPort || !isNodeIp(data.input, target.ip) || kubeletServers.length === 0) return false;
  const client = `${source.ip} ${source.port}`;
  const before = known.get(client) ?? hash32(client);
  const at = packet.kind === "syn" && known.has(client) ? before + 1 : before;
  if (packet.kind === "syn") {
    known.delete(client);
    known.set(client, at);
    for (const oldest of known.keys()) if (known.size > knownMax) known.delete(oldest);
  }
  step.send(kubeletServers[at % kubeletServers.length] as Address, packet);
  return true;
}

interface Passing {
  readonly packet: Packet;
  readonly known: KubeletPort;
}
