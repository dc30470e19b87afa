import type { Address, Step } from "../../runtime/mod.ts";
import type { StoreClient } from "../client/store_client.ts";
import type { Asks } from "../kit/asks.ts";
import type { Listening } from "../kit/channel.ts";
import type { EtcdSocket } from "./messages.ts";
import type { MethodPath } from "./protocol/methods.ts";
import type { MessageName, Received } from "./protocol/schema.ts";

/** A call that is under way. */
export interface Call {
  readonly id: number;
  readonly method: MethodPath;
  /** The watches of a call of the method Watch. */
  readonly watch: WatchCall | undefined;
  /** Of what the client has said, how much has no answer yet. */
  waiting: number;
  /** The client has nothing more to say: when all is answered, the call is over. */
  isHalf: boolean;
}

/** What the front knows. */
export interface FrontData {
  readonly store: StoreClient;
  readonly asks: Asks<Step>;
  readonly cluster: string;
  readonly socket: EtcdSocket | undefined;
  readonly calls: Map<number, Call>;
  /** By the names that the store knows them by. */
  readonly watches: Map<number, FrontWatch>;
  lastWatch: number;
  /** What the store last said of its term and its newest revision. */
  term: number;
  revision: number;
  /** What is to be looked at again when the timer `look` comes. */
  readonly looks: ((step: Step) => void)[];
  /** Where it listens; 0 until it does. */
  port: number;
}

/** The watches of one call. */
export interface WatchCall {
  /** By the numbers that the client knows them by. */
  readonly byId: Map<number, FrontWatch>;
  lastId: number;
  /** Who asked how far all of it is has yet to be told, when these watches have told it. */
  readonly progress: Set<FrontWatch>;
}

/** A watch of a client. It outlives the replica that it is at: it goes on elsewhere, from where it is. */
export interface FrontWatch {
  readonly call: Call;
  readonly id: number;
  readonly asked: Received<"WatchCreateRequest">;
  /** The name that the store knows it by; of each opening another one. */
  name: number;
  replica: Address;
  heard: Listening;
  /** Everything up to here was told. */
  revision: number;
  isOpen: boolean;
  /** Its client knows that there is one, however often it has had to be opened for that. */
  isTold: boolean;
  toldAtMs: number;
}

/** Serves what a client says on a call. */
export type Serve<Name extends MessageName> = (
  data: FrontData,
  said: { readonly call: Call; readonly message: Received<Name> },
  step: Step,
) => void;

/** The front in a step. */
export interface At {
  readonly data: FrontData;
  readonly step: Step;
}
