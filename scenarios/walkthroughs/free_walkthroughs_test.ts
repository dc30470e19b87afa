import { assert, scenario as clusterTest, isLong } from "../../properties/house/test.ts";
import { assertHeld } from "../../properties/stages/scenarios/assert_held.ts";
import { runScenario } from "../script/run_scenario.ts";
import { declarativeModel } from "./declarative_model.ts";
import { scaling } from "./scaling.ts";
import { serviceDiscovery } from "./service_discovery.ts";

const freely = [
  [declarativeModel, "thread"],
  ...(isLong ? ([[scaling, "thread"]] as const) : []),
  [serviceDiscovery, "pool"],
] as const;

for (const [walkthrough, host] of freely) {
  clusterTest(`the walkthrough ${walkthrough.name} holds in the ${host} host as it is`, {}, async ({ signal }) => {
    const result = await runScenario(walkthrough, { host, signal });
    assertHeld(result);
    assert.equal(result.hash, undefined, "what runs freely has no hash");
  });
}
