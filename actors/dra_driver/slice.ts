import type { Device } from "../api/device_offers.ts";
import { type ResourceSlice, resourceSlice } from "../api/kinds/resource_slice.ts";
import type { Frozen, Node } from "../api/types.ts";
import { jsonEqual } from "../api/types.ts";
import type { DraDriverInput } from "./messages.ts";

/** The devices of a node, as its driver offers them. */
export function devicesOf({ devices }: Pick<DraDriverInput, "devices">): readonly Device[] {
  return Array.from({ length: devices }, (_each, index) => ({
    name: `device-${String(index).padStart(2, "0")}`,
    attributes: { index: { int: index }, model: { string: "played" } },
    capacity: { memory: { value: "80Gi" } },
  }));
}

/** The slice that is to be there: the node's devices are one pool, and go with the node. */
export function wantedSlice(
  input: Pick<DraDriverInput, "driver" | "node" | "devices">,
  node: Frozen<Node>,
  generation = 1,
): ResourceSlice {
  const { driver, node: nodeName } = input;
  const owner = { apiVersion: "v1", kind: "Node", name: nodeName, uid: node.metadata.uid ?? "", controller: true };
  return {
    apiVersion: `${resourceSlice.group}/${resourceSlice.version}`,
    kind: resourceSlice.kind,
    metadata: { name: "", generateName: `${nodeName}-${driver}-`, ownerReferences: [owner] },
    spec: {
      driver,
      nodeName,
      pool: { name: nodeName, generation, resourceSliceCount: 1 },
      devices: devicesOf(input),
    },
  };
}

/** Whether a slice says what there is. */
export function isAsWanted({ spec }: Frozen<ResourceSlice>, input: Pick<DraDriverInput, "devices">): boolean {
  return spec.pool.resourceSliceCount === 1 && jsonEqual(spec.devices ?? [], devicesOf(input));
}
