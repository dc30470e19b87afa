import { execProtocols } from "../streams/exec_channels.ts";
import { connectProcess } from "./_pod_process.ts";
import { isPod, type Subresource } from "./_subresource.ts";

/** Runs a command in a container, its streams on a WebSocket. */
export const exec: Subresource = {
  name: "exec",
  isOf: isPod,
  verbs: ["create", "get"],
  responseKind: { group: "", version: "v1", kind: "PodExecOptions" },
  stream: { protocols: execProtocols },
  serve: (server, call, step) => connectProcess(server, call, "exec", step),
};
