import type { Step } from "../../runtime/mod.ts";
import { createAlarms } from "../kit/alarms.ts";
import { createAffinity } from "../network/affinity.ts";
import { createRoutes } from "../network/routes.ts";
import { createRuleTable } from "../network/rule_table.ts";
import { createTransport } from "../network/transport.ts";
import { createBridges } from "./bridge.ts";
import { createConntrack } from "./conntrack.ts";
import type { ComputerData } from "./data.ts";
import type { ComputerInput } from "./messages.ts";
import { createNeighbours } from "./neighbours.ts";
import { createPorts } from "./ports.ts";
import { createSandboxes } from "./sandboxes.ts";
import { createSockets, offer } from "./sockets.ts";

/** A computer that has just been switched on. */
export function createData(input: ComputerInput, step: Step): ComputerData {
  const ports = createPorts(step.int(2 ** 16));
  const data: ComputerData = {
    input,
    rules: createRuleTable(input.node),
    affinity: createAffinity(),
    calls: new Map(),
    routes: createRoutes(input.routes),
    sandboxes: createSandboxes(),
    conntrack: createConntrack(({ original, reply }) => {
      if (reply.target !== original.source) ports.free(reply.target.ip, reply.target.port);
    }),
    neighbours: createNeighbours(),
    ports,
    alarms: createAlarms(),
    transport: createTransport<Step>({
      send: (packet) => void data.outbox.push(packet),
      offered: (end, at) => offer(data, end, at),
      gone: (end) => void data.over.push(end),
    }),
    outbox: [],
    over: [],
    sockets: createSockets(),
    bridges: createBridges(),
    wake: { atMs: undefined },
  };
  return data;
}
