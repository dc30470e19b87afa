import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { forgetsUid } from "../../../properties/mutations/forgets_uid.ts";
import { readyBeforeStarted } from "../../../properties/mutations/ready_before_started.ts";
import * as stages from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { type KubeletStage, kubeletAddress } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { computerAddress } from "../../../properties/stages/kubelet/test_computer.ts";
import type { Frozen, Pod } from "../../api/types.ts";

interface PodPlan {
  readonly policy: "Always" | "OnFailure" | "Never";
  readonly exitAfterMs: number | undefined;
  readonly exitCode: number;
  readonly stopMs: number;
  readonly startMs: number;
  readonly hasInit: boolean;
}

type Action =
  | { readonly do: "create"; readonly slot: number; readonly plan: PodPlan }
  | { readonly do: "delete" | "forget"; readonly slot: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "crash" | "cut" | "slow" | "heal" };

const slot = fc.nat(2);
const plan: fc.Arbitrary<PodPlan> = fc.record({
  policy: fc.constantFrom("Always" as const, "OnFailure" as const, "Never" as const),
  exitAfterMs: fc.constantFrom(undefined, 0, 900, 8_000),
  exitCode: fc.constantFrom(0, 0, 1, 137),
  stopMs: fc.constantFrom(0, 500, 3_000),
  startMs: fc.constantFrom(0, 50),
  hasInit: fc.boolean(),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("create" as const), slot, plan }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("delete" as const, "forget" as const), slot }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 30, 700, 5_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("crash" as const, "cut" as const, "slow" as const, "heal" as const) }),
  },
);

const order = ["Pending", "Running", "Succeeded", "Failed"];

function planOf({ metadata }: Frozen<Pod>): PodPlan {
  return JSON.parse(metadata.annotations?.plan ?? "{}") as PodPlan;
}

/** Holds, after each of the API server's steps, what must hold of a node at any time. */
function watch(stage: KubeletStage) {
  const seen = new Map<string, { phase: string; restarts: number }>();
  const check = (pod: Frozen<Pod>) => {
    const { uid = "", name } = pod.metadata;
    const { phase = "", containerStatuses = [] } = pod.status;
    const restarts = containerStatuses[0]?.restartCount ?? 0;
    const before = seen.get(uid) ?? { phase: "Pending", restarts: 0 };
    const wasOver = before.phase === "Succeeded" || before.phase === "Failed";
    assert.ok(
      wasOver ? phase === before.phase : order.indexOf(phase) >= order.indexOf(before.phase),
      `${before.phase} to ${phase}`,
    );
    assert.ok(restarts >= before.restarts, `restarts of ${name} from ${before.restarts} to ${restarts}`);
    seen.set(uid, { phase, restarts });
    const { policy, exitCode } = planOf(pod);
    const mayRestart = policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
    assert.ok(mayRestart || restarts === 0, `${name} with ${policy} and exit code ${exitCode} was restarted`);
    for (const { ready, containerID } of containerStatuses) {
      const id = containerID?.replace("containerd://", "");
      const known = stage.runtime.inspect(computerAddress).containers.find(({ container }) => container === id);
      assert.ok(!ready || (known && known.startedAtMs !== undefined), `${name} is reported ready, but was not started`);
    }
  };
  stage.simulation.onStep((address) => {
    if (address === "api") {
      for (const [key, object] of stage.api.objects) if (key.startsWith("pods/")) check(object as unknown as Pod);
      return;
    }
    const live = stage.runtime.inspect(computerAddress).sandboxes.flatMap(({ ready, pod }) => (ready ? [pod.uid] : []));
    assert.equal(new Set(live).size, live.length, "two sandboxes of one pod at a time");
  });
}

function play(actions: readonly Action[], { kubeletStage }: typeof stages = stages): void {
  const stage = kubeletStage({ images: { init: { exitAfterMs: 200 } } });
  const heals: (() => void)[] = [];
  watch(stage);
  const healAll = () => {
    for (const heal of heals.splice(0)) heal();
  };
  for (const each of actions) {
    if (each.do === "wait") stage.simulation.advance(each.ms);
    else if (each.do === "crash") stage.simulation.crashNow(kubeletAddress, "for the test");
    else if (each.do === "cut") heals.push(stage.cutOff());
    else if (each.do === "slow") heals.push(stage.slowDown());
    else if (each.do === "heal") healAll();
    else if (each.do === "create") {
      const name = `pod-${each.slot}`;
      if (stage.pod(name)) continue;
      stage.createPod(name, specOf(each.plan), { annotations: { plan: JSON.stringify(each.plan) } });
    } else if (each.do === "delete" || each.do === "forget")
      stage.deletePod(`pod-${each.slot}`, each.do === "forget" ? 0 : undefined);
  }
  healAll();
  stage.simulation.advance(120_000);
  converged(stage);
}

function specOf({ policy, exitAfterMs, exitCode, stopMs, startMs, hasInit }: PodPlan) {
  const values = {
    TROUPE_EXIT_AFTER_MS: exitAfterMs,
    TROUPE_EXIT_CODE: exitCode,
    TROUPE_STOP_MS: stopMs,
    TROUPE_START_MS: startMs,
  };
  const env = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: String(value) }],
  );
  return {
    restartPolicy: policy,
    ...(hasInit ? { initContainers: [{ name: "init", image: "init:1" }] } : {}),
    containers: [{ name: "main", image: "app:1", env }],
  };
}

/** Nothing more happens to the cluster: each pod is what its plan makes of it, and the node has nothing else. */
function converged(stage: KubeletStage): void {
  const wanted = new Set<string>();
  for (const [key, object] of stage.api.objects) {
    if (!key.startsWith("pods/")) continue;
    const { metadata, status } = object as unknown as Pod;
    const { policy, exitAfterMs, exitCode } = planOf(object as unknown as Pod);
    assert.equal(metadata.deletionTimestamp, undefined, `${metadata.name} is still being deleted`);
    const ends = exitAfterMs !== undefined && (policy === "Never" || (policy === "OnFailure" && exitCode === 0));
    const phase = ends ? (exitCode === 0 ? "Succeeded" : "Failed") : "Running";
    assert.equal(status.phase, phase, `${metadata.name} with ${policy}, exit code ${exitCode}`);
    if (phase === "Running") wanted.add(metadata.uid ?? "");
  }
  const { sandboxes } = stage.runtime.inspect(computerAddress);
  const live = sandboxes.flatMap(({ ready, pod }) => (ready ? [pod.uid] : []));
  assert.deepEqual(live.sort(), [...wanted].sort());
}

const walks = fc.array(action, { maxLength: 25 });

property(
  "a kubelet keeps its promises whatever its pods do and however it is treated",
  [walks],
  (actions) => play(actions),
  {
    runs: 60,
  },
);

for (const mutation of [readyBeforeStarted, forgetsUid]) {
  test(`the property finds the defect ${mutation.name}`, async () => {
    const mutated = await loadMutated<typeof stages>(mutation, "properties/stages/kubelet/kubelet_stage.ts");
    const law = fc.property(walks, (actions) => play(actions, mutated));
    const result = fc.check(law, { seed: 1, numRuns: 200 });
    assert.ok(result.failed, "the defect was not found in 200 runs");
    assert.ok((result.counterexample?.[0].length ?? 99) <= 4, JSON.stringify(result.counterexample));
  });
}
