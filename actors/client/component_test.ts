import { assert, test } from "../../properties/test.ts";
import { createStep } from "../../runtime/core/step.ts";
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
  const { take } = componentParts<ComponentData>().actions;
  take.reduce?.(data, { type: "reply" } as never, step);
  take.reduce?.(data, { type: "failed" } as never, step);
  assert.deepEqual(seen, ["a", "a", "b"]);
});

test("componentParts() tells a server to end a stream that nobody knows of", () => {
  const control = createStep({ self: "me", parent: "", incarnation: 1, randomKey: 1 });
  const client = createApiClient({ servers: ["api-1"], user: { name: "me", groups: [] } });
  const piece = {
    type: "api.watch",
    from: "api-1",
    ask: 0,
    body: { type: "api.watch", watch: 77, sequence: 5, events: [] },
  };
  const { take } = componentParts<ComponentData>().actions;
  take.reduce?.({ takers: [client], informers: [] }, piece as never, control.step);
  assert.deepEqual(control.takeEffects(), [{ kind: "send", to: "api-1", body: { type: "api.unwatch", watch: 77 } }]);
});

test("componentParts() is synced when all informers are", () => {
  const informer = (isSynced: boolean) => ({ start: () => {}, stop: () => {}, synced: () => isSynced });
  const { synced } = componentParts<ComponentData>().guards;
  assert.ok(synced({ context: { takers: [], informers: [informer(true), informer(true)] } }));
  assert.ok(!synced({ context: { takers: [], informers: [informer(true), informer(false)] } }));
});
