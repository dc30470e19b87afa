import fc from "fast-check";
import type { ModelDeed } from "../model/messages.ts";
import { device, zoneLabel } from "./pods.ts";

/** How long users are at work, in virtual milliseconds. */
export const workMsMax = 8_000;

const taint = fc.record({
  key: fc.constant("kept"),
  value: fc.constantFrom("yes", "no"),
  effect: fc.constantFrom("NoSchedule", "NoExecute", "PreferNoSchedule"),
});

/** A node comes, mostly at the start. */
export function nodeNamed(name: string): fc.Arbitrary<ModelDeed & { readonly op: "put" }> {
  return fc
    .record({
      atMs: fc.oneof({ weight: 4, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.nat(workMsMax) }),
      cpu: fc.constantFrom("1", "2", "2", "3"),
      memory: fc.constantFrom("512Mi", "1Gi", "4Gi"),
      pods: fc.constantFrom("2", "4", "110", "110"),
      "ephemeral-storage": fc.constantFrom("2Gi", "4Gi"),
      [device]: fc.constantFrom("0", "2", "3"),
      zone: fc.constantFrom("zone-a", "zone-b", undefined),
      disk: fc.constantFrom("ssd", "hdd", undefined),
      rank: fc.nat(3),
      taints: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: taint.map((each) => [each]) },
      ),
    })
    .map(({ atMs, zone, disk, rank, taints, ...allocatable }) => {
      const labels = {
        ...{ "kubernetes.io/hostname": name, rank: String(rank) },
        ...(zone === undefined ? {} : { [zoneLabel]: zone }),
        ...(disk === undefined ? {} : { disk }),
      };
      const metadata = { name, labels };
      const object = { apiVersion: "v1", kind: "Node", metadata, spec: { taints }, status: { allocatable } };
      return { atMs, op: "put", resource: "nodes", object };
    });
}
