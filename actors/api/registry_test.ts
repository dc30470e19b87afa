import { assert, test } from "../../properties/house/test.ts";
import { createRegistry, registry } from "./registry.ts";

test("createRegistry() names of a group the version first that is preferred: the newest stable one", () => {
  const kind = registry.byKind({ group: "apps", version: "v1", kind: "Deployment" }) ?? assert.fail();
  const versions = ["v1beta1", "v1", "odd", "v2alpha1", "v2", "v1beta2"];
  const made = createRegistry(versions.map((version) => ({ ...kind, version })));
  assert.deepEqual(
    made.groupVersions.map(({ version }) => version),
    ["v2", "v1", "v1beta2", "v1beta1", "v2alpha1", "odd"],
  );
  const autoscaling = registry.groupVersions.filter(({ group }) => group === "autoscaling");
  assert.equal(autoscaling[0]?.version, "v2");
  assert.equal(registry.groupVersions[0]?.groupVersion, "v1");
});
