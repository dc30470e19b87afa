import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, decideAll, outcomeOf, reasonsOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import { claimNamed, classNamed, volumeNamed } from "../../../properties/stages/storage/storage_objects.ts";
import type { CSINode } from "../../api/kinds/csi_node.ts";
import type { PersistentVolume } from "../../api/kinds/persistent_volume.ts";
import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import type { StorageClass } from "../../api/kinds/storage_class.ts";
import { nodeVolumeLimits } from "./node_volume_limits.ts";

const driver = "disks.example.com";
const tooMany = ["node(s) exceed max volume count"];
const withClaims = (...claims: string[]) => ({
  volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
});

function csiNode(name: string, count?: number): CSINode {
  const allocatable = count === undefined ? {} : { allocatable: { count } };
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSINode",
    metadata: { name },
    spec: { drivers: [{ name: driver, nodeID: name, ...allocatable }] },
  };
}

/** Two nodes, `a` for two volumes, `b` for any number, with a pod on `a` that has the claim `one`. */
function clusterOf() {
  const pods = [{ name: "there", node: "a", spec: withClaims("one") }];
  const core = coreOf({ nodes: [{ name: "a" }, { name: "b" }], pods });
  const { volumes } = core.related;
  for (const name of ["one", "two"]) {
    const spec = { volumeName: `pv-${name}` };
    const annotations = { "pv.kubernetes.io/bind-completed": "yes" };
    const claim = claimNamed(name, { metadata: { annotations }, spec, status: { phase: "Bound" } });
    volumes.setClaim(claim as unknown as PersistentVolumeClaim);
    const csi = { driver, volumeHandle: name };
    volumes.setVolume(volumeNamed(`pv-${name}`, { spec: { csi, hostPath: undefined } }) as unknown as PersistentVolume);
  }
  volumes.setClass(
    classNamed("fast", { provisioner: driver, volumeBindingMode: "WaitForFirstConsumer" }) as unknown as StorageClass,
  );
  for (const name of ["new", "newer"]) volumes.setClaim(claimNamed(name) as unknown as PersistentVolumeClaim);
  volumes.setNode(csiNode("a", 2));
  volumes.setNode(csiNode("b"));
  return core;
}

test("nodeVolumeLimits counts each volume of a driver once, those that are still to be made, too", () => {
  const core = clusterOf();
  const on = (...claims: string[]) =>
    reasonsOf(nodeVolumeLimits, core, podOf({ name: "p", spec: withClaims(...claims) }));
  assert.deepEqual(on("one"), { a: [], b: [] });
  assert.deepEqual(on("two"), { a: [], b: [] });
  assert.deepEqual(on("one", "two"), { a: [], b: [] });
  assert.deepEqual(on("one", "two", "new"), { a: tooMany, b: [] });
  assert.deepEqual(on("new", "newer"), { a: tooMany, b: [] });
  assert.deepEqual(on(), { a: [], b: [] });
});

test("nodeVolumeLimits tries a pod again when a node can take more", () => {
  const core = clusterOf();
  const spec = { ...withClaims("two", "new"), nodeSelector: { "kubernetes.io/hostname": "a" } };
  core.podSeen(podOf({ name: "p", spec }), 0);
  assert.match(outcomeOf(decideAll(core)[0]), /1 node\(s\) exceed max volume count/);
  core.csiNodeSeen(csiNode("a", 3), 10);
  assert.equal(outcomeOf(decideAll(core, { nowMs: 2_000 })[0]), "a");
});
