import { serveProxy } from "./_proxy_of.ts";
import { isPod, type Subresource } from "./_subresource.ts";

/** Leads requests to a port of a pod. */
export const proxyPods: Subresource = {
  name: "proxy",
  isOf: isPod,
  verbs: ["create", "delete", "get", "patch", "update"],
  responseKind: { group: "", version: "v1", kind: "PodProxyOptions" },
  stream: { protocols: [] },
  serve: serveProxy,
};
