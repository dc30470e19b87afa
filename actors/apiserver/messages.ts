import type { Address, Message } from "../../runtime/mod.ts";
import type { FeatureGates } from "../api/feature_gates.ts";
import type { Status } from "../api/status.ts";
import type { Frozen } from "../api/types.ts";
import type { Route } from "../network/routes.ts";
import type { AuditPolicy } from "./audit/policy.ts";
import type { EncryptionRules } from "./encryption/configuration.ts";

/** Somebody who asks. The server finds out who it is: nobody says so of themselves. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  /** Tells it from a namesake. Default: nothing does. */
  readonly uid?: string;
  /** What else is known of it, by names that are domains' own. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection" | "options";

/**
 * A request to the API: the same whether it came over HTTPS or from a component. Bodies and objects are encoded JSON
 * texts. It is answered with an `ApiResponse`; a watch that was opened is followed by `api.watch` messages.
 */
export interface ApiRequest extends Message {
  readonly type: "api.request";
  readonly verb: Verb;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, lower case: `pods`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** Whom to act as, if not as oneself, which is for those alone who may: what HTTP has `Impersonate-User` for. */
  readonly impersonate?: User;
  /** Query parameters as in a URL: labelSelector, fieldSelector, limit, continue, resourceVersion, dryRun, ... */
  readonly query?: Readonly<Record<string, string>>;
  /**
   * For lists and watches of components: only objects that a controller of this kind has, or none has. Clients of HTTP
   * cannot say it, as on a real server. Default: whosever they are.
   */
  readonly openTo?: string;
  /** All that `dryRun` is, where it is several things. */
  readonly dryRun?: readonly string[];
  readonly body?: string;
  /**
   * Objects are answered and watched as they are stored, with who owns their fields in one packed text, which `decode`
   * drops; a list comes in pieces. Default: clients are shown entries.
   */
  readonly managedFields?: "packed";
  /** The program that asks, as it names itself. Default: none. */
  readonly agent?: string;
  /** What a body that came as YAML said twice, in the words of its reader; its JSON says it once. */
  readonly repeatedKeys?: readonly string[];
  /** For patches: which kind the body is. */
  readonly contentType?:
    | "application/json"
    | "application/json-patch+json"
    | "application/merge-patch+json"
    | "application/strategic-merge-patch+json"
    | "application/apply-patch+yaml";
  /** For watches: the requester's own name for the stream. */
  readonly watch?: number;
}

/** The answer: an HTTP status code and an encoded object, list or Status. */
export interface ApiResponse {
  readonly type: "api.response";
  readonly code: number;
  readonly body: string;
  /**
   * What the server says of the request itself: why it failed and after how many seconds to come back
   * (`details.retryAfterSeconds`), or that a delete is done. `body` is its text then; where it is absent the body is
   * the client's own, whatever that looks like.
   */
  readonly status?: Frozen<Status>;
  /**
   * Of a long list that a component asked for: the texts of its items, and `body` is the list without them. One text
   * of that length may be more than a thread has room for, and the engine then ends the process, not the thread.
   */
  readonly items?: readonly string[];
  /** `body` is in the form that an HTTP client asked for already, a character for each byte. */
  readonly encoded?: true;
  /** Warnings, as the Warning header carries them. */
  readonly warnings?: readonly string[];
  /** Default `application/json`; a pod's log is `text/plain`. */
  readonly contentType?: string;
}

/** One change as a watch tells it; the object is encoded once for all watchers. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: string;
}

/** A piece of a watch. `sequence` counts from 1 without gaps; a watcher that sees a gap watches again. */
export interface WatchPiece {
  readonly watch: number;
  readonly sequence: number;
  /** Absent where it only says which piece was the last. */
  readonly events?: readonly WatchEvent[];
}

/**
 * Pieces of a component's watches. Every few seconds one message with the last number of each of them shows that
 * the streams live and lets lost last pieces be seen.
 */
export interface ApiWatchEvents extends Message {
  readonly type: "api.watch";
  readonly pieces: readonly WatchPiece[];
}

/** The stream is over (time is up, the server ends, the watcher was too slow): watch again from the last version. */
export interface ApiWatchClosed extends Message {
  readonly type: "api.watch.closed";
  readonly watch: number;
}

/** Ends a watch. */
export interface ApiUnwatch extends Message {
  readonly type: "api.unwatch";
  readonly watch: number;
}

/** All that an API server takes from components. */
export type ApiServerRequest = ApiRequest | ApiUnwatch;
/** All that an API server sends to components beside replies. */
export type ApiServerMessage = ApiWatchEvents | ApiWatchClosed;

/** Who sits at an address. */
export interface KnownAddress {
  /** An address in which `*` stands for one part: `kubelet/*`. */
  readonly address: string;
  /** A `*` in the name is what the last one in the address stands for: `system:node:*`. */
  readonly user: User;
  /** As whom it lists and watches: informers that are shared are their process's own. Default: `user`. */
  readonly reader?: User;
}

/** The input of an API server. */
export interface ApiServerInput {
  readonly stores: readonly Address[];
  /** Who sends requests by message, the first that fits; whoever is not among them is anonymous. Default: nobody is. */
  readonly components?: readonly KnownAddress[];
  /** Nodes of the control plane: their kubelets say that they are, where elsewhere an installer does. Default: none. */
  readonly controlPlanes?: readonly string[];
  /** Absent in simulation: components reach it by message. */
  readonly https?: {
    readonly host: string;
    readonly port: number;
    readonly key: string;
    readonly cert: string;
    readonly clientCa: string;
    /** What it shows to those whom it passes requests on to, and who signed that. Default: it shows nothing. */
    readonly frontProxy?: { readonly cert: string; readonly key: string; readonly ca: string };
  };
  /** The name of its machine: by a Lease, it says that it is there. Default: it does not say so. */
  readonly hostname?: string;
  /** Where pods reach this server, through the Service `kubernetes`. Default: they do not. */
  readonly advertise?: { readonly ip: string; readonly port: number };
  /** Where the computers of pods are: with it, who comes from there is answered at `advertise`. Default: nobody is. */
  readonly routes?: readonly Route[];
  /** Which computer passes on what is for addresses in no node's range: those of real pods. Default: nobody has such. */
  readonly wayToRealPods?: Address;
  /** What is written down of requests, line by line, through the device `audit`. Default: nothing. */
  readonly audit?: AuditPolicy;
  /** What no journal writes down. */
  readonly secrets?: {
    /** How what it stores is sealed. Default: it is not. */
    readonly encryption?: EncryptionRules;
  };
  /** Who signs tokens, as they say. Default: the name of the API's own Service in the cluster. */
  readonly issuer?: string;
  /** Users by the bearer tokens that they show. Default: there are none. */
  readonly tokens?: Readonly<Record<string, User>>;
  /** From which address range Services are given theirs: one, or one of each family, as in `10.96.0.0/16,fd00:10:96::/112`. Default 10.96.0.0/16. */
  readonly serviceCidr?: string;
  /** From which ports Services of type NodePort are given theirs. Default 30000 to 32767, both included. */
  readonly nodePorts?: { readonly first: number; readonly last: number };
  /** After so long the store's history before the last such time is forgotten. Default five minutes. */
  readonly compactionMs?: number;
  /** How many changes of a kind are kept for watchers that come back; who missed more lists again. Default 2,048. */
  readonly watchEventsMax?: number;
  /** Where the kubelet of a node is: this, and the node's name. Default: none can be reached. */
  readonly kubelets?: string;
  /** Its controller managers, who can be asked how their loops are doing. Default: none can be reached. */
  readonly managers?: readonly Address[];
  /** What its worker's heap may grow to: what clients can make large has shares of it. Default 256 MiB. */
  readonly heapBytes?: number;
  /** Features that are on though Kubernetes has them off. Default: none. */
  readonly featureGates?: FeatureGates;
  /** How long Events are kept that nobody writes any more. Default an hour. */
  readonly eventTtlSeconds?: number;
  /** What all Events together may take: the oldest go first. Default: no limit. */
  readonly eventsBytesMax?: number;
}
