import type { Step } from "../../../runtime/mod.ts";
import { unitsOf } from "../../api/quantity.ts";
import type { MeasureAnswer } from "../../computer/messages.ts";
import { callOff } from "../../kit/alarms.ts";
import { askComputer } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import type { PodVolume } from "../volumes/_volume_type.ts";
import { podFolder, typeOf, volumePath } from "../volumes/_volumes_of.ts";
import type { PodRecord } from "./pod_record.ts";

/** As often as Kubernetes' eviction manager looks. */
const measureMs = 10_000;
const answerMsMax = 120_000;

/** What is done about a pod that has written too much. */
export type Evict = (data: KubeletData, pod: PodRecord, why: { message: string; step: Step }) => void;

/** Looks again and again how much is in those of a pod's volumes that have a limit which nothing else enforces. */
export function measureVolumes(
  data: KubeletData,
  pod: PodRecord,
  { step, evict }: { readonly step: Step; readonly evict: Evict },
): void {
  const { volumes } = pod;
  const limited = (pod.pod.spec.volumes ?? []).filter(isLimited);
  if (!volumes || limited.length === 0) return;
  callOff(volumes.measuring);
  volumes.measuring = after(data, step, measureMs, (later) => {
    const message = { type: "volume.call", request: { op: "MeasureVolumes", folder: podFolder(pod.uid) } } as const;
    askComputer<MeasureAnswer>(data, later, { message, timeoutMs: answerMsMax }, (answer, now) => {
      if (pod.volumes !== volumes) return;
      const sizes = answer?.ok ? answer.value : {};
      const full = limited.find((volume) => sizeOf(volume, pod, sizes) > unitsOf(volume.emptyDir?.sizeLimit));
      if (!full) return measureVolumes(data, pod, { step: now, evict });
      const limit = full.emptyDir?.sizeLimit;
      evict(data, pod, {
        message: `Usage of EmptyDir volume "${full.name}" exceeds the limit "${limit}". `,
        step: now,
      });
    });
  });
}

function isLimited({ emptyDir }: PodVolume): boolean {
  return emptyDir !== undefined && emptyDir.medium !== "Memory" && unitsOf(emptyDir.sizeLimit) > 0;
}

function sizeOf(volume: PodVolume, { uid }: PodRecord, sizes: Readonly<Record<string, number>>): number {
  const type = typeOf(volume);
  return (type && sizes[volumePath(uid, volume, type)]) ?? 0;
}
