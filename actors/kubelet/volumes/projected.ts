import type { VolumeFile } from "../../computer/messages.ts";
import { present } from "../../kit/present.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { type DownwardFile, downwardFiles } from "./_downward_files.ts";
import { keyedFiles } from "./_keyed_files.ts";
import { trustAnchors } from "./_trust_anchors.ts";
import {
  modeDefault,
  type PodVolume,
  type TokenNeed,
  type VolumeContext,
  type VolumeNeed,
  type VolumeType,
} from "./_volume_type.ts";

type Source = NonNullable<NonNullable<PodVolume["projected"]>["sources"]>[number];

/** As Kubernetes defaults it; shorter ones are refused. */
const expirationSecondsDefault = 3_600;
/** Of a token that is not for everybody. */
const tokenMode = 0o600;

/** Several sources in one folder: ConfigMaps, Secrets, what the pod says of itself, tokens of its account, bundles of trust. */
export const projected: VolumeType = {
  field: "projected",
  plugin: "kubernetes.io~projected",
  isReadOnly: true,
  needs: ({ projected: { sources = [] } = {} }) => sources.flatMap(needsOf),
  order({ volume, path, context }) {
    const { sources = [], defaultMode = modeDefault } = volume.projected ?? {};
    const files = new Map<string, VolumeFile>();
    for (const source of sources) {
      const made = filesFrom(source, context, defaultMode);
      if (!made.ok) return made;
      for (const file of made.value) files.set(file.path, file);
    }
    return ok({ kind: "files", path, files: [...files.values()] });
  },
};

function needsOf({ configMap, secret, serviceAccountToken, clusterTrustBundle }: Source): VolumeNeed[] {
  // As a kubelet does: it has all of them, whoever wants which.
  if (clusterTrustBundle) return [{ kind: "ClusterTrustBundle", name: "" }];
  if (configMap) return [objectNeed("ConfigMap", configMap)];
  if (secret) return [objectNeed("Secret", secret)];
  return serviceAccountToken ? [tokenNeed(serviceAccountToken)] : [];
}

function objectNeed<Kind extends "ConfigMap" | "Secret">(kind: Kind, { name = "" }: { readonly name?: string }) {
  return { kind, name };
}

function tokenNeed({
  audience = "",
  expirationSeconds = expirationSecondsDefault,
}: NonNullable<Source["serviceAccountToken"]>): TokenNeed {
  return { kind: "Token", audience, expirationSeconds };
}

/** Of a pod that says as whom it runs, or for which group, nobody else reads its token. */
function tokenAccess({ spec }: VolumeContext["pod"], mode: number): Pick<VolumeFile, "mode" | "uid"> {
  const { runAsUser, fsGroup } = spec.securityContext ?? {};
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const users = new Set(containers.map((each) => each.securityContext?.runAsUser ?? runAsUser));
  const [uid] = users.size === 1 ? users : [];
  return { mode: uid === undefined && fsGroup === undefined ? mode : tokenMode, ...present({ uid }) };
}

function filesFrom(
  { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle, ...rest }: Source,
  context: VolumeContext,
  defaultMode: number,
): Result<readonly VolumeFile[], string> {
  if (configMap) return keyedFiles(objectNeed("ConfigMap", configMap), { ...configMap, defaultMode }, context);
  if (secret) return keyedFiles(objectNeed("Secret", secret), { ...secret, defaultMode }, context);
  if (downwardAPI) {
    return ok(downwardFiles((downwardAPI.items ?? []) as readonly DownwardFile[], { context, defaultMode }));
  }
  if (serviceAccountToken) {
    const data = context.token(tokenNeed(serviceAccountToken));
    return ok([{ path: serviceAccountToken.path, data, ...tokenAccess(context.pod, defaultMode) }]);
  }
  if (clusterTrustBundle) {
    const anchors = trustAnchors(clusterTrustBundle, context.bundles());
    if (!anchors.ok) return anchors;
    return ok([{ path: clusterTrustBundle.path, data: anchors.value, ...tokenAccess(context.pod, defaultMode) }]);
  }
  const [sort] = Object.keys(rest);
  // What an API server has forgotten leaves a source that says nothing.
  if (sort === undefined) return ok([]);
  return failed(
    `kubetroupe cannot project "${sort}", only configMap, secret, downwardAPI, serviceAccountToken and clusterTrustBundle`,
  );
}
