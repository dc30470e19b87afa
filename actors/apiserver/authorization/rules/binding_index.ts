import type { Subject } from "kubernetes-types/rbac/v1.js";
import type { RoleBinding } from "../../../api/kinds/role_binding.ts";
import { serviceAccountUser } from "../../../api/service_account_names.ts";
import type { Frozen } from "../../../api/types.ts";
import type { User } from "../../messages.ts";

/** A binding, and of its subjects the first that fits somebody. */
export interface Held {
  readonly binding: Frozen<RoleBinding>;
  readonly subject: Frozen<Subject>;
}

/** Bindings, found by those whom they are about: nobody has to look through all of them. */
export interface BindingIndex {
  /** By namespace (empty: of the whole cluster), subject, and the binding's name. */
  readonly byNamespace: Map<string, Map<string, Map<string, Frozen<RoleBinding>>>>;
}

/** Makes an empty one. */
export function createBindingIndex(): BindingIndex {
  return { byNamespace: new Map() };
}

/** Under what a subject is found; undefined for one that can be nobody. */
function subjectKey({ kind, name, namespace }: Frozen<Subject>, at: string): string | undefined {
  if (kind === "User") return `user ${name}`;
  if (kind === "Group") return `group ${name}`;
  const own = namespace || at;
  return kind === "ServiceAccount" && own !== "" ? `user ${serviceAccountUser(own, name)}` : undefined;
}

/** Takes a binding in. */
export function addBinding({ byNamespace }: BindingIndex, binding: Frozen<RoleBinding>): void {
  const { name, namespace = "" } = binding.metadata;
  for (const subject of binding.subjects ?? []) {
    const key = subjectKey(subject, namespace);
    if (key === undefined) continue;
    mapAt(mapAt(byNamespace, namespace), key).set(name, binding);
  }
}

/** The map that is found under a key, made when it is missing. */
function mapAt<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const found = maps.get(key) ?? new Map<string, Value>();
  maps.set(key, found);
  return found;
}

/** Forgets a binding as it was taken in. */
export function removeBinding({ byNamespace }: BindingIndex, binding: Frozen<RoleBinding>): void {
  const { name, namespace = "" } = binding.metadata;
  const bySubject = byNamespace.get(namespace);
  if (!bySubject) return;
  for (const subject of binding.subjects ?? []) {
    const key = subjectKey(subject, namespace);
    const bindings = key === undefined ? undefined : bySubject.get(key);
    bindings?.delete(name);
    if (key !== undefined && bindings?.size === 0) bySubject.delete(key);
  }
  if (bySubject.size === 0) byNamespace.delete(namespace);
}

/** The bindings of one namespace (empty: of the whole cluster) that are about a user, by name. */
export function bindingsOf({ byNamespace }: BindingIndex, { name, groups }: User, namespace: string): Held[] {
  const bySubject = byNamespace.get(namespace);
  if (!bySubject) return [];
  const keys = new Set([`user ${name}`, ...groups.map((group) => `group ${group}`)]);
  const found = new Map<string, Held>();
  for (const key of keys) {
    for (const [at, binding] of bySubject.get(key) ?? []) {
      if (found.has(at)) continue;
      // It is there: the binding was found by one of its subjects.
      const subject = binding.subjects?.find((each) => keys.has(subjectKey(each, namespace) ?? "")) as Frozen<Subject>;
      found.set(at, { binding, subject });
    }
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, held]) => held);
}

/** Why somebody may do something, in Kubernetes' words. */
export function sourceText({ binding, subject }: Held): string {
  const { name, namespace } = binding.metadata;
  const { roleRef } = binding;
  const own = namespace === undefined ? name : `${name}/${namespace}`;
  const account = subject.kind === "ServiceAccount" ? `/${subject.namespace || (namespace ?? "")}` : "";
  return `${binding.kind} ${JSON.stringify(own)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subject.kind} ${JSON.stringify(`${subject.name}${account}`)}`;
}
