import type { Address, Step } from "../../../runtime/mod.ts";
import { type Asks, createAsks } from "../../kit/asks.ts";
import type { EtcdEndpoint, OutsideInput } from "./messages.ts";

/** A watch that somebody has here, and etcd there. */
export interface OutsideWatch {
  readonly id: number;
  readonly watcher: Address;
  readonly watch: number;
  /** Whom to tell that it is open; 0 once that is said. */
  ask: number;
  /** The number of its last message. */
  sequence: number;
  /** All up to here was delivered. */
  revision: number;
}

/** What a store that is an etcd outside keeps: who watches, and nothing of what is stored. */
export interface OutsideData {
  readonly endpoint: EtcdEndpoint;
  readonly asks: Asks<Step>;
  /** By the numbers that etcd knows them by. */
  readonly watches: Map<number, OutsideWatch>;
  lastWatch: number;
  /** Whether etcd answers, as far as is known. */
  isReached: boolean;
  term: number;
  revision: number;
  /** A mark is on its way, by which a watcher hears how far it is. */
  isMarking: boolean;
}

/** Begins with nobody who watches. */
export function createOutside({ endpoint }: OutsideInput): OutsideData {
  return {
    ...{ endpoint, asks: createAsks<Step>(), watches: new Map(), lastWatch: 0 },
    ...{ isReached: false, term: 0, revision: 0, isMarking: false },
  };
}
