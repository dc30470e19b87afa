import type { KubeObject } from "../../../actors/api/types.ts";
import type { Kind } from "../../../actors/client/api_request.ts";
import type { Loop } from "../../../actors/controllers/loop.ts";
import type { ModelChange, ModelObject } from "../../suites/model/messages.ts";

/** One control loop, what it works for, what others do meanwhile, and what must hold whatever happens first. */
export interface LoopPlay {
  readonly loop: Loop;
  /** What is there before it begins; the first is what it works for. */
  readonly objects: readonly Made[];
  /** What others do sooner or later, such as another loop whose work it needs. Default: nothing. */
  work?(view: PlayView): readonly Move[];
  /** What others may do now, as often as the bounds allow. */
  moves(view: PlayView): readonly Move[];
  /** What is wrong; `isAtRest`: nothing is under way any more, and nobody waits but for what takes minutes. */
  judge(view: PlayView, isAtRest: boolean): string | undefined;
}

/** An object, and of which kind it is. */
export interface Made {
  readonly kind: Kind;
  readonly object: KubeObject;
}

/** What somebody else does: a merge patch of an object (of its status, when it says so), or its deletion. */
export interface Move {
  /** Says what it is; of all that may happen at a time each has its own. */
  readonly name: string;
  readonly kind: Kind;
  readonly object: ModelObject;
  /** Absent: the object is deleted. */
  readonly patch?: object;
  readonly isStatus?: boolean;
}

/** What a play may look at. */
export interface PlayView {
  /** What there is now of a resource, the oldest first. */
  of(resource: string): readonly ModelObject[];
  /** All that happened to objects of a resource, the oldest first. */
  changesOf(resource: string): readonly ModelChange[];
}

/** Who the loop is, in `by` of changes. */
export const loopAddress = "loop";

/** Whether a pod counts: it has not ended, and is not being deleted. */
export function isActive({ status, metadata }: ModelObject): boolean {
  return status?.phase !== "Succeeded" && status?.phase !== "Failed" && metadata.deletionTimestamp === undefined;
}
