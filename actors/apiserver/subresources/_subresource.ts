import type { Step } from "../../../runtime/mod.ts";
import type { KindDefinition, Verb } from "../../api/kind.ts";
import type { Call } from "../requests/call.ts";
import type { Server } from "../server.ts";

/** A kind as discovery names it. */
export interface NamedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A part of an object, or a thing to do with it, that has a path of its own. */
export interface Subresource {
  /** The last segment of its path. */
  readonly name: string;
  /** Whether objects of a kind have it. */
  isOf(kind: KindDefinition): boolean;
  /** In the order of the alphabet, as discovery lists them. */
  readonly verbs: readonly Verb[];
  /** What a body that is sent to it, and an answer, is. Default: the object's own kind. */
  readonly responseKind?: NamedKind;
  /**
   * For one that is a stream between the client and a kubelet: it has no body to be read, and is not under way as other
   * requests are. `protocols` are those of the WebSockets that it is served over.
   */
  readonly stream?: { readonly protocols: readonly string[] };
  /** Carries out one of the verbs. */
  serve(server: Server, call: Call, step: Step): void;
}

/** Whether a kind is that of pods. */
export function isPod({ group, plural }: KindDefinition): boolean {
  return group === "" && plural === "pods";
}

/** Whether a kind's own definition says that it has a part. */
export function hasPart(name: string): Subresource["isOf"] {
  return (kind) => kind.subresources.some((each) => each.name === name);
}
