import type { Fields } from "../../../actors/api/types.ts";
import type { ApiRequest } from "../../../actors/apiserver/messages.ts";
import type { Address } from "../../../runtime/mod.ts";
import type { Reading, SeenObject, WatchReading } from "../../workload/readings.ts";
import type { Folder } from "./folders.ts";
import type { ApiCommand } from "./run.ts";
import { type Thing, textOf } from "./truth.ts";

/** The input of a client. */
export interface ApiClientInput {
  /** From 1. */
  readonly client: number;
  readonly servers: readonly Address[];
  readonly commands: readonly ApiCommand[];
  readonly patienceMs: number;
}

/** What a client asked, and what it was told. */
export interface ApiOperation {
  readonly client: number;
  /** Which of the client's commands it was, from 1. */
  readonly begun: number;
  readonly command: ApiCommand;
  readonly request: ApiRequest;
  readonly callMs: number;
  /** Undefined: nobody knows what came of it, and it may still come. */
  readonly answer: ApiAnswer | undefined;
  readonly returnMs: number;
}

/** An answer, its body decoded. */
export interface ApiAnswer {
  readonly code: number;
  readonly body: Fields;
}

/** What a client read, and where. */
export interface FolderReading {
  readonly folder: Folder;
  readonly reading: Reading;
}

/** What a client knows, and what it did; checks read it. */
export interface ApiClientData extends ApiClientInput {
  readonly operations: ApiOperation[];
  readonly readings: FolderReading[];
  /** Of each list of all that there is, which came in pages, its pages. */
  readonly pages: (readonly Page[])[];
  readonly seen: Map<string, Thing>;
  readonly versions: Map<string, number[]>;
  readonly watches: Map<number, OpenWatch>;
  begun: number;
  asked: Asked | undefined;
}

/** A watch that is told of. */
export interface OpenWatch {
  readonly server: Address;
  readonly reading: WatchReading;
  sequence: number;
  /** When its server last showed that it lives. */
  heardMs: number;
}

/** What it waits for. */
export interface Asked {
  readonly command: ApiCommand;
  readonly request: ApiRequest;
  readonly to: Address;
  readonly callMs: number;
  /** Of a list that comes in pages: those that came. */
  readonly pages: readonly Page[];
}

/** One page of a list. */
export interface Page {
  readonly version: number;
  readonly items: readonly SeenObject[];
  /** How many are still to come, where it says so. */
  readonly remaining: number | undefined;
}

/** What of an object readers look at: pods are selected by their nodes, all else by a label. */
export function seenObject({ kind }: Folder, object: Thing): SeenObject {
  const {
    name,
    resourceVersion = "0",
    labels,
  } = object.metadata as {
    name: string;
    resourceVersion?: string;
    labels?: { tier?: string };
  };
  const { nodeName = "" } = (object.spec ?? {}) as { nodeName?: string };
  const tier = kind === "Pod" ? nodeName : labels?.tier;
  return { name, version: Number(resourceVersion), tier, data: textOf(object) };
}
