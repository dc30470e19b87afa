import type { Address } from "../core/actor.ts";
import type { Random } from "../core/random.ts";
import type { LinkParameters } from "./who.ts";

/** A stream of messages that tell what changed, and the types that carry it. */
export interface Stream {
  readonly from: readonly Address[];
  readonly to: readonly Address[];
  readonly types: readonly string[];
}

/** Where faults can strike: what a campaign or a stage says of its actors, for the kinds to draw from. */
export interface Places {
  /** Who may crash or stand still. */
  readonly actors: readonly Address[];
  /** Whose clock may be wrong. */
  readonly clocks: readonly Address[];
  /** Who writes to a disk. */
  readonly disks: readonly Address[];
  /** Between whom a network is: some of `from` with some of `to`, or with everybody where there is no `to`. */
  readonly links: { readonly from: readonly Address[]; readonly to?: readonly Address[] };
  /** Who bears copies and disorder on the way to whom; others talk over connections. Absent: nobody. */
  readonly datagrams?: { readonly from: readonly Address[]; readonly to: readonly Address[] };
  readonly streams: readonly Stream[];
  /** Who answers as a provider of computers, and the names of those that it may lose. Absent: nobody. */
  readonly clouds?: readonly { readonly cloud: Address; readonly instances: readonly string[] }[];
}

const endsMax = 3;

/** One of these, or nothing where there is none. */
export function oneOf<T>(choices: readonly T[], random: Random): T | undefined {
  return choices[random.int(choices.length)];
}

/** A whole number between two bounds, both included. */
export function between(min: number, max: number, random: Random): number {
  return min + random.int(max - min + 1);
}

/** The short times more often than the long ones: each order of magnitude up to `max` is as likely as the next. */
export function upTo(max: number, random: Random): number {
  return Math.max(1, Math.round(max ** random.float()));
}

/** From one to three of these. */
export function someOf<T>(choices: readonly T[], random: Random): readonly T[] {
  const rest = [...choices];
  const count = between(1, Math.min(endsMax, choices.length), random);
  return Array.from({ length: count }, () => rest.splice(random.int(rest.length), 1)).flat();
}

/** A link, with one end or the other, or both, kept small. */
export function drawLink({ links }: Places, random: Random): LinkParameters | undefined {
  if (links.from.length === 0) return undefined;
  const from = someOf(links.from, random);
  const isWide = random.int(2) === 0;
  const to = isWide ? (links.to ?? ["*"]) : someOf(links.to ?? links.from, random);
  return { from, to, oneWay: random.int(2) === 0 };
}
