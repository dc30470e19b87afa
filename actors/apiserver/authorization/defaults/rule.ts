import type { PolicyRule, Subject } from "kubernetes-types/rbac/v1.js";
import type { ClusterRole } from "../../../api/kinds/cluster_role.ts";
import type { Role } from "../../../api/kinds/role.ts";
import type { RoleBinding } from "../../../api/kinds/role_binding.ts";
import { rbacGroup } from "../../../api/validation/rbac.ts";

/** An object that a cluster has from the start: a role or a binding, of the whole cluster or of one namespace. */
export type DefaultObject = ClusterRole | Role | RoleBinding;

/** Whoever sets this to `"false"` on a default object has it left as it is when a server starts. */
export const autoUpdateAnnotation = "rbac.authorization.kubernetes.io/autoupdate";

/** Words of a default role's rules that are short for several verbs. */
const shortVerbs: Readonly<Record<string, readonly string[]>> = {
  read: ["get", "list", "watch"],
  write: ["create", "update", "patch", "delete", "deletecollection"],
};

/** Words, in the order in which Kubernetes keeps them. */
function words(text: string): string[] {
  return text === "" ? [] : [...new Set(text.split(" "))].sort();
}

function verbsOf(text: string): string[] {
  return [...new Set(text.split(" ").flatMap((verb) => shortVerbs[verb] ?? [verb]))].sort();
}

/**
 * A rule about resources; words are parted by blanks. The core group is `core`; `read` and `write` are short for the
 * verbs that they are made of.
 */
export function allow(verbs: string, groups: string, resources: string): PolicyRule {
  const apiGroups = groups
    .split(" ")
    .map((group) => (group === "core" ? "" : group))
    .sort();
  return { verbs: verbsOf(verbs), apiGroups, resources: words(resources) };
}

/** A rule that is about objects of these names alone. */
export function named(names: string, rule: PolicyRule): PolicyRule {
  return { ...rule, resourceNames: words(names) };
}

/** A rule about paths. */
export function allowPaths(verbs: string, paths: string): PolicyRule {
  return { verbs: verbsOf(verbs), nonResourceURLs: words(paths) };
}

/** To tell of what happens. */
export const writeEvents = allow("create update patch", "core events.k8s.io", "events");

function metadataOf(name: string, labels: Readonly<Record<string, string>> = {}) {
  return {
    name,
    annotations: { [autoUpdateAnnotation]: "true" },
    labels: { "kubernetes.io/bootstrapping": "rbac-defaults", ...labels },
  };
}

const apiVersion = `${rbacGroup}/v1`;

/** A role of the whole cluster; `into` names the roles that take its rules up. */
export function clusterRoleOf(name: string, rules: readonly PolicyRule[], into = ""): ClusterRole {
  return {
    apiVersion,
    kind: "ClusterRole",
    metadata: metadataOf(name, Object.fromEntries(words(into).map((each) => [aggregationLabel(each), "true"]))),
    rules: [...rules],
  };
}

/** A role that is made of others: those which say so by a label. */
export function aggregatedRoleOf(name: string, into = ""): ClusterRole {
  const { rules: _none, ...role } = clusterRoleOf(name, [], into);
  const matchLabels = { [aggregationLabel(name)]: "true" };
  return { ...role, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] }, rules: null };
}

function aggregationLabel(name: string): string {
  return `${rbacGroup}/aggregate-to-${name}`;
}

/** A role of one namespace. */
export function roleOf(namespace: string, name: string, rules: readonly PolicyRule[]): Role {
  return { apiVersion, kind: "Role", metadata: { ...metadataOf(name), namespace }, rules: [...rules] };
}

/** Subjects that are users, groups (`group:NAME`), or accounts of `kube-system` (`account:NAME`). */
function subjectsOf(texts: readonly string[]): Subject[] {
  return texts.map((text): Subject => {
    const [, sort, name = ""] = /^(group|account):(.*)$/.exec(text) ?? [];
    if (sort === "account") return { kind: "ServiceAccount", name, namespace: "kube-system" };
    return { apiGroup: rbacGroup, kind: sort === "group" ? "Group" : "User", name: sort === "group" ? name : text };
  });
}

/** Binds a role of the whole cluster; its binding has its name unless another is given. */
export function clusterBindingOf(role: string, subjects: readonly string[], name = role): RoleBinding {
  return {
    apiVersion,
    kind: "ClusterRoleBinding",
    metadata: metadataOf(name),
    roleRef: { apiGroup: rbacGroup, kind: "ClusterRole", name: role },
    ...(subjects.length === 0 ? {} : { subjects: subjectsOf(subjects) }),
  };
}

/** Binds a role of a namespace there; its binding has its name unless another is given. */
export function bindingOf(
  { namespace, role, name = role }: { readonly namespace: string; readonly role: string; readonly name?: string },
  subjects: readonly string[],
): RoleBinding {
  return {
    apiVersion,
    kind: "RoleBinding",
    metadata: { ...metadataOf(name), namespace },
    roleRef: { apiGroup: rbacGroup, kind: "Role", name: role },
    subjects: subjectsOf(subjects),
  };
}
