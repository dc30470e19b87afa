import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, reasonsOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import { claimNamed, volumeNamed } from "../../../properties/stages/storage/storage_objects.ts";
import type { PersistentVolume } from "../../api/kinds/persistent_volume.ts";
import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { volumeRestrictions } from "./volume_restrictions.ts";
import { volumeZone } from "./volume_zone.ts";

const zone = "topology.kubernetes.io/zone";
const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "data" } }];
const pod = podOf({ name: "p", spec: { volumes } });

test("volumeZone takes nodes of a volume's zones, and any node where nodes have none", () => {
  const core = coreOf({
    nodes: [{ name: "a", labels: { [zone]: "east" } }, { name: "b", labels: { [zone]: "west" } }, { name: "c" }],
  });
  core.related.volumes.setClaim(claimNamed("data", { spec: { volumeName: "v" } }) as PersistentVolumeClaim);
  const labelled = (labels: object) =>
    core.related.volumes.setVolume(volumeNamed("v", { metadata: { labels } }) as PersistentVolume);
  labelled({ [zone]: "west__north" });
  const conflict = "node(s) had no available volume zone";
  assert.deepEqual(reasonsOf(volumeZone, core, pod), { a: [conflict], b: [], c: [] });
  labelled({});
  assert.deepEqual(reasonsOf(volumeZone, core, pod), { a: [], b: [], c: [] });
});

test("volumeRestrictions gives a claim for one pod alone to no second one, on whatever node", () => {
  const core = coreOf({
    nodes: [{ name: "a" }, { name: "b" }],
    pods: [
      { name: "user", node: "a", spec: { volumes } },
      { name: "stranger", namespace: "other", node: "b", spec: { volumes } },
    ],
  });
  const claimed = (mode: string) =>
    core.related.volumes.setClaim(claimNamed("data", { spec: { accessModes: [mode] } }) as PersistentVolumeClaim);
  const used = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode";
  claimed("ReadWriteOnce");
  assert.deepEqual(reasonsOf(volumeRestrictions, core, pod), { a: [], b: [] });
  claimed("ReadWriteOncePod");
  assert.deepEqual(reasonsOf(volumeRestrictions, core, pod), { a: [used], b: [used] });
  const user = podOf({ name: "user", node: "a", spec: { volumes } });
  core.podGone(user, 0);
  assert.deepEqual(reasonsOf(volumeRestrictions, core, pod), { a: [], b: [] });
});
