import { assert, test } from "../../properties/house/test.ts";
import { createCluster } from "../cluster/create_cluster.ts";

test("a cluster tells of its control loops what they do, and which does not answer", async () => {
  await using cluster = await createCluster({ topology: { nodes: 1, stores: 1, apiservers: 1 } });
  await cluster.wait(2_000);
  const { code, body } = await cluster.api({
    verb: "list",
    group: "kubetroupe.dev",
    version: "v1",
    resource: "controllers",
  });
  assert.equal(code, 200);
  const { items } = body as unknown as { items: { metadata: { name: string }; status: Record<string, unknown> }[] };
  const named = (name: string) => items.find(({ metadata }) => metadata.name === name)?.status ?? assert.fail(name);
  assert.ok(items.length > 20);
  const account = named("service-account");
  assert.deepEqual([account.state, account.restarts, account.manager], ["running", 0, "manager/0"]);
  assert.ok(Number(account.writes) > 0 && Number(account.reconciles) >= Number(account.writes));
  assert.equal(named("cron-job").writes, 0);
});
