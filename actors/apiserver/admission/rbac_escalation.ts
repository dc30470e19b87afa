import type { AggregationRule, RoleRef } from "kubernetes-types/rbac/v1.js";
import type { Step } from "../../../runtime/mod.ts";
import { type ClusterRole, clusterRoleRules as clusterRole } from "../../api/kinds/cluster_role.ts";
import { type Role, roleRules as role } from "../../api/kinds/role.ts";
import type { RoleBinding } from "../../api/kinds/role_binding.ts";
import { forbiddenStatus, notFound, type Status } from "../../api/status.ts";
import type { Frozen } from "../../api/types.ts";
import { judgeResource } from "../authorization/_authorize.ts";
import { bookOf } from "../authorization/_rights.ts";
import type { Rule } from "../authorization/rules/coverage.ts";
import { escalationError, everyRight } from "../authorization/rules/escalation.ts";
import { rulesFor } from "../authorization/rules/rulebook.ts";
import { groupResource } from "../requests/call.ts";
import { lookUp } from "../tokens/look_up.ts";
import { isOfGarbageCollection } from "./_garbage_collection.ts";
import type { AdmissionPlugin, Admitting, Verdict } from "./_plugin.ts";

const needsAll = "must have cluster-admin privileges to use the aggregationRule";

/** Whether somebody may do a thing to roles that is not a request of its own: `escalate`, `bind`. */
function may(
  { server, call }: Admitting,
  { verb, resource, name, namespace }: Readonly<Record<"verb" | "resource" | "name" | "namespace", string>>,
): boolean {
  const asked = { user: call.user, verb, group: clusterRole.group, resource, namespace, name };
  return judgeResource(server.rights, asked).decision === "allow";
}

function refusal({ call, draft }: Admitting, why: string): Status {
  return forbiddenStatus(groupResource(call), draft?.metadata.name ?? "", why);
}

function escalation({ server, call }: Admitting, rules: readonly Rule[]): string | undefined {
  return escalationError(call.user, rulesFor(bookOf(server.rights), call.user, call.namespace), rules);
}

function hasAggregation(object: object | undefined): boolean {
  const { aggregationRule } = (object ?? {}) as { readonly aggregationRule?: Frozen<AggregationRule> };
  return (aggregationRule?.clusterRoleSelectors ?? []).length > 0;
}

function judgeRole(admitting: Admitting): Status | undefined {
  const { call, draft, old } = admitting;
  const { plural } = call.kind;
  const { namespace, name } = call;
  if (may(admitting, { verb: "escalate", resource: plural, namespace, name })) return undefined;
  if (isOfGarbageCollection(admitting)) return undefined;
  const { rules } = draft as unknown as Frozen<Role | ClusterRole>;
  const why = escalation(admitting, rules ?? []);
  if (why !== undefined) return refusal(admitting, why);
  // What is put together from others may become anything.
  const isAggregated = plural === clusterRole.plural && (hasAggregation(draft) || hasAggregation(old));
  return isAggregated && escalation(admitting, everyRight) !== undefined ? refusal(admitting, needsAll) : undefined;
}

function judgeBinding(admitting: Admitting, verdict: Verdict, step: Step) {
  const { call, draft } = admitting;
  const { roleRef } = draft as unknown as RoleBinding;
  const { namespace } = call;
  const kind = roleRef.kind === clusterRole.kind ? clusterRole : role;
  const asked = { verb: "bind", resource: kind.plural, namespace, name: roleRef.name };
  // What is no role is refused by the kind's own rules.
  if (roleRef.kind !== kind.kind || may(admitting, asked) || isOfGarbageCollection(admitting)) {
    return verdict(undefined, step);
  }
  findRole(admitting, { roleRef, verdict }, step);
}

function findRole(
  admitting: Admitting,
  { roleRef, verdict }: { readonly roleRef: Frozen<RoleRef>; readonly verdict: Verdict },
  step: Step,
): void {
  const { namespace } = admitting.call;
  const { name } = roleRef;
  const isWide = roleRef.kind === clusterRole.kind;
  const { group, plural } = isWide ? clusterRole : role;
  lookUp<Role | ClusterRole>(
    admitting.server,
    {
      kind: isWide ? clusterRole : role,
      namespace: isWide ? "" : namespace,
      name,
      done: (found, later) => {
        if (!found.ok) return verdict(found.failure, later);
        if (!found.value) return verdict(notFound({ group, resource: plural }, name), later);
        const why = escalation(admitting, found.value.rules ?? []);
        verdict(why === undefined ? undefined : refusal(admitting, why), later);
      },
    },
    step,
  );
}

/**
 * Nobody gives others what they have not themselves, unless they are let do so by name. In Kubernetes this is no plugin:
 * the storage of roles and bindings sees to it, when all plugins that may change an object have.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export const rbacEscalation: AdmissionPlugin = {
  name: "RBACEscalation",
  place: 1_000,
  handles: [
    {
      operations: ["CREATE", "UPDATE"],
      resources: ["roles", "clusterroles", "rolebindings", "clusterrolebindings"].map(
        (plural) => `${plural}.${clusterRole.group}`,
      ),
    },
  ],
  admit(admitting, verdict, step) {
    if (admitting.call.user.groups.includes("system:masters")) return verdict(undefined, step);
    if (admitting.call.kind.plural.endsWith("bindings")) judgeBinding(admitting, verdict, step);
    else verdict(judgeRole(admitting), step);
  },
};
