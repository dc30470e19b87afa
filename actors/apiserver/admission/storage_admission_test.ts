import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import { claimNamed, classNamed } from "../../../properties/stages/storage/storage_objects.ts";

const namespace = "default";

test("a claim that names no class gets the one meant for such claims, and only what is bound and can grow grows", () => {
  const lab = createLab();
  lab.simulation.advance(100);
  const claim = (name: string, spec: object, status?: object) => {
    const { body } = lab.call("create", "persistentvolumeclaims", { namespace, body: claimNamed(name, { spec }) });
    if (status) {
      const target = { namespace, name, subresource: "status" };
      lab.call("update", "persistentvolumeclaims", { ...target, body: { ...body, status } });
    }
    return body.spec.storageClassName;
  };
  assert.equal(claim("early", { storageClassName: undefined }), undefined);
  const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
  lab.call("create", "storageclasses", {
    body: { ...classNamed("usual", { allowVolumeExpansion: true }), metadata: { name: "usual", annotations } },
  });
  lab.call("create", "storageclasses", { body: classNamed("fixed") });
  lab.simulation.advance(100);
  assert.equal(claim("none", { storageClassName: "" }), "");
  assert.equal(claim("unbound", { storageClassName: undefined }), "usual");
  const bound = { phase: "Bound", capacity: { storage: "1Gi" } };
  claim("grows", { storageClassName: undefined }, bound);
  claim("stays", { storageClassName: "fixed" }, bound);
  const grown = (name: string) => {
    const body = { spec: { resources: { requests: { storage: "2Gi" } } } };
    const contentType = "application/merge-patch+json" as const;
    return lab.call("patch", "persistentvolumeclaims", { namespace, name, body, contentType });
  };
  assert.equal(grown("grows").code, 200);
  assert.deepEqual(
    [grown("stays").code, grown("stays").body.message],
    [
      403,
      'persistentvolumeclaims "stays" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    ],
  );
  assert.equal(grown("unbound").code, 422);
});
