import type { Step } from "../../../runtime/mod.ts";
import { storageKey } from "../../api/kind.ts";
import { conflict, notFound } from "../../api/status.ts";
import { thaw } from "../../api/types.ts";
import { cacheOf, type Server } from "../server.ts";
import { guaranteedUpdate } from "../storage/guaranteed_update.ts";
import { checkName, readObject } from "./body.ts";
import { type Call, groupResource, isDryRun, respondItem, respondStatus, whenShown } from "./call.ts";
import { createObject } from "./create.ts";
import type { Asking } from "./owners.ts";
import { existing, type Part, updateChange } from "./write_object.ts";

/** So often an update that may create finds that the object has come since it was looked at. */
const looksMax = 5;

/** Replaces an object, or one part of it. */
export function update(server: Server, call: Call, step: Step, part: Part = "object") {
  updateAt({ server, call }, { part, look: 1 }, step);
}

interface Look {
  readonly part: Part;
  /** Which it is, from 1. */
  readonly look: number;
}

function updateAt(asked: Omit<Asking, "step">, { part, look }: Look, step: Step) {
  const { server, call } = asked;
  const { kind, namespace, name } = call;
  const read = readObject(call);
  if (!read.ok) return respondStatus(call, step, read.failure);
  const draft = read.value;
  const wrong = checkName(call, draft);
  if (wrong) return respondStatus(call, step, wrong);
  const key = storageKey(kind, { namespace, name });
  const resource = groupResource(call);
  let absent = false;
  const warned = call.warnings.length;
  guaranteedUpdate(server.store, step, {
    key,
    resource,
    name,
    cached: cacheOf(server, kind).items.get(key),
    dryRun: isDryRun(call),
    decide: (current, decided, now) => {
      const { item } = current;
      absent = item === undefined;
      // Tried again from new: only the last try's warnings are the answer's.
      call.warnings.length = warned;
      if (!item) return decided({ do: "refuse", status: notFound(resource, name) }, now);
      whenShown(call, now, {
        item,
        refuse: (status, later) => decided({ do: "refuse", status }, later),
        go: (later) => {
          const old = existing(call, item);
          updateChange(server, call, later, { draft: thaw(draft), old, item, part, current, decided });
        },
      });
    },
    done: (outcome, later) => {
      if (outcome.ok) return respondItem(call, later, { item: outcome.value.item });
      if (!absent || !kind.allowCreateOnUpdate || part !== "object") return respondStatus(call, later, outcome.failure);
      // Who names a version, or an identity, means an object that is gone.
      const { resourceVersion = "", uid } = draft.metadata;
      if (uid || (resourceVersion !== "" && resourceVersion !== "0")) {
        return respondStatus(call, later, uid ? conflict(resource, name) : outcome.failure);
      }
      createObject(server, call, later, {
        draft,
        done: (created, now) => {
          if (created.ok) respondItem(call, now, { item: created.value.item, code: 201 });
          // Who comes second replaces what the first has made, as in Kubernetes.
          else if (created.failure.reason === "AlreadyExists" && look < looksMax)
            updateAt(asked, { part, look: look + 1 }, now);
          else respondStatus(call, now, created.failure);
        },
      });
    },
  });
}
