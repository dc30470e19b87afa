import { isAvailable, type Remote, type RemoteResource } from "./remotes.ts";

interface Version {
  readonly groupVersion: string;
  readonly version: string;
}

interface Group {
  readonly name: string;
  readonly versions: readonly Version[];
  readonly preferredVersion: Version | undefined;
}

/** The groups of this server, and those that others serve. */
export function withRemoteGroups(groups: readonly Group[], remotes: readonly Remote[]): readonly Group[] {
  const merged = new Map(groups.map((group) => [group.name, group]));
  for (const { group: name, version } of byPriority(remotes)) {
    const known = merged.get(name);
    if (known?.versions.some((each) => each.version === version)) continue;
    const versions = [...(known?.versions ?? []), { groupVersion: `${name}/${version}`, version }];
    merged.set(name, { name, versions, preferredVersion: known?.preferredVersion ?? versions[0] });
  }
  return [...merged.values()];
}

interface AggregatedGroup {
  readonly metadata: { readonly name: string };
  readonly versions: readonly { readonly version: string }[];
}

/** The same in the form that newer clients ask for. */
export function withRemoteItems(items: readonly AggregatedGroup[], remotes: readonly Remote[]): readonly object[] {
  const merged = new Map(items.map((item) => [item.metadata.name, item]));
  for (const remote of byPriority(remotes)) {
    const { group: name } = remote;
    const known = merged.get(name) ?? { metadata: { name, creationTimestamp: null }, versions: [] };
    const others = known.versions.filter(({ version }) => version !== remote.version);
    merged.set(name, { ...known, versions: [...others, aggregatedVersion(remote)] });
  }
  return [...merged.values()];
}

/** Of one group the versions that are preferred come first. */
function byPriority(remotes: readonly Remote[]): readonly Remote[] {
  const rank = ({ object }: Remote) => [object.spec.groupPriorityMinimum, object.spec.versionPriority] as const;
  return [...remotes].sort((a, b) => rank(b)[0] - rank(a)[0] || rank(b)[1] - rank(a)[1]);
}

function aggregatedVersion(remote: Remote): { readonly version: string } {
  const { version, resources: known } = remote;
  const all = known?.resources ?? [];
  const resources = all.filter(({ name }) => !name.includes("/")).map((each) => aggregatedResource(remote, each));
  const freshness = isAvailable(remote) ? "Current" : "Stale";
  return { version, ...(resources.length > 0 ? { resources } : {}), freshness } as { version: string };
}

function aggregatedResource(remote: Remote, resource: RemoteResource): object {
  const { name, namespaced, singularName = "", verbs, shortNames = [], categories = [] } = resource;
  const parts = (remote.resources?.resources ?? []).filter((each) => each.name.startsWith(`${name}/`));
  const subresources = parts.map((part) => ({
    subresource: part.name.slice(name.length + 1),
    responseKind: kindOf(remote, part),
    verbs: part.verbs,
  }));
  return {
    resource: name,
    responseKind: kindOf(remote, resource),
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singularName,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}

function kindOf(remote: Remote, { group, version, kind }: RemoteResource): object {
  return { group: group || remote.group, version: version || remote.version, kind };
}
