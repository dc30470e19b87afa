import type { Step } from "../../runtime/mod.ts";
import type { StoreData } from "./data.ts";
import { core } from "./raft/core.ts";
import type { RaftRequest } from "./raft/requests.ts";

/** Asks something of the own Raft. */
export function askRaft({ raft }: StoreData, body: RaftRequest, step: Step): void {
  core.step(raft, { from: raft.self, body }, step);
}
