import { assert, test } from "../../../properties/house/test.ts";
import { defaultPodLevelRequests } from "../defaults/pod_spec.ts";
import { podLevelResources } from "../pod_level_resources.ts";
import type { PodSpec, ResourceRequirements } from "../types.ts";
import { validatePodLevelResources } from "./pod_level_resources.ts";

function specWith(resources: object, ...own: ResourceRequirements[]): PodSpec {
  const containers = own.map((each, index) => ({ name: `c${index}`, image: "i", resources: each }));
  return { containers, resources } as PodSpec;
}

const errorsOf = (spec: PodSpec) =>
  validatePodLevelResources(spec, "spec").map(({ field, detail }) => `${field}: ${detail}`);

test("validatePodLevelResources() holds a pod to its containers, and those to it", () => {
  const one = { requests: { cpu: "1" }, limits: { cpu: "3" } };
  assert.deepEqual(errorsOf(specWith({ requests: { cpu: "2" }, limits: { cpu: "3" } }, one, one)), []);
  assert.deepEqual(errorsOf(specWith({ requests: { cpu: "1500m" }, limits: { cpu: "2" } }, one, one)), [
    "spec.resources.requests[cpu]: must be greater than or equal to aggregate container requests of 2",
    "spec.resources.containers[0][cpu].limits: must be less than or equal to pod limits of 2",
    "spec.resources.containers[1][cpu].limits: must be less than or equal to pod limits of 2",
  ]);
  assert.match(
    errorsOf(specWith({ requests: { "ephemeral-storage": "1Gi" } })).join(),
    /^spec.resources.requests\[eph/,
  );
  assert.deepEqual(errorsOf(specWith({ requests: { cpu: "2" }, limits: { cpu: "1" } })), [
    "spec.resources.requests: must be less than or equal to cpu limit of 1",
  ]);
});

test("defaultPodLevelRequests() takes what containers ask for, or what the pod may have", () => {
  const spec = specWith(
    { limits: { cpu: "3", memory: "1Gi" } },
    { requests: { cpu: "1" } },
    { requests: { cpu: "500m" } },
  );
  defaultPodLevelRequests(spec);
  assert.deepEqual(podLevelResources(spec)?.requests, { cpu: "1500m", memory: "1Gi" });
  const plain: PodSpec = { containers: [] };
  defaultPodLevelRequests(plain);
  assert.deepEqual(plain, { containers: [] });
});
