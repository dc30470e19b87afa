import { createControllerLab, deploymentNamed } from "../../../properties/controller_lab/lab.ts";
import { assert, test } from "../../../properties/test.ts";

const namespace = "default";

test("deployment brings up its pods and says so in its status, its annotations and its events", () => {
  const lab = createControllerLab();
  assert.equal(lab.call("create", "deployments", { namespace, body: deploymentNamed("web") }).code, 201);
  const isDone = () => lab.one("deployments", "web").status.availableReplicas === 3;
  assert.ok(lab.until(isDone, 10_000), JSON.stringify(lab.one("deployments", "web").status));
  lab.simulation.advance(2_000);
  const { status, metadata } = lab.one("deployments", "web");
  console.log(JSON.stringify(status), metadata.annotations);
  console.log(lab.all("events").map((e) => `${e.reason} ${e.message} ${e.source.component}`));
});
