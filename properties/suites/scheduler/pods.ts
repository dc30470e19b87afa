import fc from "fast-check";
import type { Fields } from "../../../actors/api/types.ts";

const hostname = "kubernetes.io/hostname";
/** The labels of nodes that pods may ask for, beside their names. */
export const zoneLabel = "topology.kubernetes.io/zone";
/** What a node may have beside CPU and memory, and a pod ask for. */
export const device = "example.com/device";
/** The names of nodes. */
export const nodeNames: readonly string[] = ["node-0", "node-1", "node-2", "node-3", "node-4"];

const app = fc.constantFrom("red", "blue");
const topologyKey = fc.constantFrom(hostname, hostname, zoneLabel);
const cpu = fc.constantFrom("0", "100m", "250m", "500m", "500m", "1", "1500m");
const memory = fc.constantFrom("0", "64Mi", "256Mi", "512Mi");

const special = fc.oneof(
  fc.constantFrom("1", "2").map((count) => ({ [device]: count })),
  fc.constantFrom("1Gi", "3Gi").map((size) => ({ "ephemeral-storage": size })),
);

const selector = fc.oneof(
  app.map((each) => ({ matchLabels: { app: each } })),
  app.map((each) => ({ matchExpressions: [{ key: "app", operator: "NotIn", values: [each] }] })),
);

const term = fc
  .record({ topologyKey, labelSelector: selector, wide: fc.constantFrom(false, false, false, true) })
  .map(({ wide, ...rest }) => (wide ? { ...rest, namespaces: ["default", "other"] } : rest));

const expression = fc.oneof(
  fc
    .tuple(fc.constantFrom("In", "NotIn"), fc.constantFrom("ssd", "hdd"))
    .map(([operator, value]) => ({ key: "disk", operator, values: [value] })),
  fc.constantFrom("Exists", "DoesNotExist").map((operator) => ({ key: "disk", operator })),
  fc
    .tuple(fc.constantFrom("Gt", "Lt"), fc.nat(3))
    .map(([operator, value]) => ({ key: "rank", operator, values: [String(value)] })),
  fc.constantFrom("zone-a", "zone-b").map((zone) => ({ key: zoneLabel, operator: "In", values: [zone] })),
);

const nodeTerm = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(expression, { minLength: 1, maxLength: 2 }).map((all) => ({ matchExpressions: all })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...nodeNames)
      .map((name) => ({ matchFields: [{ key: "metadata.name", operator: "In", values: [name] }] })),
  },
);

const required = "requiredDuringSchedulingIgnoredDuringExecution";

/** What a pod may ask for beside room: one thing or another, or nothing. */
const wish: fc.Arbitrary<Fields> = fc.oneof(
  fc.constantFrom("ssd", "hdd").map((disk) => ({ nodeSelector: { disk } })),
  fc
    .array(nodeTerm, { minLength: 1, maxLength: 2 })
    .map((nodeSelectorTerms) => ({ affinity: { nodeAffinity: { [required]: { nodeSelectorTerms } } } })),
  term.map((each) => ({ affinity: { podAntiAffinity: { [required]: [each] } } })),
  term.map((each) => ({ affinity: { podAffinity: { [required]: [each] } } })),
  fc
    .record({
      topologyKey,
      labelSelector: selector,
      maxSkew: fc.constantFrom(1, 1, 2),
      minDomains: fc.constantFrom(undefined, undefined, 2, 3),
      nodeTaintsPolicy: fc.constantFrom(undefined, undefined, "Honor"),
      nodeAffinityPolicy: fc.constantFrom(undefined, undefined, "Ignore"),
    })
    .map((each) => ({
      topologySpreadConstraints: [{ whenUnsatisfiable: "DoNotSchedule", ...without(each) }],
    })),
);

/** The same without the fields that have no value. */
function without(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const toleration = fc.oneof(
  fc.constantFrom("NoSchedule", "NoExecute").map((effect) => ({ key: "kept", operator: "Exists", effect })),
  fc.constantFrom("yes", "no").map((value) => ({ key: "kept", operator: "Equal", value })),
  fc.constant({ operator: "Exists" }),
);

const port = fc.record({
  hostPort: fc.constantFrom(8080, 8081),
  protocol: fc.constantFrom("TCP", "TCP", "UDP"),
  hostIP: fc.constantFrom("", "", "", "10.0.0.1", "10.0.0.2"),
});

const init = fc.record({ cpu: fc.constantFrom("500m", "1", "2"), isSidecar: fc.boolean() });
const rarely = <T>(arbitrary: fc.Arbitrary<T>, none: T, times = 4) =>
  fc.oneof({ weight: times, arbitrary: fc.constant(none) }, { weight: 1, arbitrary });

/** A pod that waits to be placed. */
export function podNamed(
  name: string,
): fc.Arbitrary<Fields & { readonly metadata: Fields & { readonly name: string } }> {
  return fc
    .record({
      app,
      namespace: fc.constantFrom("default", "default", "default", "other"),
      requests: fc
        .tuple(fc.record({ cpu, memory }), rarely<Fields>(special, {}))
        .map(([usual, more]) => ({ ...usual, ...more })),
      priority: fc.constantFrom(0, 0, 0, 10, 100),
      wishes: rarely(fc.array(wish, { minLength: 1, maxLength: 2 }), [], 1),
      tolerations: rarely(fc.array(toleration, { minLength: 1, maxLength: 1 }), []),
      ports: rarely(fc.array(port, { minLength: 1, maxLength: 2 }), []),
      inits: rarely(fc.array(init, { minLength: 1, maxLength: 2 }), [], 6),
      isGated: fc.constantFrom(false, false, false, false, false, true),
      overhead: rarely<Fields>(fc.constant({ overhead: { cpu: "100m" } }), {}, 8),
      policy: rarely<Fields>(fc.constant({ preemptionPolicy: "Never" }), {}, 6),
    })
    .map(({ app: label, namespace, requests, wishes, tolerations, ports, inits, isGated, ...rest }) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels: { app: label } },
      spec: {
        schedulerName: "default-scheduler",
        priority: rest.priority,
        ...rest.overhead,
        ...rest.policy,
        ...together(wishes),
        ...(tolerations.length > 0 ? { tolerations } : {}),
        ...(isGated ? { schedulingGates: [{ name: "example.com/gate" }] } : {}),
        ...(inits.length > 0 ? { initContainers: inits.map(initContainer) } : {}),
        containers: [
          {
            name: "main",
            image: "app:1",
            resources: { requests },
            ports: ports.map((each) => ({ containerPort: 80, ...each })),
          },
        ],
      },
      status: { phase: "Pending" },
    }));
}

function together(wishes: readonly Fields[]): Fields {
  const affinity = Object.assign({}, ...wishes.map((each) => each.affinity ?? {})) as Fields;
  return { ...Object.assign({}, ...wishes), ...(Object.keys(affinity).length > 0 ? { affinity } : {}) };
}

function initContainer({ cpu: amount, isSidecar }: { cpu: string; isSidecar: boolean }, index: number): Fields {
  const sidecar = isSidecar ? { restartPolicy: "Always" } : {};
  return { name: `init-${index}`, image: "first:1", resources: { requests: { cpu: amount } }, ...sidecar };
}
