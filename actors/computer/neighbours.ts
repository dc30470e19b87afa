import type { Packet } from "../network/packet.ts";

/** Packets for addresses of this node that no pod has: they are asked for, for a while, as ARP does. */
export interface Neighbours {
  /** Keeps a packet; true when its address is asked for from now on. */
  wait(packet: Packet): boolean;
  /** Gives what waits for an address, which has come or was not found. */
  take(ip: string): readonly Packet[];
}

/** So long Linux asks: three times, a second each. */
export const neighbourMs = 3_000;
/** How many packets wait for one address; further ones are lost. */
const packetsMax = 101;

/** Makes it with nothing waiting. */
export function createNeighbours(): Neighbours {
  const waiting = new Map<string, Packet[]>();
  return {
    wait(packet) {
      const { ip } = packet.target;
      const packets = waiting.get(ip);
      if (packets && packets.length < packetsMax) packets.push(packet);
      if (packets) return false;
      waiting.set(ip, [packet]);
      return true;
    },
    take(ip) {
      const packets = waiting.get(ip) ?? [];
      waiting.delete(ip);
      return packets;
    },
  };
}
