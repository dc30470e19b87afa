/**
 * The rules for what a pod's volumes are made of.
 */
import type { DownwardAPIVolumeFile, KeyToPath, ProjectedVolumeSource } from "kubernetes-types/core/v1.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required, tooLong } from "../field_error.ts";
import { imageOfVolume } from "../image_volume.ts";
import { parseQuantity } from "../quantity.ts";
import type { Frozen, Volume } from "../types.ts";
import { validateBundleProjection } from "./bundle_projection.ts";
import { validateClaimSpec } from "./claim_spec.ts";
import { validateFieldRef, validateResourceRef } from "./field_references.ts";
import { validateAnnotations, validateLabels } from "./metadata.ts";
import { dnsSubdomainErrors } from "./names.ts";
import { backstepErrors, fileModeErrors, localPathErrors, unreservedPathErrors } from "./paths.ts";
import { validateSharedSource } from "./shared_volume_source.ts";

const hostPathTypes = [
  "",
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
];
const pullPolicies = ["Always", "IfNotPresent", "Never"];
const driverCharsMax = 63;

/** All types, in the order in which Kubernetes looks at them: the first that is there is the volume's. */
export const volumeTypes = [
  ...["emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi"],
  ...["glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI", "fc"],
  ...["flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk"],
  ...["storageos", "projected", "scaleIO", "csi", "ephemeral", "image"],
];

/** Where a volume is in its pod, and what it is made of. */
export interface TypedVolume {
  readonly at: string;
  readonly type: string;
}

/** What is wrong with what a volume is made of. */
export function validateVolumeSource(volume: Frozen<Volume>, { at, type }: TypedVolume): FieldError[] {
  const here = `${at}.${type}`;
  const { emptyDir, hostPath, gitRepo, secret, configMap, downwardAPI, projected, csi, ephemeral } = volume;
  const errors: FieldError[] = [];
  if (type === "emptyDir" && (parseQuantity(emptyDir?.sizeLimit ?? "0")?.nanos ?? 0n) < 0n) {
    errors.push(forbidden(`${here}.sizeLimit`, "SizeLimit field must be a valid resource quantity"));
  } else if (type === "hostPath" && hostPath) addErrors(errors, validateHostPath(hostPath, here));
  else if (type === "gitRepo" && gitRepo) {
    if (!gitRepo.repository) errors.push(required(`${here}.repository`));
    addErrors(errors, localPathErrors(gitRepo.directory ?? "", `${here}.directory`));
  } else if (type === "secret" && secret) {
    if (!secret.secretName) errors.push(required(`${here}.secretName`));
    addErrors(errors, keysErrors(secret, here));
  } else if (type === "configMap" && configMap) {
    if (!configMap.name) errors.push(required(`${here}.name`));
    addErrors(errors, keysErrors(configMap, here));
  } else if (type === "persistentVolumeClaim" && !volume.persistentVolumeClaim?.claimName) {
    errors.push(required(`${here}.claimName`));
  } else if (type === "downwardAPI" && downwardAPI) addErrors(errors, filesErrors(downwardAPI, here));
  else if (type === "projected" && projected) addErrors(errors, validateProjected(projected, here));
  else if (type === "csi" && csi) addErrors(errors, csiErrors(csi, here));
  else if (type === "ephemeral") addErrors(errors, ephemeralErrors(ephemeral?.volumeClaimTemplate, here));
  else if (type === "image") addErrors(errors, imageErrors(volume, here));
  else {
    const source = (volume as Readonly<Record<string, unknown>>)[type];
    addErrors(errors, validateSharedSource(type, source, { at: here, isPersistent: false, name: volume.name }));
  }
  return errors;
}

function csiErrors({ driver, nodePublishSecretRef: secret }: NonNullable<Frozen<Volume>["csi"]>, at: string) {
  const errors = driverErrors(driver, `${at}.driver`);
  if (secret === undefined) return errors;
  if (!secret.name) return [...errors, required(`${at}.nodePublishSecretRef.name`)];
  // As in Kubernetes, one that is wrong is told of without its place.
  return [...errors, ...dnsSubdomainErrors(secret.name).map((text) => invalid(`${at}.name`, secret.name, text))];
}

type ClaimTemplate = NonNullable<NonNullable<Frozen<Volume>["ephemeral"]>["volumeClaimTemplate"]>;

function ephemeralErrors(template: ClaimTemplate | undefined, path: string): FieldError[] {
  const at = `${path}.volumeClaimTemplate`;
  if (template === undefined) return [required(at)];
  const { annotations, labels, ...others } = template.metadata ?? {};
  return [
    ...validateAnnotations(annotations, `${at}.metadata.annotations`),
    ...validateLabels(labels, `${at}.metadata.labels`),
    ...Object.entries(others).flatMap(([field, value]) =>
      value === undefined || value === null ? [] : [forbidden(`${at}.metadata.${field}`, "cannot be set")],
    ),
    ...validateClaimSpec(template.spec ?? {}, `${at}.spec`),
  ];
}

function imageErrors(volume: Frozen<Volume>, at: string): FieldError[] {
  const { reference = "", pullPolicy } = imageOfVolume(volume) ?? {};
  // In a template it may be left open, for whoever makes pods of it.
  const errors = reference === "" && at.startsWith("spec.volumes") ? [required(`${at}.reference`)] : [];
  if (pullPolicy === undefined || pullPolicies.includes(pullPolicy)) return errors;
  return [...errors, notSupported(`${at}.pullPolicy`, pullPolicy, pullPolicies)];
}

/** What is wrong with a path of a node. */
export function validateHostPath({ path = "", type }: { path?: string; type?: string }, at: string): FieldError[] {
  if (path === "") return [required(`${at}.path`)];
  const errors = backstepErrors(path, `${at}.path`);
  if (type !== undefined && !hostPathTypes.includes(type)) {
    errors.push(notSupported(`${at}.type`, type, hostPathTypes));
  }
  return errors;
}

/** What is wrong with the name of a driver of volumes. */
export function driverErrors(driver = "", at: string): FieldError[] {
  const errors: FieldError[] = driver === "" ? [required(at)] : [];
  if (driver.length > driverCharsMax) errors.push(tooLong(at, driverCharsMax));
  for (const text of dnsSubdomainErrors(driver.toLowerCase())) errors.push(invalid(at, driver, text));
  return errors;
}

interface Keyed {
  readonly defaultMode?: number;
  readonly items?: readonly Frozen<KeyToPath>[];
}

function keysErrors({ defaultMode, items = [] }: Keyed, at: string): FieldError[] {
  return [
    ...fileModeErrors(defaultMode, `${at}.defaultMode`),
    ...items.flatMap((item, index) => keyToPathErrors(item, `${at}.items[${index}]`)),
  ];
}

function keyToPathErrors({ key = "", path = "", mode }: Frozen<KeyToPath>, at: string): FieldError[] {
  return [
    ...(key === "" ? [required(`${at}.key`)] : []),
    ...(path === "" ? [required(`${at}.path`)] : unreservedPathErrors(path, `${at}.path`)),
    ...fileModeErrors(mode, `${at}.mode`),
  ];
}

interface Files {
  readonly defaultMode?: number;
  readonly items?: readonly Frozen<DownwardAPIVolumeFile>[];
}

/** As in Kubernetes, these items are told apart by nothing in their paths. */
function filesErrors({ defaultMode, items = [] }: Files, at: string): FieldError[] {
  const errors = fileModeErrors(defaultMode, `${at}.defaultMode`);
  for (const item of items) addErrors(errors, fileErrors(item, at));
  return errors;
}

function fileErrors({ path = "", fieldRef, resourceFieldRef, mode }: Frozen<DownwardAPIVolumeFile>, at: string) {
  const errors: FieldError[] = path === "" ? [required(`${at}.path`)] : unreservedPathErrors(path, `${at}.path`);
  if (fieldRef !== undefined) {
    addErrors(errors, validateFieldRef(fieldRef, { at: `${at}.fieldRef`, isFile: true }));
    if (resourceFieldRef !== undefined) {
      errors.push(invalid(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"));
    }
  } else if (resourceFieldRef !== undefined) {
    addErrors(errors, validateResourceRef(resourceFieldRef, { at: `${at}.resourceFieldRef`, isFile: true }));
  } else errors.push(required(at, "one of fieldRef and resourceFieldRef is required"));
  addErrors(errors, fileModeErrors(mode, `${at}.mode`));
  return errors;
}

const tokenSecondsMin = 600;
const tokenSecondsMax = 2 ** 32;

function validateProjected({ defaultMode, sources }: Frozen<ProjectedVolumeSource>, at: string): FieldError[] {
  const errors = fileModeErrors(defaultMode, `${at}.defaultMode`);
  const paths = new Set<string>();
  const take = (path: string, told: string) => {
    if (path !== "" && paths.has(path)) errors.push(invalid(at, told, "conflicting duplicate paths"));
    paths.add(path);
  };
  for (const [index, source] of (sources ?? []).entries()) {
    const here = `${at}.sources[${index}]`;
    const { secret, configMap, downwardAPI, clusterTrustBundle: bundle, serviceAccountToken: token } = source;
    for (const [name, keyed] of Object.entries({ secret, configMap })) {
      if (keyed === undefined) continue;
      if (!keyed.name) errors.push(required(`${here}.${name}.name`));
      for (const [place, item] of (keyed.items ?? []).entries()) {
        addErrors(errors, keyToPathErrors(item, `${here}.${name}.items[${place}]`));
        take(item.path, keyed.name ?? "");
      }
    }
    if (downwardAPI !== undefined) {
      addErrors(errors, filesErrors(downwardAPI, `${here}.downwardAPI`));
      for (const { path } of downwardAPI.items ?? []) take(path, path);
    }
    if (token !== undefined) addErrors(errors, tokenErrors(token, { at, here: `${here}.serviceAccountToken` }));
    if (bundle !== undefined) {
      addErrors(errors, validateBundleProjection(bundle, `${here}.clusterTrustBundlePEM`));
      take(bundle.path ?? "", bundle.path ?? "");
    }
    if (Object.values(source).filter((value) => value !== undefined).length > 1) {
      errors.push(forbidden(here, "may not specify more than 1 volume type per source"));
    }
  }
  return errors;
}

type Token = NonNullable<NonNullable<Frozen<ProjectedVolumeSource>["sources"]>[number]["serviceAccountToken"]>;

function tokenErrors(
  { expirationSeconds: seconds = 3_600, path = "" }: Token,
  { at, here }: { at: string; here: string },
) {
  const errors: FieldError[] = [];
  const field = `${here}.expirationSeconds`;
  if (seconds < tokenSecondsMin) {
    errors.push(invalid(field, seconds, "may not specify a duration less than 10 minutes"));
  }
  if (seconds > tokenSecondsMax) {
    errors.push(invalid(field, seconds, "may not specify a duration larger than 2^32 seconds"));
  }
  // As in Kubernetes, its path is told of without its place.
  if (path === "") errors.push(required(`${at}.path`));
  else addErrors(errors, unreservedPathErrors(path, `${at}.path`));
  return errors;
}
