import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../../properties/house/test.ts";
import { createSimulation } from "../../../runtime/hosts/simulation/simulation.ts";
import type { Message } from "../../../runtime/mod.ts";
import { computer } from "../../computer/definition.ts";
import type { ComputerInput, CriCall, LogCall } from "../../computer/messages.ts";
import type { Result } from "../../kit/result.ts";
import { containerRuntime } from "../container_runtime_device.ts";
import type {
  ContainerConfig,
  CriCalls,
  CriFailure,
  CriRequest,
  HostHttpAnswer,
  LogLine,
  LogRequest,
} from "../messages.ts";
import { simulatedModules } from "./simulated_modules.ts";

const folder = join(tmpdir(), "kubetroupe-test-cluster-images");
await mkdir(folder, { recursive: true });
await writeFile(
  join(folder, "front.ts"),
  `export default { async fetch(request, env) {
    await new Promise((done) => setTimeout(done, Math.random() * 20));
    const answers = await Promise.all([1, 2, 3].map(async (n) => {
      const response = await fetch(env.vars.BACKEND + "/" + n, { method: "POST", body: "x".repeat(n * 100_000) });
      return response.text();
    }));
    console.log(new URL(request.url).pathname, Date.now(), crypto.randomUUID());
    return new Response(answers.join() + " " + Date.now() + " " + Math.random());
  } };`,
);
await writeFile(
  join(folder, "sum.ts"),
  `export default { async fetch(request) {
    let sum = 0;
    for await (const chunk of request.body) { sum += chunk.length; await new Promise((done) => setTimeout(done, 1)); }
    return new Response(String(sum));
  } };`,
);
const modules = await simulatedModules(folder);

/** Two computers, a pod that serves on one and a pod that asks it on the other. */
function cluster(seed: number) {
  const cri = containerRuntime({ modules });
  const simulation = createSimulation({ cast: { actors: [computer], devices: [cri] }, seed, faults: [] });
  const routes = [
    { count: 2, computers: { prefix: "computer/node-", first: 0 }, nodeFirst: "192.168.0.1", podFirst: "10.244.0.0" },
  ];
  for (const index of [0, 1]) {
    const node = `node-${index}`;
    const input: ComputerInput = { node, nodeIps: [`192.168.0.${index + 1}`], kubelet: "nobody", routes, hosts: {} };
    simulation.spawnNow({ name: `computer/${node}`, kind: "computer", input, restartsMax: 100 });
  }
  simulation.advance(10);
  const ask = (node: number, message: CriCall | LogCall) => {
    const answer = simulation.askNow(`computer/node-${node}`, message as Message, 60_000) as Result<
      unknown,
      CriFailure
    >;
    assert.ok(answer.ok, JSON.stringify(answer));
    return answer.value;
  };
  const call = <Request extends CriRequest>(node: number, request: Request) =>
    ask(node, { type: "cri.call", request }) as CriCalls[Request["op"]]["answer"];
  const run = (node: number, image: string, env: ContainerConfig["env"] = {}) => {
    call(node, { op: "UpdateRuntimeConfig", podCidr: `10.244.${node}.0/24` });
    call(node, { op: "PullImage", image });
    const pod = { name: image, namespace: "default", uid: image, attempt: 0 };
    const { sandbox } = call(node, { op: "RunPodSandbox", pod });
    const container = { name: "app", image, attempt: 0, command: [], args: [], env };
    const created = call(node, { op: "CreateContainer", sandbox: sandbox.sandbox, container });
    const id = created.container.container;
    call(node, { op: "StartContainer", container: id });
    return { id, ip: sandbox.ip };
  };
  const get = (node: number, url: string) =>
    simulation.askNow(
      `computer/node-${node}`,
      { type: "host.get", url, headers: [], timeoutMs: 30_000 } as Message,
      60_000,
    ) as HostHttpAnswer;
  return { simulation, cri, ask, call, run, get };
}

/** What a front end answers five times, what it wrote, and the hash of the whole run. */
function story(seed: number) {
  const { ask, simulation, run, get, call } = cluster(seed);
  const sum = run(1, "sum");
  const front = run(0, "front", { BACKEND: `http://${sum.ip}:8080` });
  simulation.advance(50);
  const answers = [1, 2, 3, 4, 5].map((n) => {
    const answer = get(n % 2, `http://${front.ip}:8080/${n}`);
    assert.ok(answer.ok, JSON.stringify(answer));
    assert.match(answer.body, /^100000,200000,300000 /);
    return answer.body;
  });
  call(0, { op: "StopContainer", container: front.id, timeoutMs: 1_000 });
  const request: LogRequest = { op: "ReadLogs", container: front.id, after: 0, linesMax: 100 };
  const lines = ask(0, { type: "log.call", request }) as readonly LogLine[];
  assert.equal(lines.length, 5);
  return { answers, lines, hash: simulation.journal.hash() };
}

test("modules on two simulated computers reach each other, and a run is the same from its seed", () => {
  const first = story(7);
  assert.deepEqual(story(7), first);
  assert.notEqual(story(8).hash, first.hash);
});

test("a simulated computer that crashes takes its containers with it, and other pods hear of it", () => {
  const { simulation, cri, run, get } = cluster(1);
  const sum = run(1, "sum");
  const front = run(0, "front", { BACKEND: `http://${sum.ip}:8080` });
  simulation.advance(50);
  assert.equal(cri.inspect("computer/node-1").containers.length, 1);
  simulation.crashNow("computer/node-1", "power");
  assert.deepEqual(cri.inspect("computer/node-1"), { sandboxes: [], containers: [] });
  assert.equal(cri.inspect("computer/node-0").containers.length, 1);
  simulation.advance(5_000);
  const answer = get(0, `http://${front.ip}:8080/`);
  assert.ok(answer.ok && answer.status === 500, JSON.stringify(answer));
});
