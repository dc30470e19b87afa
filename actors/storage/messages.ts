import type { Result } from "../kit/result.ts";
import { sha256 } from "../kit/sha256.ts";

/** The cluster's own driver of volumes, as a CSI driver is named. */
export const diskDriver = "disk.csi.kubetroupe.dev";

/** The provisioners of clusters that people learn on, which many manifests name in classes of their own: minikube, kind, Docker Desktop, MicroK8s. */
const provisionersOfLocalClusters: ReadonlySet<string> = new Set([
  "k8s.io/minikube-hostpath",
  "rancher.io/local-path",
  "docker.io/hostpath",
  "microk8s.io/hostpath",
]);

/** Whether the cluster's own driver makes the volumes of a class with this provisioner. */
export const isServedByDisk = (provisioner: string): boolean =>
  provisioner === diskDriver || provisionersOfLocalClusters.has(provisioner);

/** The driver of the volumes that a provider of computers rents out. */
export const cloudDriver = (provider: string): string => `disk.csi.${provider}.kubetroupe.dev`;

/** Whether a driver is one of these: computers here can have its volumes. */
export function isDiskDriver(driver: string | undefined): driver is string {
  return driver !== undefined && /^disk\.csi\.([a-z]+\.)?kubetroupe\.dev$/.test(driver);
}

/** The class of volumes that a cluster begins with. */
export const standardClass = "standard";

/** The name of the device that has the data of all volumes of that driver. */
export const storageDevice = "storage";

/** What is asked of the device: to forget a volume's data for good. What it never had is forgotten already. */
export interface StorageRequest {
  readonly op: "remove";
  /** The volume's handle. */
  readonly volume: string;
}

/** Fails with what the machine says. */
export type StorageAnswer = Result<undefined, string>;

/** A volume of a driver, as its PersistentVolume names it. */
export interface DriverVolume {
  readonly driver: string;
  readonly volumeHandle: string;
}

/** The name under which it is written down that a volume is to be at a node, as Kubernetes' CSI plugin makes it. */
export function attachmentName({ driver, volumeHandle }: DriverVolume, node: string): string {
  const bytes = new TextEncoder().encode(`${volumeHandle}${driver}${node}`);
  return `csi-${Array.from(sha256(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The name of a volume in the status of nodes. */
export function uniqueVolumeName({ driver, volumeHandle }: DriverVolume): string {
  return `kubernetes.io/csi/${driver}^${volumeHandle}`;
}

const longestHandle = 128;

/** Whether a text may be the handle of a volume: handles become names of folders. */
export function isHandle(text: string): boolean {
  return text.length <= longestHandle && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/i.test(text) && !text.includes("..");
}
