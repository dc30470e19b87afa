import { assert, test } from "../../properties/house/test.ts";
import { createStep } from "../../runtime/core/step.ts";
import { configMap } from "../api/kinds/config_map.ts";
import { createApiClient } from "./api_client.ts";
import { type ComponentData, componentParts } from "./component.ts";

test("componentParts() hands each event to the first taker that wants it", () => {
  const { step } = createStep({ self: "me", parent: "", incarnation: 0, randomKey: 1 });
  const seen: string[] = [];
  const taker = (name: string, wanted: string) => ({
    handle: ({ type }: { readonly type: string }) => {
      seen.push(name);
      return type === wanted;
    },
  });
  const data: ComponentData = {
    takers: [taker("a", "reply"), taker("b", "failed"), taker("c", "failed")],
    informers: [],
  };
  const { on } = componentParts<ComponentData>();
  on.reply?.actions.reduce?.(data, { type: "reply" } as never, step);
  on.failed?.actions.reduce?.(data, { type: "failed" } as never, step);
  assert.deepEqual(seen, ["a", "a", "b"]);
});

test("componentParts() tells a server to end a stream that nobody knows of", () => {
  const control = createStep({ self: "me", parent: "", incarnation: 1, randomKey: 1 });
  const client = createApiClient({ servers: ["api-1"] });
  const piece = {
    type: "api.watch",
    from: "api-1",
    ask: 0,
    body: { type: "api.watch", pieces: [{ watch: 77, sequence: 5, events: [] }] },
  };
  const { on } = componentParts<ComponentData>();
  on["api.watch"].actions.reduce?.({ takers: [client], informers: [] }, piece as never, control.step);
  assert.deepEqual(control.takeEffects(), [{ kind: "send", to: "api-1", body: { type: "api.unwatch", watch: 77 } }]);
});

test("componentParts() hands each of the pieces that come together to the taker whose watch it is of", () => {
  const control = createStep({ self: "me", parent: "", incarnation: 1, randomKey: 1 });
  const told: string[] = [];
  const watcher = (name: string) => {
    const client = createApiClient({ servers: ["api-1"], name });
    const handlers = { events: () => void told.push(name), ended: () => void told.push(`${name} ended`) };
    return { client, watch: client.watch(control.step, { kind: configMap }, handlers).id };
  };
  const [a, b] = [watcher("a"), watcher("b")];
  control.takeEffects();
  const pieces = [a.watch, b.watch, 77].map((watch) => ({ watch, sequence: 1, events: [] }));
  const mail = { type: "api.watch", from: "api-1", ask: 0, body: { type: "api.watch", pieces } };
  const { on } = componentParts<ComponentData>();
  on["api.watch"].actions.reduce?.({ takers: [a.client, b.client], informers: [] }, mail as never, control.step);
  assert.deepEqual(told, ["a", "b"]);
  assert.deepEqual(control.takeEffects(), [{ kind: "send", to: "api-1", body: { type: "api.unwatch", watch: 77 } }]);
});

test("componentParts() is synced when all informers are", () => {
  const informer = (isSynced: boolean) => ({ start: () => {}, stop: () => {}, synced: () => isSynced });
  const { synced } = componentParts<ComponentData>().guards;
  assert.ok(synced({ context: { data: { takers: [], informers: [informer(true), informer(true)] } }, event: {} }));
  assert.ok(!synced({ context: { data: { takers: [], informers: [informer(true), informer(false)] } }, event: {} }));
});
