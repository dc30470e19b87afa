import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { goneManifestsRun } from "../../../properties/mutations/gone_manifests_run.ts";
import { mirrorsMadeOnce } from "../../../properties/mutations/mirrors_made_once.ts";
import * as stages from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { type KubeletStage, kubeletAddress } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { computerAddress } from "../../../properties/stages/kubelet/test_computer.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import { configHash, configMirror } from "./static_pod.ts";

type Action =
  | { readonly do: "write"; readonly slot: number; readonly version: number; readonly stopMs: number }
  | { readonly do: "remove"; readonly slot: number }
  | { readonly do: "unmirror"; readonly slot: number; readonly graceSeconds: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "crash" | "lose power" | "cut" | "slow" | "heal" };

const slot = fc.nat(1);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ do: fc.constant("write" as const), slot, version: fc.integer({ min: 1, max: 2 }) },
      stopMs: fc.constantFrom(0, 500, 3_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), slot }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("unmirror" as const), slot, graceSeconds: fc.constantFrom(0, 30) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 30, 700, 5_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("crash" as const, "lose power" as const, "cut" as const, "slow" as const, "heal" as const),
    }),
  },
);

const fileOf = (of: number) => `pod-${of}.json`;
const mirrorName = (of: number) => `pod-${of}-node-1`;
/** So long after the end of a kubelet its last wishes have come to be, and the next has taken them back. */
const lateMs = 20_000;
const imageOf = (version: number) => `docker.io/library/app:${version}`;

function manifestOf({ slot: of, version, stopMs }: Extract<Action, { readonly do: "write" }>): string {
  const env = [{ name: "TROUPE_STOP_MS", value: String(stopMs) }];
  const spec = { containers: [{ name: "main", image: `app:${version}`, env }] };
  return JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: `pod-${of}` }, spec });
}

function play(actions: readonly Action[], { kubeletStage }: typeof stages = stages): void {
  const stage = kubeletStage({ manifests: {} });
  const versions = new Map<number, number>();
  const heals: (() => void)[] = [];
  const healAll = () => {
    for (const heal of heals.splice(0)) heal();
  };
  let endedMs = 0;
  stage.simulation.onStep((address) => {
    // What an earlier life asked for may come to be when the next one has looked, here as with Kubernetes' own.
    if (address !== computerAddress || stage.simulation.uptimeMs() - endedMs < lateMs) return;
    const { sandboxes, containers } = stage.runtime.inspect(computerAddress);
    const names = new Map(sandboxes.map(({ sandbox, pod }) => [sandbox, pod.name]));
    const live = containers.flatMap((each) => (each.state === "CONTAINER_RUNNING" ? [names.get(each.sandbox)] : []));
    assert.equal(new Set(live).size, live.length, `two pods of one name run at a time: ${live.join(", ")}`);
  });
  for (const each of actions) {
    if (each.do === "wait") stage.simulation.advance(each.ms);
    else if (each.do === "crash") {
      endedMs = stage.simulation.uptimeMs();
      stage.simulation.crashNow(kubeletAddress, "for the test");
    } else if (each.do === "lose power") stage.simulation.crashNow(computerAddress, "for the test");
    else if (each.do === "cut") heals.push(stage.cutOff());
    else if (each.do === "slow") heals.push(stage.slowDown());
    else if (each.do === "heal") healAll();
    else if (each.do === "unmirror") stage.deletePod(mirrorName(each.slot), each.graceSeconds);
    else if (each.do === "remove") {
      versions.delete(each.slot);
      stage.manifests.remove("node-1", fileOf(each.slot));
    } else if (each.do === "write") {
      versions.set(each.slot, each.version);
      stage.manifests.write("node-1", fileOf(each.slot), manifestOf(each));
    }
  }
  healAll();
  stage.simulation.advance(120_000);
  converged(stage, versions);
}

/** What runs is what the manifests say, and the API shows just that. */
function converged(stage: KubeletStage, versions: ReadonlyMap<number, number>): void {
  const { containers } = stage.runtime.inspect(computerAddress);
  const running = containers.filter(({ state }) => state === "CONTAINER_RUNNING");
  assert.deepEqual(running.map(({ image }) => image).sort(), [...versions.values()].map(imageOf).sort());
  const mirrors = [...stage.api.objects].flatMap(([key, object]) => (key.startsWith("pods/") ? [object as never] : []));
  assert.deepEqual(
    mirrors.map(({ metadata }: Frozen<Pod>) => metadata.name).sort(),
    [...versions.keys()].map(mirrorName).sort(),
  );
  for (const mirror of mirrors) {
    const { metadata, status } = mirror as Frozen<Pod>;
    assert.deepEqual([status.phase, metadata.deletionTimestamp], ["Running", undefined]);
    assert.equal(metadata.annotations?.[configMirror], metadata.annotations?.[configHash]);
    const id = status.containerStatuses?.[0]?.containerID?.replace("containerd://", "");
    const shown = running.find(({ container }) => container === id);
    assert.equal(shown?.image, status.containerStatuses?.[0]?.image, `${metadata.name} shows what does not run`);
  }
}

const walks = fc.array(action, { maxLength: 25 });

property(
  "a kubelet runs just what its manifests say, one pod of a name at a time, and its mirrors show it, however it is treated",
  [walks],
  (actions) => play(actions),
  { runs: 60 },
);

for (const mutation of [goneManifestsRun, mirrorsMadeOnce]) {
  test(`the property finds the defect ${mutation.name}`, async () => {
    const mutated = await loadMutated<typeof stages>(mutation, "properties/stages/kubelet/kubelet_stage.ts");
    const law = fc.property(walks, (actions) => play(actions, mutated));
    const result = fc.check(law, { seed: 1, numRuns: 200 });
    assert.ok(result.failed, "the defect was not found in 200 runs");
    assert.ok((result.counterexample?.[0].length ?? 99) <= 5, JSON.stringify(result.counterexample));
  });
}
