import type { Fields, Frozen, PodSpec } from "../types.ts";

/** Kinds of volumes that are on their way out or gone. */
const deprecatedVolumes: readonly (readonly [string, string])[] = [
  ["photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"],
  ["gitRepo", "deprecated in v1.11"],
  ["scaleIO", "deprecated in v1.16, non-functional in v1.22+"],
  ["flocker", "deprecated in v1.22, non-functional in v1.25+"],
  ["storageos", "deprecated in v1.22, non-functional in v1.25+"],
  ["quobyte", "deprecated in v1.22, non-functional in v1.25+"],
  ["glusterfs", "deprecated in v1.25, non-functional in v1.26+"],
  ["cephfs", "deprecated in v1.28, non-functional in v1.31+"],
  ["rbd", "deprecated in v1.28, non-functional in v1.31+"],
];

/** Warnings of deprecated volumes, and of files that a token hides. */
export function volumeWarnings({ volumes = [] }: Frozen<PodSpec>, at: string): string[] {
  const deprecated = volumes.flatMap((volume, index) =>
    deprecatedVolumes.flatMap(([name, why]) => {
      // Kubernetes writes this one as it is called in Go.
      const shown = name === "storageos" ? "storageOS" : name;
      return (volume as Fields)[name] === undefined ? [] : [`${at}.volumes[${index}].${shown}: ${why}`];
    }),
  );
  return [...deprecated, ...tokenPathWarnings(volumes, at)];
}

function tokenPathWarnings(volumes: NonNullable<Frozen<PodSpec>["volumes"]>, at: string): string[] {
  const sources = volumes.map(({ projected }) => projected?.sources ?? []);
  const taken = new Set(sources.flat().flatMap(({ serviceAccountToken }) => serviceAccountToken?.path ?? []));
  return sources.flatMap((list, index) =>
    list.flatMap(({ configMap, secret, downwardAPI, clusterTrustBundle }) => {
      const own = `${at}.volumes[${index}].projected.sources`;
      const named = { configMap: configMap?.items, secrets: secret?.items, downwardAPI: downwardAPI?.items };
      const items = Object.entries(named).flatMap(([name, files = []]) =>
        files.map(({ path }, place) => ({ path, field: `${own}.${name}[${place}]` })),
      );
      if (clusterTrustBundle) items.push({ path: clusterTrustBundle.path, field: `${own}.ClusterTrustBundle` });
      return items
        .filter(({ path }) => taken.has(path))
        .map(({ path, field }) => `${field}: has duplicated path with ServiceAccountToken ${JSON.stringify(path)}`);
    }),
  );
}
