import type { Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import { selectionOf } from "../cache/selection.ts";
import { cacheOf, type Server } from "../server.ts";
import type { Item } from "../storage/item.ts";
import { objectOf } from "../storage/item.ts";
import { type Call, respondStatus } from "./call.ts";
import { removeObject, warnOfOrphans } from "./delete.ts";
import { deleteOptionsOf } from "./delete_options.ts";
import { readList } from "./list.ts";
import { listIntegersError } from "./query.ts";
import { respondList } from "./respond_list.ts";

const workersMax = 16;

/** Deletes all objects that a selection means; some of them at a time. */
export function removeCollection(server: Server, call: Call, step: Step) {
  const { kind, namespace, query } = call;
  const unreadable = listIntegersError(query);
  if (unreadable) return respondStatus(call, step, unreadable);
  const indexedField = cacheOf(server, kind).index?.field;
  const selected = selectionOf({ kind, namespace, name: "", query, indexedField });
  if (!selected.ok) return respondStatus(call, step, selected.failure);
  const read = deleteOptionsOf(call);
  if (!read.ok) return respondStatus(call, step, read.failure);
  const options = read.value;
  warnOfOrphans(call, options);
  readList(server, step, {
    selection: selected.value,
    limit: 0,
    query: {},
    done: (found, later) => {
      if (!found.ok) return respondStatus(call, later, found.failure);
      const listed = found.value;
      removeAll(listed.items, later, {
        one: (item, now, done) => {
          const { name } = objectOf(item).metadata;
          removeObject(server, call, now, {
            key: item.key,
            name,
            cached: item,
            options,
            done: (outcome, when) =>
              done(outcome.ok || outcome.failure.code === 404 ? undefined : outcome.failure, when),
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
