import type { ApiOperation } from "./data.ts";
import { type Folder, markKey } from "./folders.ts";
import { folderOf, markOf, numberOf } from "./requests.ts";
import type { Thing } from "./truth.ts";

/** By what a write is known among all others, in the object that it made. */
export function marksIn({ kind }: Folder, thing: Thing | undefined): ReadonlySet<string> {
  const { annotations = {} } = (thing?.metadata ?? {}) as { annotations?: Readonly<Record<string, string>> };
  const marks = new Set<string>();
  for (const [key, value] of Object.entries(annotations))
    if (key === markKey || key.startsWith(`${markKey}-`)) marks.add(value);
  const spec = (thing?.spec ?? {}) as { replicas?: number; size?: number };
  const status = (thing?.status ?? {}) as { replicas?: number; size?: number; message?: string };
  if (kind === "Deployment") {
    if (spec.replicas !== undefined) marks.add(`spec ${spec.replicas}`);
    if (status.replicas !== undefined) marks.add(`status ${status.replicas}`);
  }
  if (kind === "Widget" && status.size !== undefined) marks.add(`status ${status.size}`);
  if (kind === "Pod" && status.message !== undefined) marks.add(`status ${status.message}`);
  return marks;
}

/** By what an operation's own write is known; undefined: only by what it does. */
export function markFor(operation: ApiOperation): string | undefined {
  const { command } = operation;
  const folder = folderOf(command);
  if (command.op === "scale") return `spec ${numberOf(operation)}`;
  if (command.op === "update" && command.part === "status") {
    return folder.kind === "Deployment" || folder.kind === "Widget"
      ? `status ${numberOf(operation)}`
      : `status ${markOf(operation)}`;
  }
  return ["create", "update", "patch", "apply", "bind"].includes(command.op) ? markOf(operation) : undefined;
}
