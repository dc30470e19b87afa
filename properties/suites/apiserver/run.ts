import type { SuiteRun } from "../../engine/suite.ts";
import type { ListMatch } from "../../workload/readings.ts";

/** A run of API servers over a store, with clients and no cluster around them, as data. */
export interface ApiServerRun extends SuiteRun {
  readonly suite: "apiserver";
  readonly servers: number;
  readonly stores: number;
  readonly clients: number;
  /** The last client may only look at maps. Default: everybody may do everything. */
  readonly guest?: true;
  /** How the guest's rights are taken, and given again. Default: they stay as they are. */
  readonly rights?: readonly RightsChange[];
  /** What webhooks are asked about maps of their own. Default: there are none. */
  readonly hooks?: HooksOfRun;
  readonly workload: readonly ApiCommand[];
  /** How many changes a server keeps for watchers that come back. */
  readonly watchEventsMax: number;
  /** After so long history is forgotten. */
  readonly compactionMs: number;
  /** The last part of Services' range, in bits: so few addresses that they meet. */
  readonly serviceBits: number;
  /** Names that servers make up are drawn of so few letters that they meet. Default: of all. */
  readonly letters?: number;
  /** So long clients wait for an answer; what they asked for may still be done. */
  readonly patienceMs: number;
}

/** The guest is bound to its role or is not any more, or the role has rules or none. */
export interface RightsChange {
  readonly atMs: number;
  readonly what: "binding" | "role";
  readonly isGiven: boolean;
  /** Which server is asked. */
  readonly to: number;
}

/** How two webhooks, one that changes and one that judges, do what they are there for. */
export interface HooksOfRun {
  /** What becomes of a request when one of them cannot be asked. */
  readonly failurePolicy: "Fail" | "Ignore";
  /** When their server is not as it should be. */
  readonly spells: readonly {
    readonly atMs: number;
    readonly forMs: number;
    readonly how: "away" | "silent" | "broken" | "slow";
  }[];
}

/** What a client does next, when it has heard, or given up, about what it did before. */
export type ApiCommand = ApiDeed & {
  readonly client: number;
  /** How long it waits before. */
  readonly afterMs: number;
  /** Which server it asks. */
  readonly to: number;
};

/** Objects of a kind in a namespace, by what runs call them: see `folders.ts`. */
export type FolderName = "maps" | "counted" | "hooked" | "deployments" | "pods" | "services" | "widgets";

/** What decides whether a write is done at all. */
export type Condition = "none" | "version" | "uid";

/** A deed of a client; objects by their number, versions by how far they are behind what it has seen. */
export type ApiDeed =
  | {
      readonly op: "create";
      readonly folder: FolderName;
      readonly nth: number;
      /** The server makes the name. */
      readonly generate?: true;
      readonly finalizer?: true;
      readonly dry?: true;
      /** Whoever makes it does not look at what came of it: what it saw before of that name is another object. */
      readonly blind?: true;
    }
  | {
      readonly op: "update";
      readonly folder: FolderName;
      readonly nth: number;
      readonly condition: Condition;
      readonly part: "object" | "status";
      /** What becomes of the finalizers. */
      readonly finalizers: "keep" | "drop" | "add";
      readonly dry?: true;
    }
  | {
      readonly op: "patch";
      readonly folder: FolderName;
      readonly nth: number;
      readonly how: "merge" | "json" | "strategic";
      readonly condition: Condition;
      /** Whether it takes away a field as well. */
      readonly takes: boolean;
      readonly dry?: true;
    }
  /** Server-side apply of a map, with a field of its own, perhaps a second one, perhaps one that others want, too. */
  | {
      readonly op: "apply";
      readonly nth: number;
      readonly extra: boolean;
      readonly shared: boolean;
      readonly force: boolean;
      readonly dry?: true;
    }
  | { readonly op: "scale"; readonly nth: number; readonly condition: Condition; readonly dry?: true }
  | {
      readonly op: "delete";
      readonly folder: FolderName;
      readonly nth: number;
      readonly condition: Condition;
      readonly propagation?: "Foreground" | "Orphan" | "Background";
      readonly seconds?: number;
      readonly dry?: true;
    }
  | { readonly op: "deleteAll"; readonly folder: FolderName; readonly tier?: string; readonly dry?: true }
  | {
      readonly op: "bind";
      readonly nth: number;
      readonly node: number;
      readonly condition: "none" | "uid";
      readonly dry?: true;
    }
  | { readonly op: "evict"; readonly nth: number; readonly dry?: true }
  | { readonly op: "get"; readonly folder: FolderName; readonly nth: number; readonly any?: true }
  | {
      readonly op: "list";
      readonly folder: FolderName;
      readonly match: ListMatch;
      readonly back: number;
      readonly limit: number;
      readonly tier?: string;
    }
  | {
      readonly op: "watch";
      readonly folder: FolderName;
      readonly back: number;
      /** All that there is comes first. */
      readonly initial: boolean;
      /** It is over after so long, with a bookmark. Default: it outlives the run. */
      readonly seconds?: number;
      readonly tier?: string;
    };

/** A command in words. */
export function describeApiCommand(command: ApiCommand): string {
  const { client, afterMs, to, op, ...what } = command;
  const details = Object.entries(what).map(([name, value]) => `${name} ${value}`);
  return `client ${client} after ${afterMs} ms at apiserver/${to}: ${[op, ...details].join(" ")}`;
}
