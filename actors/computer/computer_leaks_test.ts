import { assert, fc, property } from "../../properties/house/test.ts";
import { computerAt, computerStage, nodeIp, podIp, serviceRule } from "../../properties/stages/computer/stage.ts";
import { trafficOf } from "./data.ts";

const nodes = 3;
const clusterIp = "10.96.0.7";
const node = fc.nat(nodes - 1);
const action = fc.oneof(
  fc.record({ what: fc.constant("run" as const), node, host: fc.integer({ min: 2, max: 4 }) }),
  fc.record({ what: fc.constant("stop" as const), node, host: fc.integer({ min: 2, max: 4 }) }),
  fc.record({ what: fc.constant("rules" as const), node, host: fc.integer({ min: 2, max: 4 }) }),
  fc.record({ what: fc.constantFrom("crash" as const, "cut" as const), node, host: fc.nat(1) }),
  fc.record({
    what: fc.constantFrom("connect" as const, "connect" as const),
    node,
    host: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ what: fc.constantFrom("send" as const, "end" as const, "reset" as const), node, host: fc.nat(9) }),
);

property(
  "whatever pods, rules, links and power do, nothing is left when all connections are over, and no computer crashes",
  [fc.array(fc.tuple(action, fc.nat(3_000), fc.nat(5)), { maxLength: 40 }), fc.nat()],
  (actions, seed) => {
    const stage = computerStage({ nodes, seed });
    const running = new Map<string, { node: number; sandbox: string }>();
    const crashes = Array.from({ length: nodes }, () => 0);
    for (const [{ what, node, host }, waitMs, choice] of actions) {
      const key = `${node}/${host}`;
      const pod = running.get(key);
      const here = stage.node(node);
      if (what === "run" && !pod) {
        const sandbox = `p-${node}-${host}`;
        here.servers.set(`${sandbox}:8080`, (received) => received);
        running.set(key, { node, sandbox: stage.pod(node, "shop/p", host) });
      } else if (what === "stop" && pod) {
        stage.call(node, { op: "StopPodSandbox", sandbox: pod.sandbox });
        running.delete(key);
      } else if (what === "rules") {
        const targets = [node, (node + 1) % nodes].map((each) => ({ ip: podIp(each, host), port: 8080 }));
        stage.rules(serviceRule(clusterIp, choice > 3 ? [] : targets, { nodePort: 30_080 }));
      } else if (what === "crash") {
        stage.simulation.crashNow(computerAt(node), "power loss");
        crashes[node] = (crashes[node] ?? 0) + 1;
        for (const [each, { node: at }] of [...running]) if (at === node) running.delete(each);
        stage.simulation.advance(10_000);
        stage.call(node, { op: "ListPodSandbox" });
      } else if (what === "cut") {
        const parameters = { from: [computerAt(node)], to: [computerAt((node + 1) % nodes)] };
        const heal = stage.simulation.faults.begin({ kind: "partition", parameters });
        stage.simulation.advance(waitMs * 10);
        heal();
      } else if (what === "connect") {
        const targets = [clusterIp, podIp(host % nodes, host), nodeIp((node + 1) % nodes), "127.0.0.1", "web"];
        const port = [80, 8080, 30_080, 30_080, 80][choice] ?? 80;
        here.connect(targets[choice] ?? "nowhere", port, running.get(`${node}/${host}`)?.sandbox);
      } else {
        const sockets = [...here.sockets.keys()];
        const socket = sockets[host % Math.max(1, sockets.length)] ?? 0;
        if (what === "reset") here.reset(socket);
        else here.send(socket, "x".repeat(choice * 20_000), what === "end");
      }
      stage.simulation.advance(waitMs);
    }
    const all = [0, 1, 2];
    for (const index of all) for (const socket of stage.node(index).sockets.keys()) stage.node(index).reset(socket);
    stage.simulation.advance(1_200_000);
    for (const index of all) {
      const { transport, sockets, bridges, wake, over, outbox } = trafficOf(stage.data(index));
      const left = [
        transport.size,
        sockets.byNumber.size,
        sockets.byEnd.size,
        bridges.open.size,
        over.length,
        outbox.length,
      ];
      assert.deepEqual(left, [0, 0, 0, 0, 0, 0], `node ${index}`);
      assert.equal(wake.atMs, undefined, `node ${index}`);
      assert.equal(stage.simulation.report(computerAt(index))?.incarnation, crashes[index], "it crashed by itself");
    }
  },
  { runs: 40 },
);
