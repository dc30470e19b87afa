import { serveNodeProxy } from "./_node_proxy.ts";
import type { Subresource } from "./_subresource.ts";

/** Asks a node's kubelet. */
export const proxyNodes: Subresource = {
  name: "proxy",
  isOf: ({ group, plural }) => group === "" && plural === "nodes",
  verbs: ["create", "delete", "get", "patch", "update"],
  responseKind: { group: "", version: "v1", kind: "NodeProxyOptions" },
  stream: { protocols: [] },
  serve: serveNodeProxy,
};
