import type { Step } from "../../../runtime/mod.ts";
import { type FieldError, forbidden } from "../../api/field_error.ts";
import { parseResourceVersion } from "../../api/resource_version.ts";
import { expired, invalidObject, type Status, tooLargeResourceVersion } from "../../api/status.ts";
import { askStore } from "../../client/store_client.ts";
import { failed, ok } from "../../kit/result.ts";
import { waitForRevision } from "../cache/feed.ts";
import { whenFresh } from "../cache/freshness.ts";
import { itemsUnder, itemsWith } from "../cache/resource_cache.ts";
import { type Selection, selectionOf, selects } from "../cache/selection.ts";
import { whenAllConverted, whenConverted } from "../conversion/when_converted.ts";
import { cacheOf, type Server } from "../server.ts";
import { storeStatus } from "../storage/guaranteed_update.ts";
import { type Item, itemOf } from "../storage/item.ts";
import { type Call, respondStatus } from "./call.ts";
import { decodeContinue, encodeContinue, type ListPosition } from "./continue_token.ts";
import { type Found, tooLargeRetrySeconds } from "./get.ts";
import { listIntegersError } from "./query.ts";
import { respondList } from "./respond_list.ts";

const inconsistentText =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
  "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
  "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
  "deleted between the time the first chunk was returned and now may show up in the list.";
const listExpiredText = "The resourceVersion for the provided list is too old.";

const options = { group: "meta.k8s.io", kind: "ListOptions" };

/** A list that is being made. */
export interface ListRequest {
  readonly selection: Selection;
  /** 0: no limit. */
  readonly limit: number;
}

/** What a list found. */
export interface Listed {
  readonly items: readonly Item[];
  readonly revision: number;
  /** The first key that was not looked at, when the limit was reached. */
  readonly next?: string;
  readonly remaining?: number;
}

/** Answers with a list. */
export function list(server: Server, call: Call, step: Step) {
  const { kind, namespace, name, query, request } = call;
  const indexedField = cacheOf(server, kind).index?.field;
  const selected = selectionOf({ kind, namespace, name, query, indexedField, openTo: request.openTo });
  if (!selected.ok) return respondStatus(call, step, selected.failure);
  const selection = selected.value;
  const wrong = listOptionsError(query);
  if (wrong) return respondStatus(call, step, wrong);
  // Checked by listOptionsError; less than nothing is no limit.
  const limit = Math.max(0, Number(query.limit ?? 0));
  const done: Found<Listed> = (listed, later) => {
    if (listed.ok) respondListed(call, later, { listed: listed.value, selection });
    else respondStatus(call, later, listed.failure);
  };
  readList(server, step, { selection, limit, query, done });
}

interface ListRead extends ListRequest {
  readonly query: Readonly<Record<string, string>>;
  readonly done: Found<Listed>;
}

/** Makes a list, from the cache or the store, as new as `resourceVersion`, `resourceVersionMatch` and `continue` say. */
export function readList(server: Server, step: Step, { selection, limit, query, done }: ListRead) {
  const token = query.continue ?? "";
  const asked = query.resourceVersion ?? "";
  const fromCache = (now: Step, limited = limit) =>
    whenAllConverted(server, now, {
      kind: selection.kind,
      items: () => itemsOf(server, selection),
      done: (failure, later) =>
        done(failure ? failed(failure) : ok(listFromCache(server, { selection, limit: limited })), later),
    });
  const fromStore = (now: Step, position?: ListPosition) => {
    listFromStore(server, now, {
      selection,
      limit,
      position: position ?? { revision: 0, key: selection.prefix },
      done,
    });
  };
  if (token !== "") {
    const position = decodeContinue(token, selection.prefix);
    return position.ok ? fromStore(step, position.value) : done(position, step);
  }
  if (asked === "") {
    return whenFresh(server, step, (fresh, later) => (fresh ? fromCache(later) : fromStore(later)));
  }
  const parsed = parseResourceVersion(asked);
  if (!parsed.ok) return done(failed(wrongVersion(parsed.failure)), step);
  const revision = parsed.value;
  if (query.resourceVersionMatch === "Exact") return fromStore(step, { revision, key: selection.prefix });
  waitForRevision(server.feed, step, {
    revision,
    certain: false,
    done: (reached, later) => {
      // Version 0 asks for all that is at hand, so the limit does not count.
      if (reached) fromCache(later, revision === 0 ? 0 : limit);
      else done(failed(tooLargeResourceVersion(revision, server.feed.revision, tooLargeRetrySeconds)), later);
    },
  });
}

/** What is wrong with a list's options. */
export function listOptionsError(query: Readonly<Record<string, string>>): Status | undefined {
  const { resourceVersion = "", resourceVersionMatch: match = "", continue: token = "" } = query;
  const forbid = (field: string, text: string) => invalidObject(options, "", [forbidden(field, text)]);
  const unreadable = listIntegersError(query);
  if (unreadable) return unreadable;
  if (query.sendInitialEvents !== undefined)
    return forbid("sendInitialEvents", "sendInitialEvents is forbidden for list");
  if (match !== "") {
    if (resourceVersion === "")
      return forbid("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
    if (token !== "")
      return forbid("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
    if (match !== "Exact" && match !== "NotOlderThan") {
      return invalidObject(options, "", [
        {
          type: "FieldValueNotSupported",
          field: "resourceVersionMatch",
          value: match,
          detail: 'supported values: "Exact", "NotOlderThan"',
        },
      ]);
    }
    if (match === "Exact" && resourceVersion === "0") {
      return forbid("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
    }
  }
  if (token !== "" && resourceVersion !== "" && resourceVersion !== "0") {
    return forbid("resourceVersion", "specifying resource version is not allowed when using continue");
  }
  const parsed = parseResourceVersion(resourceVersion);
  return parsed.ok ? undefined : wrongVersion(parsed.failure);
}

function wrongVersion(error: FieldError): Status {
  return invalidObject(options, "", [error]);
}

/** The items of the cache among which are those that a selection means. */
export function itemsOf(server: Server, { kind, key, indexed, prefix }: Selection): Iterable<Item> {
  const cache = cacheOf(server, kind);
  if (key === undefined) return indexed === undefined ? itemsUnder(cache, prefix) : itemsWith(cache, indexed, prefix);
  const item = cache.items.get(key);
  return item ? [item] : [];
}

function listFromCache(server: Server, { selection, limit }: ListRequest): Listed {
  const { revision } = server.feed;
  const items: Item[] = [];
  let remaining = 0;
  let next: string | undefined;
  for (const item of itemsOf(server, selection)) {
    if (next !== undefined) remaining++;
    else if (!selects(selection, item)) continue;
    else if (limit > 0 && items.length === limit) {
      next = item.key;
      remaining = 1;
    } else items.push(item);
  }
  return { items, revision, ...(next === undefined ? {} : { next, remaining }) };
}

interface StoreList extends ListRequest {
  readonly position: ListPosition;
  readonly done: Found<Listed>;
}

const storePageMax = 500;

function listFromStore(server: Server, step: Step, { selection, limit, position, done }: StoreList): void {
  const { prefix } = selection;
  const end = `${prefix.slice(0, -1)}0`;
  const items: Item[] = [];
  const page = (now: Step, { key, revision }: ListPosition) => {
    const pageLimit = limit > 0 ? Math.min(limit - items.length, storePageMax) : storePageMax;
    const at = revision > 0 ? { revision } : {};
    askStore(server.store, now, { type: "store.range", key, end, limit: pageLimit, ...at }, (answer, later) => {
      if (answer.type === "store.error") {
        if (answer.code === "compacted") return done(failed(compacted(position, prefix)), later);
        if (answer.code === "future")
          return done(failed(tooLargeResourceVersion(revision, server.feed.revision, tooLargeRetrySeconds)), later);
        return done(failed(storeStatus(answer)), later);
      }
      if (answer.type !== "store.range.ok") return;
      const shown = revision > 0 ? revision : answer.revision;
      const found = answer.kvs.map(itemOf);
      const take = (failure: Status | undefined, then: Step) => {
        if (failure) return done(failed(failure), then);
        for (const item of found) if (selects(selection, item)) items.push(item);
        const last = answer.kvs.at(-1);
        if (!answer.more || !last) return done(ok({ items, revision: shown }), then);
        const next = `${last.key}\0`;
        if (limit === 0 || items.length < limit) return page(then, { key: next, revision: shown });
        const remaining = Math.max(0, answer.count - answer.kvs.length);
        done(ok({ items, revision: shown, next, remaining }), then);
      };
      whenConverted(server, later, { kind: selection.kind, items: found, done: take });
    });
  };
  page(step, position);
}

function compacted({ key }: ListPosition, prefix: string): Status {
  if (key === prefix) return expired(listExpiredText);
  const status = expired(inconsistentText);
  const metadata = { continue: encodeContinue({ revision: -1, key }, prefix) } as Status["metadata"];
  return { ...status, metadata };
}

function respondListed(call: Call, step: Step, { listed, selection }: { listed: Listed; selection: Selection }): void {
  const { items, revision, next, remaining } = listed;
  // How many remain is only known when every object counts.
  const counts = !selection.labels && selection.fields.length === 0;
  const more =
    next === undefined
      ? {}
      : {
          continue: encodeContinue({ revision, key: next }, selection.prefix),
          ...(counts && remaining ? { remainingItemCount: remaining } : {}),
        };
  respondList(call, step, { items, metadata: { resourceVersion: String(revision), ...more } });
}
