import { groupVersionOf, type KindDefinition, type Subresource } from "../../api/kind.ts";
import type { GroupVersion, Registry } from "../../api/registry.ts";

/** The media type of the aggregated form, as a response names it. */
export const aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** The versions of the core group: `/api`. */
export function apiVersions(registry: Registry): object {
  const versions = registry.groupVersions.filter(({ group }) => group === "").map(({ version }) => version);
  const serverAddressByClientCIDRs: object[] = [];
  return { kind: "APIVersions", versions, serverAddressByClientCIDRs };
}

/** All groups but the core: `/apis`. */
export function apiGroupList(registry: Registry): object {
  const groups = groupNames(registry).map((name) => apiGroup(registry, name));
  return { kind: "APIGroupList", apiVersion: "v1", groups };
}

/** One group with its versions; undefined when there is none. */
export function apiGroupOf(registry: Registry, name: string): object | undefined {
  if (!groupNames(registry).includes(name)) return undefined;
  return { kind: "APIGroup", apiVersion: "v1", ...apiGroup(registry, name) };
}

function groupNames(registry: Registry): string[] {
  return [...new Set(registry.groupVersions.map(({ group }) => group))].filter((group) => group !== "");
}

function apiGroup(registry: Registry, name: string) {
  const own = registry.groupVersions.filter(({ group }) => group === name);
  const versions = own.map(({ groupVersion, version }) => ({ groupVersion, version }));
  return { name, versions, preferredVersion: versions[0] };
}

/** The resources of one version of a group: `/api/v1`, `/apis/apps/v1`. */
export function apiResourceList({ groupVersion, kinds }: GroupVersion): object {
  const resources = kinds.flatMap((kind) => [
    {
      name: kind.plural,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: [...kind.verbs].sort(),
      ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
      ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    },
    ...kind.subresources.map((subresource) => {
      const { responseKind, verbs } = subresourceOf(kind, subresource);
      const foreign = responseKind.group !== kind.group || responseKind.version !== kind.version;
      return {
        name: `${kind.plural}/${subresource.name}`,
        singularName: "",
        namespaced: kind.namespaced,
        ...(foreign ? { group: responseKind.group, version: responseKind.version } : {}),
        kind: responseKind.kind,
        verbs,
      };
    }),
  ]);
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
}

interface SubresourceShape {
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
}

function subresourceOf(kind: KindDefinition, { name }: Subresource): SubresourceShape {
  const own = { group: kind.group, version: kind.version, kind: kind.kind };
  switch (name) {
    case "scale":
      return {
        responseKind: { group: "autoscaling", version: "v1", kind: "Scale" },
        verbs: ["get", "patch", "update"],
      };
    case "binding":
      return { responseKind: { group: "", version: "v1", kind: "Binding" }, verbs: ["create"] };
    case "eviction":
      return { responseKind: { group: "policy", version: "v1", kind: "Eviction" }, verbs: ["create"] };
    case "log":
      return { responseKind: own, verbs: ["get"] };
    case "exec":
      return { responseKind: { ...own, kind: "PodExecOptions" }, verbs: ["create", "get"] };
    case "portforward":
      return { responseKind: { ...own, kind: "PodPortForwardOptions" }, verbs: ["create", "get"] };
    case "finalize":
      return { responseKind: own, verbs: ["update"] };
    default:
      return { responseKind: own, verbs: ["get", "patch", "update"] };
  }
}

/** All groups with all their resources in one answer: `/api` (`core`) and `/apis` as newer clients ask for them. */
export function aggregatedDiscovery(registry: Registry, core: boolean): object {
  const names = core ? [""] : groupNames(registry);
  const items = names.map((name) => ({
    metadata: { name, creationTimestamp: null },
    versions: registry.groupVersions.filter(({ group }) => group === name).map(aggregatedVersion),
  }));
  return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
}

function aggregatedVersion({ version, kinds }: GroupVersion): object {
  const resources = kinds.map((kind) => ({
    resource: kind.plural,
    responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: [...kind.verbs].sort(),
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(kind.subresources.length > 0
      ? { subresources: kind.subresources.map((each) => ({ subresource: each.name, ...subresourceOf(kind, each) })) }
      : {}),
  }));
  return { version, resources, freshness: "Current" };
}

/** The paths that a server serves: `/`. */
export function rootPaths(registry: Registry): object {
  const groups = groupNames(registry).flatMap((group) => {
    const versions = registry.groupVersions.filter((each) => each.group === group);
    return [`/apis/${group}`, ...versions.map(({ groupVersion }) => `/apis/${groupVersion}`)];
  });
  const core = registry.groupVersions.filter(({ group }) => group === "").map((each) => `/api/${groupVersionOf(each)}`);
  const rest = ["/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"];
  return { paths: ["/api", ...core, "/apis", ...groups, ...rest] };
}
