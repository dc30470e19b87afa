import type { Result } from "../kit/result.ts";
import { sha256 } from "../kit/sha256.ts";

/** The cluster's own driver of volumes, as a CSI driver is named. */
export const diskDriver = "disk.csi.kubetroupe.dev";

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

/** The name under which it is written down that a volume is to be at a node, as Kubernetes' CSI plugin makes it. */
export function attachmentName(volume: string, node: string): string {
  const bytes = new TextEncoder().encode(`${volume}${diskDriver}${node}`);
  return `csi-${Array.from(sha256(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The name of a volume in the status of nodes. */
export function uniqueVolumeName(volume: string): string {
  return `kubernetes.io/csi/${diskDriver}^${volume}`;
}

const longestHandle = 128;

/** Whether a text may be the handle of a volume: handles become names of folders. */
export function isHandle(text: string): boolean {
  return text.length <= longestHandle && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/i.test(text) && !text.includes("..");
}
