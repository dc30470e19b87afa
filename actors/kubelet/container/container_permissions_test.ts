import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { emptyScript } from "../../../properties/stages/kubelet/test_computer.ts";
import type { Pod } from "../../api/types.ts";
import { failed, ok } from "../../kit/result.ts";
import { containerPermissions } from "./container_permissions.ts";

const key = "kubetroupe.dev/permissions";
const podWith = (annotations?: Record<string, string>) =>
  ({ metadata: { name: "p", ...(annotations ? { annotations } : {}) }, spec: { containers: [] } }) as unknown as Pod;

test("containerPermissions() reads what a pod grants all containers, or one of them", () => {
  const pod = podWith({ [key]: '{"read": ["/srv/data/"]}', [`${key}.web`]: '{"net": ["127.0.0.1:5432", "*"]}' });
  assert.deepEqual(containerPermissions(pod, "app"), ok({ read: ["/srv/data"] }));
  assert.deepEqual(containerPermissions(pod, "web"), ok({ net: ["127.0.0.1:5432", "*"] }));
  assert.deepEqual(containerPermissions(podWith(), "app"), ok(undefined));
  assert.deepEqual(containerPermissions(podWith({ [key]: "{}" }), "app"), ok({}));
  assert.deepEqual(containerPermissions(podWith({ [key]: '{"write": ["/"]}' }), "app"), ok({ write: ["/"] }));
});

test("containerPermissions() says what cannot be granted", () => {
  const example = '{"read": ["/srv/data"], "net": ["127.0.0.1:5432"]}';
  const refusals: [string, string][] = [
    ["read", `is "read", give JSON such as ${example}`],
    ["", `is "", give JSON such as ${example}`],
    ["[]", `is "[]", give JSON such as ${example}`],
    ["null", `is "null", give JSON such as ${example}`],
    ['{"red": []}', 'grants "red", use net, read, write, run, env, sys'],
    ['{"__proto__": []}', 'grants "__proto__", use net, read, write, run, env, sys'],
    ['{"read": "/srv"}', `grants "read" of "\\"/srv\\"", give a list of texts, such as ${example}`],
    ['{"net": [80]}', `grants "net" of "[80]", give a list of texts, such as ${example}`],
    ['{"read": ["data"]}', 'grants "read" of "data", give an absolute path without .., or * for all'],
    ['{"write": ["/srv/../etc"]}', 'grants "write" of "/srv/../etc", give an absolute path without .., or * for all'],
    ['{"net": [""]}', 'grants "net" of "", give a scope, or * for all'],
  ];
  for (const [text, why] of refusals) {
    const message = `Cannot grant permissions to container "app": annotation ${key} ${why}`;
    assert.deepEqual(containerPermissions(podWith({ [key]: text }), "app"), failed(message));
  }
});

property(
  "containerPermissions() grants or says why not, whatever the annotation is",
  [
    fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(fc.constantFrom("read", "net", "x"), fc.jsonValue()).map((given) => JSON.stringify(given)),
    ),
  ],
  (text) => {
    const granted = containerPermissions(podWith({ [`${key}.app`]: text }), "app");
    if (!granted.ok) assert.match(granted.failure, /^Cannot grant permissions to container "app": annotation /);
    else
      assert.ok(
        granted.value &&
          Object.values(granted.value)
            .flat()
            .every((scope) => typeof scope === "string"),
      );
  },
);

test("a container waits and says why when its pod grants what is nothing, or more than its computer holds", () => {
  const computer = emptyScript();
  const stage = kubeletStage({ computer });
  const containers = ["app", "web"].map((name) => ({ name, image: "app:1" }));
  const annotations = { [key]: '{"red": ["/srv"]}', [`${key}.web`]: '{"read": ["/srv"]}' };
  stage.createPod("p", { containers }, { annotations });
  stage.simulation.advance(500);
  const [app, web] = stage.pod("p")?.status.containerStatuses ?? [];
  const message = `Cannot grant permissions to container "app": annotation ${key} grants "red", use net, read, write, run, env, sys`;
  assert.deepEqual(app?.state?.waiting, { reason: "CreateContainerConfigError", message });
  assert.ok(stage.events().some((each) => each.reason === "Failed" && each.message === `Error: ${message}`));
  const [created] = computer.asked.flatMap(({ what }) =>
    "op" in what && what.op === "CreateContainer" ? [what.container] : [],
  );
  assert.deepEqual([created?.name, created?.permissions], ["web", { read: ["/srv"] }]);
  assert.equal(web?.state?.waiting?.reason, "CreateContainerError");
  const beyond =
    /^Cannot grant permission to container "default\/p\/web": .* asks for "read" of "\/srv", which the computers/;
  assert.match(web?.state?.waiting?.message ?? "", beyond);
});
