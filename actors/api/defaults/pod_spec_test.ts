import { assert, test } from "../../../properties/house/test.ts";
import type { PodSpec } from "../types.ts";
import { defaultPodSpec } from "./pod_spec.ts";

test("defaultPodSpec() forgets images as volumes, and who mounts them, as 1.34 does by default", () => {
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
  defaultPodSpec(spec);
  assert.deepEqual(spec.volumes, [{ name: "cache", emptyDir: {} }]);
  const all = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  assert.deepEqual(
    all.map(({ volumeMounts }) => volumeMounts?.map(({ name }) => name)),
    [[], ["cache"], undefined, ["cache"]],
  );
  const others = { volumes: [{ name: "v" }], containers: [{ name: "c", image: "a", volumeMounts: mounts("v") }] };
  const kept = structuredClone(others) as unknown as PodSpec;
  defaultPodSpec(kept);
  assert.deepEqual([kept.volumes, kept.containers[0]?.volumeMounts], [[{ name: "v", emptyDir: {} }], mounts("v")]);
});
