import { assert, test } from "../house/test.ts";
import { jobsCountEachPodOnce } from "./jobs_count_each_pod_once.ts";

const podOf = (name: string, phase: string) => ({
  metadata: {
    name,
    uid: `uid-${name}`,
    ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name: "j", uid: "uid-j", controller: true }],
  },
  status: { phase },
});
const jobWith = (status: object) => ({ metadata: { name: "j", uid: "uid-j" }, status });

/** What is found when a Job's pods, and then its status, become these one after the other. */
function found(pods: readonly object[], statuses: readonly object[]): string | undefined {
  const watch = jobsCountEachPodOnce.watch(undefined as never);
  const commit = (key: string, object: object, previous?: object) =>
    watch.commit?.({ revision: 1, key, object, previous, atMs: 0 } as never);
  for (const [index, pod] of pods.entries()) commit(`/registry/pods/default/p${index}`, pod);
  return statuses.reduce<string | undefined>(
    (wrong, status, index) =>
      wrong ??
      commit("/registry/jobs/default/j", jobWith(status), index > 0 ? jobWith(statuses[index - 1] ?? {}) : undefined),
    undefined,
  );
}

test("jobsCountEachPodOnce finds a pod that is counted twice, what is forgotten, and nothing where all is counted once", () => {
  const pods = [podOf("a", "Succeeded"), podOf("b", "Failed"), podOf("c", "Running")];
  const coming = { uncountedTerminatedPods: { succeeded: ["uid-a"] } };
  assert.equal(found(pods, [coming, { succeeded: 1, failed: 1, completedIndexes: "0" }]), undefined);
  assert.equal(found(pods, [{ ...coming, succeeded: 1 }]), "Job j counts 2 successes, 1 of its pods succeeded");
  assert.equal(found(pods, [{ failed: 4 }]), "Job j counts 4 failures of 3 pods");
  assert.equal(found(pods, [{ succeeded: 1 }, {}]), "Job j counts less than before");
  const forgets = [{ completedIndexes: "0,2-4" }, { completedIndexes: "0,2-3" }];
  assert.equal(found(pods, forgets), "Job j forgot that its indexes 4 are complete");
});
