import { registry } from "../../../actors/api/registry.ts";
import type { StoreEvent } from "../../../actors/store/messages.ts";
import type { World } from "../../engine/world.ts";
import type { ModelApiData } from "./data.ts";
import type { ModelChange } from "./messages.ts";

const prefixes = new Map(registry.kinds.map(({ plural, storagePrefix }) => [plural, storagePrefix] as const));

type OnCommit = Parameters<World["follow"]>[1];

/** Shows a world what a modelled API has written, as a store would. */
export function createFeed(world: World): (data: ModelApiData, onCommit: OnCommit) => void {
  const changes: (readonly StoreEvent[])[] = [];
  const changesFirst = 2;
  return (data, onCommit) => {
    if (changes.length === data.changes.length) return;
    for (const change of data.changes.slice(changes.length))
      changes.push([storeEvent(change, changes.length + changesFirst)]);
    world.follow({ revision: changes.length + changesFirst - 1, changes, changesFirst }, onCommit);
  };
}

function storeEvent({ resource, key, object }: ModelChange, modRevision: number): StoreEvent {
  const [, ...place] = key.split("/");
  const path = place.filter((each) => each !== "").join("/");
  const value = object ? JSON.stringify(object) : "";
  const kv = {
    key: `${prefixes.get(resource) ?? `/registry/${resource}`}/${path}`,
    createRevision: 2,
    modRevision,
    version: 1,
    value,
  };
  return { type: object ? "put" : "delete", kv };
}
