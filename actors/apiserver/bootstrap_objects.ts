import type { Step } from "../../runtime/mod.ts";
import { type KindDefinition, storageKey } from "../api/kind.ts";
import { registry } from "../api/registry.ts";
import { formatTime } from "../api/time.ts";
import type { Frozen, KubeObject } from "../api/types.ts";
import { askStore } from "../client/store_client.ts";
import type { Compare, Operation } from "../store/messages.ts";
import { localServices } from "./aggregation/local_services.ts";
import { defaultsAreStored } from "./authorization/_rights.ts";
import { policyWith } from "./authorization/defaults/gated_policy.ts";
import { reconciled } from "./authorization/defaults/reconcile.ts";
import { waitForRevision } from "./cache/feed.ts";
import { defaultLevels, defaultSchemas } from "./fairness/defaults.ts";
import type { ApiServerInput } from "./messages.ts";
import { uuid } from "./requests/uid.ts";
import { servedAlways } from "./served.ts";
import { cacheOf, type Server } from "./server.ts";
import { encodeChanged, encodeForStore, objectOf } from "./storage/item.ts";

/** What is written in templates where a time comes. */
const time = "{time}";

/** One default object that is not as it ought to be, and what is written for it. */
interface Write {
  readonly key: string;
  readonly revision: number;
  readonly text: string;
}

/** As many operations etcd takes in one transaction. */
const writesMax = 120;

/**
 * Sees that the objects are stored that every cluster has, in as few transactions as can be: roles, bindings,
 * APIServices and what says which requests come first that are missing are made, roles and bindings that lack something are given it. Calls `done` when that is so, or could not be done now.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation
 */
export function bootstrapObjects(server: Server, done: (ok: boolean, step: Step) => void, step: Step): void {
  const writes = templates(server.input).flatMap((template) => writeFor(server, template, step));
  writeNext(server, { writes, done, revision: server.feed.revision }, step);
}

/** A default object as it is stored, but for its identity and when it was made: the texts between those. */
interface Template {
  /** How what is stored already is completed; undefined where it is good as it is. */
  readonly complete: (stored: Frozen<KubeObject>) => KubeObject | undefined;
  readonly kind: KindDefinition;
  readonly key: string;
  readonly beforeUid: string;
  /** What comes behind the uid, with times between. */
  readonly texts: readonly string[];
}

/** The texts of all, by the features that are on: no server makes them twice. */
const made = new Map<string, readonly Template[]>();

function templates(input: Pick<ApiServerInput, "featureGates">): readonly Template[] {
  const { featureGates = [] } = input;
  const known = made.get(featureGates.join());
  if (known) return known;
  // What is only made where it is missing: whoever has changed it has done so on purpose.
  const madeOnce: readonly KubeObject[] = [
    ...localServices(servedAlways(input), time),
    ...defaultLevels,
    ...defaultSchemas,
  ];
  const all = [
    ...policyWith(featureGates).map((wanted) => templateOf(wanted, (stored) => reconciled(wanted, stored))),
    ...madeOnce.map((wanted) => templateOf(wanted, () => undefined)),
  ];
  made.set(featureGates.join(), all);
  return all;
}

function templateOf(wanted: KubeObject, complete: Template["complete"]): Template {
  const kind = registry.kinds.find(
    (each) => each.kind === wanted.kind && each.storageVersion.apiVersion === wanted.apiVersion,
  );
  if (!kind) throw new Error(`Cannot store the default ${wanted.kind} "${wanted.metadata.name}": no such kind`);
  const uid = "{uid}";
  const metadata = { ...wanted.metadata, uid, creationTimestamp: time };
  const [beforeUid = "", rest = ""] = encodeForStore({ ...wanted, metadata } as KubeObject, "").split(uid);
  return { complete, kind, key: storageKey(kind, wanted.metadata), beforeUid, texts: rest.split(time) };
}

function writeFor(server: Server, { complete, kind, key, beforeUid, texts }: Template, step: Step): Write[] {
  const item = cacheOf(server, kind).items.get(key);
  if (item) {
    const object = complete(objectOf(item));
    return object ? [{ key, revision: item.revision, text: encodeChanged(object, item) }] : [];
  }
  return [{ key, revision: 0, text: `${beforeUid}${uuid(step)}${texts.join(formatTime(step.nowMs))}` }];
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
        done: (_reached, last) => bootstrapObjects(server, done, last),
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
