import type { User } from "../messages.ts";

/** Somebody wants to do something to a resource. */
export interface ResourceAttributes {
  readonly user: User;
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `pods/status`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Somebody wants to read a path that names no resource. */
export interface PathAttributes {
  readonly user: User;
  readonly verb: string;
  readonly path: string;
}

/** What one authorizer says; who has no opinion leaves it to the next, and what nobody allows is denied. */
export type Decision = "allow" | "deny" | "no opinion";

/** One of those who say what may be done. */
export interface Authorizer {
  readonly name: string;
  /** Who has the lower place is asked first. */
  readonly place: number;
  /** Default: no opinion. */
  readonly onResource?: (attributes: ResourceAttributes) => Decision;
  /** Default: no opinion. */
  readonly onPath?: (attributes: PathAttributes) => Decision;
}
