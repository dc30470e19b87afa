import type { ActorCard, Address } from "../core/actor.ts";
import { allPermissions, inherit, ownPermissions, type Permissions } from "../core/permissions.ts";
import type { ChildSpec } from "./child_spec.ts";

/** An actor as its supervisor knows it: what outlives its lives, and how its present life stands. */
export interface Member {
  readonly address: Address;
  /** Empty for a root. */
  readonly parent: Address;
  readonly spec: ChildSpec;
  readonly definition: ActorCard;
  readonly permissions: Permissions;
  /** In the order of their start. */
  readonly children: Set<Address>;
  /** Whom to tell when its present life is over. */
  readonly monitors: Set<Address>;
  /** Its restarts of late. */
  readonly restartsAtMs: number[];
  /** What its parent wants started in its place once it is gone. */
  readonly successors: ChildSpec[];
  state: "starting" | "running" | "paused" | "restarting";
  /** The number of its present life, or of the next one while it has none: it only grows. */
  incarnation: number;
  /** A life of it has been begun and is not over. */
  isLive: boolean;
  /** Whether its host has said that its first life may begin. */
  isReady: boolean;
  /** A fault keeps it from starting. */
  isHeldDown: boolean;
  /** Whose turn it is to stop when it was told to: however it ends now, it is not restarted. */
  stopping: "its children" | "itself" | undefined;
  /** Why its last life ended. */
  lastEnd: string | undefined;
}

/** All actors of a host as their supervisors know them. Nothing but `supervise` changes it. */
export interface Tree {
  readonly definitions: ReadonlyMap<string, ActorCard>;
  /** In the order of their start. */
  readonly members: Map<Address, Member>;
  /** How many lives were led at addresses where nobody lives now: whoever comes there next goes on counting. */
  readonly livesLed: Map<Address, number>;
}

/** Makes a tree in which nobody lives yet; child specs name these definitions. */
export function createTree(definitions: readonly ActorCard[]): Tree {
  return {
    definitions: new Map(definitions.map((definition) => [definition.kind, definition])),
    members: new Map(),
    livesLed: new Map(),
  };
}

/**
 * Adds a member that has not begun to live.
 *
 * @throws Error when its address is taken, its kind unknown, or when it asks for more than its parent may do
 */
export function addMember(tree: Tree, spec: ChildSpec, parent: Member | undefined): Member {
  const { definitions, members, livesLed } = tree;
  const address = addressOf(spec, parent);
  if (members.has(address)) throw new Error(`Cannot start actor "${address}": its address is taken`);
  const definition = definitions.get(spec.kind);
  if (!definition) throw new Error(`Cannot start actor "${address}": the cast has no actor of kind "${spec.kind}"`);
  const asked = ownPermissions(spec.permissions ?? definition.permissions, address);
  const member: Member = {
    address,
    parent: parent?.address ?? "",
    spec,
    definition,
    permissions: inherit(parent?.permissions ?? allPermissions, asked, address),
    children: new Set(),
    monitors: new Set(),
    restartsAtMs: [],
    successors: [],
    state: "starting",
    incarnation: livesLed.get(address) ?? 0,
    isLive: false,
    isReady: false,
    isHeldDown: false,
    stopping: undefined,
    lastEnd: undefined,
  };
  members.set(address, member);
  parent?.children.add(address);
  return member;
}

/** Where such a child of that parent lives. */
export function addressOf({ name, address }: ChildSpec, parent: Member | undefined): Address {
  if (address !== undefined) return address;
  return parent ? `${parent.address}/${name}` : name;
}

/** Takes out a member whose life is over. */
export function removeMember({ members, livesLed }: Tree, { address, parent, incarnation }: Member): void {
  members.delete(address);
  livesLed.set(address, incarnation);
  members.get(parent)?.children.delete(address);
}

/** A member's children, the last one started first: the order in which they end. */
export function childrenOf({ members }: Tree, { children }: Member): Member[] {
  return [...children].reverse().flatMap((address) => members.get(address) ?? []);
}
