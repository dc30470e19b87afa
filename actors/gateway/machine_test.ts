import { assert, test } from "../../properties/house/test.ts";
import { createControllerLab } from "../../properties/stages/controllers/lab.ts";
import { addService } from "../../properties/stages/controllers/services.ts";
import {
  type FakeBehaviour,
  type FakeComputerData,
  type FakeComputerInput,
  fakeComputer,
} from "../../properties/stages/gateway/fake_computer.ts";
import { tcpModel } from "../../runtime/devices/tcp_model.ts";
import { tcpWindowBytes } from "../../runtime/devices/tcp_rules.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { GatewayData } from "./data.ts";
import { gateway } from "./definition.ts";
import type { GatewayInput } from "./messages.ts";

const address = "gateway/0";
const host = "127.0.0.1";
const port = 30_080;
const nodePort = { type: "NodePort", ports: [{ port: 80, nodePort: port }] };

interface StageOptions {
  readonly computers?: readonly FakeBehaviour[];
  readonly faults?: readonly Fault[];
  readonly input?: Partial<GatewayInput>;
}

function stage({ computers = ["echo", "echo"], faults = [], input = {} }: StageOptions = {}) {
  const tcp = tcpModel();
  const lab = createControllerLab({
    loops: [],
    runsPods: false,
    actors: [gateway, fakeComputer],
    devices: [tcp],
    faults,
  });
  const { simulation } = lab;
  computers.forEach((behaviour, index) => {
    addNode(index, "True");
    const about: FakeComputerInput = { name: `node-${index}`, behaviour, gateway: address };
    simulation.spawnNow({ name: `computer/node-${index}`, kind: "fake_computer", input: about });
  });
  const about: GatewayInput = {
    apiServers: lab.servers,
    ips: ["172.18.0.1"],
    routes: [
      {
        count: computers.length,
        computers: { prefix: "computer/node-", first: 0 },
        nodeFirst: "192.168.0.1",
        podFirst: "10.244.0.0",
      },
    ],
    listenHosts: { IPv4: host },
    ...input,
  };
  simulation.spawnNow({ name: address, kind: "gateway", input: about, restartsMax: 100 });
  simulation.advance(1_000);

  function addNode(index: number, ready: "True" | "Unknown") {
    const status = {
      addresses: [{ type: "InternalIP", address: `192.168.0.${index + 1}` }],
      conditions: [{ type: "Ready", status: ready }],
    };
    const body = { apiVersion: "v1", kind: "Node", metadata: { name: `node-${index}` }, status };
    lab.call("create", "nodes", { body });
  }

  return {
    lab,
    tcp,
    simulation,
    data: () => simulation.dataOf(address) as GatewayData,
    computer: (index: number) => simulation.dataOf(`computer/node-${index}`) as FakeComputerData,
    setReady(index: number, status: "True" | "Unknown") {
      const body = { status: { conditions: [{ type: "Ready", status }] } };
      const contentType = "application/strategic-merge-patch+json";
      lab.call("patch", "nodes", { name: `node-${index}`, subresource: "status", body, contentType });
      simulation.advance(500);
    },
    connect: (to = port) => tcp.connect(host, to),
    /** What a client that says nothing and ends is told. */
    ask(text = "hello") {
      const client = tcp.connect(host, port);
      client.write(text);
      client.end();
      simulation.advance(100);
      return { text: client.take(), error: client.error(), state: client.state() };
    },
    // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of all kinds
    events: (): any[] => lab.all("events").filter(({ source }) => source.component === "gateway"),
  };
}

type Lab = ReturnType<typeof createControllerLab>;

/** A Service that has an endpoint; the computers of the stage decide what becomes of what is sent there. */
function serve(lab: Lab, name: string, spec: object = {}) {
  addService(lab, name, spec);
  addSlice(lab, name, { ready: true });
}

function addSlice(lab: Lab, service: string, conditions: object, nodeName?: string) {
  const body = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${service}-1`, labels: { "kubernetes.io/service-name": service } },
    addressType: "IPv4",
    ports: [{ port: 80 }],
    endpoints: [{ addresses: ["10.244.2.2"], conditions, nodeName }],
  };
  assert.equal(lab.call("create", "endpointslices", { namespace: "default", body }).code, 201);
}

test("gateway opens the TCP node ports of Services and closes them when they go", () => {
  const { lab, simulation, data, connect } = stage();
  serve(lab, "inside");
  serve(lab, "web", nodePort);
  const balanced = [
    { name: "a", port: 80, nodePort: 30_001 },
    { name: "b", port: 81, nodePort: 30_002, protocol: "UDP" },
  ];
  serve(lab, "balanced", { type: "LoadBalancer", ports: balanced });
  simulation.advance(1_000);
  assert.deepEqual(data().ports.open(), [30_001, port]);
  const contentType = "application/merge-patch+json";
  const body = { spec: { ports: [{ port: 80, nodePort: 30_081 }] } };
  assert.equal(lab.call("patch", "services", { namespace: "default", name: "web", body, contentType }).code, 200);
  simulation.advance(1_000);
  assert.deepEqual(data().ports.open(), [30_001, 30_081]);
  lab.call("delete", "services", { namespace: "default", name: "web" });
  lab.call("delete", "services", { namespace: "default", name: "balanced" });
  simulation.advance(1_000);
  assert.deepEqual(data().ports.open(), []);
  const late = connect();
  simulation.advance(10);
  assert.equal(late.error(), "ECONNREFUSED");
});

test("gateway refuses who comes to a Service of nobody, as a node does, and lets in who comes to those who end", () => {
  const { lab, simulation, data, connect } = stage();
  addService(lab, "web", nodePort);
  addSlice(lab, "web", { ready: false, serving: false, terminating: false });
  simulation.advance(1_000);
  const early = connect();
  simulation.advance(10);
  assert.equal(early.error(), "ECONNREFUSED");
  for (const [conditions, open] of [
    [{ ready: true, serving: true, terminating: false }, [port]],
    [{ ready: false, serving: true, terminating: true }, [port]],
    [{ ready: false, serving: false, terminating: true }, []],
  ] as const) {
    const body = { endpoints: [{ addresses: ["10.244.2.2"], conditions }] };
    const contentType = "application/merge-patch+json" as const;
    const target = { namespace: "default", name: "web-1", body, contentType };
    assert.equal(lab.call("patch", "endpointslices", target).code, 200);
    simulation.advance(1_000);
    assert.deepEqual(data().ports.open(), open);
  }
});

test("gateway carries bytes both ways and ends each way by itself, taking turns over nodes that are Ready", () => {
  const { lab, simulation, data, computer, ask, setReady } = stage({ computers: ["echo", "echo", "echo"] });
  serve(lab, "web", nodePort);
  simulation.advance(1_000);
  const answers = [ask(), ask(), ask(), ask()].map(({ text, state, error }) => [text, state, error]);
  assert.deepEqual(answers, [
    ["node-0: hello", "closed", undefined],
    ["node-1: hello", "closed", undefined],
    ["node-2: hello", "closed", undefined],
    ["node-0: hello", "closed", undefined],
  ]);
  setReady(1, "Unknown");
  assert.deepEqual([ask(), ask(), ask()].map(({ text }) => text.slice(0, 6)).sort(), ["node-0", "node-0", "node-2"]);
  for (const index of [0, 2]) setReady(index, "Unknown");
  // A network may work although no kubelet is heard of.
  assert.equal(ask().state, "closed");
  assert.equal(ask().text.slice(7), " hello");
  simulation.advance(1_000);
  assert.equal(data().carrier.size, 0);
  assert.equal(data().transport.size, 0);
  assert.equal(computer(0).broken, 0);
});

test("gateway goes on to the next node when one is silent or refuses, and resets its client after the last", () => {
  const { lab, simulation, connect, computer, data } = stage({ computers: ["silent", "refuse", "echo"] });
  serve(lab, "web", nodePort);
  simulation.advance(1_000);
  const client = connect();
  client.write("early");
  simulation.advance(900);
  assert.equal(client.received(), "");
  simulation.advance(200);
  assert.equal(client.received(), "node-2: early");
  assert.deepEqual([...computer(2).heard.values()], ["early"]);

  const noOne = stage({ computers: ["refuse", "silent"] });
  serve(noOne.lab, "web", nodePort);
  noOne.simulation.advance(1_000);
  const refused = noOne.connect();
  noOne.simulation.advance(900);
  assert.equal(refused.state(), "open");
  // Rounds go on for a second and a half, the last one is still carried through.
  noOne.simulation.advance(1_600);
  assert.deepEqual([refused.state(), refused.error()], ["closed", "ECONNRESET"]);
  assert.equal(data().carrier.size, 1);
});

test("gateway waits a little for nodes whose rules are late", () => {
  const { lab, simulation, connect, computer } = stage({ computers: ["refuse", "refuse"] });
  serve(lab, "web", nodePort);
  simulation.advance(1_000);
  const client = connect();
  client.write("early");
  simulation.advance(900);
  assert.equal(client.state(), "open");
  computer(1).behaviour = "echo";
  simulation.advance(200);
  assert.equal(client.received(), "node-1: early");
});

test("gateway tries no more nodes than it may for one connection", () => {
  const { lab, simulation, connect, computer } = stage({
    computers: ["refuse", "refuse", "echo"],
    input: { nodesTriedMax: 2, patienceMs: 0 },
  });
  serve(lab, "web", nodePort);
  simulation.advance(1_000);
  const client = connect();
  simulation.advance(100);
  assert.equal(client.error(), "ECONNRESET");
  assert.equal(computer(2).heard.size, 0);
});

test("gateway meets the same node again where a Service keeps its clients, and nodes with endpoints where traffic stays local", () => {
  const { lab, simulation, ask } = stage({ computers: ["echo", "echo", "echo"] });
  serve(lab, "sticky", { ...nodePort, sessionAffinity: "ClientIP" });
  simulation.advance(1_000);
  assert.deepEqual(
    [ask(), ask(), ask()].map(({ text }) => text.slice(0, 6)),
    ["node-0", "node-0", "node-0"],
  );
  lab.call("delete", "services", { namespace: "default", name: "sticky" });
  addService(lab, "local", { ...nodePort, externalTrafficPolicy: "Local" });
  addSlice(lab, "local", { ready: true }, "node-2");
  simulation.advance(1_000);
  assert.deepEqual(
    [ask(), ask(), ask()].map(({ text }) => text.slice(0, 6)),
    ["node-2", "node-2", "node-2"],
  );
});

test("gateway lets neither side have more under way than the other takes", () => {
  const { lab, simulation, connect, computer } = stage({ computers: ["deaf"] });
  serve(lab, "web", nodePort);
  simulation.advance(1_000);
  const client = connect();
  for (let i = 0; i < 40; i++) client.write("x".repeat(64 * 1024));
  simulation.advance(5_000);
  const [heard = ""] = computer(0).heard.values();
  assert.ok(heard.length >= tcpWindowBytes && heard.length <= tcpWindowBytes * 2, `${heard.length} bytes`);

  const slow = stage({ computers: ["echo"] });
  serve(slow.lab, "web", nodePort);
  slow.simulation.advance(1_000);
  const reader = slow.connect();
  reader.pause();
  const sent = 3 * 1024 * 1024;
  for (let i = 0; i < sent / 65_536; i++) reader.write("y".repeat(65_536));
  slow.simulation.advance(5_000);
  reader.resume();
  slow.simulation.advance(30_000);
  assert.equal(reader.received().length, sent + "node-0: ".length);
});

test("gateway tells each side that the other broke", () => {
  const { lab, simulation, connect, computer, data } = stage({ computers: ["break"] });
  serve(lab, "web", nodePort);
  simulation.advance(1_000);
  const first = connect();
  first.write("a word");
  simulation.advance(100);
  assert.deepEqual([first.state(), first.error()], ["closed", "ECONNRESET"]);
  computer(0).behaviour = "deaf";
  const second = connect();
  simulation.advance(100);
  second.reset();
  simulation.advance(100);
  assert.equal(computer(0).broken, 1);
  assert.equal(data().carrier.size, 0);
});

test("gateway keeps a connection when its Service goes, and comes back after a crash that its clients see", async () => {
  const { lab, simulation, connect, ask, computer } = stage({ computers: ["echo"] });
  serve(lab, "web", nodePort);
  simulation.advance(1_000);
  const client = connect();
  simulation.advance(100);
  lab.call("delete", "services", { namespace: "default", name: "web" });
  simulation.advance(1_000);
  client.write("still");
  simulation.advance(100);
  assert.equal(client.received(), "node-0: still");
  addService(lab, "web", nodePort);
  simulation.advance(1_000);
  simulation.crashNow(address, "killed");
  assert.deepEqual([client.state(), client.error()], ["closed", "ECONNRESET"]);
  simulation.advance(5_000);
  assert.equal(ask().text, "node-0: hello");
  assert.equal(simulation.report(address)?.incarnation, 1);
  assert.equal(computer(0).heard.size, 2);
});

test("gateway that is stopped lets nobody in any more, and those finish who have a little left to say", async () => {
  const { lab, simulation, connect } = stage({ computers: ["echo"] });
  serve(lab, "web", nodePort);
  simulation.advance(1_000);
  const [brief, endless] = [connect(), connect()];
  simulation.advance(100);
  brief.write("and one more");
  brief.end();
  const fromMs = simulation.uptimeMs();
  await simulation.stop(address);
  assert.deepEqual([brief.received(), brief.state(), brief.error()], ["node-0: and one more", "closed", undefined]);
  assert.deepEqual([endless.state(), endless.error()], ["closed", "ECONNRESET"]);
  assert.equal(connect().error(), "ECONNREFUSED");
  assert.ok(simulation.uptimeMs() - fromMs < 1_000);
});

test("gateway reports a port that another process has, harms nothing else, and opens it when it is free", () => {
  const { lab, tcp, simulation, data, events, ask } = stage({ computers: ["echo"] });
  const free = tcp.occupy(host, 30_001);
  serve(lab, "taken", { type: "NodePort", ports: [{ name: "http", port: 80, nodePort: 30_001 }] });
  serve(lab, "web", nodePort);
  simulation.advance(12_000);
  assert.deepEqual(data().ports.open(), [port]);
  assert.equal(ask().text, "node-0: hello");
  const [event, ...others] = events();
  assert.deepEqual(others, []);
  assert.deepEqual([event.involvedObject.kind, event.involvedObject.name, event.type], ["Service", "taken", "Warning"]);
  assert.equal(event.reason, "FailedToOpenPort");
  assert.equal(
    event.message,
    `can't open port "nodePort for default/taken:http" (:30001/tcp4), skipping it: listen tcp4 127.0.0.1:30001: bind: address already in use`,
  );
  assert.ok(event.count > 1);
  free();
  simulation.advance(6_000);
  assert.deepEqual(data().ports.open(), [30_001, port]);
});

test("gateway carries what it was given whole, over links that lose, double and reorder and with a device that is slow", () => {
  const link = { from: [address], to: ["computer/node-0"] };
  const always = { trigger: { atMs: 0 } } as const;
  const faults = [
    { ...always, kind: "loss", parameters: { ...link, probability: 0.1 } },
    { ...always, kind: "duplication", parameters: { ...link, probability: 0.1 } },
    { ...always, kind: "reordering", parameters: { ...link, delayMsMax: 20 } },
    { ...always, kind: "slowDevice", parameters: { actor: address, device: "tcp", delayMsMax: 10 } },
  ] satisfies Fault[];
  const { lab, simulation, connect } = stage({ computers: ["echo"], faults, input: { connectMs: 10_000 } });
  serve(lab, "web", nodePort);
  simulation.advance(1_000);
  const client = connect();
  const text = Array.from({ length: 30_000 }, (_each, index) => `${index},`).join("");
  client.write(text);
  client.end();
  simulation.advance(60_000);
  assert.equal(client.received() === `node-0: ${text}`, true);
  assert.deepEqual([client.state(), client.error()], ["closed", undefined]);
});
