import type { KubeObject, Pod } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";

const namespace = "default";
const rule = (operator: string, ...values: number[]) => ({ action: "Restart", exitCodes: { operator, values } });

/** A pod of one container, which ends with the first code once, and with the second from then on. */
function pod(name: string, codes: readonly [number, number], { spec = {}, own = {}, first = {} } = {}): object {
  const script = `if [ -e /d/x ]; then exit ${codes[1]}; fi; touch /d/x; exit ${codes[0]}`;
  const container = {
    name: "c",
    image: "busybox",
    command: ["sh", "-c", script],
    volumeMounts: [{ name: "d", mountPath: "/d" }],
  };
  const init = { ...container, name: "i", ...first };
  const main = ["sleep", name === "loops-beside" ? "1000" : "0"];
  return {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name } },
    spec: {
      ...{ volumes: [{ name: "d", emptyDir: {} }], ...spec },
      ...(Object.keys(first).length > 0
        ? { initContainers: [init], containers: [{ ...container, command: main }] }
        : {}),
      ...(Object.keys(first).length > 0 ? {} : { containers: [{ ...container, ...own }] }),
    },
  };
}

test("containers start again by what they say themselves, whatever their pod says", async () => {
  await using cluster = await createCluster({ topology: { nodes: 1, stores: 1, apiservers: 1 } });
  const never = { restartPolicy: "Never" };
  const pods = [
    pod("by-rule", [42, 0], { spec: never, own: { ...never, restartPolicyRules: [rule("In", 42)] } }),
    pod("by-no-rule", [41, 0], { spec: never, own: { ...never, restartPolicyRules: [rule("In", 42)] } }),
    pod("but-these", [1, 7], { spec: never, own: { ...never, restartPolicyRules: [rule("NotIn", 7)] } }),
    pod("once", [1, 0], { own: never }),
    pod("on-failure", [1, 0], { spec: never, own: { restartPolicy: "OnFailure" } }),
    pod("begins-once", [1, 0], { first: never }),
    pod("loops", [3, 3], { spec: never, own: { ...never, restartPolicyRules: [rule("In", 3)] } }),
    pod("loops-beside", [3, 3], { spec: never, first: { restartPolicy: "Always" } }),
    pod("begins-again", [3, 0], { spec: never, first: { ...never, restartPolicyRules: [rule("In", 3)] } }),
  ];
  for (const body of pods) await cluster.api({ verb: "create", resource: "pods", namespace, body: body as KubeObject });
  await cluster.wait(10_000);
  const { body } = await cluster.api<{ items: readonly Pod[] } & KubeObject>({
    verb: "list",
    resource: "pods",
    namespace,
  });
  const seen = body.items.map(({ metadata, status }) => {
    const { containerStatuses = [], initContainerStatuses = [] } = status;
    const all = [...initContainerStatuses, ...containerStatuses];
    const waits = all.flatMap(({ state }) => state?.waiting?.reason ?? []);
    return [metadata.name, status.phase, Math.max(...all.map(({ restartCount }) => restartCount)), ...waits];
  });
  assert.deepEqual(seen, [
    ["begins-again", "Succeeded", 1],
    ["begins-once", "Failed", 0, "PodInitializing"],
    ["but-these", "Failed", 1],
    ["by-no-rule", "Failed", 0],
    ["by-rule", "Succeeded", 1],
    ["loops", "Running", 1, "CrashLoopBackOff"],
    ["loops-beside", "Running", 1, "CrashLoopBackOff"],
    ["on-failure", "Succeeded", 1],
    ["once", "Failed", 0],
  ]);
});
