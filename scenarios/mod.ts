/**
 * The library: clusters for tests of one's own, and scenarios.
 *
 * @example
 * import { createCluster, createScript } from "kubetroupe";
 *
 * test("my deployment comes up", async () => {
 *   await using cluster = await createCluster({ host: "simulation", seed: 1 });
 *   const { script } = createScript(cluster);
 *   await script.apply(manifest);
 *   await script.eventually("web is available", async () => (await script.get("deployment/web"))?.status.availableReplicas === 3);
 * });
 */
export {
  type Cluster,
  type ClusterOptions,
  createCluster,
  type HostName,
  topologyDefault,
} from "./cluster/create_cluster.ts";
export type { Topology } from "./cluster/topology.ts";
export { createScript } from "./script/create_script.ts";
export { type RunScenarioOptions, runScenario, type ScenarioResult } from "./script/run_scenario.ts";
export { type Scenario, type Script, scenario } from "./script/scenario.ts";
