import { notSupported } from "../../api/field_error.ts";
import { invalidObject, type Status } from "../../api/status.ts";
import type { ApiRequest } from "../messages.ts";

const optionKinds: Readonly<Partial<Record<ApiRequest["verb"], string>>> = {
  create: "CreateOptions",
  update: "UpdateOptions",
  patch: "PatchOptions",
  delete: "DeleteOptions",
  deletecollection: "DeleteOptions",
};

/** Refuses a write that asks for a dry run in words that nobody knows: it would be a write in earnest. */
export function dryRunError({ verb, query }: Pick<ApiRequest, "verb" | "query">): Status | undefined {
  const kind = optionKinds[verb];
  const asked = query?.dryRun;
  if (kind === undefined || asked === undefined || asked === "All") return undefined;
  return invalidObject({ group: "meta.k8s.io", kind }, "", [notSupported("dryRun", [asked], ["All"])]);
}
