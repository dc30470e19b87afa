import { groupVersionOf, type KindDefinition } from "../../actors/api/kind.ts";
import { registry } from "../../actors/api/registry.ts";
import type {
  ConfigMap,
  Deployment,
  EndpointSlice,
  Event,
  Lease,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Secret,
  Service,
  ServiceAccount,
} from "../../actors/api/types.ts";

/** What objects are called in a script, where their type follows from the word; any other kind's is named there. */
export interface KindWords {
  configmap: ConfigMap;
  deployment: Deployment;
  endpointslice: EndpointSlice;
  event: Event;
  lease: Lease;
  namespace: Namespace;
  node: Node;
  pod: Pod;
  replicaset: ReplicaSet;
  secret: Secret;
  service: Service;
  serviceaccount: ServiceAccount;
}

/** One of them. */
export type KindWord = keyof KindWords;

/**
 * The kind that a word means: its plural, its singular or a short name, as kubectl takes them.
 *
 * @throws Error when there is no such kind
 */
export function kindOfWord(word: string): KindDefinition {
  const kind = registry.kinds.find(
    ({ plural, singular, shortNames }) => plural === word || singular === word || shortNames.includes(word),
  );
  if (kind) return kind;
  const known = registry.kinds.map(({ singular }) => singular).join(", ");
  throw new Error(`Cannot find the kind "${word}": there is none of that name, use one of: ${known}`);
}

/**
 * The kind of a manifest.
 *
 * @throws Error when it names none, or one that there is not
 */
export function kindOfManifest({ apiVersion, kind }: { readonly apiVersion?: string; readonly kind?: string }) {
  if (!apiVersion || !kind) throw new Error("Cannot apply a manifest: it has no apiVersion and kind");
  const found = registry.byObject({ apiVersion, kind });
  if (found) return found;
  const known = registry.kinds.map((each) => `${groupVersionOf(each)} ${each.kind}`).join(", ");
  throw new Error(`Cannot apply a ${apiVersion} ${kind}: there is no such kind, use one of: ${known}`);
}

/** How kubectl names an object in what it says: `deployment.apps/web`. */
export function spokenName({ singular, group }: KindDefinition, name: string): string {
  return `${singular}${group === "" ? "" : `.${group}`}/${name}`;
}
