import { registry } from "../../actors/api/registry.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

interface Whole extends KubeObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly observedGeneration?: number };
}

/** Kinds whose spec and status some request of theirs writes at once: a binding, a node's own report. */
const writtenAtOnce: ReadonlySet<string> = new Set(["Pod"]);

/**
 * What no write may do to an object, whoever makes it: give it another uid or time of birth, call off its deletion,
 * count its generations wrongly, or write its status with its spec.
 */
export const objectsChangeLawfully: Invariant = {
  name: "objects change lawfully",
  watch: () => ({
    commit({ key, object, previous }) {
      if (!object || !previous) return undefined;
      const why = lawless(previous as Frozen<Whole>, object as Frozen<Whole>);
      return why && `${key}: ${why}`;
    },
  }),
};

/** What is wrong with that change; undefined when nothing is. */
export function lawless(before: Frozen<Whole>, after: Frozen<Whole>): string | undefined {
  const [old, now] = [before.metadata, after.metadata];
  if (old.uid !== now.uid) return `its uid was ${old.uid} and is ${now.uid}`;
  if (old.creationTimestamp !== now.creationTimestamp) return "it was made at another time than it was";
  if (old.deletionTimestamp !== undefined && now.deletionTimestamp === undefined) return "its deletion was called off";
  const { observedGeneration = 0 } = after.status ?? {};
  if (now.generation !== undefined && observedGeneration > now.generation) {
    return `generation ${observedGeneration} was observed of ${now.generation}`;
  }
  const hasNewSpec = !jsonEqual(before.spec, after.spec);
  return generationError(before, after, hasNewSpec) ?? (hasNewSpec ? doubleWrite(before, after) : undefined);
}

function generationError(before: Frozen<Whole>, after: Frozen<Whole>, hasNewSpec: boolean): string | undefined {
  const [was, is] = [before.metadata.generation, after.metadata.generation];
  if (was === undefined && is === undefined) return undefined;
  const isMarked = before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined;
  // What has no spec counts whatever it has; where a pod goes is none of its generations.
  const isCounted = hasNewSpec && before.spec?.nodeName === after.spec?.nodeName;
  const mayGrow = hasNewSpec || isMarked || after.spec === undefined;
  if ((is === was && !isCounted) || (mayGrow && is === (was ?? 0) + 1)) return undefined;
  return `its generation was ${was} and is ${is}, its spec ${hasNewSpec ? "changed" : "did not change"}`;
}

function doubleWrite(before: Frozen<Whole>, after: Frozen<Whole>): string | undefined {
  const kind = registry.byKind({ ...groupVersionOf(after), kind: after.kind ?? "" });
  if (!kind?.hasStatus || writtenAtOnce.has(kind.kind) || jsonEqual(before.status, after.status)) return undefined;
  return "its spec and its status were written at once";
}

function groupVersionOf({ apiVersion = "" }: Frozen<KubeObject>) {
  const slash = apiVersion.indexOf("/");
  return { group: slash < 0 ? "" : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}
