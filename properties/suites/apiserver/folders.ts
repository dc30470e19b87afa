import type { Fields } from "../../../actors/api/types.ts";
import type { FolderName } from "./run.ts";

/** Objects of one kind in one namespace. */
export interface Folder {
  readonly name: FolderName;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespace: string;
  /** Where the store has them. */
  readonly prefix: string;
  /** How many names clients choose among. */
  readonly names: number;
}

/** All that clients write. */
export const folders: Readonly<Record<FolderName, Folder>> = {
  maps: folder("maps", { resource: "configmaps", kind: "ConfigMap", names: 3 }),
  counted: folder("counted", { resource: "configmaps", kind: "ConfigMap", namespace: "limited", names: 6 }),
  hooked: folder("hooked", { resource: "configmaps", kind: "ConfigMap", namespace: "hooked", names: 3 }),
  deployments: folder("deployments", { resource: "deployments", kind: "Deployment", group: "apps", names: 2 }),
  pods: folder("pods", { resource: "pods", kind: "Pod", names: 3 }),
  widgets: folder("widgets", {
    ...{ resource: "widgets", kind: "Widget", group: "example.com", at: "example.com/widgets", names: 3 },
  }),
  services: folder("services", { resource: "services", kind: "Service", at: "services/specs", names: 6 }),
};

/** What is only there where there are webhooks. */
export const usualFolders = (Object.keys(folders) as FolderName[]).filter((each) => each !== "hooked");

/** In order of name. */
export const allFolders = Object.values(folders);

interface Described {
  readonly resource: string;
  readonly kind: string;
  readonly names: number;
  readonly group?: string;
  readonly namespace?: string;
  readonly at?: string;
}

function folder(name: FolderName, { resource, kind, names, group = "", namespace = "default", at }: Described): Folder {
  return {
    ...{ name, group, version: "v1", resource, kind, namespace, names },
    prefix: `/registry/${at ?? resource}/${namespace}/`,
  };
}

/** How many maps there may be where they are counted. */
export const countedMax = 4;
/** How many pods that run may be evicted. */
export const evictionsMax = 1;
/** What keeps objects that have it. */
export const finalizer = "example.com/kept";
/** Labels that clients select by. */
export const tiers = ["a", "b"];

/** A name by its number. */
export function nameOf(nth: number): string {
  return `item-${nth}`;
}

/** Which of them tells who wrote an object last. */
export const markKey = "by";
/** What a webhook notes: whose write it has seen last. */
export const hookKey = "noted";
/** Where the mark of an apply is: each manager has its own, or they would fight for it. */
export const applyMarkKey = (client: number) => `by-${client}`;

/** A new object, marked, as a client asks for it. */
export function newObject(folder: Folder, { mark, tier, name }: { mark: string; tier: string; name: object }): Fields {
  const metadata = { ...name, namespace: folder.namespace, labels: { tier }, annotations: { [markKey]: mark } };
  const type = { apiVersion: folder.group === "" ? folder.version : `${folder.group}/${folder.version}` };
  return { ...type, kind: folder.kind, metadata, ...contentOf(folder, mark) };
}

const containers = [{ name: "c", image: "web:1" }];

function contentOf({ kind }: Folder, mark: string): Fields {
  switch (kind) {
    case "Deployment": {
      const template = { metadata: { labels: { app: "d" } }, spec: { containers } };
      // What a client says of the status of what is new is nobody's business.
      return { spec: { replicas: 1, selector: { matchLabels: { app: "d" } }, template }, status: { replicas: 7 } };
    }
    case "Pod":
      return { spec: { containers, automountServiceAccountToken: false }, status: { phase: "Running" } };
    case "Widget":
      return { spec: { size: 1 }, status: { size: 7 } };
    case "Service":
      return { spec: { type: "NodePort", selector: { app: "d" }, ports: [{ port: 80 }] } };
    default:
      return { data: { first: mark, old: "1" } };
  }
}
