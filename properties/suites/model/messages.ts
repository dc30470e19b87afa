import type { Fields } from "../../../actors/api/types.ts";
import type { ImageBehaviour } from "../../../actors/cri/messages.ts";

/** An object as a modelled API keeps it. */
export interface ModelObject extends Fields {
  readonly metadata: ModelMetadata;
  readonly spec?: Fields;
  readonly status?: Fields;
}

/** What a modelled API knows of objects' metadata. */
export interface ModelMetadata extends Fields {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly deletionTimestamp?: string;
}

/** What users do to the API at a time, by themselves: it comes to pass, whatever happens to others. */
export type ModelDeed = { readonly atMs: number; readonly resource: string } & (
  | { readonly op: "put"; readonly object: Fields & { readonly metadata: Fields & { readonly name: string } } }
  /** By a merge patch; nothing where there is no such object. */
  | { readonly op: "merge"; readonly namespace?: string; readonly name: string; readonly patch: Fields }
  | {
      readonly op: "remove";
      readonly namespace?: string;
      readonly name: string;
      readonly force?: boolean;
      /** How long it is given to end. Default: as its kind says. */
      readonly graceSeconds?: number;
    }
);

/** What everybody can miss: watches are closed, or what they could be taken up from is forgotten, too. */
export interface ModelLapse {
  readonly atMs: number;
  readonly op: "close" | "forget";
}

/** A request that is answered by an error: the `nth` write of that sort, carried out all the same or not. */
export interface ModelRefusal {
  readonly verb: "create" | "delete" | "patch" | "update";
  readonly resource: string;
  readonly nth: number;
  readonly code: 409 | 429 | 500;
  readonly isDone: boolean;
}

/** The input of a modelled API. */
export interface ModelApiInput {
  readonly deeds: readonly ModelDeed[];
  readonly lapses: readonly ModelLapse[];
  /** Default: none. */
  readonly refusals?: readonly ModelRefusal[];
  /** How long a pod that has a node takes to end. Default: kubelets end pods, each in its own time. */
  readonly endMs?: number;
  /** Who gives pods a node, and plays what they do there. Default: nobody does. */
  readonly played?: PlayedNodes;
  /** Whether somebody collects the pods of nodes that are gone. Default: they end as if somebody did. */
  readonly isCollected?: true;
}

/** Nodes that are nothing but objects, and how images behave on them. */
export interface PlayedNodes {
  readonly nodes: readonly string[];
  readonly images: Readonly<Record<string, ImageBehaviour>>;
}

/** What a modelled scheduler or kubelet does to a pod after a while. */
export interface PodTurn {
  readonly atMs: number;
  readonly key: string;
  readonly uid: string;
  readonly turn: "bind" | "start" | "ready" | "exit" | "end" | "collect" | "orphan";
}

/** One change, in the order of versions. */
export interface ModelChange {
  readonly version: number;
  readonly atMs: number;
  readonly resource: string;
  readonly key: string;
  /** Absent: it was deleted. */
  readonly object?: ModelObject;
  readonly previous?: ModelObject;
  /** Who wrote it; absent: a user, or a modelled kubelet. */
  readonly by?: string;
}
