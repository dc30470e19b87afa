/**
 * All kinds, found by any of the names by which requests and objects name them.
 */

import type { FeatureGates } from "./feature_gates.ts";
import type { KindDefinition } from "./kind.ts";
import { groupVersionOf } from "./kind.ts";
import { all } from "./kinds/all_rules.ts";

/** A version of a group and the kinds in it. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly groupVersion: string;
  readonly kinds: readonly KindDefinition[];
}

/** An index over kinds. */
export interface Registry {
  /** Every kind, in the order in which they were registered. */
  readonly kinds: readonly KindDefinition[];
  /** Every group version, core first, then by name; of one group the version that is preferred first. */
  readonly groupVersions: readonly GroupVersion[];
  byPlural(name: { group: string; version: string; plural: string }): KindDefinition | undefined;
  byKind(name: { group: string; version: string; kind: string }): KindDefinition | undefined;
  /** The kind of an object, by its apiVersion and kind. */
  byObject(object: { readonly apiVersion: string; readonly kind: string }): KindDefinition | undefined;
}

/** The index over the given kinds. */
export function createRegistry(kinds: readonly KindDefinition[]): Registry {
  const plurals = new Map<string, KindDefinition>();
  const names = new Map<string, KindDefinition>();
  const versions = new Map<string, KindDefinition[]>();
  for (const kind of kinds) {
    const groupVersion = groupVersionOf(kind);
    plurals.set(`${groupVersion}/${kind.plural}`, kind);
    names.set(`${groupVersion}/${kind.kind}`, kind);
    const siblings = versions.get(groupVersion);
    if (siblings === undefined) versions.set(groupVersion, [kind]);
    else siblings.push(kind);
  }
  const groupVersions = [...versions.entries()]
    .sort(([a], [b]) => Number(a.includes("/")) - Number(b.includes("/")) || byPreference(a, b))
    .map(([groupVersion, members]): GroupVersion => {
      const slash = groupVersion.indexOf("/");
      const group = slash < 0 ? "" : groupVersion.slice(0, slash);
      const sorted = members.sort((a, b) => (a.plural < b.plural ? -1 : 1));
      return { group, version: groupVersion.slice(slash + 1), groupVersion, kinds: sorted };
    });
  return {
    kinds,
    groupVersions,
    byPlural: (name) => plurals.get(`${groupVersionOf(name)}/${name.plural}`),
    byKind: (name) => names.get(`${groupVersionOf(name)}/${name.kind}`),
    byObject: (object) => names.get(`${object.apiVersion}/${object.kind}`),
  };
}

/** Groups by name; of their versions stable ones first, newer ones before older ones, as Kubernetes prefers them. */
function byPreference(a: string, b: string): number {
  const [groupA = "", versionA = ""] = a.split("/");
  const [groupB = "", versionB = ""] = b.split("/");
  if (groupA !== groupB || versionA === versionB) return a < b ? -1 : 1;
  const [rankA, rankB] = [rankOf(versionA), rankOf(versionB)];
  return rankB[0] - rankA[0] || rankB[1] - rankA[1] || rankB[2] - rankA[2] || (versionA < versionB ? -1 : 1);
}

/** How stable a version is, its number, and the number of its alpha or beta. */
function rankOf(version: string): readonly [number, number, number] {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  if (major === undefined) return [0, 0, 0];
  return [stage === undefined ? 3 : stage === "beta" ? 2 : 1, Number(major), Number(minor ?? 0)];
}

/** The kinds that every cluster has. */
export const registry: Registry = createRegistry(all.filter(({ gate }) => gate === undefined));

/** The kinds that clusters have in which features are on. */
export function gatedKinds(gates: FeatureGates): readonly KindDefinition[] {
  return all.filter(({ gate }) => gate !== undefined && gates.includes(gate));
}
