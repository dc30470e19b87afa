import type { PolicyRule } from "kubernetes-types/rbac/v1.js";
import type { ClusterRole } from "../../../api/kinds/cluster_role.ts";
import type { RoleBinding } from "../../../api/kinds/role_binding.ts";
import { type Frozen, jsonEqual, type KubeObject, type ObjectMeta, thaw } from "../../../api/types.ts";
import { missingRules } from "../rules/coverage.ts";
import { autoUpdateAnnotation, type DefaultObject } from "./rule.ts";

type Stored = Frozen<KubeObject>;

/**
 * What is to be stored in the place of an object that is there, so that it has all that a default one has: rights and
 * subjects are added, never taken away. Undefined: it is as it ought to be, or its annotation says to leave it alone.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation
 */
export function reconciled(wanted: DefaultObject, stored: Stored): KubeObject | undefined {
  if (stored.metadata.annotations?.[autoUpdateAnnotation] === "false") return undefined;
  // The kinds of both are the same: their keys are.
  const next = ("roleRef" in wanted ? bindingFrom(wanted, stored) : roleFrom(wanted, stored)) as KubeObject;
  next.metadata = { ...next.metadata, ...mergedMetadata(wanted.metadata, next.metadata) };
  return jsonEqual(next, stored) ? undefined : next;
}

/** Labels and annotations that are there stay as they are. */
function mergedMetadata(wanted: ObjectMeta, stored: ObjectMeta): Pick<ObjectMeta, "labels" | "annotations"> {
  return {
    labels: { ...wanted.labels, ...stored.labels },
    annotations: { ...wanted.annotations, ...stored.annotations },
  };
}

function roleFrom(wanted: Exclude<DefaultObject, RoleBinding>, stored: Stored): KubeObject {
  const next = thaw(stored) as ClusterRole;
  const { aggregationRule } = wanted as ClusterRole;
  if (aggregationRule === undefined) {
    delete next.aggregationRule;
    const missing = missingRules(next.rules ?? [], wanted.rules ?? []);
    if (missing.length > 0) next.rules = [...(next.rules ?? []), ...missing.map((rule) => thaw(rule) as PolicyRule)];
    return next;
  }
  const has = next.aggregationRule?.clusterRoleSelectors ?? [];
  const missing = (aggregationRule.clusterRoleSelectors ?? []).filter(
    (each) => !has.some((one) => jsonEqual(one, each)),
  );
  if (missing.length > 0) next.aggregationRule = { clusterRoleSelectors: [...has, ...missing] };
  return next;
}

/** A binding of another role is no longer what it was: it begins anew. */
function bindingFrom(wanted: RoleBinding, stored: Stored): KubeObject {
  const next = thaw(stored) as RoleBinding;
  if (!jsonEqual(next.roleRef, wanted.roleRef)) return { ...wanted, metadata: { ...next.metadata } } as KubeObject;
  const has = next.subjects ?? [];
  const missing = (wanted.subjects ?? []).filter((each) => !has.some((one) => jsonEqual(one, each)));
  if (missing.length > 0) next.subjects = [...has, ...missing];
  return next;
}
