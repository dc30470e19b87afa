import { judgeResource } from "../authorization/_authorize.ts";
import type { Rights } from "../authorization/_rights.ts";
import type { User } from "../messages.ts";

const verbs: Readonly<Record<string, string>> = {
  GET: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Paths with the parts of a node whose rights are asked for there; who has one of them may ask. */
const parts: readonly (readonly [path: string, subresources: readonly string[]])[] = [
  ["/stats", ["stats"]],
  ["/metrics", ["metrics"]],
  ["/logs", ["log"]],
  ["/checkpoint", ["checkpoint"]],
  ["/pods", ["pods", "proxy"]],
  ["/runningpods", ["pods", "proxy"]],
  ["/healthz", ["healthz", "proxy"]],
  ["/configz", ["configz", "proxy"]],
];

/** The parts of a node of which one is needed for a path of its kubelet. */
export function subresourcesAt(path: string): readonly string[] {
  return parts.find(([of]) => path === of || path.startsWith(`${of}/`))?.[1] ?? ["proxy"];
}

/** Who wants what of a kubelet. */
export interface KubeletAttributes {
  readonly user: User;
  readonly method: string;
  readonly path: string;
  /** The node's name. */
  readonly node: string;
}

/**
 * Why a user may not ask a kubelet, in its words; undefined: they may.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/#fine-grained-authorization
 */
export function kubeletRefusal(rights: Rights, { user, method, path, node }: KubeletAttributes): string | undefined {
  const verb = verbs[method] ?? "";
  const subresources = subresourcesAt(path);
  const may = (subresource: string) => {
    const attributes = { user, verb, group: "", resource: `nodes/${subresource}`, namespace: "", name: node };
    return judgeResource(rights, attributes).decision === "allow";
  };
  if (subresources.some(may)) return undefined;
  return `Forbidden (user=${user.name}, verb=${verb}, resource=nodes, subresource(s)=[${subresources.join(" ")}])`;
}
