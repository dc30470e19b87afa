import fc from "fast-check";
import type { Container, PodSpec, Probe } from "../../../actors/api/types.ts";
import type { ModelDeed } from "../model/messages.ts";
import type { ImageName } from "./images.ts";
import { nodeNameOf } from "./run.ts";

/** How long users are at work, in virtual milliseconds. */
export const workMsMax = 18_000;

/** What a deed makes. */
export type Put = ModelDeed & { readonly op: "put" };

type Lifecycle = NonNullable<Container["lifecycle"]>;
type Volume = NonNullable<PodSpec["volumes"]>[number];

/** One of these, each as often as its weight says; undefined is nothing. */
function often<T>(none: number, some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: none, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: some });
}

/** An object without what is undefined in it. */
function whole<T extends object>(fields: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

const handler: fc.Arbitrary<Partial<Probe>> = fc.constantFrom(
  { exec: { command: ["probe"] } },
  { httpGet: { path: "/healthy", port: 8080 } },
  { tcpSocket: { port: 8080 } },
  { grpc: { port: 9090 } },
);

function probe(successes: readonly number[], isGraced: boolean): fc.Arbitrary<Probe> {
  return fc
    .record({
      handler,
      periodSeconds: fc.constantFrom(1, 1, 2, 3),
      initialDelaySeconds: fc.constantFrom(undefined, undefined, 1, 2),
      successThreshold: fc.constantFrom(...successes),
      failureThreshold: fc.constantFrom(1, 2, 3),
      terminationGracePeriodSeconds: isGraced ? fc.constantFrom(undefined, undefined, 1, 4) : fc.constant(undefined),
    })
    .map(({ handler: asks, ...rest }) => whole({ ...asks, ...rest }) as Probe);
}

const postStart: fc.Arbitrary<Lifecycle["postStart"]> = fc.constantFrom(
  { exec: { command: ["sleep", "1"] } },
  { exec: { command: ["sleep", "1"] } },
  { sleep: { seconds: 2 } },
  { exec: { command: ["false"] } },
);
const preStop: fc.Arbitrary<Lifecycle["preStop"]> = fc.constantFrom(
  { exec: { command: ["sleep", "2"] } },
  { exec: { command: ["sleep", "7"] } },
  { sleep: { seconds: 1 } },
  { sleep: { seconds: 3 } },
);
const lifecycle: fc.Arbitrary<Lifecycle> = fc
  .record({ postStart: often(2, postStart), preStop: often(1, preStop) })
  .map((each) => whole(each) as Lifecycle);

const mainImages: fc.Arbitrary<ImageName> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<ImageName[]>("run:1", "slow-start:1", "slow-stop:1", "slow-pull:1") },
  {
    weight: 2,
    arbitrary: fc.constantFrom<ImageName[]>("crash:1", "done:1", "fails:1", "work:1", "crashes:1", "early:1"),
  },
  { weight: 2, arbitrary: fc.constantFrom<ImageName[]>("sick:1", "often-sick:1", "flags:1", "never-ready:1") },
  { weight: 1, arbitrary: fc.constantFrom<ImageName[]>("stubborn:1", "missing/one:1") },
);
const initImages = fc.constantFrom<ImageName[]>("done:1", "done:1", "early:1", "fails:1", "work:1", "run:1", "crash:1");

const cpu = fc.constantFrom("100m", "500m", "1500m", "2500m");
const resources = cpu.chain((requests) =>
  fc.constantFrom({ requests: { cpu: requests } }, { requests: { cpu: requests }, limits: { cpu: "3" } }),
);
const env = fc
  .constantFrom("settings", "settings", "late")
  .map((name) => [{ name: "MODE", valueFrom: { configMapKeyRef: { name, key: "mode" } } }]);

function container(name: string, image: fc.Arbitrary<ImageName>): fc.Arbitrary<Container> {
  return fc
    .record({
      image,
      readinessProbe: often(2, probe([1, 1, 2, 3], false)),
      livenessProbe: often(2, probe([1], true)),
      startupProbe: often(5, probe([1], true)),
      lifecycle: often(2, lifecycle),
      resources: often(2, resources),
      env: often(6, env),
      ports: often(9, fc.constant<Container["ports"]>([{ containerPort: 80, hostPort: 8_080 }])),
      resizePolicy: often(
        9,
        fc.constant<Container["resizePolicy"]>([{ resourceName: "cpu", restartPolicy: "RestartContainer" }]),
      ),
    })
    .map((each) => whole({ name, ...each }) as Container);
}

const sidecar: fc.Arbitrary<Container> = container(
  "beside",
  fc.constantFrom<ImageName[]>("run:1", "slow-start:1", "slow-stop:1", "crash:1", "stubborn:1"),
).map((each) => ({ ...each, restartPolicy: "Always" }));
const init = (name: string) => fc.record({ image: initImages }).map((each) => ({ name, ...each }) as Container);
const inits: fc.Arbitrary<readonly Container[] | undefined> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: init("first").map((each) => [each]) },
  { weight: 1, arbitrary: fc.tuple(init("first"), init("then")) },
  { weight: 2, arbitrary: sidecar.map((each) => [each]) },
  { weight: 2, arbitrary: fc.tuple(init("first"), sidecar, init("then")) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      sidecar,
      sidecar.map((each) => ({ ...each, name: "beside-too" })),
    ),
  },
);

const token = { serviceAccountToken: { path: "token", expirationSeconds: 600 } };
const volume: fc.Arbitrary<Volume> = fc.constantFrom<Volume[]>(
  { name: "one", configMap: { name: "settings" } },
  { name: "one", configMap: { name: "settings" } },
  { name: "one", secret: { secretName: "keys" } },
  { name: "one", projected: { sources: [token, { configMap: { name: "settings" } }, { secret: { name: "keys" } }] } },
  { name: "one", configMap: { name: "late" } },
  { name: "one", persistentVolumeClaim: { claimName: "data" } },
  { name: "one", emptyDir: {} },
);

const spec = fc
  .record({
    main: container("main", mainImages),
    second: often(2, container("second", mainImages)),
    initContainers: inits,
    restartPolicy: fc.constantFrom("Always", "Always", "OnFailure", "Never"),
    terminationGracePeriodSeconds: fc.constantFrom(undefined, 1, 2, 4, 5, 8, 0),
    activeDeadlineSeconds: often(9, fc.constantFrom(3, 6, 10)),
    readinessGates: often(9, fc.constant([{ conditionType: "example.com/gate" }])),
    nodeSelector: often(14, fc.constant({ disk: "ssd" })),
    volume: often(1, volume),
  })
  .map(({ main, second, volume: one, initContainers, ...rest }) => {
    const mounts = one ? { volumeMounts: [{ name: one.name, mountPath: "/one" }] } : {};
    const containers = [{ ...main, ...mounts }, ...(second ? [second] : [])];
    const isOnce = rest.restartPolicy === "Never";
    const lawful = isOnce
      ? { containers: containers.map(unresized), initContainers: initContainers?.map(unresized) }
      : {};
    return whole({ ...rest, containers, initContainers, volumes: one && [one], ...lawful });
  });

/** In a pod whose containers never run again none can be run again to be given something else: no API would take it. */
function unresized({ resizePolicy: _none, ...each }: Container): Container {
  return each;
}

/** A pod that is bound to one of so many nodes. */
export function podNamed(name: string, nodes: number): fc.Arbitrary<Put> {
  return fc
    .record({
      atMs: fc.oneof({ weight: 2, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.nat(workMsMax - 6_000) }),
      node: fc.nat(nodes - 1),
      spec,
      finalizers: often(19, fc.constant(["example.com/kept"])),
    })
    .map(({ atMs, node, spec: of, finalizers }) => {
      const metadata = whole({ name, namespace: "default", finalizers });
      const bound = { ...of, nodeName: nodeNameOf(node) };
      return { atMs, op: "put", resource: "pods", object: { apiVersion: "v1", kind: "Pod", metadata, spec: bound } };
    });
}

/** What pods are made from, from the beginning on. */
export const sources: readonly Put[] = [
  madeOf("configmaps", { kind: "ConfigMap", metadata: named("settings"), data: { mode: "a" } }),
  madeOf("secrets", { kind: "Secret", metadata: named("keys"), type: "Opaque", data: { key: "b25l" } }),
  madeOf("persistentvolumes", {
    ...{ kind: "PersistentVolume", metadata: { name: "disk" } },
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      hostPath: { path: "/data", type: "DirectoryOrCreate" },
    },
  }),
  madeOf("persistentvolumeclaims", {
    ...{ kind: "PersistentVolumeClaim", metadata: named("data"), status: { phase: "Bound" } },
    spec: { accessModes: ["ReadWriteOnce"], volumeName: "disk", resources: { requests: { storage: "1Gi" } } },
  }),
];

function named(name: string) {
  return { name, namespace: "default" };
}

function madeOf(resource: string, object: Put["object"]): Put {
  return { atMs: 0, op: "put", resource, object: { apiVersion: "v1", ...object } };
}

/** The ConfigMap that some wait for. */
export const lateSource = (atMs: number): Put => ({
  ...madeOf("configmaps", { kind: "ConfigMap", metadata: named("late"), data: { mode: "late" } }),
  atMs,
});
