import type { Call } from "./call.ts";

/** What a manager's name may take. */
const bytesMax = 128;
/** What Go's `unicode.IsPrint` says yes to. */
const printable = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
const accounts = "system:serviceaccount:kube-system:";
/** Components that have an account of their own; all others in kube-system are controllers of the manager. */
const ownAccounts: ReadonlySet<string> = new Set(["coredns"]);

/**
 * As whom a request writes: as it says, or by the name of its program.
 *
 * Source: `managerOrUserAgent` of k8s.io/apiserver.
 */
export function managerOf({
  query,
  request,
  client,
  user,
}: Pick<Call, "query" | "request" | "client" | "user">): string {
  if (query.fieldManager) return query.fieldManager;
  if (client || request.agent !== undefined) return firstPart(request.agent ?? "");
  return componentName(user.name);
}

function firstPart(agent: string): string {
  const [name = ""] = agent.split("/");
  let result = "";
  let bytes = 0;
  for (const char of name) {
    if (!printable.test(char)) continue;
    bytes += bytesOf(char.codePointAt(0) ?? 0);
    if (bytes > bytesMax) break;
    result += char;
  }
  return result;
}

function bytesOf(code: number): number {
  if (code < 0x80) return 1;
  return code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/** The program that signs in under a name. */
function componentName(user: string): string {
  if (user.startsWith("system:node:")) return "kubelet";
  if (user === "system:apiserver") return "kube-apiserver";
  if (!user.startsWith(accounts)) return user.startsWith("system:") ? user.slice("system:".length) : user;
  const account = user.slice(accounts.length);
  return ownAccounts.has(account) ? account : "kube-controller-manager";
}
