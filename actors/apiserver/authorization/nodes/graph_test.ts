import { assert, fc, property, test } from "../../../../properties/house/test.ts";
import type { PersistentVolume } from "../../../api/kinds/persistent_volume.ts";
import type { VolumeAttachment } from "../../../api/kinds/volume_attachment.ts";
import type { Pod } from "../../../api/types.ts";
import {
  createNodeGraph,
  isRelated,
  type NodeGraph,
  takeAttachment,
  takePod,
  takeVolume,
  type Wanted,
} from "./graph.ts";

const namespace = "shop";

function podOn(node: string, name: string, spec: object = {}, more: object = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, uid: `${name}-uid`, ...more },
    spec: { containers: [], ...(node === "" ? {} : { nodeName: node }), ...spec },
  } as unknown as Pod;
}

const everything = {
  serviceAccountName: "robot",
  imagePullSecrets: [{ name: "pull" }],
  initContainers: [{ name: "i", env: [{ name: "A", valueFrom: { secretKeyRef: { name: "init-env", key: "k" } } }] }],
  containers: [
    {
      name: "c",
      env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "env", key: "k" } } }],
      envFrom: [{ secretRef: { name: "all-env" } }, { configMapRef: { name: "env-from" } }],
    },
  ],
  ephemeralContainers: [{ name: "e", envFrom: [{ secretRef: { name: "debug" } }] }],
  volumes: [
    { name: "s", secret: { secretName: "volume" } },
    { name: "m", configMap: { name: "volume" } },
    { name: "p", projected: { sources: [{ secret: { name: "projected" } }, { configMap: { name: "projected" } }] } },
    { name: "v", persistentVolumeClaim: { claimName: "data" } },
    { name: "scratch", ephemeral: {} },
  ],
};

const may = (graph: NodeGraph, node: string, kind: Wanted["kind"], name: string, at = namespace) =>
  isRelated(graph, node, { kind, namespace: at, name });

test("a node has to do with what its pods refer to, and with nothing else", () => {
  const graph = createNodeGraph();
  takePod(graph, undefined, podOn("n1", "web", everything));
  const related: readonly (readonly [Wanted["kind"], string])[] = [
    ["pods", "web"],
    ["serviceaccounts", "robot"],
    ...["pull", "init-env", "all-env", "debug", "volume", "projected"].map((name) => ["secrets", name] as const),
    ...["env", "env-from", "volume", "projected"].map((name) => ["configmaps", name] as const),
    ["persistentvolumeclaims", "data"],
    ["persistentvolumeclaims", "web-scratch"],
  ];
  for (const [kind, name] of related) {
    assert.ok(may(graph, "n1", kind, name), `${kind} ${name}`);
    assert.ok(!may(graph, "n2", kind, name), `${kind} ${name} from elsewhere`);
    assert.ok(!may(graph, "n1", kind, name, "other"), `${kind} ${name} of another namespace`);
  }
  assert.deepEqual([may(graph, "n1", "secrets", "env"), may(graph, "n1", "configmaps", "data")], [false, false]);
});

test("a pod that is bound to no node, or that a kubelet shows of its own, opens nothing", () => {
  const graph = createNodeGraph();
  takePod(graph, undefined, podOn("", "waits", everything));
  const annotations = { "kubernetes.io/config.mirror": "x" };
  takePod(graph, undefined, podOn("n1", "mirror", everything, { annotations }));
  assert.deepEqual([may(graph, "n1", "secrets", "pull"), may(graph, "n1", "pods", "mirror")], [false, false]);
  takePod(graph, podOn("", "waits", everything), podOn("n1", "waits", everything));
  assert.equal(may(graph, "n1", "secrets", "pull"), true);
});

test("volumes are a node's by the claims that they are for, with the Secrets that they need, and attachments by their node", () => {
  const graph = createNodeGraph();
  const volume = (claim: string | undefined) =>
    ({
      metadata: { name: "disk" },
      spec: {
        ...(claim === undefined ? {} : { claimRef: { namespace, name: claim } }),
        csi: { driver: "d", volumeHandle: "h", nodeStageSecretRef: { name: "stage", namespace: "storage" } },
      },
    }) as unknown as PersistentVolume;
  takePod(graph, undefined, podOn("n1", "web", everything));
  takeVolume(graph, undefined, volume(undefined));
  assert.equal(may(graph, "n1", "persistentvolumes", "disk", ""), false);
  takeVolume(graph, volume(undefined), volume("data"));
  assert.equal(may(graph, "n1", "persistentvolumes", "disk", ""), true);
  assert.equal(may(graph, "n1", "secrets", "stage", "storage"), true);
  assert.equal(may(graph, "n2", "secrets", "stage", "storage"), false);
  takeVolume(graph, volume("data"), volume("other"));
  assert.equal(may(graph, "n1", "secrets", "stage", "storage"), false);
  takeVolume(graph, volume("other"), undefined);
  assert.deepEqual([graph.volumes.size, graph.volumesBySecret.size], [0, 0]);
  const attachment = { metadata: { name: "a" }, spec: { nodeName: "n1" } } as unknown as VolumeAttachment;
  takeAttachment(graph, undefined, attachment);
  assert.deepEqual(
    ["n1", "n2"].map((node) => may(graph, node, "volumeattachments", "a", "")),
    [true, false],
  );
  takeAttachment(graph, attachment, undefined);
  assert.equal(may(graph, "n1", "volumeattachments", "a", ""), false);
});

const change = fc.record({
  name: fc.constantFrom("a", "b", "c"),
  node: fc.constantFrom("", "n1", "n2"),
  secret: fc.constantFrom("s1", "s2"),
  isGone: fc.boolean(),
  isNew: fc.boolean(),
});

property(
  "the graph says what a look at all pods says, whatever came and went",
  [fc.array(change, { maxLength: 12 })],
  (changes) => {
    const graph = createNodeGraph();
    const now = new Map<string, Pod>();
    changes.forEach(({ name, node, secret, isGone, isNew }, index) => {
      const before = now.get(name);
      const spec = { volumes: [{ name: "v", secret: { secretName: secret } }] };
      // The spec of a bound pod does not change: one that is bound otherwise is another one.
      const isSame = before !== undefined && !isNew && before.spec.nodeName !== undefined;
      const next = isGone ? undefined : isSame ? { ...before } : podOn(node, name, spec, { uid: `${index}` });
      takePod(graph, before, next);
      if (next) now.set(name, next);
      else now.delete(name);
    });
    for (const node of ["n1", "n2"]) {
      for (const secret of ["s1", "s2"]) {
        const isNeeded = [...now.values()].some(
          ({ spec }) => spec.nodeName === node && spec.volumes?.[0]?.secret?.secretName === secret,
        );
        assert.equal(may(graph, node, "secrets", secret), isNeeded, `${node} ${secret}`);
      }
    }
    const bound = [...now.values()].filter(({ spec }) => spec.nodeName !== undefined);
    assert.equal(graph.pods.size, bound.length);
    if (bound.length === 0) assert.equal(graph.things.size, 0, "nothing is left of pods that are gone");
  },
  { runs: 200 },
);
