import { fileURLToPath } from "node:url";
import { assert, test } from "../../properties/house/test.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import { objectsOf } from "../cli/own_controller/admin.ts";
import { condition } from "../cli/own_controller/condition.ts";
import { ownAddress, runSimulatedTrial, type SimulatedSetting } from "../cli/own_controller/simulated_trial.ts";
import { requestOf } from "../controller/client_node_api.ts";
import { siteController } from "./site_controller.ts";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

async function setting(bug: string): Promise<SimulatedSetting> {
  const [setup, site, smaller] = await Promise.all(
    ["site_definition.yaml", "site.yaml", "site_smaller.yaml"].map((file) => objectsOf(here(file))),
  );
  return {
    controller: siteController(bug),
    seed: 1,
    setup: setup ?? [],
    steps: [
      { text: "apply", apply: site ?? [] },
      { text: "smaller", apply: smaller ?? [] },
    ],
    conditions: [condition("sites/shop {.status.ready}=2")],
    nodes: 0,
  };
}

/** After so many answers it has made one page of three, and does not know yet. */
const afterFirstPage: Fault = {
  kind: "crash",
  parameters: { actor: ownAddress },
  trigger: { actor: ownAddress, event: "reply", nth: 8 },
  forMs: 400,
};

test("a simulated controller that is async does the same in each run of a seed, and its awaits are in the run's order", async () => {
  const sound = await setting("none");
  const [first, second] = [await runSimulatedTrial(sound, []), await runSimulatedTrial(sound, [])];
  assert.equal(first.problem, undefined);
  assert.equal(first.hash, second.hash);
  assert.deepEqual(first.asked, second.asked);
  assert.deepEqual([...first.inventory.keys()], ["configmaps default/shop-cart", "configmaps default/shop-home"]);
});

test("a simulated controller that trusts an intermediate state is found by a crash between two of its writes", async () => {
  const broken = await runSimulatedTrial(await setting("intermediate"), [afterFirstPage]);
  const pages = [...broken.inventory.keys()];
  assert.ok(pages.length === 1, `${pages} ${broken.asked.map(({ line }) => line)}`);
  const sound = await runSimulatedTrial(await setting("none"), [afterFirstPage]);
  assert.deepEqual([sound.problem, sound.inventory.size], [undefined, 2]);
});

test("a simulated client has the methods of client-node's classes", () => {
  const asked: readonly [api: string, method: string, line: string][] = [
    ["CoreV1Api", "createNamespacedConfigMap", "create /v1/configmaps"],
    ["CoreV1Api", "readNamespacedPodStatus", "get /v1/pods/status"],
    ["CoreV1Api", "listPodForAllNamespaces", "list /v1/pods"],
    ["CoreV1Api", "deleteCollectionNamespacedPod", "deletecollection /v1/pods"],
    ["AppsV1Api", "patchNamespacedDeploymentScale", "patch apps/v1/deployments/scale"],
    ["RbacAuthorizationV1Api", "replaceClusterRole", "update rbac.authorization.k8s.io/v1/clusterroles"],
    ["CustomObjectsApi", "replaceNamespacedCustomObjectStatus", "update example.com/v1/sites/status"],
  ];
  for (const [api, method, line] of asked) {
    const given = { group: "example.com", version: "v1", plural: "sites", name: "x" };
    const { verb, group, version, resource, subresource } = requestOf(api, method, given);
    assert.equal(`${verb} ${group}/${version}/${resource}${subresource ? `/${subresource}` : ""}`, line);
  }
  assert.throws(() => requestOf("CoreV1Api", "connectGetNamespacedPodExec", {}), /has no such method/);
});
