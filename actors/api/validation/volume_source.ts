/**
 * The rules for what a pod's volumes are made of.
 */
import type { DownwardAPIVolumeFile, KeyToPath, ProjectedVolumeSource } from "kubernetes-types/core/v1.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { parseQuantity } from "../quantity.ts";
import type { Frozen, Volume } from "../types.ts";
import { validateFieldRef, validateResourceRef } from "./field_references.ts";
import { dnsSubdomainErrors } from "./names.ts";
import { backstepErrors, fileModeErrors, unreservedPathErrors } from "./paths.ts";

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
const driverPattern = /^[a-zA-Z0-9]([-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?$/;

/** Fields that are newer than the package that gives the others. */
interface Newer {
  readonly image?: { readonly reference?: string; readonly pullPolicy?: string };
}

/** What is wrong with what a volume is made of. */
export function validateVolumeSource(volume: Frozen<Volume>, at: string): FieldError[] {
  const { emptyDir, hostPath, secret, configMap, downwardAPI, projected, nfs, iscsi, csi } = volume;
  const { persistentVolumeClaim, ephemeral, gitRepo } = volume;
  const errors: FieldError[] = [];
  const { image } = volume as Newer;
  if ((parseQuantity(emptyDir?.sizeLimit ?? "0")?.nanos ?? 0n) < 0n) {
    errors.push(forbidden(`${at}.emptyDir.sizeLimit`, "SizeLimit field must be a valid resource quantity"));
  }
  if (hostPath !== undefined) addErrors(errors, validateHostPath(hostPath, `${at}.hostPath`));
  if (secret !== undefined) {
    if (!secret.secretName) errors.push(required(`${at}.secret.secretName`));
    addErrors(errors, keysErrors(secret, `${at}.secret`));
  }
  if (nfs !== undefined) addErrors(errors, validateNfs(nfs, `${at}.nfs`));
  if (iscsi !== undefined) {
    if (!iscsi.targetPortal) errors.push(required(`${at}.iscsi.targetPortal`));
    if (!iscsi.iqn) errors.push(required(`${at}.iscsi.iqn`));
    if (iscsi.lun < 0 || iscsi.lun > 255) {
      errors.push(invalid(`${at}.iscsi.lun`, iscsi.lun, "must be between 0 and 255, inclusive"));
    }
  }
  if (gitRepo !== undefined && !gitRepo.repository) errors.push(required(`${at}.gitRepo.repository`));
  if (persistentVolumeClaim !== undefined && !persistentVolumeClaim.claimName) {
    errors.push(required(`${at}.persistentVolumeClaim.claimName`));
  }
  if (downwardAPI !== undefined) addErrors(errors, filesErrors(downwardAPI, `${at}.downwardAPI`));
  if (configMap !== undefined) {
    if (!configMap.name) errors.push(required(`${at}.configMap.name`));
    addErrors(errors, keysErrors(configMap, `${at}.configMap`));
  }
  if (projected !== undefined) addErrors(errors, validateProjected(projected, `${at}.projected`));
  if (csi !== undefined) addErrors(errors, driverErrors(csi.driver, `${at}.csi.driver`));
  if (ephemeral !== undefined && ephemeral.volumeClaimTemplate === undefined) {
    errors.push(required(`${at}.ephemeral.volumeClaimTemplate`));
  }
  if (image?.pullPolicy !== undefined && !pullPolicies.includes(image.pullPolicy)) {
    errors.push(notSupported(`${at}.image.pullPolicy`, image.pullPolicy, pullPolicies));
  }
  return errors;
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

/** What is wrong with a file system that a server shares. */
export function validateNfs({ server = "", path = "" }: { server?: string; path?: string }, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (server === "") errors.push(required(`${at}.server`));
  if (path === "") errors.push(required(`${at}.path`));
  if (!path.startsWith("/")) errors.push(invalid(`${at}.path`, path, "must be an absolute path"));
  return errors;
}

/** What is wrong with the name of a driver of volumes. */
export function driverErrors(driver: string | undefined, at: string): FieldError[] {
  if (!driver) return [required(at)];
  const errors: FieldError[] = [];
  if (driver.length > 63)
    errors.push({ type: "FieldValueTooLong", field: at, detail: "may not be more than 63 bytes" });
  if (!driverPattern.test(driver) || dnsSubdomainErrors(driver.toLowerCase()).length > 0) {
    for (const text of dnsSubdomainErrors(driver.toLowerCase())) errors.push(invalid(at, driver, text));
  }
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
  const take = (path: string, here: string) => {
    if (path !== "" && paths.has(path)) errors.push(invalid(here, path, "conflicting duplicate paths"));
    paths.add(path);
  };
  for (const [index, source] of (sources ?? []).entries()) {
    const here = `${at}.sources[${index}]`;
    const given = Object.entries(source).filter(([, value]) => value !== undefined);
    for (const [name] of given.slice(1)) {
      errors.push(forbidden(`${here}.${name}`, "may not specify more than 1 volume type"));
    }
    const { secret, configMap, downwardAPI, serviceAccountToken: token } = source;
    for (const [name, keyed] of Object.entries({ secret, configMap })) {
      if (keyed === undefined) continue;
      if (!keyed.name) errors.push(required(`${here}.${name}.name`));
      for (const [place, item] of (keyed.items ?? []).entries()) {
        addErrors(errors, keyToPathErrors(item, `${here}.${name}.items[${place}]`));
        take(item.path, here);
      }
    }
    if (downwardAPI !== undefined) {
      addErrors(errors, filesErrors(downwardAPI, `${here}.downwardAPI`));
      for (const { path } of downwardAPI.items ?? []) take(path, here);
    }
    if (token === undefined) continue;
    const { expirationSeconds: seconds = 3_600, path = "" } = token;
    const field = `${here}.serviceAccountToken`;
    if (seconds < tokenSecondsMin) {
      errors.push(invalid(`${field}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes"));
    }
    if (seconds > tokenSecondsMax) {
      errors.push(
        invalid(`${field}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds"),
      );
    }
    if (path === "") errors.push(required(`${field}.path`));
    else addErrors(errors, unreservedPathErrors(path, `${field}.path`));
    take(path, here);
  }
  return errors;
}
