import type { DraDriverInput } from "../../actors/dra_driver/messages.ts";
import type { Address, ChildSpec } from "../../runtime/mod.ts";
import { computerAddress, draDriverOf, type NodePlace, type Topology } from "./topology.ts";

const driversPerWorker = 8;

/** The drivers of devices of a node. */
export function driverSpecs(
  { devices = [] }: Topology,
  { index, name: node }: NodePlace,
  {
    spec,
    apiServers,
  }: {
    readonly spec: (kind: string, input: unknown, name: string) => ChildSpec;
    readonly apiServers: readonly Address[];
  },
): readonly ChildSpec[] {
  return devices.map(({ driver, perNode }) => {
    const input: DraDriverInput = { driver, node, apiServers, computer: computerAddress(index), devices: perNode };
    // They rest almost always.
    const sharedWorker = `devices-${Math.floor(index / driversPerWorker)}`;
    return { ...spec("dra_driver", input, draDriverOf(node, driver)), sharedWorker };
  });
}
