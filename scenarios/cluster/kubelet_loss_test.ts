import type { Frozen, Pod } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";
import { kubeletAddress } from "./topology.ts";

const name = "survivor";

for (const host of ["simulation", "thread"] as const) {
  test(`a kubelet that is killed leaves its containers running, in the ${host} host`, async () => {
    await using cluster = await createCluster({ host, topology: { nodes: 1, stores: 1, apiservers: 1 } });
    const object = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: { containers: [{ name: "c", image: "app:1" }] },
    };
    const request = { resource: "pods", namespace: "default" };
    await cluster.api({ verb: "create", ...request, body: JSON.stringify(object) });
    const statusOf = async () => {
      const { body } = await cluster.api<Frozen<Pod>>({ verb: "get", name, ...request });
      return body.status.containerStatuses?.[0];
    };
    const until = async (isTrue: () => Promise<boolean>) => {
      while (!(await isTrue())) await cluster.wait(50);
    };
    await until(async () => (await statusOf())?.ready === true);
    const before = await statusOf();
    const kubelet = kubeletAddress(0);
    if ("crashNow" in cluster.host) cluster.host.crashNow(kubelet, "for the test");
    else await cluster.host.terminate(kubelet);
    await until(async () => (await cluster.host.inspect(kubelet))?.incarnation === 1);
    await cluster.ready();
    // It is the new life that tells of the container: this write goes through it.
    await cluster.api({
      verb: "patch",
      ...request,
      name,
      contentType: "application/merge-patch+json",
      body: JSON.stringify({ spec: { activeDeadlineSeconds: 1 } }),
    });
    await until(async () => {
      const { body } = await cluster.api<Frozen<Pod>>({ verb: "get", name, ...request });
      return body.status.phase === "Failed";
    });
    const after = await statusOf();
    assert.deepEqual([after?.containerID, after?.restartCount], [before?.containerID, 0]);
    assert.equal(after?.state?.terminated?.startedAt, before?.state?.running?.startedAt);
  });
}
