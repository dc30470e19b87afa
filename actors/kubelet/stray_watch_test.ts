import { assert, test } from "../../properties/house/test.ts";
import { startCell } from "../../runtime/core/cell.ts";
import type { ApiWatchEvents } from "../apiserver/messages.ts";
import { kubelet } from "./definition.ts";

test("a kubelet ends a stream that is nobody's: one that it gave up while it could not say so", () => {
  const input = { node: "node-0", apiServers: ["apiserver/0"], podCidr: "10.244.0.0/24" };
  const life = { definition: kubelet, address: "kubelet/node-0", parent: "", input, incarnation: 0, seed: 1 };
  const cell = startCell({ ...life, nowMs: 0, uptimeMs: 0 });
  const body: ApiWatchEvents = { type: "api.watch", pieces: [{ watch: 77, sequence: 5, events: [] }] };
  const effects = cell.deliver({ type: body.type, body, from: "apiserver/0", ask: 0 } as { type: string }, 1, 1);
  const sent = effects.filter(({ kind }) => kind === "send");
  assert.deepEqual(sent, [{ kind: "send", to: "apiserver/0", body: { type: "api.unwatch", watch: 77 } }]);
});
