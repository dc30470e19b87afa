import { narrationOf, type ScenarioResult } from "../../../scenarios/script/run_scenario.ts";
import { assert } from "../../house/test.ts";

/** Fails with all that was told where a scenario did not hold. */
export function assertHeld(result: ScenarioResult): void {
  assert.ok(result.isHeld, `${narrationOf(result).join("\n")}\n${JSON.stringify(result.failure)}`);
}
