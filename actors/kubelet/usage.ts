import type { Mail, Step } from "../../runtime/mod.ts";
import { claimNameIn } from "../api/pod_claims.ts";
import { unitsOf } from "../api/quantity.ts";
import type { VolumeSize } from "../computer/messages.ts";
import { present } from "../kit/present.ts";
import { callCri } from "./calls.ts";
import { type KubeletData, wallMs } from "./data.ts";
import {
  type AskUsage,
  type ContainerUsage,
  localUsage,
  type NodeDisk,
  type NodeUsage,
  type PodUsage,
  type VolumeUsage,
} from "./messages.ts";
import type { PodRecord } from "./pod/pod_record.ts";
import { measureVolumes } from "./pod/pod_usage.ts";
import type { PodVolume } from "./volumes/_volume_type.ts";
import { typeOf, volumePath } from "./volumes/_volumes_of.ts";

interface Counted extends PodUsage {
  readonly containers: ContainerUsage[];
  volumes?: readonly VolumeUsage[];
}

/** What one node of a disk is for, as file systems of Linux are made. */
const bytesOfNode = 16_384;

/** Answers what the pods of this node use, as its computer measures it. */
export function answerUsage(data: KubeletData, { from, ask, body }: Mail<AskUsage>, step: Step): void {
  const { isWithVolumes = false } = body;
  measureUsage(data, { step, isWithVolumes }, (usage, later) => {
    if (usage) later.reply({ from, ask }, usage);
  });
}

/** What is to be measured. */
export interface Measuring {
  readonly step: Step;
  /** Volumes, and the disk, too. */
  readonly isWithVolumes: boolean;
}

/** Has the computer measure what the pods of this node use; what cannot be answered is `undefined`. */
export function measureUsage(
  data: KubeletData,
  { step, isWithVolumes }: Measuring,
  then: (usage: NodeUsage | undefined, step: Step) => void,
): void {
  callCri(data, step, { op: "ListContainerStats" }, (answer, later) => {
    if (!answer.ok) return then(undefined, later);
    const pods = new Map<PodRecord, Counted>();
    for (const { container: id, name, cpuMs, cpuMillis, windowMs, ...found } of answer.value.stats) {
      const { memoryBytes, processes = 1, writtenNodes, loggedBytes } = found;
      const subject = data.byContainer.get(id);
      if (!subject) continue;
      const { pod } = subject.pod;
      const { image = "", probed = {}, startedUptimeMs } = subject.container;
      const about = { name, id, image, probed: { ...probed }, startedAtMs: wallMs(later, startedUptimeMs) };
      const { namespace = "", uid = "" } = pod.metadata;
      const startedAtMs = wallMs(later, subject.pod.sandbox?.createdAtMs ?? later.uptimeMs);
      const usage = pods.get(subject.pod) ?? { namespace, name: pod.metadata.name, uid, startedAtMs, containers: [] };
      const rate = cpuMillis === undefined || windowMs === undefined ? {} : { cpuMillis, windowMs };
      const written = { writtenBytes: found.writtenBytes - loggedBytes, writtenNodes, loggedBytes };
      usage.containers.push({ ...about, cpuMs, memoryBytes, processes, ...written, ...rate });
      pods.set(subject.pod, usage);
    }
    const told = (when: Step) => {
      const usage: NodeUsage = { pods: [...pods.values()] };
      if (!isWithVolumes) return then(usage, when);
      callCri(data, when, { op: "ImageFsInfo" }, (info, last) => {
        const disk = diskOf(data, usage, info.ok ? info.value.usedBytes : 0);
        then({ ...usage, disk }, last);
      });
    };
    const measured = isWithVolumes ? [...pods].filter(([{ volumes }]) => volumes) : [];
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

/** A node has one disk, for its images as for what pods write. */
function diskOf({ capacity }: KubeletData, { pods }: NodeUsage, imagesBytes: number): NodeDisk {
  const capacityBytes = unitsOf(capacity["ephemeral-storage"]);
  const written = pods.map(localUsage);
  return {
    ...{ capacityBytes, imagesBytes },
    usedBytes: written.reduce((sum, { bytes }) => sum + bytes, imagesBytes),
    capacityNodes: Math.floor(capacityBytes / bytesOfNode),
    usedNodes: written.reduce((sum, { nodes }) => sum + nodes, 0),
  };
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
    isLocal: isLocal(volume),
    ...size,
  }));
}

/** Whether it takes the node's own disk, and goes with the pod. */
function isLocal({ configMap, emptyDir, gitRepo }: PodVolume): boolean {
  return [configMap, gitRepo, emptyDir?.medium === "Memory" ? undefined : emptyDir].some((each) => each !== undefined);
}
