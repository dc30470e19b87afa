import { assert, test } from "../../../properties/house/test.ts";
import type { PodSpec } from "../types.ts";
import { forgetGatedFields } from "./gated_fields.ts";

function forgotten(spec: object): PodSpec {
  const draft = structuredClone(spec) as PodSpec;
  forgetGatedFields(draft, { gates: [], old: undefined });
  return draft;
}

test("forgetGatedFields() forgets images as volumes, and who mounts them, as 1.34 does by default", () => {
  const mounts = (...names: string[]) => names.map((name) => ({ name, mountPath: `/${name}` }));
  const spec = {
    volumes: [
      { name: "tools", image: { reference: "quay.io/tools:1" } },
      { name: "cache", emptyDir: {} },
    ],
    initContainers: [{ name: "i", image: "a:1", volumeMounts: mounts("tools") }],
    containers: [
      { name: "c", image: "a:1", volumeMounts: mounts("cache", "tools") },
      { name: "d", image: "a:1" },
    ],
    ephemeralContainers: [{ name: "e", image: "a:1", volumeMounts: mounts("tools", "cache") }],
  } as unknown as PodSpec;
  forgetGatedFields(spec, { gates: [], old: undefined });
  assert.deepEqual(spec.volumes, [{ name: "cache", emptyDir: {} }]);
  const all = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  assert.deepEqual(
    all.map(({ volumeMounts }) => volumeMounts?.map(({ name }) => name)),
    [[], ["cache"], undefined, ["cache"]],
  );
  const others = { volumes: [{ name: "v" }], containers: [{ name: "c", image: "a", volumeMounts: mounts("v") }] };
  const kept = structuredClone(others) as unknown as PodSpec;
  forgetGatedFields(kept, { gates: [], old: undefined });
  assert.deepEqual([kept.volumes, kept.containers[0]?.volumeMounts], [[{ name: "v" }], mounts("v")]);
});

test("forgetGatedFields() leaves nothing of features that 1.34 has off, and all else as it is", () => {
  const preStop = { sleep: { seconds: 1 } };
  const fromFile = { fileKeyRef: { volumeName: "v", path: "p", key: "k" } };
  const spec = {
    hostname: "h",
    hostnameOverride: "o",
    initContainers: [{ name: "i", image: "a", lifecycle: { stopSignal: "SIGUSR1" } }],
    containers: [{ name: "c", image: "a", lifecycle: { preStop, stopSignal: "SIGUSR1" } }],
    ephemeralContainers: [
      {
        name: "e",
        image: "a",
        env: [
          { name: "X", value: "x" },
          { name: "Y", valueFrom: fromFile },
        ],
      },
    ],
  };
  assert.deepEqual(forgotten(spec), {
    hostname: "h",
    initContainers: [{ name: "i", image: "a" }],
    containers: [{ name: "c", image: "a", lifecycle: { preStop } }],
    ephemeralContainers: [
      {
        name: "e",
        image: "a",
        env: [
          { name: "X", value: "x" },
          { name: "Y", valueFrom: {} },
        ],
      },
    ],
  });
});

test("forgetGatedFields() leaves nothing of a projected source that 1.34 has off, but the source", () => {
  const sources = [{ clusterTrustBundle: { path: "a" } }, { podCertificate: {} }, { secret: { name: "s" } }];
  assert.deepEqual(forgotten({ volumes: [{ name: "v", projected: { sources } }], containers: [] }), {
    volumes: [{ name: "v", projected: { sources: [{}, {}, { secret: { name: "s" } }] } }],
    containers: [],
  });
});

test("forgetGatedFields() keeps what is of a feature that is on, or was used before", () => {
  const image = { name: "v", image: { reference: "a:1" } };
  const bundle = { name: "p", projected: { sources: [{ clusterTrustBundle: { path: "a" } }] } };
  const spec = { volumes: [image, bundle], containers: [] } as unknown as PodSpec;
  const keptBy = (disabled: Parameters<typeof forgetGatedFields>[1]) => {
    const draft = structuredClone(spec);
    forgetGatedFields(draft, disabled);
    return draft.volumes;
  };
  const emptied = { name: "p", projected: { sources: [{}] } };
  assert.deepEqual(keptBy({ gates: ["ImageVolume"], old: undefined }), [image, emptied]);
  assert.deepEqual(keptBy({ gates: ["ClusterTrustBundleProjection"], old: undefined }), [bundle]);
  assert.deepEqual(keptBy({ gates: [], old: spec }), [image, bundle]);
  assert.deepEqual(keptBy({ gates: [], old: { containers: [] } }), [emptied]);
});
