/**
 * The rules for a pod's volumes as a list.
 */
import { addErrors, duplicate, type FieldError, forbidden, invalid, required } from "../field_error.ts";
import type { Frozen, Volume } from "../types.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "./names.ts";
import { validateVolumeSource, volumeTypes } from "./volume_source.ts";

/** What is wrong with volumes, and those that containers can mount: the ones with which nothing is wrong. */
export interface JudgedVolumes {
  readonly errors: FieldError[];
  readonly usable: ReadonlyMap<string, Frozen<Volume>>;
}

/** Judges the volumes of a pod; `podName` is empty where it has none yet, as in a template. */
export function judgeVolumes(volumes: readonly Frozen<Volume>[], at: string, podName: string): JudgedVolumes {
  const errors: FieldError[] = [];
  const usable = new Map<string, Frozen<Volume>>();
  const made = new Set(volumes.flatMap(({ name, ephemeral }) => (ephemeral && podName ? [`${podName}-${name}`] : [])));
  for (const [index, volume] of volumes.entries()) {
    const here = `${at}[${index}]`;
    const wrong = [...typeErrors(volume, here), ...claimNameErrors(volume, here, podName)];
    if (!volume.name) wrong.push(required(`${here}.name`));
    else for (const text of dnsLabelErrors(volume.name)) wrong.push(invalid(`${here}.name`, volume.name, text));
    if (usable.has(volume.name)) wrong.push(duplicate(`${here}.name`, volume.name));
    if (wrong.length === 0) usable.set(volume.name, volume);
    else addErrors(errors, wrong);
    const claim = volume.persistentVolumeClaim?.claimName ?? "";
    if (!made.has(claim)) continue;
    const text = "must not reference a PVC that gets created for an ephemeral volume";
    errors.push(invalid(`${here}.persistentVolumeClaim.claimName`, claim, text));
  }
  return { errors, usable };
}

function typeErrors(volume: Frozen<Volume>, at: string): FieldError[] {
  const fields = volume as Readonly<Record<string, unknown>>;
  const [first, ...others] = volumeTypes.filter((type) => fields[type] !== undefined);
  if (first === undefined) return [required(at, "must specify a volume type")];
  return [
    ...validateVolumeSource(volume, { at, type: first }),
    ...others.map((type) => forbidden(`${at}.${oddNames[type] ?? type}`, "may not specify more than 1 volume type")),
  ];
}

/** As Kubernetes calls them in this error alone. */
const oddNames: Readonly<Record<string, string>> = { cephfs: "cephFS", downwardAPI: "downwarAPI" };

/** The claim of a volume that is made with its pod is called after both. */
function claimNameErrors({ name, ephemeral }: Frozen<Volume>, at: string, podName: string): FieldError[] {
  if (!ephemeral || !podName || !name) return [];
  const claim = `${podName}-${name}`;
  return dnsSubdomainErrors(claim).map((text) =>
    invalid(`${at}.name`, name, `PVC name ${JSON.stringify(claim)}: ${text}`),
  );
}
