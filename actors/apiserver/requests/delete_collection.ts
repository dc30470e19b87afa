import type { Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import { selectionOf } from "../cache/selection.ts";
import { cacheOf, type Server } from "../server.ts";
import type { Item } from "../storage/item.ts";
import { objectOf } from "../storage/item.ts";
import { type Call, isFailed, respondList, respondStatus } from "./call.ts";
import { removeObject } from "./delete.ts";
import { deleteOptionsOf } from "./delete_options.ts";
import { readList } from "./list.ts";
import { listIntegersError } from "./query.ts";

const workersMax = 16;

/** Deletes all objects that a selection means; some of them at a time. */
export function removeCollection(server: Server, call: Call, step: Step) {
  const { kind, namespace, query } = call;
  const unreadable = listIntegersError(query);
  if (unreadable) return respondStatus(call, step, unreadable);
  const indexedField = cacheOf(server, kind).index?.field;
  const selection = selectionOf({ kind, namespace, name: "", query, indexedField });
  if (isFailed(selection)) return respondStatus(call, step, selection);
  const options = deleteOptionsOf(call);
  if (isFailed(options)) return respondStatus(call, step, options);
  readList(server, step, {
    selection,
    limit: 0,
    query: {},
    done: (listed, later) => {
      if (isFailed(listed)) return respondStatus(call, later, listed);
      removeAll(listed.items, later, {
        one: (item, now, done) => {
          const { name } = objectOf(item).metadata;
          removeObject(server, call, now, {
            key: item.key,
            name,
            cached: item,
            options,
            done: (outcome, when) => done(outcome.ok || outcome.status.code === 404 ? undefined : outcome.status, when),
          });
        },
        all: (failure, now) => {
          if (failure) return respondStatus(call, now, failure);
          const metadata = { resourceVersion: String(listed.revision) };
          respondList(call, now, { items: listed.items, metadata });
        },
      });
    },
  });
}

interface Work {
  readonly one: (item: Item, step: Step, done: (failure: Status | undefined, step: Step) => void) => void;
  readonly all: (failure: Status | undefined, step: Step) => void;
}

function removeAll(items: readonly Item[], step: Step, { one, all }: Work) {
  if (items.length === 0) return all(undefined, step);
  let [next, left] = [0, items.length];
  let failure: Status | undefined;
  const take = (now: Step) => {
    const item = items[next++];
    if (!item) return;
    one(item, now, (failed, later) => {
      failure ??= failed;
      if (--left === 0) all(failure, later);
      else take(later);
    });
  };
  for (let worker = 0; worker < Math.min(workersMax, items.length); worker++) take(step);
}
