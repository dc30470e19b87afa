import { assert, test } from "../../properties/house/test.ts";
import { computerStage, nodeIp, podIp, proxyAt, serviceRule } from "../../properties/stages/computer/stage.ts";

test("a node's proxy says whether it is well, to everybody, and how it works to its own node", async () => {
  const stage = computerStage();
  const client = stage.pod(0, "shop/client", 2);
  const ask = (ip: string, port: number, path: string, isOfNode = false) => {
    const socket = isOfNode ? stage.node(0).connect(ip, port) : stage.node(0).connect(ip, port, client);
    stage.simulation.advance(50);
    stage.node(0).send(socket, `GET ${path} HTTP/1.1\r\nHost: n\r\n\r\n`);
    stage.simulation.advance(50);
    return stage.node(0).sockets.get(socket)?.received ?? "";
  };
  const well = ask(nodeIp(1), 10_256, "/healthz");
  assert.match(well, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(
    well,
    /\{"lastUpdated": "[-0-9]+ [0-9:.]+ \+0000 UTC m=\+[0-9.]+","currentTime": "[^"]+", "nodeEligible": true\}$/,
  );
  assert.match(ask(nodeIp(1), 10_256, "/nope"), /^HTTP\/1\.1 404 /);
  assert.equal(ask(nodeIp(0), 10_249, "/proxyMode"), "");
  assert.equal(ask("127.0.0.1", 10_249, "/proxyMode"), "", "a pod's loopback is its own");
  const node = [ask("127.0.0.1", 10_249, "/proxyMode", true), ask("127.0.0.1", 10_249, "/healthz", true)];
  assert.deepEqual(
    node.map((each) => each.split("\r\n\r\n")[1]),
    ["iptables", "ok"],
  );
  await stage.simulation.stop(proxyAt(1));
  stage.simulation.advance(50);
  assert.equal(ask(nodeIp(1), 10_256, "/healthz"), "", "nobody answers for a proxy that is away");
});

test("a node says at a Service's port for health checks whether it has endpoints, to pods of any node", () => {
  const stage = computerStage();
  const client = stage.pod(0, "shop/client", 2);
  const targets = [podIp(1, 5), podIp(1, 6)].map((ip) => ({ ip, port: 8080 }));
  const own = { externalPolicy: "Local", healthCheckNodePort: 31_844 } as const;
  stage.rules(
    serviceRule("10.96.0.7", targets, { ...own, name: "shop/web:http" }),
    serviceRule("10.96.0.7", targets, { ...own, name: "shop/web:metrics", port: 81 }),
  );
  const ask = (node: number, port = 31_844, request = "GET /healthz HTTP/1.1\r\nHost: n\r\n\r\n") => {
    const socket = stage.node(0).connect(nodeIp(node), port, client);
    stage.simulation.advance(50);
    stage.node(0).send(socket, request);
    stage.simulation.advance(50);
    return stage.node(0).sockets.get(socket)?.received ?? "";
  };
  const [head = "", body = ""] = ask(1).split("\r\n\r\n");
  assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(head, /X-Load-Balancing-Endpoint-Weight: 2/);
  assert.equal(
    body,
    '{\n\t"service": {\n\t\t"namespace": "shop",\n\t\t"name": "web"\n\t},\n\t"localEndpoints": 2,\n\t"serviceProxyHealthy": true\n}',
  );
  assert.match(ask(0), /^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*"localEndpoints": 0,/);
  assert.equal(ask(1, 31_845), "");
  assert.match(ask(1, 31_844, "nonsense\r\n\r\n"), /^HTTP\/1\.1 400 /);
  // The Service has another port now.
  stage.rules(serviceRule("10.96.0.7", targets, { ...own, healthCheckNodePort: 31_900 }));
  assert.equal(ask(1), "");
  assert.match(ask(1, 31_900), /^HTTP\/1\.1 200 OK/);
});
