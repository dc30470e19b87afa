import type { NodeUsage } from "../../kubelet/messages.ts";

/** What kubelets have said lately of the use of their nodes. */
export type KnownUsage = Map<string, { readonly atUptimeMs: number; readonly usage: NodeUsage }>;
