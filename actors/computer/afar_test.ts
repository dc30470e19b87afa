import { assert, test } from "../../properties/house/test.ts";
import { computerStage, podIp, serviceRule } from "../../properties/stages/computer/stage.ts";

const ip = "10.99.0.5";
const clusterIp = "10.96.0.7";

/** A client on node 0, and a server on node 1 whose address is in no node's range. */
function stageWith(options: Parameters<typeof computerStage>[0] = { hasRealPods: true }) {
  const stage = computerStage(options);
  const client = stage.pod(0, "shop/client", 2);
  const serve = (node: number) => {
    const sandbox = stage.realPod(node, "shop/server", ip);
    stage.node(node).servers.set(`${sandbox}:8080`, (received) => `${sandbox} heard ${received}`);
    stage.node(node).datagrams.set(`${sandbox}:53`, []);
    return sandbox;
  };
  const call = (host: string, port: number) => {
    const socket = stage.node(0).connect(host, port, client);
    stage.simulation.advance(50);
    stage.node(0).send(socket, "hello");
    stage.simulation.advance(50);
    const { received = "", news = [] } = stage.node(0).sockets.get(socket) ?? {};
    return { received, news };
  };
  return { stage, client, serve, call };
}

test("an address in no node's range is found where its real pod is, which sees who comes by his own", () => {
  const { stage, serve, call } = stageWith();
  const server = serve(1);
  assert.equal(call(ip, 8080).received, `${server} heard hello`);
  stage.rules(serviceRule(clusterIp, [{ ip, port: 8080 }]));
  assert.deepEqual(call(clusterIp, 80), { received: `${server} heard hello`, news: [`connected ${clusterIp}:80`] });
  const from = [...stage.node(1).sockets.values()].map(({ news }) => news[0]);
  assert.deepEqual(from, [`from ${podIp(0, 2)}`, `from ${podIp(0, 2)}`]);
});

test("an address that was given to another real pod is found there, and one that nobody has soon is not", () => {
  const { stage, serve, call } = stageWith();
  assert.deepEqual(call(ip, 8080).news, [`EHOSTUNREACH: connect EHOSTUNREACH ${ip}:8080`]);
  const first = serve(1);
  stage.simulation.advance(1_000);
  assert.equal(call(ip, 8080).received, `${first} heard hello`);
  stage.call(1, { op: "StopPodSandbox", sandbox: first });
  stage.call(1, { op: "RemovePodSandbox", sandbox: first });
  const second = serve(0);
  stage.simulation.advance(10_000);
  assert.equal(call(ip, 8080).received, `${second} heard hello`);
});

test("datagrams find it, too; where there are no real pods nobody is asked", () => {
  const { stage, client, serve } = stageWith();
  const server = serve(1);
  stage.node(0).push({ type: "socket.datagram", sandbox: client, port: 4_000, to: { ip, port: 53 }, data: "who?" });
  stage.simulation.advance(50);
  assert.deepEqual(stage.node(1).datagrams.get(`${server}:53`), [`who? from ${podIp(0, 2)}:4000`]);
  const without = stageWith({});
  without.serve(1);
  assert.deepEqual(without.call(ip, 8080).news, [`EHOSTUNREACH: connect EHOSTUNREACH ${ip}:8080`]);
});

test("what answers a real pod of another node finds the way back, connection and datagram", () => {
  const { stage } = stageWith();
  const caller = stage.realPod(1, "shop/caller", ip);
  const server = stage.pod(0, "shop/server", 3);
  stage.node(0).servers.set(`${server}:8080`, (received) => `heard ${received}`);
  stage.node(0).datagrams.set(`${server}:53`, []);
  stage.node(1).datagrams.set(`${caller}:4000`, []);
  const socket = stage.node(1).connect(podIp(0, 3), 8080, caller);
  stage.simulation.advance(50);
  stage.node(1).send(socket, "hello");
  stage.node(0).push({ type: "socket.datagram", sandbox: server, port: 53, to: { ip, port: 4_000 }, data: "you" });
  stage.simulation.advance(50);
  assert.equal(stage.node(1).sockets.get(socket)?.received, "heard hello");
  assert.deepEqual(stage.node(1).datagrams.get(`${caller}:4000`), [`you from ${podIp(0, 3)}:53`]);
});
