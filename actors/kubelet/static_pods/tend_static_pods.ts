import type { Step } from "../../../runtime/mod.ts";
import { type Frozen, jsonEqual, type Pod } from "../../api/types.ts";
import type { KubeletData } from "../data.ts";
import { changeStaticPod, endPod, showPod } from "../pod/pod_manager.ts";
import type { PodRecord } from "../pod/pod_record.ts";
import { tendMirror } from "./mirrors.ts";

/**
 * Brings what runs of the static pods that may have moved to what the manifests say, and the API to what runs: of one
 * name one at a time, so a new manifest waits until what ran by the old one has ended.
 */
export function tendStaticPods(data: KubeletData, step: Step): void {
  const { moved } = data.staticPods;
  if (moved.size === 0) return;
  const keys = [...moved];
  moved.clear();
  for (const key of keys) tendPod(data, key, step);
}

function tendPod(data: KubeletData, key: string, step: Step): void {
  const { wanted: all, isRead } = data.staticPods;
  const wanted = all.get(key);
  const present = recordOf(data, key);
  if (isRead && present) bring(data, present, { wanted, step });
  if (isRead && wanted && !recordOf(data, key)) showPod(data, wanted, { step, isStatic: true });
  tendMirror(data, key, { record: recordOf(data, key), step });
}

function bring(
  data: KubeletData,
  record: PodRecord,
  { wanted, step }: { readonly wanted: Frozen<Pod> | undefined; readonly step: Step },
): void {
  if (record.removed) return;
  if (record.identity !== wanted?.metadata.uid) endPod(data, record, { step });
  // A manifest that says its own uid is of the same pod, whatever else it says.
  else if (!jsonEqual(record.pod, wanted)) changeStaticPod(data, record, { wanted, step });
}

function recordOf(data: KubeletData, key: string): PodRecord | undefined {
  for (const record of data.pods.values()) if (record.mirror && record.key === key) return record;
  return undefined;
}
