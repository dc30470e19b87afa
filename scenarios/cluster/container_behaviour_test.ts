import type { Pod } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";

const agnhost = "registry.k8s.io/e2e-test-images/agnhost:2.53";
const busybox = "busybox:1.36";
const sealed = `
for f in /x /etc/x /tmp/x /dev/x /data/x /etc/hosts; do touch $f 2> /dev/null && echo $f; done
echo last > /dev/termination-log`;

test("probes ask for health by gRPC, and containers have the root, the user and the settings that their pods ask for", async () => {
  await using cluster = await createCluster({ topology: { nodes: 1, stores: 1, apiservers: 1, traffic: true } });
  const { api, host } = cluster;
  const at = { namespace: "default", resource: "pods" };
  const create = async (name: string, container: object, more: object = {}) => {
    const spec = { restartPolicy: "Never", ...more, containers: [{ name: "c", image: busybox, ...container }] };
    const body = { apiVersion: "v1", kind: "Pod", metadata: { name }, spec };
    assert.equal((await api({ verb: "create", ...at, body })).code, 201);
  };
  const healthy = { image: agnhost, args: ["grpc-health-checking", "--delay-unhealthy-sec=10", "--service=shop"] };
  const probe = (grpc: object) => ({ grpc, periodSeconds: 1, failureThreshold: 1 });
  await create("grpc", { ...healthy, readinessProbe: probe({ port: 5_000, service: "shop" }) });
  await create("other", { ...healthy, readinessProbe: probe({ port: 5_000, service: "cart" }) });
  await create("plain", { image: "nginx:1.27", readinessProbe: probe({ port: 80 }) });
  const volumes = [{ name: "data", emptyDir: {} }];
  await create(
    "sealed",
    {
      command: ["sh", "-c", sealed],
      volumeMounts: [{ name: "data", mountPath: "/data" }],
      securityContext: { readOnlyRootFilesystem: true },
    },
    { volumes },
  );
  await create("root", { command: ["id"], securityContext: { runAsNonRoot: true, runAsUser: 0 } });
  const sysctls = (name: string) => ({ securityContext: { sysctls: [{ name, value: "1" }] } });
  await create("safe", { command: ["sysctl", "kernel.shm_rmid_forced"] }, sysctls("kernel.shm_rmid_forced"));
  await create("unsafe", { command: ["id"] }, sysctls("kernel.msgmax"));
  const pod = async (name: string) => (await api<Pod>({ verb: "get", ...at, name })).body;
  const isReady = async (name: string) =>
    (await pod(name)).status.conditions?.find(({ type }) => type === "Ready")?.status === "True";
  host.advance(7_000);
  assert.deepEqual([await isReady("grpc"), await isReady("other"), await isReady("plain")], [true, false, false]);
  host.advance(12_000);
  assert.equal(await isReady("grpc"), false);
  const { body } = await api<{ items: readonly { message: string; involvedObject: { name: string } }[] }>({
    ...{ verb: "list", namespace: "default", resource: "events" },
    query: { fieldSelector: "reason=Unhealthy" },
  });
  const told = new Set(body.items.map(({ message, involvedObject }) => `${involvedObject.name}: ${message}`));
  const start = (name: string, text: string) =>
    [...told].some((each) => each.startsWith(`${name}: Readiness probe failed: ${text}`));
  assert.ok(start("grpc", 'service unhealthy (responded with "NOT_SERVING")'), [...told].join("\n"));
  assert.ok(start("other", "error: health rpc probe failed: rpc error: code = NotFound desc = unknown service"));
  assert.ok(start("plain", "timeout: failed to connect service"));
  const log = async (name: string) => (await api<string>({ verb: "get", ...at, name, subresource: "log" })).body;
  assert.equal(await log("sealed"), "/dev/x\n/data/x\n/etc/hosts\n");
  assert.equal((await pod("sealed")).status.containerStatuses?.[0]?.state?.terminated?.message, "last\n");
  assert.equal(await log("safe"), "kernel.shm_rmid_forced = 1\n");
  const { waiting } = (await pod("root")).status.containerStatuses?.[0]?.state ?? {};
  assert.equal(waiting?.reason, "CreateContainerConfigError");
  assert.match(
    waiting?.message ?? "",
    /^container's runAsUser breaks non-root policy \(pod: "root_default\(.*\)", container: c\)$/,
  );
  const { phase, reason, message } = (await pod("unsafe")).status;
  assert.deepEqual(
    [phase, reason, message],
    ["Failed", "SysctlForbidden", 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted'],
  );
});
