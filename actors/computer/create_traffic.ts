import type { Step } from "../../runtime/mod.ts";
import { createAlarms } from "../kit/alarms.ts";
import { createAffinity } from "../network/affinity.ts";
import { createPorts } from "../network/ports.ts";
import { createRoutes } from "../network/routes.ts";
import { createTransport } from "../network/transport.ts";
import { createAfar } from "./afar.ts";
import { createBridges } from "./bridge.ts";
import { createConntrack } from "./conntrack.ts";
import type { ComputerData, Traffic } from "./data.ts";
import { createDatagramTrack } from "./datagram_track.ts";
import { createNeighbours } from "./neighbours.ts";
import { createSockets, offer } from "./sockets.ts";

/** What a computer keeps that has not yet carried anything. */
export function createTraffic(data: ComputerData): Traffic {
  const ports = createPorts(data.portFirst);
  const traffic: Traffic = {
    affinity: createAffinity(),
    routes: createRoutes(data.input.routes),
    afar: createAfar(),
    kubeletPort: new Map(),
    conntrack: createConntrack(({ original, reply }) => {
      if (reply.target !== original.source) ports.free(reply.target.ip, reply.target.port);
    }),
    datagrams: createDatagramTrack(({ original, reply }) => {
      if (reply.target !== original.source) ports.free(reply.target.ip, reply.target.port);
    }),
    neighbours: createNeighbours(),
    ports,
    alarms: createAlarms(),
    transport: createTransport<Step>({
      send: (packet) => void traffic.outbox.push(packet),
      offered: (end, at) => offer(data, end, at),
      gone: (end) => void traffic.over.push(end),
    }),
    outbox: [],
    over: [],
    sockets: createSockets(),
    bridges: createBridges(),
    wake: { atMs: undefined },
  };
  return traffic;
}
