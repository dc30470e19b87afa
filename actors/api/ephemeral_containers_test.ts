import { assert, test } from "../../properties/house/test.ts";
import { takeEphemeralContainers, validateEphemeralContainersUpdate } from "./ephemeral_containers.ts";
import { podRules as podKind } from "./kinds/pod.ts";
import { type EphemeralContainer, type Pod, thaw } from "./types.ts";

function podWith(...ephemeralContainers: EphemeralContainer[]): Pod {
  const pod: Pod = {
    ...{
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "default", generation: 3, resourceVersion: "7" },
    },
    spec: { containers: [{ name: "main", image: "nginx:1" }], nodeName: "n", ephemeralContainers },
    status: { phase: "Running" },
  };
  podKind.applyDefaults(pod);
  return pod;
}

const debug = { name: "dbg", image: "busybox:1" };
const errorsOf = (pod: Pod, old = podWith()) =>
  validateEphemeralContainersUpdate(pod, old).map(({ field, detail }) => `${field}: ${detail}`);

test("takeEphemeralContainers() changes nothing else of a pod, and counts a generation when it changes anything", () => {
  const old = podWith();
  const draft = podWith(debug);
  draft.spec.nodeName = "other";
  draft.status = { phase: "Failed" };
  draft.metadata = { ...draft.metadata, labels: { a: "b" }, resourceVersion: "6" };
  takeEphemeralContainers(draft, old);
  assert.deepEqual([draft.spec.nodeName, draft.status.phase, draft.metadata.labels], ["n", "Running", undefined]);
  assert.deepEqual([draft.metadata.generation, draft.metadata.resourceVersion], [4, "6"]);
  assert.deepEqual(
    draft.spec.ephemeralContainers?.map(({ name, imagePullPolicy }) => [name, imagePullPolicy]),
    [["dbg", "IfNotPresent"]],
  );
  const again = thaw<Pod>(draft);
  takeEphemeralContainers(again, draft);
  assert.equal(again.metadata.generation, 4);
});

test("ephemeral containers are added, not changed or removed, and have what nobody waits for", () => {
  assert.deepEqual(errorsOf(podWith(debug)), []);
  assert.deepEqual(errorsOf(podWith({ ...debug, targetContainerName: "main" })), []);
  const at = "spec.ephemeralContainers";
  assert.deepEqual(errorsOf(podWith(), podWith(debug)), [
    `${at}: existing ephemeral containers "dbg" may not be removed\n`,
  ]);
  assert.deepEqual(errorsOf(podWith({ ...debug, image: "alpine" }), podWith(debug)), [
    `${at}: existing ephemeral containers "dbg" may not be changed\n`,
  ]);
  assert.deepEqual(
    errorsOf(podWith({ ...debug, ports: [{ containerPort: 80 }], livenessProbe: { tcpSocket: { port: 80 } } })),
    [
      `${at}[0].ports: cannot be set for an Ephemeral Container`,
      `${at}[0].livenessProbe: cannot be set for an Ephemeral Container`,
    ],
  );
  assert.match(errorsOf(podWith({ ...debug, name: "main" }))[0] ?? "", /^spec\.ephemeralContainers\[0\]\.name: /);
  assert.match(errorsOf(podWith({ ...debug, targetContainerName: "nobody" }))[0] ?? "", /targetContainerName/);
});
