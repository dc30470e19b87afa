import type { Step } from "../../../runtime/mod.ts";
import { podResources } from "../../api/pod.ts";
import { formatQuantity, unitsOf } from "../../api/quantity.ts";
import type { MeasureAnswer, VolumeSize } from "../../computer/messages.ts";
import { callOff } from "../../kit/alarms.ts";
import { askComputer, callCri } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import type { PodVolume } from "../volumes/_volume_type.ts";
import { podFolder, typeOf, volumePath } from "../volumes/_volumes_of.ts";
import type { PodRecord } from "./pod_record.ts";

/** As often as Kubernetes' eviction manager looks. */
const measureMs = 10_000;
const answerMsMax = 120_000;
const storage = "ephemeral-storage";

/** What is done about a pod that has written too much. */
export type Evict = (data: KubeletData, pod: PodRecord, why: { message: string; step: Step }) => void;

/** How much there is of a pod on its computer's disk. */
interface Measured {
  /** In each volume, by its path. */
  readonly volumes: Readonly<Record<string, VolumeSize>>;
  /** Of each container beside its volumes, by its name. */
  readonly containers: ReadonlyMap<string, number>;
}

/**
 * Looks again and again how much a pod has written where it has limits that nothing else enforces: in its volumes, in its
 * containers, and in all of them together.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-emphemeralstorage-consumption
 */
export function measureDisk(
  data: KubeletData,
  pod: PodRecord,
  { step, evict }: { readonly step: Step; readonly evict: Evict },
): void {
  const { volumes } = pod;
  if (!volumes || !(volumesOf(pod).some(isLimited) || hasLimitedContainers(pod))) return;
  callOff(volumes.measuring);
  volumes.measuring = after(data, step, measureMs, (later) =>
    measure(data, { pod, step: later }, (measured, now) => {
      if (pod.volumes !== volumes) return;
      const message = whatIsTooMuch(pod, measured);
      if (message === undefined) measureDisk(data, pod, { step: now, evict });
      else evict(data, pod, { message, step: now });
    }),
  );
}

/** Whose is measured. */
export interface Measuring {
  readonly pod: PodRecord;
  readonly step: Step;
}

function measure(data: KubeletData, { pod, step }: Measuring, then: (measured: Measured, step: Step) => void): void {
  measureVolumes(data, { pod, step }, (volumes, later) => {
    if (!hasLimitedContainers(pod)) return then({ volumes, containers: new Map() }, later);
    callCri(data, later, { op: "ListContainerStats" }, (told, now) =>
      then({ volumes, containers: writtenBy(pod, told.ok ? told.value.stats : []) }, now),
    );
  });
}

/** Asks the computer how large the volumes of a pod are, by their paths. */
export function measureVolumes(
  data: KubeletData,
  { pod, step }: Measuring,
  then: (volumes: Measured["volumes"], step: Step) => void,
): void {
  const message = { type: "volume.call", request: { op: "MeasureVolumes", folder: podFolder(pod.uid) } } as const;
  askComputer<MeasureAnswer>(data, step, { message, timeoutMs: answerMsMax }, (answer, later) =>
    then(answer?.ok ? answer.value : {}, later),
  );
}

interface Written {
  readonly sandbox: string;
  readonly name: string;
  readonly writtenBytes: number;
}

function writtenBy({ sandbox }: PodRecord, stats: readonly Written[]): ReadonlyMap<string, number> {
  const own = stats.filter((each) => each.sandbox === sandbox?.sandbox);
  return new Map(own.map(({ name, writtenBytes }) => [name, writtenBytes]));
}

/** In the words, and in the order, of Kubernetes' eviction manager. */
function whatIsTooMuch(pod: PodRecord, measured: Measured): string | undefined {
  const { spec } = pod.pod;
  const full = volumesOf(pod).find(
    (volume) => isLimited(volume) && sizeOf(volume, pod, measured) > unitsOf(volume.emptyDir?.sizeLimit),
  );
  if (full) return `Usage of EmptyDir volume "${full.name}" exceeds the limit "${full.emptyDir?.sizeLimit}". `;
  const total = podResources(spec, "limits").get(storage);
  if (total && hasLimitedContainers(pod)) {
    const inVolumes = volumesOf(pod)
      .filter(isOnDisk)
      .map((volume) => sizeOf(volume, pod, measured));
    const used = [...inVolumes, ...measured.containers.values()].reduce((sum, bytes) => sum + bytes, 0);
    const most = formatQuantity(total);
    if (used > unitsOf(most)) {
      return `Pod ephemeral local storage usage exceeds the total limit of containers ${most}. `;
    }
  }
  for (const { name, resources } of spec.containers) {
    const limit = resources?.limits?.[storage];
    if (limit === undefined || (measured.containers.get(name) ?? 0) <= unitsOf(limit)) continue;
    return `Container ${name} exceeded its local ephemeral storage limit "${limit}". `;
  }
  return undefined;
}

function volumesOf({ pod }: PodRecord): readonly PodVolume[] {
  return pod.spec.volumes ?? [];
}

function hasLimitedContainers({ pod }: PodRecord): boolean {
  return pod.spec.containers.some(({ resources }) => resources?.limits?.[storage] !== undefined);
}

function isOnDisk({ emptyDir }: PodVolume): boolean {
  return emptyDir !== undefined && emptyDir.medium !== "Memory";
}

function isLimited(volume: PodVolume): boolean {
  return isOnDisk(volume) && unitsOf(volume.emptyDir?.sizeLimit) > 0;
}

function sizeOf(volume: PodVolume, { uid }: PodRecord, { volumes }: Measured): number {
  const type = typeOf(volume);
  return (type && volumes[volumePath(uid, volume, type)]?.usedBytes) ?? 0;
}
