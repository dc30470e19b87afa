import type { Step } from "../../../runtime/mod.ts";
import { generateName } from "../../api/names.ts";
import { forbiddenStatus, type Status } from "../../api/status.ts";
import type { Frozen, Pod, ServiceAccount } from "../../api/types.ts";
import { groupResource } from "../requests/call.ts";
import { defaultAccount, findAccount } from "../tokens/find_account.ts";
import type { AdmissionPlugin, Admitting, Gate } from "./_plugin.ts";
import { mirrorPodError } from "./service_account/mirror_pods.ts";
import { secretLimitError } from "./service_account/secret_limits.ts";

type PodSpec = Pod["spec"];

/** Where a container finds the token of its pod's account, the authority's certificate and its namespace. */
const mountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
const volumePrefix = "kube-api-access-";
/** A token that is asked for so long works for a year, so that who does not read it anew is not cut off. */
const expirationSeconds = 3_607;

/**
 * Gives a new pod the account of its namespace when it names none, sees that its account is there, and mounts what the
 * pod's code needs to reach the API, unless the pod or the account does not want that.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-admission-controller
 */
export const serviceAccount: AdmissionPlugin = {
  name: "ServiceAccount",
  place: 7,
  handles: [{ operations: ["CREATE"], resources: ["pods"] }],
  admit: withAccount((admitting, account, step) => {
    // A new object of the kind has been read by the kind's schema.
    const { spec } = admitting.draft as Pod;
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(spec, step);
    const { imagePullSecrets = [] } = account;
    if ((spec.imagePullSecrets ?? []).length === 0 && imagePullSecrets.length > 0) {
      spec.imagePullSecrets = imagePullSecrets.map(({ name = "" }) => ({ name }));
    }
    return undefined;
  }),
  // Others may have changed the pod in between.
  validate: withAccount(({ draft }, account) => secretLimitError((draft as Pod).spec, account)),
};

/** Does something with a pod's account; a text refuses the pod. A mirror pod has none, and may not have what comes with one. */
function withAccount(
  act: (admitting: Admitting, account: Frozen<ServiceAccount>, step: Step) => string | undefined,
): Gate {
  return (admitting, verdict, step) => {
    const pod = admitting.draft as Pod | undefined;
    if (!pod) return verdict(undefined, step);
    const judged = (error: string | undefined, later: Step) =>
      verdict(error === undefined ? undefined : refusal(admitting, error), later);
    if (pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined)
      return judged(mirrorPodError(pod), step);
    const { spec } = pod;
    const { namespace } = admitting.call;
    const name = spec.serviceAccountName || defaultAccount;
    spec.serviceAccountName = name;
    // The old name of the field; a server always shows both.
    spec.serviceAccount = name;
    findAccount(
      admitting.server,
      {
        namespace,
        name,
        done(found, later) {
          if (found.ok && found.value) return judged(act(admitting, found.value, later), later);
          const why = found.ok ? `serviceaccount "${name}" not found` : found.failure.message;
          judged(`error looking up service account ${namespace}/${name}: ${why}`, later);
        },
      },
      step,
    );
  };
}

function refusal({ call, draft }: Admitting, error: string): Status {
  const { name = "", generateName: base = "" } = draft?.metadata ?? {};
  return forbiddenStatus(groupResource(call), name || base, error);
}

/** Mounts the token into every container that has nothing at its place. */
function mountToken(spec: PodSpec, step: Step): void {
  const volumes = spec.volumes ?? [];
  const own = volumes.find(({ name }) => name.startsWith(volumePrefix));
  let name = own?.name;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const mounts = container.volumeMounts ?? [];
    if (mounts.some((mount) => mount.mountPath === mountPath)) continue;
    name ??= generateName(volumePrefix, () => step.float());
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath }];
  }
  if (own === undefined && name !== undefined) spec.volumes = [...volumes, tokenVolume(name)];
}

function tokenVolume(name: string): NonNullable<PodSpec["volumes"]>[number] {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds, path: "token" } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        {
          downwardAPI: {
            items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
          },
        },
      ],
      defaultMode: 0o644,
    },
  };
}
