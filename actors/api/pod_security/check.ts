import type { Container, Frozen, PodSpec } from "../types.ts";

/** A pod, or what pods are made from. */
export interface Checked {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Frozen<PodSpec>;
}

/** What a level forbids, in few words and in more. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** One of the rules of a level. */
export interface Check {
  /** Its name among Kubernetes' checks, which come in the order of their names. */
  readonly id: string;
  /** Since which minor version it holds. Default: always. */
  readonly since?: number;
  /** The check of the level below that says less of the same. */
  readonly overrides?: string;
  /** `minor` is the version that is asked for. */
  of(pod: Checked, minor: number): Violation | undefined;
}

type Security = NonNullable<Frozen<Container>["securityContext"]>;

/** All containers of a pod, in the order in which they are told. */
export function containersOf({ initContainers = [], containers, ephemeralContainers = [] }: Frozen<PodSpec>) {
  return [...initContainers, ...containers, ...ephemeralContainers] as readonly Frozen<Container>[];
}

/** The names of those containers whose settings are so. */
export function containersWhere({ spec }: Checked, isSo: (security: Security) => boolean): string[] {
  return containersOf(spec)
    .filter(({ securityContext = {} }) => isSo(securityContext))
    .map(({ name }) => name);
}

/** `"a", "b"`. */
export function quoted(names: Iterable<string>): string {
  return [...names].map((name) => JSON.stringify(name)).join(", ");
}

/** A word for one thing or for several. */
export function word(singular: string, count: number, plural = `${singular}s`): string {
  return count === 1 ? singular : plural;
}

/** `container "a"`, `containers "a", "b"`. */
export function containersText(names: readonly string[]): string {
  return `${word("container", names.length)} ${quoted(names)}`;
}

/** Who has set something: the pod, some containers, or both. */
export function settersText(isPod: boolean, names: readonly string[]): string {
  return [...(isPod ? ["pod"] : []), ...(names.length > 0 ? [containersText(names)] : [])].join(" and ");
}

/** Names once each, in order. */
export function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
