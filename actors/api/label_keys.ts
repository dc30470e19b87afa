/**
 * A pod names keys of its own labels by which others are chosen: API servers put the values into the selectors as the pod
 * is made.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#matchlabelkeys
 */
import type { LabelSelector, PodSpec } from "./types.ts";
import { ownValue } from "./types.ts";

/** Fields that are newer than the package that gives the others. */
interface Keyed {
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
  readonly labelSelector?: LabelSelector;
}

/** Puts the values of a pod's labels into its selectors of other pods, where their keys are named. */
export function selectByLabelKeys(spec: PodSpec, labels: Readonly<Record<string, string>> | undefined): void {
  const terms: Keyed[] = [...(spec.topologySpreadConstraints ?? [])];
  for (const pods of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity]) {
    const soft = pods?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    terms.push(...soft.map(({ podAffinityTerm }) => podAffinityTerm as Keyed));
    terms.push(...((pods?.requiredDuringSchedulingIgnoredDuringExecution ?? []) as Keyed[]));
  }
  for (const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } of terms) {
    // Nothing is chosen by no selector at all.
    if (labelSelector === undefined) continue;
    const requirements = [
      ...matchLabelKeys.map((key) => ({ key, operator: "In" })),
      ...mismatchLabelKeys.map((key) => ({ key, operator: "NotIn" })),
    ].flatMap((each) => {
      const value = ownValue(labels, each.key);
      return value === undefined ? [] : [{ ...each, values: [value] }];
    });
    if (requirements.length === 0) continue;
    labelSelector.matchExpressions = [...(labelSelector.matchExpressions ?? []), ...requirements];
  }
}
