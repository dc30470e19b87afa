import { type APIService, apiService } from "../../api/kinds/api_service.ts";
import type { Frozen } from "../../api/types.ts";
import type { ResourceCache } from "../cache/resource_cache.ts";
import { type Item, objectOf } from "../storage/item.ts";

/** A version of a group that somebody else serves, behind a Service. */
export interface Remote {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number };
  /** The object that says so, as it is now. */
  object: Frozen<APIService>;
  isChecking: boolean;
  /** When it is to be looked at again, as `uptimeMs`. */
  checkAtMs: number;
  /** How often in a row it did not answer. */
  failures: number;
  /** What it says that it serves, as `/apis/GROUP/VERSION` of it has it. Undefined: it has never said so. */
  resources?: RemoteResources;
  /** Where its documents of OpenAPI v3 tell of this version; undefined where they do not. */
  documentUrl?: string;
}

/** The resources of a version, as those who serve it list them. */
export interface RemoteResources {
  readonly resources: readonly RemoteResource[];
}

/** One of them, or a part of one: its name has a slash then. */
export interface RemoteResource {
  readonly name: string;
  readonly singularName?: string;
  readonly namespaced?: boolean;
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** Whom a server passes requests on to. */
export interface Remotes {
  /** By the names of their APIServices. */
  readonly byName: Map<string, Remote>;
  /** Whether APIServices, or what this server serves itself, have changed since both were compared. */
  isUnsettled: boolean;
}

/** Makes a table that follows what the cache of APIServices holds. */
export function createRemotes(caches: ReadonlyMap<string, ResourceCache>): Remotes {
  const byName = new Map<string, Remote>();
  const remotes: Remotes = { byName, isUnsettled: true };
  const cache = caches.get(apiService.storagePrefix);
  const changed = (before: Item | undefined, now: Item | undefined): void => {
    const object = now && (objectOf(now) as Frozen<APIService>);
    const name = (object ?? (before && objectOf(before)))?.metadata.name ?? "";
    const remote = object && remoteOf(object, byName.get(name));
    if (remote) byName.set(name, remote);
    else byName.delete(name);
    remotes.isUnsettled = true;
  };
  if (cache) {
    cache.observer = {
      changed,
      forget: () => byName.clear(),
      reset: () => {
        for (const item of cache.items.values()) changed(undefined, item);
      },
    };
  }
  return remotes;
}

const httpsPort = 443;

function remoteOf(object: Frozen<APIService>, known: Remote | undefined): Remote | undefined {
  const { spec, metadata } = object;
  const { group = "", version = "", service } = spec;
  if (service === undefined) return undefined;
  const place = { namespace: service.namespace ?? "", name: service.name ?? "", port: service.port ?? httpsPort };
  const isSame =
    JSON.stringify(known?.object.spec) === JSON.stringify(spec) && known?.object.metadata.uid === metadata.uid;
  if (known && isSame) {
    known.object = object;
    return known;
  }
  const { name } = metadata;
  return { name, group, version, service: place, object, isChecking: false, checkAtMs: 0, failures: 0 };
}

/** Why an APIService is available whom nobody else answers for: this server does. */
export const localReason = "Local";

/** Whether it is known to answer. */
export function isAvailable({ object }: Pick<Remote, "object">): boolean {
  const { conditions = [] } = object.status;
  return conditions.some(
    ({ type, status, reason }) => type === "Available" && status === "True" && reason !== localReason,
  );
}
