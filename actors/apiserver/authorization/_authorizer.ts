import type { User } from "../messages.ts";
import type { Rights } from "./_rights.ts";

/** Somebody wants to do something to a resource. */
export interface ResourceAttributes {
  readonly user: User;
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `pods/status`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** For those who want several objects: which, as the request says it. Default: all of them. */
  readonly fieldSelector?: string;
}

/** Somebody wants to read a path that names no resource. */
export interface PathAttributes {
  readonly user: User;
  readonly verb: string;
  readonly path: string;
}

/** What one authorizer says; who has no opinion leaves it to the next, and what nobody allows is denied. */
export type Decision = "allow" | "deny" | "no opinion";

/** A decision, and why; empty: it goes without saying. */
export interface Opinion {
  readonly decision: Decision;
  readonly reason: string;
}

/** All that somebody may do in a namespace, as one authorizer knows it. */
export interface KnownRules {
  readonly resourceRules: readonly object[];
  readonly nonResourceRules: readonly object[];
  /** Whether there may be more. */
  readonly incomplete: boolean;
  /** What went wrong; empty: nothing. */
  readonly error: string;
}

/** One of those who say what may be done. */
export interface Authorizer {
  readonly name: string;
  /** Who has the lower place is asked first. */
  readonly place: number;
  /** Default: no opinion. */
  readonly onResource?: (attributes: ResourceAttributes, rights: Rights) => Opinion;
  /** Default: no opinion. */
  readonly onPath?: (attributes: PathAttributes, rights: Rights) => Opinion;
  /** Default: it cannot tell. */
  readonly rulesFor?: (user: User, namespace: string, rights: Rights) => KnownRules | undefined;
}

/** It goes without saying. */
export const allowed: Opinion = { decision: "allow", reason: "" };

/** Somebody else may know. */
export function noOpinion(reason: string): Opinion {
  return { decision: "no opinion", reason };
}
