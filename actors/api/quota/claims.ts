import { compareQuantities, parseQuantity, type Quantity } from "../quantity.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { countName, type Evaluator, matchesValue, one } from "./evaluator.ts";

/** What of a PersistentVolumeClaim quotas look at. */
interface Claim extends KubeObject {
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeAttributesClassName?: string;
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
  };
  readonly status?: {
    readonly allocatedResources?: Readonly<Record<string, string>>;
    readonly currentVolumeAttributesClassName?: string;
    readonly modifyVolumeStatus?: { readonly targetVolumeAttributesClassName?: string };
  };
}

const resource = "persistentvolumeclaims";
const storage = "requests.storage";
/** Between the name of a storage class and what is limited for it. */
const ofClass = ".storageclass.storage.k8s.io/";
const nanosPerUnit = 1_000_000_000n;

/** Counts claims and the storage that they ask for, in all and by storage class. */
export const claims: Evaluator = {
  resource,
  countsUpdates: true,
  tracks: (name) =>
    name === countName(resource) ||
    [resource, storage].some((each) => name === each || name.endsWith(`${ofClass}${each}`)),
  usage(object) {
    const { spec, status = {}, metadata } = object as Frozen<Claim>;
    const amounts = new Map<string, Quantity>([
      [resource, one],
      [countName(resource), one],
    ]);
    const asked = parseQuantity(spec.resources?.requests?.storage ?? "");
    const given = parseQuantity(status.allocatedResources?.storage ?? "");
    const more = asked && given && compareQuantities(given, asked) > 0 ? given : asked;
    const bytes = more && wholeBytes(more);
    if (bytes) amounts.set(storage, bytes);
    const storageClass = metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName;
    if (!storageClass) return amounts;
    amounts.set(`${storageClass}${ofClass}${resource}`, one);
    if (bytes) amounts.set(`${storageClass}${ofClass}${storage}`, bytes);
    return amounts;
  },
  isInScope(object, selector) {
    if (selector.scopeName !== "VolumeAttributesClass") return false;
    const classes = classesOf(object as Frozen<Claim>);
    if (classes.length === 0) return matchesValue(selector, undefined);
    return classes.some((each) => matchesValue(selector, each));
  },
  missing: () => undefined,
};

function wholeBytes({ nanos, format }: Quantity): Quantity {
  const rest = nanos % nanosPerUnit;
  return { nanos: rest === 0n ? nanos : nanos - rest + nanosPerUnit, format };
}

function classesOf({ spec, status = {} }: Frozen<Claim>): string[] {
  const { currentVolumeAttributesClassName, modifyVolumeStatus } = status;
  const names = [
    spec.volumeAttributesClassName,
    currentVolumeAttributesClassName,
    modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
  return names.flatMap((name) => name || []);
}
