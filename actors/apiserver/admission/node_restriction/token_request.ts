import type { Frozen, Pod } from "../../../api/types.ts";

/** What a token is asked for. */
export interface TokenSpec {
  readonly audiences?: readonly string[];
  readonly boundObjectRef?: {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly name?: string;
    readonly uid?: string;
  } | null;
}

/** Why a kubelet may not have a token, whatever its pods are: it has them bound to a pod. */
export function bindingError({ boundObjectRef }: TokenSpec): string | undefined {
  const { apiVersion, kind, name, uid } = boundObjectRef ?? {};
  if (apiVersion !== "v1" || kind !== "Pod" || !name) return "node requested token not bound to a pod";
  return uid ? undefined : "node requested token with a pod binding without a uid";
}

/** Why it may not have it for this pod. */
export function podError(
  { boundObjectRef, audiences = [] }: TokenSpec,
  { node, pod, issuer }: { readonly node: string; readonly pod: Frozen<Pod>; readonly issuer: string },
): string | undefined {
  const { uid = "" } = boundObjectRef ?? {};
  if (uid !== pod.metadata.uid) {
    return `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  }
  if (pod.spec.nodeName !== node) return "node requested token bound to a pod scheduled on a different node";
  const [audience = "", ...others] = audiences;
  if (others.length > 0) return "node may only request 0 or 1 audiences";
  // A volume that names no audience means the server itself.
  const wanted = new Set(audience === issuer ? [issuer, ""] : [audience]);
  const isNamed = (pod.spec.volumes ?? []).some(({ projected }) =>
    projected?.sources?.some(
      ({ serviceAccountToken }) => serviceAccountToken && wanted.has(serviceAccountToken.audience ?? ""),
    ),
  );
  return isNamed ? undefined : `audience ${JSON.stringify(audience)} not found in pod spec volume`;
}
