import { ok } from "../kit/result.ts";
import { noContainer } from "./cri_answers.ts";
import type { LogAnswer, LogRequest } from "./messages.ts";
import type { RuntimeNode } from "./runtime_node.ts";

/** Reads what a container of a node has written, or begins or ends to follow it. */
export function containerLogs(node: RuntimeNode, request: LogRequest): LogAnswer {
  const container = node.containers.get(request.container);
  if (!container) return noContainer(request.container);
  container.image.catchUp?.(container);
  if (request.op === "FollowLogs") {
    container.following = request.isWanted ? "waits" : "nobody";
    return ok([]);
  }
  const { after, linesMax, tail } = request;
  if (container.following === "was told") container.following = "waits";
  return ok(container.log?.read(after, linesMax, tail) ?? []);
}
