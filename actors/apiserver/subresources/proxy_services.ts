import { serveProxy } from "./_proxy_of.ts";
import type { Subresource } from "./_subresource.ts";

/** Leads requests to a pod behind a service. */
export const proxyServices: Subresource = {
  name: "proxy",
  isOf: ({ group, plural }) => group === "" && plural === "services",
  verbs: ["create", "delete", "get", "patch", "update"],
  responseKind: { group: "", version: "v1", kind: "ServiceProxyOptions" },
  stream: { protocols: [] },
  serve: serveProxy,
};
