import { decode } from "../../actors/api/codec.ts";
import { isStoredText } from "../../actors/api/stored_text.ts";
import type { Frozen, KubeObject } from "../../actors/api/types.ts";
import { withResourceVersion } from "../../actors/apiserver/storage/item.ts";
import { changesAt, type Keyspace } from "../../actors/store/keyspace/keyspace.ts";
import type { KeyValue, StoreEvent } from "../../actors/store/messages.ts";
import { type Simulation, simulationStartMs } from "../../runtime/hosts/simulation/simulation.ts";
import type { RunDefinition } from "./run_definition.ts";

/** One change that the store has committed, in the order of revisions. */
export interface Commit {
  readonly revision: number;
  readonly key: string;
  /** Undefined when the key was deleted. */
  readonly object: Frozen<KubeObject> | undefined;
  /** What it replaced. */
  readonly previous: Frozen<KubeObject> | undefined;
  readonly atMs: number;
}

/** What checks see: the run, and the state that the store has committed so far, whoever knows of it yet. */
export interface World {
  readonly definition: RunDefinition;
  readonly simulation: Simulation;
  /** What time it was when the run began. */
  readonly startMs: number;
  /** The newest committed revision. */
  revision(): number;
  get<T extends KubeObject>(key: string): Frozen<T> | undefined;
  /** All objects whose key begins so, in order of first creation: `/registry/pods/`. */
  list<T extends KubeObject>(prefix: string): Frozen<T>[];
  /** The revision that last changed a key; 0 when it is not there. */
  modRevision(key: string): number;
  /** Takes in what a store replica has applied; calls back for each commit. */
  follow(keyspace: Pick<Keyspace, "revision" | "changes" | "changesFirst">, onCommit: (commit: Commit) => void): void;
}

const registryPrefix = "/registry/";

/** Parts of keys above folders: `services`, and groups that come before their plural. */
const roots = ["/registry/services/", "/registry/apiregistration.k8s.io/"];

/** `/registry/pods/ns/name` is in `/registry/pods/`, `/registry/services/specs/ns/name` in `/registry/services/specs/`. */
function folderName(key: string): string {
  const root = roots.find((each) => key.startsWith(each)) ?? registryPrefix;
  return key.slice(0, key.indexOf("/", root.length) + 1);
}

/** What servers store of objects they have with its version: whose text is the same is decoded once. */
export function objectIn({ value, modRevision }: KeyValue): Partial<Frozen<KubeObject>> | undefined {
  if (!value.startsWith("{")) return undefined;
  return decode(isStoredText(value) ? withResourceVersion(value, modRevision) : value);
}

/** Makes a world in which nothing was committed yet. */
export function createWorld(definition: RunDefinition, simulation: Simulation): World {
  const folders = new Map<string, Map<string, { object: Frozen<KubeObject>; modRevision: number }>>();
  let revision = 1;

  function folderOf(key: string) {
    const name = folderName(key);
    let folder = folders.get(name);
    if (!folder) {
      folder = new Map();
      folders.set(name, folder);
    }
    return folder;
  }

  function take({ type, kv }: StoreEvent): Commit {
    const folder = folderOf(kv.key);
    const previous = folder.get(kv.key)?.object;
    const value = type === "put" ? objectIn(kv) : undefined;
    // API servers also keep there what is no object: which addresses are given.
    const object = value?.metadata ? (value as Frozen<KubeObject>) : undefined;
    if (object) folder.set(kv.key, { object, modRevision: kv.modRevision });
    else folder.delete(kv.key);
    return { revision: kv.modRevision, key: kv.key, object, previous, atMs: simulation.uptimeMs() };
  }

  return {
    definition,
    simulation,
    startMs: definition.startMs ?? simulationStartMs,
    revision: () => revision,
    get: <T extends KubeObject>(key: string) => folderOf(key).get(key)?.object as Frozen<T> | undefined,
    list: <T extends KubeObject>(prefix: string) =>
      [...(folders.get(prefix)?.values() ?? [])].map(({ object }) => object as Frozen<T>),
    modRevision: (key) => folderOf(key).get(key)?.modRevision ?? 0,
    follow(keyspace, onCommit) {
      while (revision < keyspace.revision) {
        revision++;
        for (const event of changesAt(keyspace, revision)) {
          // What is not the cluster's is nobody's business here: probes have keys of their own.
          if (event.kv.key.startsWith(registryPrefix)) onCommit(take(event));
        }
      }
    },
  };
}
