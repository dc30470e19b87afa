/**
 * The rules for volumes of a store elsewhere, which pods name and PersistentVolumes alike. None of them is mounted here,
 * but who writes one is told what is wrong with it, as by Kubernetes.
 */
import { addErrors, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "./names.ts";

/** A source as it was written: its fields are judged here one by one. */
export type WrittenSource = Readonly<Record<string, unknown>>;

/** Where a source is, and whether a PersistentVolume's: its Secrets are of a namespace that it names. */
export interface SourcePlace {
  readonly at: string;
  readonly isPersistent: boolean;
  /** The name of the volume. */
  readonly name: string;
}

type Judge = (source: WrittenSource, place: SourcePlace) => FieldError[];

const initiatorPatterns: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};
const portalMax = 64;
const tenantMax = 64;
const cachingModes = ["None", "ReadOnly", "ReadWrite"];
const diskKinds = ["Dedicated", "Managed", "Shared"];
const managedUri = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}";
const blobUri = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";

function textOf(source: WrittenSource, field: string): string {
  const value = source[field];
  return typeof value === "string" ? value : "";
}

function listOf(source: WrittenSource, field: string): readonly unknown[] {
  const value = source[field];
  return Array.isArray(value) ? value : [];
}

const needing =
  (...fields: readonly string[]): Judge =>
  (source, { at }) =>
    fields.filter((field) => textOf(source, field) === "").map((field) => required(`${at}.${field}`));

/** What is wrong with the reference to a Secret, where there is one. */
function secretErrors(source: WrittenSource, { at, isPersistent }: SourcePlace): FieldError[] {
  const secret = source.secretRef as WrittenSource | undefined;
  if (secret === undefined) return [];
  const fields = isPersistent ? ["name", "namespace"] : ["name"];
  return fields.filter((field) => textOf(secret, field) === "").map((field) => required(`${at}.secretRef.${field}`));
}

function diskErrors(name: string): Judge {
  return (source, place) => {
    const { partition } = source;
    // As in Kubernetes, the field is called otherwise in errors.
    const at = place.at.replace(/\.gcePersistentDisk$/, ".persistentDisk");
    const errors = needing(name)(source, { ...place, at });
    if (typeof partition !== "number" || (partition >= 0 && partition <= 255)) return errors;
    return [...errors, invalid(`${at}.partition`, partition, "must be between 1 and 255, inclusive")];
  };
}

function lunErrors(lun: unknown, at: string): FieldError[] {
  if (typeof lun !== "number" || (lun >= 0 && lun <= 255)) return [];
  return [invalid(at, lun, "must be between 0 and 255, inclusive")];
}

function initiatorErrors(name: string, { at, isPersistent }: { at: string; isPersistent: boolean }): FieldError[] {
  const pattern = initiatorPatterns[name.slice(0, 3)];
  if (pattern === undefined) {
    return [
      invalid(at, name, isPersistent ? "must be valid format" : "must be valid format starting with iqn, eui, or naa"),
    ];
  }
  return pattern.test(name) ? [] : [invalid(at, name, "must be valid format")];
}

function iscsiErrors(source: WrittenSource, { at, isPersistent, name }: SourcePlace): FieldError[] {
  const [portal, iqn, initiator] = ["targetPortal", "iqn", "initiatorName"].map((field) => textOf(source, field));
  const errors: FieldError[] = [];
  const isLong = source.initiatorName !== undefined && `${name}:${portal}`.length > portalMax;
  const tooLong =
    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";
  if (!portal) errors.push(required(`${at}.targetPortal`));
  if (isLong && isPersistent) errors.push(invalid(`${at}.targetportal`, portal, tooLong));
  if (!iqn) errors.push(required(`${at}.iqn`));
  else addErrors(errors, initiatorErrors(iqn, { at: `${at}.iqn`, isPersistent }));
  addErrors(errors, lunErrors(source.lun, `${at}.lun`));
  const hasSecret = source.secretRef !== undefined;
  if ((source.chapAuthDiscovery === true || source.chapAuthSession === true) && !hasSecret) {
    errors.push(required(`${at}.secretRef`));
  }
  if (isPersistent && hasSecret && textOf(source.secretRef as WrittenSource, "name") === "") {
    errors.push(required(`${at}.secretRef.name`));
  }
  if (initiator) addErrors(errors, initiatorErrors(initiator, { at: `${at}.initiatorname`, isPersistent }));
  if (isLong && !isPersistent) errors.push(invalid(at.replace(/iscsi$/, "name"), name, tooLong));
  return errors;
}

function fibreErrors(source: WrittenSource, { at }: SourcePlace): FieldError[] {
  const [names, ids] = [listOf(source, "targetWWNs"), listOf(source, "wwids")];
  const errors: FieldError[] = [];
  if (names.length === 0 && ids.length === 0) {
    errors.push(required(`${at}.targetWWNs`, "must specify either targetWWNs or wwids, but not both"));
  }
  if (names.length > 0 && ids.length > 0) {
    errors.push(invalid(`${at}.targetWWNs`, names, "targetWWNs and wwids can not be specified simultaneously"));
  }
  if (names.length === 0) return errors;
  if (source.lun === undefined) {
    return [...errors, required(`${at}.lun`, "lun is required if targetWWNs is specified")];
  }
  return [...errors, ...lunErrors(source.lun, `${at}.lun`)];
}

function quobyteErrors(source: WrittenSource, { at }: SourcePlace): FieldError[] {
  const [registry, tenant, volume] = ["registry", "tenant", "volume"].map((field) => textOf(source, field));
  const errors: FieldError[] = [];
  const pairs = "must be a host:port pair or multiple pairs separated by commas";
  if (!registry) errors.push(required(`${at}.registry`, pairs));
  else if ((tenant ?? "").length > tenantMax) {
    errors.push(required(`${at}.tenant`, "must be a UUID and may not exceed a length of 64 characters"));
  } else {
    for (const pair of registry.split(",")) {
      if (!/^([^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/.test(pair)) errors.push(invalid(`${at}.registry`, registry, pairs));
    }
  }
  if (!volume) errors.push(required(`${at}.volume`));
  return errors;
}

function glusterErrors(source: WrittenSource, place: SourcePlace): FieldError[] {
  const errors = needing("endpoints", "path")(source, place);
  const { endpointsNamespace: namespace } = source;
  if (!place.isPersistent || typeof namespace !== "string") return errors;
  const at = `${place.at}.endpointsNamespace`;
  if (namespace === "") {
    errors.push(invalid(at, namespace, "if the endpointnamespace is set, it must be a valid namespace name"));
  } else for (const text of dnsLabelErrors(namespace)) errors.push(invalid(at, namespace, text));
  return errors;
}

function flockerErrors(source: WrittenSource, { at }: SourcePlace): FieldError[] {
  const [name, uuid] = ["datasetName", "datasetUUID"].map((field) => textOf(source, field));
  const errors: FieldError[] = [];
  if (!name && !uuid) errors.push(required(at, "one of datasetName and datasetUUID is required"));
  if (name && uuid) {
    errors.push(invalid(at, "resource", "datasetName and datasetUUID can not be specified simultaneously"));
  }
  if (name?.includes("/")) errors.push(invalid(`${at}.datasetName`, name, "must not contain '/'"));
  return errors;
}

function cephErrors(...fields: readonly string[]): Judge {
  return (source, place) => [
    ...(listOf(source, "monitors").length === 0 ? [required(`${place.at}.monitors`)] : []),
    ...needing(...fields)(source, place),
  ];
}

function flexErrors(source: WrittenSource, place: SourcePlace): FieldError[] {
  const errors = needing("driver")(source, place);
  for (const key of Object.keys((source.options as WrittenSource | undefined) ?? {})) {
    const owner = `.${(key.split("/", 2).length === 2 ? (key.split("/", 1)[0] ?? "") : key).toLowerCase()}`;
    if (!owner.endsWith(".kubernetes.io") && !owner.endsWith(".k8s.io")) continue;
    errors.push(invalid(`${place.at}.options[${key}]`, key, "kubernetes.io and k8s.io namespaces are reserved"));
  }
  return errors;
}

function azureDiskErrors(source: WrittenSource, place: SourcePlace): FieldError[] {
  const errors = needing("diskName", "diskURI")(source, place);
  const { cachingMode, kind } = source;
  const uri = textOf(source, "diskURI");
  const known = (value: unknown, all: readonly string[]) => value === undefined || all.includes(String(value));
  if (!known(cachingMode, cachingModes))
    errors.push(notSupported(`${place.at}.cachingMode`, cachingMode, cachingModes));
  if (!known(kind, diskKinds)) errors.push(notSupported(`${place.at}.kind`, kind, diskKinds));
  if (kind === "Managed" && !uri.startsWith("/subscriptions/")) {
    errors.push(notSupported(`${place.at}.diskURI`, uri, [managedUri]));
  } else if (kind !== undefined && kind !== "Managed" && !uri.startsWith("https://")) {
    errors.push(notSupported(`${place.at}.diskURI`, uri, [blobUri]));
  }
  return errors;
}

function azureFileErrors(source: WrittenSource, place: SourcePlace): FieldError[] {
  const errors = needing("secretName", "shareName")(source, place);
  if (place.isPersistent && source.secretNamespace === "") errors.push(required(`${place.at}.secretNamespace`));
  return errors;
}

function storageOsErrors(source: WrittenSource, place: SourcePlace): FieldError[] {
  const errors = needing("volumeName")(source, place);
  for (const field of ["volumeName", "volumeNamespace"]) {
    const value = textOf(source, field);
    if (value === "") continue;
    for (const text of dnsLabelErrors(value)) errors.push(invalid(`${place.at}.${field}`, value, text));
  }
  return [...errors, ...secretErrors(source, place)];
}

/** What is wrong with a file system that a server shares. */
function nfsErrors(source: WrittenSource, place: SourcePlace): FieldError[] {
  const errors = needing("server", "path")(source, place);
  const path = textOf(source, "path");
  return path.startsWith("/") ? errors : [...errors, invalid(`${place.at}.path`, path, "must be an absolute path")];
}

const judges: Readonly<Record<string, Judge>> = {
  gcePersistentDisk: diskErrors("pdName"),
  awsElasticBlockStore: diskErrors("volumeID"),
  nfs: nfsErrors,
  iscsi: iscsiErrors,
  glusterfs: glusterErrors,
  flocker: flockerErrors,
  rbd: cephErrors("image"),
  cinder: (source, place) => [...needing("volumeID")(source, place), ...secretErrors(source, place)],
  cephfs: cephErrors(),
  quobyte: quobyteErrors,
  fc: fibreErrors,
  flexVolume: flexErrors,
  azureFile: azureFileErrors,
  vsphereVolume: needing("volumePath"),
  photonPersistentDisk: needing("pdID"),
  portworxVolume: needing("volumeID"),
  azureDisk: azureDiskErrors,
  storageos: storageOsErrors,
  scaleIO: needing("gateway", "system", "volumeName"),
};

/** What is wrong with a source of one of these types; nothing with one of others. */
export function validateSharedSource(type: string, source: unknown, place: SourcePlace): FieldError[] {
  const judge = Object.hasOwn(judges, type) ? judges[type] : undefined;
  return judge?.((source ?? {}) as WrittenSource, place) ?? [];
}

/** What is wrong with the reference of a PersistentVolume to a Secret. */
export function persistentSecretErrors(secret: WrittenSource | undefined, at: string): FieldError[] {
  if (secret === undefined) return [];
  const [name, namespace] = [textOf(secret, "name"), textOf(secret, "namespace")];
  return [
    ...(name === ""
      ? [required(`${at}.name`)]
      : dnsSubdomainErrors(name).map((text) => invalid(`${at}.name`, name, text))),
    ...(namespace === ""
      ? [required(`${at}.namespace`)]
      : dnsLabelErrors(namespace).map((text) => invalid(`${at}.namespace`, namespace, text))),
  ];
}
