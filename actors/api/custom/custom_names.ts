import { type KindIdentity, nameKind, type Subresource } from "../kind.ts";
import type { CustomResourceDefinition } from "../kinds/custom_resource_definition.ts";
import type { Frozen } from "../types.ts";
import { isEstablished } from "./judged_names.ts";

/** A version of a kind, as its definition has it. */
export type Version = Frozen<CustomResourceDefinition>["spec"]["versions"][number];

/** A version that is served, and the one that is stored. */
export interface Versions {
  readonly version: Version;
  readonly stored: Version;
}

/** The kinds that a definition brings, as who speaks of their objects knows them: one for each version that is served. */
export function customNames(definition: Frozen<CustomResourceDefinition>): readonly KindIdentity[] {
  return servedVersions(definition).map((versions) => customName(definition, versions));
}

/** The versions of a definition that are served, none where it stores none or has not got its names. */
export function servedVersions(definition: Frozen<CustomResourceDefinition>): readonly Versions[] {
  if (!isEstablished(definition)) return [];
  const { versions } = definition.spec;
  const stored = versions.find(({ storage }) => storage);
  if (stored === undefined) return [];
  return versions.filter(({ served }) => served).map((version) => ({ version, stored }));
}

/** The kind that a version of a definition is. */
export function customName(
  { spec, status }: Frozen<CustomResourceDefinition>,
  { version, stored }: Versions,
): KindIdentity {
  const { group } = spec;
  // It is known by the names that it has, not by those that it would like to have.
  const names = status.acceptedNames ?? spec.names;
  const { kind, plural } = names;
  return nameKind({
    group,
    version: version.name,
    kind,
    plural,
    ...(names.singular === undefined ? {} : { singular: names.singular }),
    ...(names.listKind === undefined ? {} : { listKind: names.listKind }),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: spec.scope === "Namespaced",
    storagePrefix: `/registry/${group}/${plural}`,
    storageVersion: { apiVersion: `${group}/${stored.name}`, kind },
    subresources: subresourcesOf(version),
  });
}

function subresourcesOf({ subresources }: Version): Subresource[] {
  const found: Subresource[] = [];
  if (subresources?.scale !== undefined) {
    const { specReplicasPath, statusReplicasPath, labelSelectorPath = "" } = subresources.scale;
    const dotted = (path: string): string => path.replace(/^\./, "");
    const paths = {
      specReplicas: dotted(specReplicasPath),
      statusReplicas: dotted(statusReplicasPath),
      labelSelector: dotted(labelSelectorPath),
    };
    found.push({ name: "scale", paths });
  }
  if (subresources?.status !== undefined) found.push({ name: "status" });
  return found;
}
