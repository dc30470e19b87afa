import type { Mail, Step } from "../../runtime/mod.ts";
import { claimNameIn } from "../api/pod_claims.ts";
import type { VolumeSize } from "../computer/messages.ts";
import { present } from "../kit/present.ts";
import { callCri } from "./calls.ts";
import { type KubeletData, wallMs } from "./data.ts";
import type { AskUsage, ContainerUsage, NodeUsage, PodUsage, VolumeUsage } from "./messages.ts";
import type { PodRecord } from "./pod/pod_record.ts";
import { measureVolumes } from "./pod/pod_usage.ts";
import type { PodVolume } from "./volumes/_volume_type.ts";
import { typeOf, volumePath } from "./volumes/_volumes_of.ts";

interface Counted extends PodUsage {
  readonly containers: ContainerUsage[];
  volumes?: readonly VolumeUsage[];
}

/** Answers what the pods of this node use, as its computer measures it. */
export function answerUsage(data: KubeletData, { from, ask, body }: Mail<AskUsage>, step: Step): void {
  callCri(data, step, { op: "ListContainerStats" }, (answer, later) => {
    if (!answer.ok) return;
    const pods = new Map<PodRecord, Counted>();
    for (const { container: id, name, cpuMs, cpuMillis, windowMs, memoryBytes } of answer.value.stats) {
      const subject = data.byContainer.get(id);
      if (!subject) continue;
      const { pod } = subject.pod;
      const { image = "", probed = {}, startedUptimeMs } = subject.container;
      const about = { name, id, image, probed: { ...probed }, startedAtMs: wallMs(later, startedUptimeMs) };
      const { namespace = "", uid = "" } = pod.metadata;
      const usage = pods.get(subject.pod) ?? { namespace, name: pod.metadata.name, uid, containers: [] };
      const rate = cpuMillis === undefined || windowMs === undefined ? {} : { cpuMillis, windowMs };
      usage.containers.push({ ...about, cpuMs, memoryBytes, ...rate });
      pods.set(subject.pod, usage);
    }
    const told = (when: Step) => when.reply({ from, ask }, { pods: [...pods.values()] } satisfies NodeUsage);
    const measured = body.isWithVolumes ? [...pods].filter(([{ volumes }]) => volumes) : [];
    if (measured.length === 0) return told(later);
    let left = measured.length;
    for (const [pod, usage] of measured) {
      measureVolumes(data, { pod, step: later }, (sizes, when) => {
        usage.volumes = volumesOf(pod, sizes);
        left--;
        if (left === 0) told(when);
      });
    }
  });
}

function volumesOf({ uid, pod }: PodRecord, sizes: Readonly<Record<string, VolumeSize>>): readonly VolumeUsage[] {
  const found = (pod.spec.volumes ?? []).flatMap((volume) => {
    const type = typeOf(volume);
    const size = type && sizes[volumePath(uid, volume, type)];
    return size ? [{ volume, size }] : [];
  });
  // In Kubernetes' order.
  const sorted = [...found.filter(({ volume }) => isLocal(volume)), ...found.filter(({ volume }) => !isLocal(volume))];
  return sorted.map(({ volume, size }) => ({
    name: volume.name,
    ...present({ claim: claimNameIn(pod, volume) }),
    ...size,
  }));
}

/** Whether it takes the node's own disk, and goes with the pod. */
function isLocal({ configMap, emptyDir, gitRepo }: PodVolume): boolean {
  return [configMap, gitRepo, emptyDir?.medium === "Memory" ? undefined : emptyDir].some((each) => each !== undefined);
}
