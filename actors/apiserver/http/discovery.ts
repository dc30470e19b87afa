import { encodeBase64Bytes } from "../../api/base64.ts";
import { groupVersionOf, type KindDefinition } from "../../api/kind.ts";
import type { GroupVersion, Registry } from "../../api/registry.ts";
import { sha256 } from "../../kit/sha256.ts";
import { hostPort } from "../../network/ip.ts";
import { withRemoteGroups, withRemoteItems } from "../aggregation/merge_discovery.ts";
import type { Remote } from "../aggregation/remotes.ts";
import type { ApiServerInput } from "../messages.ts";
import { responseKindOf, subresourcesOf } from "../subresources/_of_kind.ts";
import type { Subresource } from "../subresources/_subresource.ts";
import { healthChecks } from "./health.ts";

/** So much of a hash tells storage versions apart. */
const hashBytes = 8;

/** The versions of the core group: `/api`, and where clients of every address find the server. */
export function apiVersions(registry: Registry, { advertise, https }: ApiServerInput): object {
  const versions = registry.groupVersions.filter(({ group }) => group === "").map(({ version }) => version);
  const own = advertise ? hostPort(advertise) : https && `${https.host}:${https.port}`;
  const serverAddressByClientCIDRs = own === undefined ? [] : [{ clientCIDR: "0.0.0.0/0", serverAddress: own }];
  return { kind: "APIVersions", versions, serverAddressByClientCIDRs };
}

/** All groups but the core: `/apis`. */
export function apiGroupList(registry: Registry, remotes: readonly Remote[]): object {
  const groups = groupsOf(registry, remotes);
  return { kind: "APIGroupList", apiVersion: "v1", groups };
}

/** One group with its versions; undefined when there is none. */
export function apiGroupOf(registry: Registry, remotes: readonly Remote[], name: string): object | undefined {
  const found = groupsOf(registry, remotes).find((group) => group.name === name);
  return found && { kind: "APIGroup", apiVersion: "v1", ...found };
}

function groupsOf(registry: Registry, remotes: readonly Remote[]) {
  const own = groupNames(registry).map((name) => apiGroup(registry, name));
  return withRemoteGroups(own, remotes);
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
      ...(kind.verbs.includes("create") && kind.verbs.includes("get")
        ? { storageVersionHash: storageVersionHash(kind) }
        : {}),
    },
    ...subresourcesOf(kind).map((subresource) => {
      const { verbs } = subresource;
      const responseKind = responseKindOf(kind, subresource);
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

/**
 * In which version objects are stored, as a hash of its name: two kinds with equal ones share their objects.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/definitions/api-resource-list-v1-meta/
 */
function storageVersionHash({ storageVersion: { apiVersion, kind } }: KindDefinition): string {
  const name = `${apiVersion.includes("/") ? "" : "/"}${apiVersion}/${kind}`;
  return encodeBase64Bytes(sha256(new TextEncoder().encode(name)).slice(0, hashBytes));
}

interface AggregatedOptions {
  /** Of the core group alone. */
  readonly isCore: boolean;
  /** Of the answer's own form. */
  readonly version: string;
  readonly remotes: readonly Remote[];
}

/** All groups with all their resources in one answer: `/api` (`core`) and `/apis` as newer clients ask for them. */
export function aggregatedDiscovery(registry: Registry, { isCore, version, remotes }: AggregatedOptions): object {
  const names = isCore ? [""] : groupNames(registry);
  const own = names.map((name) => ({
    metadata: { name, creationTimestamp: null },
    versions: registry.groupVersions.filter(({ group }) => group === name).map(aggregatedVersion),
  }));
  const items = isCore || remotes.length === 0 ? own : withRemoteItems(own, remotes);
  return { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function aggregatedVersion({ version, kinds }: GroupVersion) {
  const resources = kinds.map((kind) => ({
    resource: kind.plural,
    responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: [...kind.verbs].sort(),
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(subresourcesOf(kind).length > 0 ? { subresources: subresourcesOf(kind).map((each) => shown(kind, each)) } : {}),
  }));
  return { version, resources, freshness: "Current" };
}

function shown(kind: KindDefinition, subresource: Subresource): object {
  const { name, verbs } = subresource;
  return { subresource: name, responseKind: responseKindOf(kind, subresource), verbs };
}

/** The paths that a server serves: `/`. */
export function rootPaths(registry: Registry, remotes: readonly Remote[]): object {
  const groups = groupsOf(registry, remotes).flatMap(({ name, versions }) => [
    `/apis/${name}`,
    ...versions.map(({ groupVersion }) => `/apis/${groupVersion}`),
  ]);
  const core = registry.groupVersions.filter(({ group }) => group === "").map((each) => `/api/${groupVersionOf(each)}`);
  const health = Object.entries(healthChecks).flatMap(([name, checks]) => [
    `/${name}`,
    ...checks.map((check) => `/${name}/${check.name}`),
  ]);
  const rest = [...health, "/metrics", "/metrics/slis", "/openapi/v2", "/openapi/v3"];
  return {
    paths: [
      ...["/.well-known/openid-configuration", "/api", ...core, "/apis", ...groups],
      ...[...rest, "/openid/v1/jwks", "/version"].sort(),
    ],
  };
}
