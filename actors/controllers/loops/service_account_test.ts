import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";

test("serviceAccount gives each namespace its default account, again when it is deleted", () => {
  const lab = createControllerLab({ loops: ["service-account"] });
  lab.call("create", "namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } } });
  for (const namespace of ["default", "kube-system", "team"]) {
    assert.ok(
      lab.until(() => lab.one("serviceaccounts", "default", namespace) !== undefined),
      namespace,
    );
  }
  const { uid } = lab.one("serviceaccounts", "default").metadata;
  lab.call("delete", "serviceaccounts", { namespace: "default", name: "default" });
  assert.ok(lab.until(() => ![undefined, uid].includes(lab.one("serviceaccounts", "default")?.metadata.uid)));
});
