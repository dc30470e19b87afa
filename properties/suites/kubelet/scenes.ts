import fc from "fast-check";
import type { Fault } from "../../../runtime/faults/fault.ts";
import type { ModelDeed } from "../model/messages.ts";
import { manifestWork } from "./manifests.ts";
import { type KubeletRun, kubeletAddress, nodeNameOf } from "./run.ts";

/** What a run comes to so rarely by itself that no campaign would see it. */
type Scene = (run: KubeletRun, atMs: number) => KubeletRun;

const inRunsOf = 16;
const startsMs = 1_000;
const spreadMs = 9_000;
const name = "scene";
const node = nodeNameOf(0);
const pods = { resource: "pods", namespace: "default", name } as const;

function make(atMs: number, spec: object): ModelDeed {
  const metadata = { name, namespace: "default" };
  const object = { apiVersion: "v1", kind: "Pod", metadata, spec: { ...spec, nodeName: node } };
  return { op: "put", atMs, resource: "pods", object };
}

/** A pod has volumes, and no sandbox yet, when its kubelet ends; it is gone before another life of that begins. */
const leftWithVolumes: Scene = (run, atMs) => {
  const container = { name: "main", image: "run:1", volumeMounts: [{ name: "one", mountPath: "/one" }] };
  const crash: Fault = {
    kind: "crash",
    parameters: { actor: kubeletAddress(node) },
    trigger: { atMs: atMs + 2_000 },
    forMs: 2_000,
  };
  return {
    ...run,
    failures: [...run.failures, ...[1, 2, 3, 4, 5, 6].map((nth) => ({ op: "RunPodSandbox", nth }) as const)],
    workload: [
      ...run.workload,
      make(atMs, { containers: [container], volumes: [{ name: "one", emptyDir: {} }] }),
      { op: "remove", atMs: atMs + 3_000, ...pods, graceSeconds: 0 },
    ],
    faults: [...run.faults, crash],
  };
};

/** A container that takes its time to end is given less of it. */
const hastened: Scene = (run, atMs) => ({
  ...run,
  workload: [
    ...run.workload,
    make(atMs, { containers: [{ name: "main", image: "stubborn:1" }] }),
    { op: "remove", atMs: atMs + 2_000, ...pods },
    { op: "remove", atMs: atMs + 3_000, ...pods, graceSeconds: 1 },
  ],
});

/** Nodes run pods of their own, by manifests that come, change and go, whatever goes wrong meanwhile. */
const manifested: Scene = (run) => {
  const [work] = fc.sample(manifestWork(run.nodes), { seed: run.seed | 0, numRuns: 1 });
  const { manifests = [], deeds = [] } = work ?? {};
  return { ...run, manifests, workload: [...run.workload, ...deeds] };
};

/** What a pod is to have more of is not there, until another goes; or never. */
const enlarged: Scene = (run, atMs) => {
  const having = (cpu: string) => ({ resources: { requests: { cpu }, limits: { cpu: "64" } } });
  const container = (cpu: string) => ({ name: "main", image: "run:1", ...having(cpu) });
  const metadata = { name: `${name}-beside`, namespace: "default" };
  const spec = { containers: [container("1500m")], nodeName: node, terminationGracePeriodSeconds: 1 };
  const isNever = run.seed % 3 === 0;
  return {
    ...run,
    workload: [
      ...run.workload,
      { op: "put", atMs, resource: "pods", object: { apiVersion: "v1", kind: "Pod", metadata, spec } },
      make(atMs, { containers: [container("100m")] }),
      { op: "merge", atMs: atMs + 2_500, ...pods, patch: { spec: { containers: [container(isNever ? "40" : "3")] } } },
      { op: "remove", atMs: atMs + 5_000, ...pods, name: metadata.name },
    ],
  };
};

const scenes: readonly Scene[] = [leftWithVolumes, hastened, manifested, manifested, enlarged];

/** Adds a scene to one of so many runs, as its seed says: the others are as they were drawn. */
export function withScene(run: KubeletRun): KubeletRun {
  const scene = scenes[run.seed % inRunsOf];
  if (!scene) return run;
  const { workload, ...rest } = scene(run, startsMs + (Math.floor(run.seed / inRunsOf) % spreadMs));
  return { ...rest, workload: workload.toSorted((a, b) => a.atMs - b.atMs) };
}
