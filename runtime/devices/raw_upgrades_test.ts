import type { ServerResponse } from "node:http";
import { Duplex } from "node:stream";
import { assert, test } from "../../properties/house/test.ts";
import { createRawUpgrades } from "./raw_upgrades.ts";
import type { Offer } from "./web_sockets.ts";

test("createRawUpgrades() keeps nothing of what a client sends that was told to leave", async () => {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const upgrades = createRawUpgrades(() => {});
  const response = { detachSocket() {} } as unknown as ServerResponse;
  upgrades.offer(1, { socket, response, head: Buffer.alloc(0) } as unknown as Offer);
  assert.ok(upgrades.serve({ op: "accept", exchange: 1, subprotocol: "" }).ok);
  assert.equal(socket.listenerCount("data"), 1);
  assert.ok(upgrades.serve({ op: "close", exchange: 1, code: 1000, reason: "" }).ok);
  // It is still read, so that its end is heard of.
  socket.push("much");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([socket.listenerCount("data"), socket.readableLength, upgrades.size()], [0, 0, 0]);
  upgrades.close();
  assert.ok(socket.destroyed);
});
