import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, decideAll, outcomeOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";

const pod = podOf({ name: "p", spec: { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }] } });
const unhelpful =
  "no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";

function claim(metadata: object = {}, spec: object = {}, phase = "Pending"): PersistentVolumeClaim {
  const { namespace } = pod.metadata;
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data", ...(namespace && { namespace }), ...metadata },
    spec,
    status: { phase },
  } as PersistentVolumeClaim;
}

const bound = claim({ annotations: { "pv.kubernetes.io/bind-completed": "yes" } }, { volumeName: "pv-1" }, "Bound");

function outcomeWith(seen?: PersistentVolumeClaim): string {
  const core = coreOf({ nodes: [{ name: "a" }] });
  if (seen) core.related.setClaim(seen);
  core.podSeen(pod, 0);
  return outcomeOf(decideAll(core)[0]);
}

test("volumeBinding says what is wrong with a pod's claims, in Kubernetes' words", () => {
  const cases: [PersistentVolumeClaim | undefined, string][] = [
    [undefined, 'persistentvolumeclaim "data" not found'],
    [claim(), "pod has unbound immediate PersistentVolumeClaims"],
    [claim({}, { volumeName: "pv-1" }), "pod has unbound immediate PersistentVolumeClaims"],
    [claim({ deletionTimestamp: "2026-01-01T00:00:00Z" }), 'persistentvolumeclaim "data" is being deleted'],
    [
      claim({}, { volumeName: "pv-1" }, "Lost"),
      'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv-1"',
    ],
  ];
  for (const [seen, reason] of cases) {
    assert.equal(outcomeWith(seen), `0/1 nodes are available: ${reason}. ${unhelpful}`);
  }
  assert.equal(outcomeWith(bound), "a");
});

test("volumeBinding lets a pod go on as soon as its claim is bound", () => {
  const core = coreOf({ nodes: [{ name: "a" }] });
  core.related.setClaim(claim());
  core.podSeen(pod, 0);
  assert.equal(decideAll(core)[0]?.kind, "fail");
  core.related.setClaim(bound);
  core.claimChanged(1_000);
  assert.equal(outcomeOf(decideAll(core, { nowMs: 3_000 })[0]), "a");
});
