import { secretUses } from "../../api/secret_uses.ts";
import type { Frozen, Pod, PodSpec } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";

type Volume = NonNullable<Frozen<PodSpec>["volumes"]>[number];

/** Volumes that need nothing of the API. */
const ownVolumes: ReadonlySet<string> = new Set([
  ...[
    "awsElasticBlockStore",
    "azureDisk",
    "cephfs",
    "cinder",
    "downwardAPI",
    "emptyDir",
    "fc",
    "flexVolume",
    "flocker",
  ],
  ...["gcePersistentDisk", "gitRepo", "hostPath", "image", "iscsi", "nfs", "photonPersistentDisk", "portworxVolume"],
  ...["quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"],
]);

const apiVolumes: Readonly<Record<string, string>> = {
  configMap: "configmaps (via configmap volumes)",
  secret: "secrets (via secret volumes)",
  csi: "csidrivers (via CSI volumes)",
  glusterfs: "endpoints (via glusterFS volumes)",
  persistentVolumeClaim: "persistentvolumeclaims",
  ephemeral: "persistentvolumeclaims (via ephemeral volumes)",
  azureFile: "secrets (via azureFile volumes)",
};

const apiSources: Readonly<Record<string, string>> = {
  configMap: "configmaps (via projected volumes)",
  secret: "secrets (via projected volumes)",
  serviceAccountToken: "serviceaccounts (via projected volumes)",
  clusterTrustBundle: "clustertrustbundles",
  podCertificate: "podcertificates",
};

/**
 * Which objects of the API a pod refers to, in the words of Kubernetes 1.34's kubelet, which runs no static pod that
 * does; undefined where it refers to none. Fails where a volume's source is none that is known.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
 */
export function apiReference({ spec }: Frozen<Pod>): Result<string | undefined, string> {
  if (spec.serviceAccountName) return ok("serviceaccounts");
  const isPulledBy = (spec.imagePullSecrets ?? []).some(({ name }) => name);
  if (isPulledBy || secretUses(spec as PodSpec).next().done !== true) return ok("secrets");
  if (usesConfigMap(spec)) return ok("configmaps");
  if ((spec.resourceClaims ?? []).length > 0) return ok("resourceclaims");
  for (const volume of spec.volumes ?? []) {
    const found = volumeReference(volume);
    if (!found.ok || found.value !== undefined) return found;
  }
  return ok(undefined);
}

function usesConfigMap({ containers, initContainers = [], volumes = [] }: Frozen<PodSpec>): boolean {
  const isNamed = [...containers, ...initContainers].some(
    ({ env = [], envFrom = [] }) =>
      env.some(({ valueFrom }) => valueFrom?.configMapKeyRef?.name) ||
      envFrom.some(({ configMapRef }) => configMapRef?.name),
  );
  return (
    isNamed ||
    volumes.some(
      ({ configMap, projected }) => configMap?.name || projected?.sources?.some(({ configMap: of }) => of?.name),
    )
  );
}

function volumeReference({ name, ...source }: Volume): Result<string | undefined, string> {
  const [type = ""] = Object.keys(source);
  if (ownVolumes.has(type)) return ok(undefined);
  if (type !== "projected") {
    const found = apiVolumes[type];
    return found === undefined ? failed(`unknown volume type for volume  ${JSON.stringify(name)}`) : ok(found);
  }
  for (const each of source.projected?.sources ?? []) {
    const [kind = ""] = Object.keys(each);
    if (kind === "downwardAPI") continue;
    const found = apiSources[kind];
    return found === undefined ? failed(`unknown source for projected volume ${JSON.stringify(name)}`) : ok(found);
  }
  return ok(undefined);
}
