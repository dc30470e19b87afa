import type { Fault } from "../../runtime/faults/fault.ts";
import { performerWith } from "../engine/performers.ts";
import { performRun } from "../engine/run.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import { assert, test } from "../house/test.ts";
import { proxyRulesEqualSlices } from "../invariants/proxy_rules_equal_slices.ts";
import { requestsSucceedAgain } from "../invariants/requests_succeed_again.ts";
import { trustsComputer } from "../mutations/trusts_computer.ts";
import type { Command } from "../workload/command.ts";
import { prepareTraffic } from "./prepare.ts";
import { isServed } from "./traffic_plan.ts";

await prepareTraffic();

/** One pod of each server, more nodes than pods: some nodes only lead to where the pods are. */
const nodes = 3;
const shared = { replicas: 1, drains: "signal", maxSurge: 1, maxUnavailable: 0, atMs: 0 } as const;
const workload: readonly Command[] = (["back", "front"] as const).flatMap((name): Command[] => [
  { op: "createService", atMs: 0, name, selects: name, shape: name === "front" ? "door" : "plain" },
  { op: "create", name, image: `${name}:1`, ...shared },
]);

/** The power of one node's computer is cut for a moment, and then all is quiet. */
function powerCut(node: number, mutation?: string): RunDefinition {
  const actor = `computer/node-${node}`;
  const cut: Fault = { kind: "crash", parameters: { actor }, trigger: { atMs: 15_000 }, forMs: 100 };
  return {
    seed: 7,
    topology: {
      nodes,
      stores: 1,
      apiservers: 1,
      proxies: true,
      dns: true,
    },
    workload,
    faults: [cut],
    healAtMs: 16_000,
    traffic: { requests: [] },
    ...(mutation === undefined ? {} : { mutation }),
  };
}

// In random runs something else changes the rules before they are looked at, and repairs them: none of 60 found it.
test("performRun() finds the defect trustsComputer where nothing else repairs the rules that a computer has lost", async () => {
  assert.ok(isServed(workload));
  const mutation = trustsComputer.name;
  const mutant = await performerWith(mutation);
  for (const rule of [proxyRulesEqualSlices, requestsSucceedAgain]) {
    const broken = Array.from({ length: nodes }, (_each, node) => {
      return mutant.performRun(powerCut(node, mutation), { invariants: [rule] }).violation?.property;
    });
    assert.ok(broken.includes(rule.name), rule.name);
  }
  for (let node = 0; node < nodes; node++) assert.equal(performRun(powerCut(node)).violation, undefined);
});
