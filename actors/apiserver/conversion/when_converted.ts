import type { Step } from "../../../runtime/mod.ts";
import { groupVersionOf, type KindDefinition } from "../../api/kind.ts";
import type { Status } from "../../api/status.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import { ok, type Result } from "../../kit/result.ts";
import type { Server } from "../server.ts";
import { type Item, isConverted, readObject, shownManagersOf } from "../storage/item.ts";
import { convertObjects } from "./convert_objects.ts";

/** Items that somebody is about to look at in a version of their kind. */
export interface Showing {
  readonly kind: KindDefinition;
  readonly items: Iterable<Item>;
  /** They can be, or why not. */
  readonly done: (failure: Status | undefined, step: Step) => void;
}

/** Items that somebody is about to look at, found anew after each question to a webhook. */
export interface ShowingAll extends Omit<Showing, "items"> {
  readonly items: () => Iterable<Item>;
}

/** As `whenConverted`; what came while a webhook was asked is converted, too. */
export function whenAllConverted(server: Server, step: Step, { kind, items, done }: ShowingAll) {
  if (kind.conversion?.webhook === undefined) return done(undefined, step);
  const again: Waiting = (failure, now) => {
    if (failure) return done(failure, now);
    const found = [...items()];
    if (found.every((item) => isConverted(kind, item))) return done(undefined, now);
    whenConverted(server, now, { kind, items: found, done: again });
  };
  again(undefined, step);
}

type Waiting = (failure: Status | undefined, step: Step) => void;
/** Who waits for an item that is being converted, by the version that it is converted to. */
const underWay = new WeakMap<Item, Map<KindDefinition, Waiting[]>>();

/**
 * Goes on when items can be shown in a version of their kind: at once, but for those whose definition has a webhook that
 * converts and that are stored in another version. What the webhook has made of an item is kept as long as the item.
 */
export function whenConverted(server: Server, step: Step, { kind, items, done }: Showing) {
  if (kind.conversion?.webhook === undefined) return done(undefined, step);
  const missing = [...items].filter((item) => !isConverted(kind, item));
  if (missing.length === 0) return done(undefined, step);
  let left = missing.length;
  const one: Waiting = (failure, later) => {
    if (left <= 0) return;
    left = failure ? 0 : left - 1;
    if (left === 0) done(failure, later);
  };
  const mine = missing.filter((item) => isFirst(item, kind, one));
  if (mine.length > 0) convertItems(server, step, { kind, items: mine });
}

/** Waits for an item; says whether nobody has asked for it yet. */
function isFirst(item: Item, kind: KindDefinition, one: Waiting): boolean {
  const waits = underWay.get(item) ?? new Map<KindDefinition, Waiting[]>();
  underWay.set(item, waits);
  const waiting = waits.get(kind);
  if (waiting) waiting.push(one);
  else waits.set(kind, [one]);
  return waiting === undefined;
}

function convertItems(server: Server, step: Step, { kind, items }: { kind: KindDefinition; items: readonly Item[] }) {
  convertObjects(server, step, {
    kind,
    objects: items.map((item) => sourceOf(kind, item)),
    apiVersion: groupVersionOf(kind),
    done: (converted, later) => {
      for (const [index, item] of items.entries()) {
        if (converted.ok) keep(item, kind, converted.value[index] as Frozen<KubeObject>);
        const waits = underWay.get(item);
        const waiting = waits?.get(kind) ?? [];
        waits?.delete(kind);
        for (const one of waiting) one(converted.ok ? undefined : converted.failure, later);
      }
    },
  });
}

/** What a webhook is shown of an item: what is read in the version in which it is stored. */
function sourceOf(kind: KindDefinition, item: Item): Frozen<KubeObject> {
  const source = withoutVersion(readObject(kind, item));
  const managedFields = shownManagersOf(item);
  return managedFields === undefined ? source : { ...source, metadata: { ...source.metadata, managedFields } };
}

function withoutVersion(object: Frozen<KubeObject>): Frozen<KubeObject> {
  const { resourceVersion: _version, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function keep(item: Item, kind: KindDefinition, made: Frozen<KubeObject>): void {
  const { managedFields: _managers, ...metadata } = made.metadata;
  item.converted ??= new WeakMap();
  item.converted.set(kind, { ...made, metadata: { ...metadata, resourceVersion: String(item.revision) } });
}

/** An object that is to be stored. */
export interface Storing {
  readonly kind: KindDefinition;
  readonly object: Frozen<KubeObject>;
  readonly done: (stored: Result<Frozen<KubeObject>, Status>, step: Step) => void;
}

/** The object in the version in which it is stored, at once where no webhook makes it. */
export function whenStorable(server: Server, step: Step, { kind, object, done }: Storing) {
  const { storageVersion, conversion } = kind;
  if (conversion?.webhook === undefined || storageVersion.apiVersion === object.apiVersion) {
    return done(ok(kind.toStorage(object)), step);
  }
  convertObjects(server, step, {
    kind,
    objects: [withoutVersion(object)],
    apiVersion: storageVersion.apiVersion,
    done: (made, later) => done(made.ok ? ok(made.value[0] as Frozen<KubeObject>) : made, later),
  });
}
