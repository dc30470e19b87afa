import { compareResourceVersions } from "../api/resource_version.ts";
import type { Kind } from "./api_request.ts";

/** Where a mirror of one kind stands. */
export interface Mirror {
  readonly kind: { readonly group: string; readonly plural: string };
  version(): string;
  /** Whether it is kept up to date: one that was given up never shows anything more. */
  synced(): boolean;
}

/** A write that its writer's own mirror has yet to show. */
interface Unseen {
  readonly mirror: Mirror;
  readonly version: string;
  readonly untilMs: number;
}

/** An object of which the writer does not know what became of its write. */
export interface Doubt {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
}

/**
 * What a controller has written and not yet seen in its mirrors, by the key that it worked on. To plan from a mirror
 * that does not show one's last write is to do the same twice: a Deployment whose new ReplicaSet is not seen yet would
 * scale the old one beyond maxSurge. (Kubernetes' KEP-5647 adds the same to its controllers, after 1.34.)
 */
export interface OwnWrites {
  /** A write for that key was acknowledged with this version; kinds that are not mirrored are not waited for. */
  wrote(key: string, { kind, version }: { kind: Mirror["kind"]; version: string }, uptimeMs: number): void;
  /** Whether the mirrors show all that was written for the key, or it was waited for long enough. */
  seen(key: string, uptimeMs: number): boolean;
  /** The keys that are waited for and can go on now. */
  takeReady(uptimeMs: number): readonly string[];
  /** Notes that the key waits; `takeReady` will name it. */
  wait(key: string): void;
  /** A write for that key was not acknowledged: it may have been done, so the object has to be looked at. */
  doubt(key: string, object: Doubt): void;
  /** What has to be looked at before the key is planned for; undefined when nothing has. */
  doubtful(key: string): Doubt | undefined;
  /** What became of the object's write is known. */
  resolve(key: string, name: string): void;
  forget(key: string): void;
  clear(): void;
}

/** As long as for an expectation: then something is so wrong that acting on old data is the lesser evil. */
const waitMsMax = 300_000;

/** Makes the memory of one controller's writes; `mirrorOf` finds the mirror of a kind, when it has one now. */
export function createOwnWrites(mirrorOf: (kind: Mirror["kind"]) => Mirror | undefined): OwnWrites {
  const unseen = new Map<string, Unseen[]>();
  const waiting = new Set<string>();
  const doubts = new Map<string, Doubt[]>();

  function seen(key: string, uptimeMs: number): boolean {
    const left = unseen.get(key)?.filter((each) => uptimeMs < each.untilMs && !shows(each));
    if (left === undefined) return true;
    if (left.length > 0) unseen.set(key, left);
    else unseen.delete(key);
    return left.length === 0;
  }

  return {
    wrote(key, { kind, version }, uptimeMs) {
      const mirror = mirrorOf(kind);
      if (!mirror || version === "") return;
      const entry = { mirror, version, untilMs: uptimeMs + waitMsMax };
      // Of several writes to one kind the newest stands for all.
      const others = (unseen.get(key) ?? []).filter((each) => each.mirror !== mirror || isNewer(each, entry));
      if (others.some((each) => each.mirror === mirror)) return;
      unseen.set(key, [...others, entry]);
    },
    seen,
    wait: (key) => void waiting.add(key),
    takeReady(uptimeMs) {
      if (waiting.size === 0) return [];
      const ready = [...waiting].filter((key) => seen(key, uptimeMs));
      for (const key of ready) waiting.delete(key);
      return ready;
    },
    doubt(key, object) {
      const others = (doubts.get(key) ?? []).filter(({ name }) => name !== object.name);
      doubts.set(key, [...others, object]);
    },
    doubtful: (key) => doubts.get(key)?.[0],
    resolve(key, resolved) {
      const left = (doubts.get(key) ?? []).filter(({ name }) => name !== resolved);
      if (left.length > 0) doubts.set(key, left);
      else doubts.delete(key);
    },
    forget(key) {
      unseen.delete(key);
      waiting.delete(key);
      doubts.delete(key);
    },
    clear() {
      unseen.clear();
      waiting.clear();
      doubts.clear();
    },
  };
}

function shows({ mirror, version }: Unseen): boolean {
  if (!mirror.synced()) return true;
  return mirror.version() !== "" && compareResourceVersions(mirror.version(), version) >= 0;
}

function isNewer(a: Unseen, b: Unseen): boolean {
  return compareResourceVersions(a.version, b.version) > 0;
}
