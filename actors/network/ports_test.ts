import { assert, test } from "../../properties/house/test.ts";
import { createPorts } from "./ports.ts";
import { createRoutes } from "./routes.ts";

test("ports are given out in turn, each once, for each IP by itself, until there are none", () => {
  const ports = createPorts(28_230);
  assert.deepEqual([ports.take("a"), ports.take("a"), ports.take("b")], [60_999, 32_768, 60_999]);
  ports.free("a", 60_999);
  assert.equal(ports.take("a"), 32_769, "one that was freed rests");
  const taken = new Set<number | undefined>();
  for (let port = ports.take("a"); port !== undefined; port = ports.take("a")) taken.add(port);
  assert.equal(taken.size, 28_230);
  ports.free("a", 40_000);
  assert.deepEqual([ports.take("a"), ports.take("a")], [40_000, undefined]);
  ports.forget("a");
  assert.equal(ports.take("a"), 60_999);
});

test("routes lead to the computer that has an IP, of its node or of its pods", () => {
  const routes = createRoutes([
    { count: 300, computers: { prefix: "computer/node-", first: 0 }, nodeFirst: "192.168.0.1", podFirst: "10.244.0.0" },
    {
      count: 2,
      computers: { prefix: "computer/node-", first: 3_072 },
      nodeFirst: "192.168.12.1",
      podFirst: "10.128.0.0",
    },
  ]);
  assert.equal(routes.computerOf("192.168.0.1"), "computer/node-0");
  assert.equal(routes.computerOf("192.168.1.44"), "computer/node-299");
  assert.equal(routes.computerOf("192.168.1.45"), undefined);
  assert.equal(routes.computerOf("10.245.43.7"), "computer/node-299");
  assert.equal(routes.computerOf("10.128.1.255"), "computer/node-3073");
  assert.equal(routes.computerOf("10.96.0.1"), undefined);
  assert.equal(routes.computerOf("nonsense"), undefined);
  assert.deepEqual([routes.isPodIp("10.244.0.9"), routes.isPodIp("192.168.0.1")], [true, false]);
});
