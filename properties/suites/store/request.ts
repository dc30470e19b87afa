import type { StoreRequest } from "../../../actors/store/messages.ts";
import type { Address } from "../../../runtime/mod.ts";
import type { StoreClientData } from "./client.ts";
import type { StoreCommand } from "./run.ts";

/** Where the keys of all clients are. */
export const allKeys = { key: "k/", end: "k0" } as const;

/** A key by its number. */
export function keyOf(number: number): string {
  return `${allKeys.key}${number}`;
}

type Knowledge = Pick<StoreClientData, "seen" | "revision" | "leases" | "begun" | "members" | "fills">;

/** What a client asks for, as far as it knows: its values, and the leases that it is granted, are nobody else's. */
export function requestOf(command: StoreCommand, known: Knowledge, self: Address): StoreRequest {
  const { revision, leases, members } = known;
  const behind = (back: number) => Math.max(1, revision - back);
  switch (command.op) {
    case "get":
      return { type: "store.range", key: keyOf(command.key), ...staleness(command) };
    case "list": {
      const { limit, back } = command;
      const at = back > 0 ? { revision: behind(back) } : {};
      return { type: "store.range", ...allKeys, ...(limit > 0 ? { limit } : {}), ...at, ...staleness(command) };
    }
    case "grant": {
      const id = `${Number(self.replace(/\D/g, "")) * 1_000 + known.begun}`;
      leases.set(command.lease, id);
      return { type: "store.lease", action: "grant", id, ttlSeconds: command.ttlSeconds };
    }
    case "renew":
    case "revoke":
      return { type: "store.lease", action: command.op, id: leases.get(command.lease) ?? "7" };
    case "compact":
      return { type: "store.compact", revision: behind(command.back) };
    case "add":
    case "promote":
    case "remove":
    case "transfer":
      return { type: "store.member", action: command.op, id: members[command.replica % members.length] ?? "" };
    default:
      return transactionOf(command, known, self);
  }
}

function staleness({ stale }: { readonly stale?: true }) {
  return stale ? { serializable: true } : {};
}

/** By so much values are longer, once or twice, of who fills a store. */
const paddingLength = 400;

type Writing = StoreCommand & { readonly op: "put" | "delete" | "swap" };

function transactionOf(command: Writing, { seen, leases, begun, fills }: Knowledge, self: Address): StoreRequest {
  const key = keyOf(command.key);
  const value = `${self}-${begun}${fills ? "-".repeat(paddingLength * (begun % 3)) : ""}`;
  const always = (...success: Extract<StoreRequest, { type: "store.txn" }>["success"]): StoreRequest => ({
    ...{ type: "store.txn", compare: [], success, failure: [] },
  });
  switch (command.op) {
    case "put": {
      const lease = command.lease === undefined ? undefined : leases.get(command.lease);
      const bound = { ...(lease === undefined ? {} : { lease }), ...(command.previous ? { previous: true } : {}) };
      return always({ op: "put", key, value, ...bound });
    }
    case "delete":
      return always(command.all ? { op: "delete", ...allKeys } : { op: "delete", key });
    case "swap": {
      const other = keyOf(command.other);
      const puts = [...new Set([key, other])].map((each) => ({ op: "put" as const, key: each, value }));
      return {
        type: "store.txn",
        compare: [{ key, target: "mod", result: "equal", value: seen.get(key) ?? 0 }],
        success: puts,
        failure: [{ op: "range", ...allKeys }],
      };
    }
  }
}
