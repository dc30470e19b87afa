import type { FeatureGates } from "../../api/feature_gates.ts";
import { clusterRole } from "../../api/kinds/cluster_role.ts";
import { clusterRoleBinding } from "../../api/kinds/cluster_role_binding.ts";
import { persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { pod } from "../../api/kinds/pod.ts";
import { role } from "../../api/kinds/role.ts";
import { type RoleBinding, roleBinding } from "../../api/kinds/role_binding.ts";
import { volumeAttachment } from "../../api/kinds/volume_attachment.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import type { ResourceCache } from "../cache/resource_cache.ts";
import { type Item, objectOf } from "../storage/item.ts";
import { policyWith } from "./defaults/gated_policy.ts";
import type { DefaultObject } from "./defaults/rule.ts";
import { createNodeGraph, type NodeGraph, takeAttachment, takePod, takeVolume } from "./nodes/graph.ts";
import { addBinding, createBindingIndex, removeBinding } from "./rules/binding_index.ts";
import type { Rule } from "./rules/coverage.ts";
import { createRulebook, forgetFindings, type Rulebook } from "./rules/rulebook.ts";

type Caches = ReadonlyMap<string, ResourceCache>;

/**
 * What a server knows of rights, kept up to date with its caches. A store that has no role at all is that of a new
 * cluster: until the roles are stored that every cluster has, the server judges by them as if they were.
 */
export interface Rights {
  readonly caches: Caches;
  /** Features that are on. */
  readonly gates: FeatureGates;
  graph: NodeGraph;
  book: Rulebook;
  /** Whether the default roles and bindings are not stored yet. */
  awaitsDefaults: boolean;
  /** Whether the bindings are to be taken in anew. */
  isStale: boolean;
}

type Roles = ReadonlyMap<string, readonly Rule[]>;

/** Those of a cluster that nobody has changed yet, of each policy made once. */
const defaultRoles = new Map<readonly DefaultObject[], Roles>();

function rolesOf(policy: readonly DefaultObject[]): Roles {
  const made =
    defaultRoles.get(policy) ??
    new Map(
      policy.flatMap((object) => {
        const { namespace = "", name } = object.metadata;
        return "roleRef" in object ? [] : [[`${object.kind} ${namespace}/${name}`, object.rules ?? []] as const];
      }),
    );
  defaultRoles.set(policy, made);
  return made;
}

/** Makes the rights of a server, which follow these caches; `gates` are the features that are on. */
export function createRights(caches: Caches, gates: FeatureGates = []): Rights {
  const rights: Rights = {
    ...{ caches, gates },
    graph: createNodeGraph(),
    book: createRulebook((kind, namespace, name) => rulesOfRole(rights, kind, { namespace, name })),
    awaitsDefaults: true,
    isStale: true,
  };
  for (const { storagePrefix } of [clusterRole, role]) {
    follow(caches, storagePrefix, { changed: () => forgetFindings(rights.book), reset: () => reset(rights) });
  }
  for (const { storagePrefix } of [clusterRoleBinding, roleBinding]) {
    follow(caches, storagePrefix, {
      changed: (before, now) => takeBinding(rights, before, now),
      reset: () => reset(rights),
    });
  }
  followGraph(rights);
  return rights;
}

function follow(caches: Caches, storagePrefix: string, observer: NonNullable<ResourceCache["observer"]>): void {
  const cache = caches.get(storagePrefix);
  if (cache) cache.observer = observer;
}

function followGraph(rights: Rights): void {
  const followers = [
    [pod.storagePrefix, takePod],
    [persistentVolume.storagePrefix, takeVolume],
    [volumeAttachment.storagePrefix, takeAttachment],
  ] as const;
  for (const [prefix, take] of followers) {
    // Items under a kind's prefix are of the kind.
    const changed = (before: Item | undefined, now: Item | undefined) =>
      (take as GraphTaker)(rights.graph, before && objectOf(before), now && objectOf(now));
    const refill = (): void => {
      for (const item of rights.caches.get(prefix)?.items.values() ?? []) changed(undefined, item);
    };
    follow(rights.caches, prefix, {
      changed,
      forget: () => {
        for (const item of rights.caches.get(prefix)?.items.values() ?? []) changed(item, undefined);
      },
      reset: refill,
    });
  }
}

type GraphTaker = (
  graph: NodeGraph,
  before: Frozen<KubeObject> | undefined,
  now: Frozen<KubeObject> | undefined,
) => void;

function reset(rights: Rights): void {
  rights.isStale = true;
  if ((rights.caches.get(clusterRole.storagePrefix)?.items.size ?? 0) > 0) rights.awaitsDefaults = false;
}

/** From now on what is stored counts, and nothing else. */
export function defaultsAreStored(rights: Rights): void {
  if (!rights.awaitsDefaults) return;
  rights.awaitsDefaults = false;
  rights.isStale = true;
}

function takeBinding(rights: Rights, before: Item | undefined, now: Item | undefined): void {
  // All will be taken in anyway.
  if (rights.isStale || rights.awaitsDefaults) return;
  const { book } = rights;
  if (before) removeBinding(book.bindings, objectOf(before) as Frozen<RoleBinding>);
  if (now) addBinding(book.bindings, objectOf(now) as Frozen<RoleBinding>);
  forgetFindings(book);
}

/** Who may do what by roles, as of now. */
export function bookOf(rights: Rights): Rulebook {
  if (!rights.isStale) return rights.book;
  rights.isStale = false;
  rights.book = { ...rights.book, bindings: createBindingIndex() };
  forgetFindings(rights.book);
  const { bindings } = rights.book;
  if (rights.awaitsDefaults) {
    for (const object of policyWith(rights.gates)) if ("roleRef" in object) addBinding(bindings, object);
    return rights.book;
  }
  for (const { storagePrefix } of [clusterRoleBinding, roleBinding]) {
    for (const item of rights.caches.get(storagePrefix)?.items.values() ?? []) {
      addBinding(bindings, objectOf(item) as Frozen<RoleBinding>);
    }
  }
  return rights.book;
}

function rulesOfRole(
  { caches, awaitsDefaults, gates }: Rights,
  kind: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): readonly Rule[] | undefined {
  const isWide = kind === "ClusterRole";
  if (awaitsDefaults) return rolesOf(policyWith(gates)).get(`${kind} ${isWide ? "" : namespace}/${name}`);
  if (!isWide && kind !== "Role") return undefined;
  const { storagePrefix } = isWide ? clusterRole : role;
  const item = caches.get(storagePrefix)?.items.get(`${storagePrefix}/${isWide ? "" : `${namespace}/`}${name}`);
  return item && ((objectOf(item) as { readonly rules?: readonly Rule[] | null }).rules ?? []);
}
