import { execProtocols } from "../streams/exec_channels.ts";
import { connectProcess } from "./_pod_process.ts";
import { isPod, type Subresource } from "./_subresource.ts";

/** Leads the streams of a container's own process over a WebSocket. */
export const attach: Subresource = {
  name: "attach",
  isOf: isPod,
  verbs: ["create", "get"],
  responseKind: { group: "", version: "v1", kind: "PodAttachOptions" },
  stream: { protocols: execProtocols },
  serve: (server, call, step) => connectProcess(server, call, "attach", step),
};
