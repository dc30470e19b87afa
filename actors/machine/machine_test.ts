import { machineStage, podIp, serviceRule } from "../../properties/machine_lab/stage.ts";
import { assert, test } from "../../properties/test.ts";

test("a pod reaches another one on another node, and both see each other's address", () => {
  const stage = machineStage();
  const client = stage.pod(0, "shop/client", 2);
  const server = stage.pod(1, "shop/server", 2);
  stage.node(1).servers.set(`${server}:8080`, (received) => `you said ${received}`);
  const socket = stage.node(0).connect(podIp(1, 2), 8080, client);
  assert.deepEqual(stage.news(0, socket, 10), ["connected 10.244.1.2:8080"]);
  stage.node(0).send(socket, "hello", true);
  assert.deepEqual(stage.news(0, socket, 10), ["connected 10.244.1.2:8080", "end"]);
  assert.equal(stage.node(0).sockets.get(socket)?.received, "you said hello");
  assert.deepEqual(stage.node(1).sockets.get(1)?.news, ["from 10.244.0.2", "end"]);
  stage.simulation.advance(1_000);
  for (const index of [0, 1]) {
    const { transport, conntrack, sockets, wake } = stage.data(index);
    assert.deepEqual([transport.size, conntrack.size, sockets.byNumber.size, wake.atMs], [0, 0, 0, undefined]);
  }
});

test("a pod reaches a Service by its name and its cluster IP", () => {
  const stage = machineStage({ names: { "web.shop.svc.cluster.local": "10.96.0.7" } });
  const client = stage.pod(0, "shop/client", 2);
  const server = stage.pod(1, "shop/server", 2);
  stage.node(1).servers.set(`${server}:8080`, (received) => `you said ${received}`);
  stage.rules(serviceRule("10.96.0.7", [{ ip: podIp(1, 2), port: 8080 }]));
  const socket = stage.node(0).connect("web", 80, client);
  assert.deepEqual(stage.news(0, socket, 10), ["connected 10.96.0.7:80"]);
  stage.node(0).send(socket, "hello");
  stage.simulation.advance(10);
  assert.equal(stage.node(0).sockets.get(socket)?.received, "you said hello");
});
