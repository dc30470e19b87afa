import fc from "fast-check";
import { simulationStartMs } from "../../runtime/hosts/simulation/simulation.ts";
import { assert, test } from "../house/test.ts";
import { runDefinition } from "./run_definition.ts";
import { isTimed } from "./timetables.ts";

test("runDefinition() draws what is done by the clock and by what is measured, each time in a run that begins before its time", () => {
  const runs = fc.sample(runDefinition({ traffic: "never" }), { seed: 7, numRuns: 60 });
  const kinds = new Set(
    runs.flatMap(({ workload }) => workload.flatMap((each) => ("kind" in each ? [each.kind] : []))),
  );
  assert.ok(kinds.has("HorizontalPodAutoscaler"));
  assert.ok(kinds.has("CronJob"));
  for (const { workload, startMs = simulationStartMs } of runs)
    assert.equal(startMs > simulationStartMs, workload.some(isTimed));
});
