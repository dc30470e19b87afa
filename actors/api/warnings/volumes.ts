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
export function* volumeWarnings({ volumes = [] }: Frozen<PodSpec>, at: string): Generator<string> {
  for (const [index, volume] of volumes.entries()) {
    for (const [name, why] of deprecatedVolumes) {
      // Kubernetes writes this one as it is called in Go.
      const shown = name === "storageos" ? "storageOS" : name;
      if ((volume as Fields)[name] !== undefined) yield `${at}.volumes[${index}].${shown}: ${why}`;
    }
  }
  yield* tokenPathWarnings(volumes, at);
}

function* tokenPathWarnings(volumes: NonNullable<Frozen<PodSpec>["volumes"]>, at: string): Generator<string> {
  const taken = new Set<string>();
  for (const { projected } of volumes) {
    for (const { serviceAccountToken } of projected?.sources ?? []) {
      if (serviceAccountToken !== undefined) taken.add(serviceAccountToken.path);
    }
  }
  for (const [index, { projected }] of volumes.entries()) {
    const own = `${at}.volumes[${index}].projected.sources`;
    for (const { configMap, secret, downwardAPI, clusterTrustBundle } of projected?.sources ?? []) {
      const named = { configMap: configMap?.items, secrets: secret?.items, downwardAPI: downwardAPI?.items };
      for (const [name, files = []] of Object.entries(named)) {
        for (const [place, { path }] of files.entries()) {
          if (taken.has(path)) yield hiddenBy(path, `${own}.${name}[${place}]`);
        }
      }
      const bundle = clusterTrustBundle?.path;
      if (bundle !== undefined && taken.has(bundle)) yield hiddenBy(bundle, `${own}.ClusterTrustBundle`);
    }
  }
}

function hiddenBy(path: string, field: string): string {
  return `${field}: has duplicated path with ServiceAccountToken ${JSON.stringify(path)}`;
}
