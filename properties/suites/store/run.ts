import type { StoreInput } from "../../../actors/store/messages.ts";
import type { SuiteRun } from "../../engine/suite.ts";

/** A run of store replicas alone, with clients and watchers, as data. */
export interface StoreRun extends SuiteRun {
  readonly suite: "store";
  /** How many replicas the group is founded by. */
  readonly stores: number;
  /** How many more there are, with empty disks, who may be taken in. */
  readonly spares: number;
  readonly clients: number;
  readonly workload: readonly StoreCommand[];
  readonly watchers: readonly StoreWatcher[];
  /** So little that clients, some of whose values are long, fill it. Default: as much as they want. */
  readonly quotaBytes?: number;
  readonly timings: Required<Pick<StoreInput, "heartbeatMs" | "electionMs" | "snapshotEntries">> &
    Pick<StoreInput, "snapshotPartLength">;
}

/** What a watcher wants to know. */
export interface StoreWatcher {
  /** One key; absent: all. */
  readonly key?: number;
  /** From this revision on, which need not be there yet. */
  readonly revision: number;
  /** Whether it wants to know what each change replaced. */
  readonly previous: boolean;
}

/** What a client does next, when it has heard, or given up, about what it did before. */
export type StoreCommand = StoreDeed & {
  readonly client: number;
  /** How long it waits before. */
  readonly afterMs: number;
  /** Which replica it asks. */
  readonly to: number;
};

/** A deed of a client; keys and leases by their number, revisions by how far they are behind what it has seen. */
export type StoreDeed =
  | { readonly op: "get"; readonly key: number; readonly stale?: true }
  | { readonly op: "list"; readonly limit: number; readonly back: number; readonly stale?: true }
  | { readonly op: "put"; readonly key: number; readonly lease?: number; readonly previous?: true }
  | { readonly op: "delete"; readonly key: number; readonly all?: true }
  /** Writes two keys if the first one is as it was last seen; else reads all. */
  | { readonly op: "swap"; readonly key: number; readonly other: number }
  | { readonly op: "grant"; readonly lease: number; readonly ttlSeconds: number }
  | { readonly op: "renew" | "revoke"; readonly lease: number }
  | { readonly op: "compact"; readonly back: number }
  | { readonly op: "add" | "promote" | "remove" | "transfer"; readonly replica: number };

/** A command in words. */
export function describeStoreCommand(command: StoreCommand): string {
  const { client, afterMs, to, op, ...what } = command;
  const details = Object.entries(what).map(([name, value]) => `${name} ${value}`);
  return `client ${client} after ${afterMs} ms at store/${to}: ${[op, ...details].join(" ")}`;
}
