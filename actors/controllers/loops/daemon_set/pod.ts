import type { DaemonSet } from "../../../api/kinds/daemon_set.ts";
import { parseTime } from "../../../api/time.ts";
import type { Frozen, Pod, PodTemplateSpec } from "../../../api/types.ts";
import { podFromTemplate } from "../../pods/pod_from_template.ts";
import { affinityTo, tolerationsOf } from "./placement.ts";

/** The hash of the template that a daemon was made from, on pods and on ControllerRevisions. */
export const hashLabel = "controller-revision-hash";
const generationLabel = "pod-template-generation";
const generationAnnotation = "deprecated.daemonset.template.generation";

/** The number of the template, where it can be read. */
function generationOf({ metadata }: Frozen<DaemonSet>): string | undefined {
  const text = metadata.annotations?.[generationAnnotation] ?? "";
  return /^[+-]?\d+$/.test(text) ? String(BigInt(text.replace("+", ""))) : undefined;
}

/** How a daemon is made. */
export interface NewDaemon {
  readonly set: Frozen<DaemonSet>;
  readonly name: string;
  readonly node: string;
  readonly hash: string;
}

/** The daemon for one node; the default scheduler binds it there. */
export function newDaemon({ set, name, node, hash }: NewDaemon): Pod {
  const { metadata, spec } = set.spec.template as Frozen<PodTemplateSpec>;
  const generation = generationOf(set);
  const marks = { ...(generation === undefined ? {} : { [generationLabel]: generation }), [hashLabel]: hash };
  const template = {
    metadata: { ...metadata, labels: { ...metadata?.labels, ...marks } },
    spec: {
      ...(spec ?? { containers: [] }),
      tolerations: tolerationsOf(spec ?? { containers: [] }),
      affinity: affinityTo(node, spec?.affinity),
    },
  };
  return podFromTemplate(template as Frozen<PodTemplateSpec>, { owner: set, name });
}

/** Whether a daemon is of the present template. */
export function isUpdated(set: Frozen<DaemonSet>, { metadata }: Frozen<Pod>, hash: string): boolean {
  const generation = generationOf(set);
  return (
    metadata.labels?.[hashLabel] === hash ||
    (generation !== undefined && metadata.labels?.[generationLabel] === generation)
  );
}

/** Of several daemons of a node the one that is kept comes first: it is bound, then it is old. */
export function byWorth(a: Frozen<Pod>, b: Frozen<Pod>): number {
  const [isABound, isBBound] = [Boolean(a.spec.nodeName), Boolean(b.spec.nodeName)];
  if (isABound !== isBBound) return isABound ? -1 : 1;
  const [aMs, bMs] = [a, b].map(({ metadata }) => parseTime(metadata.creationTimestamp ?? "") ?? 0) as [number, number];
  return aMs - bMs || (a.metadata.name < b.metadata.name ? -1 : 1);
}
