import { deviceId } from "../../api/device_claims.ts";
import type { Device } from "../../api/device_offers.ts";
import { matchesNodeTerm, type SelectableNode } from "../../api/node_selector.ts";
import type { Frozen } from "../../api/types.ts";
import type { Slice } from "./device_index.ts";

/** A device that can be used on a node. */
export interface Candidate {
  readonly id: string;
  readonly driver: string;
  readonly pool: string;
  readonly device: Frozen<Device>;
  readonly slice: Slice;
}

/** The devices of one driver that are managed together, as far as a node can use them. */
export interface Pool {
  readonly name: string;
  readonly candidates: readonly Candidate[];
  /** Its driver is about to replace its slices: there is more than can be seen. */
  readonly isIncomplete: boolean;
  /** A device of it that is there twice: nothing in it can be relied upon. */
  readonly twice: string | undefined;
}

/** The pools of which a node can use devices: of each the newest generation. */
export function poolsFor(slices: readonly Slice[], node: SelectableNode): readonly Pool[] {
  const byPool = new Map<string, Slice[]>();
  for (const slice of slices) {
    if (!isUsableOn(slice, node)) continue;
    const { driver, pool } = slice.spec;
    const name = `${driver}/${pool.name}`;
    const before = byPool.get(name) ?? [];
    const generation = before[0]?.spec.pool.generation ?? pool.generation;
    if (pool.generation > generation) byPool.set(name, [slice]);
    else if (pool.generation === generation) byPool.set(name, [...before, slice]);
  }
  return [...byPool].map(([name, found]) => poolOf(name, found));
}

function poolOf(name: string, slices: readonly Slice[]): Pool {
  const seen = new Set<string>();
  let twice: string | undefined;
  const candidates = slices.flatMap((slice) => {
    const { driver, pool, devices = [] } = slice.spec;
    return devices.map((device) => {
      const id = deviceId({ driver, pool: pool.name, device: device.name });
      if (seen.has(id)) twice ??= device.name;
      seen.add(id);
      return { id, driver, pool: pool.name, device, slice };
    });
  });
  return { name, candidates, twice, isIncomplete: slices.length !== slices[0]?.spec.pool.resourceSliceCount };
}

function isUsableOn({ spec }: Slice, node: SelectableNode): boolean {
  if (spec.nodeName) return spec.nodeName === node.name;
  if (spec.allNodes === true) return true;
  return spec.nodeSelector?.nodeSelectorTerms.some((term) => matchesNodeTerm(node, term)) === true;
}
