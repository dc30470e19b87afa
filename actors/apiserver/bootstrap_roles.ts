import type { Step } from "../../runtime/mod.ts";
import { type KindDefinition, storageKey } from "../api/kind.ts";
import { registry } from "../api/registry.ts";
import { formatTime } from "../api/time.ts";
import type { KubeObject } from "../api/types.ts";
import type { Compare, Operation } from "../store/messages.ts";
import { defaultsAreStored } from "./authorization/_rights.ts";
import { defaultPolicy } from "./authorization/defaults/default_policy.ts";
import { reconciled } from "./authorization/defaults/reconcile.ts";
import type { DefaultObject } from "./authorization/defaults/rule.ts";
import { waitForRevision } from "./cache/feed.ts";
import { uuid } from "./requests/uid.ts";
import { cacheOf, type Server } from "./server.ts";
import { encodeChanged, encodeForStore, objectOf } from "./storage/item.ts";
import { askStore } from "./storage/store_client.ts";

/** One default object that is not as it ought to be, and what is written for it. */
interface Write {
  readonly key: string;
  readonly revision: number;
  readonly text: string;
}

/** As many operations etcd takes in one transaction. */
const writesMax = 120;

/**
 * Sees that the roles and bindings are stored that every cluster has, in as few transactions as can be: those that are
 * missing are made, those that lack something are given it. Calls `done` when that is so, or could not be done now.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation
 */
export function bootstrapRoles(server: Server, done: (ok: boolean, step: Step) => void, step: Step): void {
  const writes = templates().flatMap((template) => writeFor(server, template, step));
  writeNext(server, { writes, done, revision: server.feed.revision }, step);
}

/** A default object as it is stored, but for its identity and when it was made: the texts between those. */
interface Template {
  readonly wanted: DefaultObject;
  readonly kind: KindDefinition;
  readonly key: string;
  readonly texts: readonly [beforeUid: string, beforeTime: string, rest: string];
}

/** The texts of all, which no server makes twice. */
let made: readonly Template[] | undefined;

function templates(): readonly Template[] {
  made ??= defaultPolicy.map(templateOf);
  return made;
}

function templateOf(wanted: DefaultObject): Template {
  const kind = registry.kinds.find(
    (each) => each.kind === wanted.kind && each.storageVersion.apiVersion === wanted.apiVersion,
  );
  if (!kind) throw new Error(`Cannot store the default ${wanted.kind} "${wanted.metadata.name}": no such kind`);
  const [uid, time] = ["{uid}", "{time}"];
  const metadata = { ...wanted.metadata, uid, creationTimestamp: time };
  const text = encodeForStore({ ...wanted, metadata } as KubeObject, "");
  const [beforeUid = "", more = ""] = text.split(uid);
  const [beforeTime = "", rest = ""] = more.split(time);
  return { wanted, kind, key: storageKey(kind, wanted.metadata), texts: [beforeUid, beforeTime, rest] };
}

function writeFor(server: Server, { wanted, kind, key, texts }: Template, step: Step): Write[] {
  const item = cacheOf(server, kind).items.get(key);
  if (item) {
    const object = reconciled(wanted, objectOf(item));
    return object ? [{ key, revision: item.revision, text: encodeChanged(object, item) }] : [];
  }
  const [beforeUid, beforeTime, rest] = texts;
  return [{ key, revision: 0, text: `${beforeUid}${uuid(step)}${beforeTime}${formatTime(step.nowMs)}${rest}` }];
}

interface Writing {
  readonly writes: readonly Write[];
  readonly done: (ok: boolean, step: Step) => void;
  /** As of when all that was written so far can be seen. */
  readonly revision: number;
}

function writeNext(server: Server, { writes, done, revision }: Writing, step: Step) {
  const now = writes.slice(0, writesMax);
  if (now.length === 0) return seeThem(server, { done, revision }, step);
  const compare = now.map(
    (write): Compare => ({ key: write.key, target: "mod", result: "equal", value: write.revision }),
  );
  const success = now.map(({ key, text }): Operation => ({ op: "put", key, value: text }));
  askStore(server.store, step, { type: "store.txn", compare, success, failure: [] }, (answer, later) => {
    if (answer.type !== "store.txn.ok") return done(false, later);
    // Another server was faster, or somebody has changed one of them: it is all looked at anew.
    if (!answer.succeeded) {
      return waitForRevision(server.feed, later, {
        revision: answer.revision,
        certain: true,
        done: (_reached, last) => bootstrapRoles(server, done, last),
      });
    }
    writeNext(server, { writes: writes.slice(writesMax), done, revision: answer.revision }, later);
  });
}

/** What is written counts from when this server sees it. */
function seeThem(server: Server, { done, revision }: Omit<Writing, "writes">, step: Step): void {
  waitForRevision(server.feed, step, {
    revision,
    certain: true,
    done: (reached, later) => {
      if (reached) defaultsAreStored(server.rights);
      done(reached, later);
    },
  });
}
