import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { claimNamed, volumeNamed } from "../../../properties/stages/storage/storage_objects.ts";

const namespace = "default";
const loops = ["persistentvolumeclaim-protection", "persistentvolume-protection", "persistentvolume-binder"];

function podWith(name: string, claimName: string, nodeName: string | undefined): object {
  const volumes = [{ name: "v", persistentVolumeClaim: { claimName } }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { containers: [{ name: "c", image: "c:1" }], volumes, ...(nodeName && { nodeName }) },
  };
}

test("a claim stays as long as a pod on a node uses it, and its volume as long as it is bound", () => {
  const lab = createControllerLab({ loops, runsPods: false });
  lab.call("create", "persistentvolumes", { body: volumeNamed("v") });
  for (const name of ["used", "named", "free"]) {
    lab.call("create", "persistentvolumeclaims", { namespace, body: claimNamed(name) });
  }
  assert.ok(lab.until(() => lab.one("persistentvolumes", "v").status.phase === "Bound"));
  lab.call("create", "pods", { namespace, body: podWith("user", "used", "node-1") });
  lab.call("create", "pods", { namespace, body: podWith("waiting", "named", undefined) });
  const claim = (name: string) => lab.one("persistentvolumeclaims", name);
  assert.deepEqual(claim("used").metadata.finalizers, ["kubernetes.io/pvc-protection"]);
  for (const name of ["used", "named", "free"]) lab.call("delete", "persistentvolumeclaims", { namespace, name });
  const owner = lab.one("persistentvolumes", "v").spec.claimRef.name;
  lab.call("delete", "persistentvolumes", { name: "v" });
  // A pod without a node is not started with a claim that goes.
  assert.ok(lab.until(() => claim("named") === undefined && claim("free") === undefined));
  lab.simulation.advance(5_000);
  assert.ok(claim("used").metadata.deletionTimestamp);
  assert.equal(owner === "used", lab.one("persistentvolumes", "v") !== undefined);
  lab.call("delete", "pods", { namespace, name: "user", query: { gracePeriodSeconds: "0" } });
  assert.ok(lab.until(() => claim("used") === undefined && lab.one("persistentvolumes", "v") === undefined, 3_000));
});
