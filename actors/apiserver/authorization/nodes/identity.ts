import type { User } from "../../messages.ts";

const prefix = "system:node:";

/** Whose kubelet a user is; empty when it does not say, undefined for whoever is no kubelet. */
export function nodeOf({ name, groups }: User): string | undefined {
  return name.startsWith(prefix) && groups.includes("system:nodes") ? name.slice(prefix.length) : undefined;
}
