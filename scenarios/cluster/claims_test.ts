import type { KubeObject, Pod } from "../../actors/api/types.ts";
import type { NodeUsage } from "../../actors/kubelet/messages.ts";
import { assert, test } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";

interface Listed {
  readonly items: readonly (KubeObject & { readonly status: { readonly phase?: string } })[];
}

const namespace = "default";
const mounts = [{ name: "data", mountPath: "/data" }];

/** Each of its pods notes in its claim on which node it was. */
const set = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "db" },
  spec: {
    serviceName: "db",
    replicas: 2,
    selector: { matchLabels: { app: "db" } },
    template: {
      metadata: { labels: { app: "db" } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: "db",
            image: "busybox",
            command: ["sh", "-c", 'echo "$NODE" >> /data/log; sleep 100000'],
            env: [{ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
            volumeMounts: mounts,
          },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    ],
  },
};

/** Says at its end what is in a claim. */
function readerOf(claimName: string, log: string) {
  const command = ["sh", "-c", `cat ${log} > /dev/termination-log`];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "reader" },
    spec: {
      restartPolicy: "Never",
      containers: [{ name: "c", image: "busybox", command, volumeMounts: mounts }],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName } }],
    },
  };
}

test("a StatefulSet's pod finds its data on another node, and its claim keeps them until it goes", async () => {
  await using cluster = await createCluster({ topology: { nodes: 2, stores: 1, apiservers: 1 }, seed: 3 });
  const { api, host } = cluster;
  const names = async (resource: string) => {
    const { body } = await api<Listed>({
      verb: "list",
      resource,
      ...(resource === "persistentvolumes" ? {} : { namespace }),
    });
    return body.items.map(({ metadata, status }) => `${metadata.name} ${status.phase}`);
  };
  const pod = async (name: string) => (await api<Pod>({ verb: "get", resource: "pods", namespace, name })).body;
  async function until(what: string, holds: () => Promise<boolean>) {
    for (let tries = 0; tries < 600; tries++) {
      if (await holds()) return;
      host.advance(200);
    }
    assert.fail(`${what} did not come to be`);
  }
  const isReady = (name: string, uid?: string) => async () => {
    const { metadata, status } = await pod(name);
    return metadata?.uid !== uid && status?.conditions?.find(({ type }) => type === "Ready")?.status === "True";
  };

  await api({ verb: "create", group: "apps", resource: "statefulsets", namespace, body: set });
  await until("both pods", async () => (await isReady("db-0")()) && (await isReady("db-1")()));
  assert.deepEqual(await names("persistentvolumeclaims"), ["data-db-0 Bound", "data-db-1 Bound"]);
  const before = await pod("db-0");
  // Its kubelet tells how much is in it.
  const question = { type: "kubelet.usage", isWithVolumes: true };
  const { pods } = host.askNow(`kubelet/${before.spec.nodeName}`, question, 1_000) as NodeUsage;
  const measured = pods.find(({ name }) => name === "db-0")?.volumes?.find(({ name }) => name === "data");
  assert.deepEqual(
    [measured?.claim, measured?.usedBytes, measured?.usedNodes],
    ["data-db-0", `${before.spec.nodeName}\n`.length, 2],
  );
  const contentType = "application/merge-patch+json" as const;
  const cordon = { spec: { unschedulable: true } };
  await api({ verb: "patch", resource: "nodes", name: before.spec.nodeName ?? "", body: cordon, contentType });
  await api({ verb: "delete", resource: "pods", namespace, name: "db-0" });
  await until("its successor", isReady("db-0", before.metadata.uid));
  const after = await pod("db-0");
  assert.notEqual(after.spec.nodeName, before.spec.nodeName);

  const none = { spec: { replicas: 0 } };
  await api({ verb: "patch", group: "apps", resource: "statefulsets", namespace, name: "db", body: none, contentType });
  await until("the end of all pods", async () => (await names("pods")).length === 0);
  assert.deepEqual(await names("persistentvolumeclaims"), ["data-db-0 Bound", "data-db-1 Bound"]);
  await api({ verb: "create", resource: "pods", namespace, body: readerOf("data-db-0", "/data/log") });
  await until("the reader's end", async () => (await pod("reader")).status.phase === "Succeeded");
  const { message } = (await pod("reader")).status.containerStatuses?.[0]?.state?.terminated ?? {};
  assert.equal(message, `${before.spec.nodeName}\n${after.spec.nodeName}\n`);

  await api({ verb: "delete", resource: "persistentvolumeclaims", namespace, name: "data-db-0" });
  await api({ verb: "delete", resource: "persistentvolumeclaims", namespace, name: "data-db-1" });
  await until("the end of the unused claim", async () => (await names("persistentvolumes")).length === 1);
  assert.match((await names("persistentvolumeclaims")).join(), /^data-db-0/);
  await api({ verb: "delete", resource: "pods", namespace, name: "reader" });
  await until("the end of all volumes", async () => (await names("persistentvolumes")).length === 0);
  assert.deepEqual(host.failures(), []);
});
