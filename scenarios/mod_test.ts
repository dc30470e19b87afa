import { assert, test } from "../properties/house/test.ts";
import { createCluster, createScript, runScenario, scenario } from "./mod.ts";

const manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx" }] } },
  },
};

test("the library gives a cluster in virtual time, and the words to speak with it", async () => {
  await using cluster = await createCluster({ host: "simulation", seed: 1 });
  const { script } = createScript(cluster);
  await script.apply(manifest);
  await script.eventually("both replicas are available", async () => {
    const { status } = await script.get("deployment/web");
    return status?.availableReplicas === 2;
  });
});

test("a scenario written against the library runs", async () => {
  const hello = scenario({ name: "hello", summary: "says hello" }, async ({ step, list, expect }) => {
    await step("there are nodes", async () => expect((await list("nodes")).length, "nodes").toBe(3));
  });
  const result = await runScenario(hello, { host: "simulation", seed: 1 });
  assert.equal(result.failure, undefined);
});
