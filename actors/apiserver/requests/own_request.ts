import type { Step } from "../../../runtime/mod.ts";
import type { ApiRequest, ApiResponse } from "../messages.ts";
import type { Server } from "../server.ts";
import { handleRequest } from "./handle.ts";

const user = { name: "system:apiserver", groups: ["system:masters"] };

/** A request that a server makes of itself, as everybody makes theirs, and what is done with the answer. */
export interface OwnRequest {
  readonly request: Omit<ApiRequest, "type">;
  readonly respond: (step: Step, response: ApiResponse) => void;
}

/** Has the server do something in its own name. */
export function askItself(server: Server, { request, respond }: OwnRequest, step: Step): void {
  const openSink = () => {
    throw new Error("Cannot open a watch for a write: the server's own requests are no watches");
  };
  const incoming = { request: { type: "api.request", ...request } as const, user, respond, openSink };
  handleRequest(server, { ...incoming, representation: "object", sinkName: "" }, step);
}
