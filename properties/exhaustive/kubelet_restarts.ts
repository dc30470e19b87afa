import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import { sources } from "../suites/kubelet/pods.ts";
import { type KubeletRun, kubeletAddress, nodeNameOf } from "../suites/kubelet/run.ts";
import { performKubelet } from "../suites/kubelet/stage.ts";
import { modelApiAddress } from "../suites/model/api.ts";
import type { ModelApiData } from "../suites/model/data.ts";
import type { SmallWorld } from "./explore.ts";

/** How often a kubelet ends, and what it runs. */
export interface KubeletBounds {
  readonly crashes: number;
  readonly pod: keyof typeof podsToRestart;
}

/** A run of one kubelet that ends after each of these of its steps, and all that it came to. */
export interface KubeletWorld {
  /** When it ends, in virtual milliseconds, the first first. */
  readonly crashesMs: readonly number[];
  /** When it can end next: after each of its steps from there on. */
  readonly nextMs: readonly number[];
  readonly key: string;
  readonly wrong: string | undefined;
}

const node = nodeNameOf(0);
const kubelet = kubeletAddress(node);
/** So soon after a step that nothing else has happened. */
const soonMs = 0.001;
/** So long it is down: for less than anybody waits. */
const downMs = 20;
const [madeMs, deletedMs, healAtMs] = [100, 4_000, 5_000];

/** Pods whose whole life is between two writes here and there: they come, work, and are deleted. */
const podsToRestart = {
  plain: { containers: [{ name: "main", image: "run:1" }] },
  job: { restartPolicy: "Never", containers: [{ name: "main", image: "done:1" }] },
  "init and sidecar": {
    initContainers: [
      { name: "first", image: "done:1" },
      { name: "beside", image: "run:1", restartPolicy: "Always" },
    ],
    containers: [{ name: "main", image: "crash:1", volumeMounts: [{ name: "one", mountPath: "/one" }] }],
    volumes: [{ name: "one", configMap: { name: "settings" } }],
  },
} as const;

/**
 * A kubelet that runs one pod from its making to its end, and itself ends after any of its steps, as often as the bounds
 * allow. It keeps nothing in memory: ends after which the same is told and run, whatever the time is, count as one, and
 * it is tried from one of them how it ends the next time.
 */
export function kubeletRestarts(bounds: KubeletBounds): SmallWorld<KubeletWorld> {
  return {
    initial: () => performed(bounds, []),
    enabled: ({ nextMs, crashesMs }) =>
      crashesMs.length < bounds.crashes ? nextMs.map((atMs) => `end at ${atMs}`) : [],
    after: ({ crashesMs }, name) => performed(bounds, [...crashesMs, Number(name.slice("end at ".length))]),
    keyOf: ({ key }) => key,
    isIndependent: () => false,
    judge: ({ wrong }) => wrong,
  };
}

function performed({ pod }: KubeletBounds, crashesMs: readonly number[]): KubeletWorld {
  const nextMs: number[] = [];
  const fromMs = Math.max(madeMs, (crashesMs.at(-1) ?? 0) + downMs);
  let told = "";
  const begin = (simulation: Simulation) =>
    simulation.onStep((address) => {
      const nowMs = simulation.uptimeMs();
      if (address === kubelet && nowMs > fromMs && nowMs < healAtMs) nextMs.push(nowMs + soonMs);
    });
  const inspect = (simulation: Simulation) => {
    told = toldBy(simulation.dataOf(modelApiAddress) as ModelApiData);
  };
  const { violation } = performKubelet(runOf(pod, crashesMs), { begin, inspect, freeze: false });
  const key = `${crashesMs.length} ${told}`;
  return { crashesMs, nextMs, key, wrong: violation && `${violation.property}: ${violation.details}` };
}

/** All that was written of the pod, without times and what is made of them. */
function toldBy({ changes }: ModelApiData): string {
  const pods = changes.filter(({ resource }) => resource === "pods");
  const text = JSON.stringify(pods.map(({ object }) => object?.status));
  return text.replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"|containerd:\/\/\w+/g, "");
}

function runOf(pod: KubeletBounds["pod"], crashesMs: readonly number[]): KubeletRun {
  const metadata = { name: "pod", namespace: "default" };
  const spec = { nodeName: node, terminationGracePeriodSeconds: 2, ...podsToRestart[pod] };
  const object = { apiVersion: "v1", kind: "Pod", metadata, spec };
  return {
    ...{ suite: "kubelet", seed: 1, nodes: 1, healAtMs, lapses: [], refusals: [], failures: [] },
    workload: [
      ...sources,
      { atMs: madeMs, op: "put", resource: "pods", object },
      { atMs: deletedMs, op: "remove", resource: "pods", namespace: "default", name: "pod" },
    ],
    faults: crashesMs.map((atMs) => ({
      kind: "crash",
      parameters: { actor: kubelet },
      trigger: { atMs },
      forMs: downMs,
    })),
  };
}
