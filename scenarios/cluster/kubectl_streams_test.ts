import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, scenario } from "../../properties/house/test.ts";
import { child, forward, pause } from "../../properties/stages/apiserver/stream_stage.ts";
import { kubectl, kubectlPath } from "../../properties/stages/kubectl.ts";
import { createCluster } from "./create_cluster.ts";
import { apiServerAddress, kubeletAddress } from "./topology.ts";

/** It says what it is asked, ticks, runs commands, and ends when it is told to. */
const image = `
export default {
  start(env) {
    env.log("started on", env.hostname);
    let ticks = 0;
    setInterval(() => env.log("tick", ++ticks), 50);
  },
  fetch(request, env) {
    env.log(request.method, new URL(request.url).pathname);
    return new Response(request.body);
  },
  exec(command) {
    if (command[0] === "big") return "x".repeat(1_000_000);
    return { exitCode: command[0] === "fail" ? 7 : 0, stdout: command.join(" ") + "\\n" };
  },
};
`;

scenario(
  "kubectl reads, runs and reaches real code in a pod, and is told when what it speaks to dies",
  {},
  async (context) => {
    const folder = await context.folder();
    await writeFile(join(folder, "talk.ts"), image);
    const topology = { nodes: 1, stores: 1, apiservers: 1, traffic: true, gateway: false, dns: false } as const;
    const cluster = context.use(await createCluster({ host: "thread", port: 0, topology, imageFolder: folder }));
    const kubeconfig = cluster.access?.kubeconfig ?? "";
    const run = (line: string) => kubectl(line.split(" "), { kubeconfig });
    const must = async (line: string) => {
      const { code, stdout, stderr } = await run(line);
      assert.equal(code, 0, `kubectl ${line}: ${stderr}`);
      return stdout;
    };
    await must("run talk --image=talk:1 --port=8080");
    await must("wait --for=condition=Ready pod/talk --timeout=60s");
    assert.match(await must("logs talk"), /^started on talk\n/);

    assert.equal(await must("exec talk -- say hello"), "say hello\n");
    assert.equal((await must("exec talk -- big")).length, 1_000_000);
    assert.equal((await run("exec talk -- fail")).code, 7);

    const forwarding = await forward(kubeconfig, ["pod/talk", ":8080"]);
    const bytes = randomBytes(2 * 1024 * 1024);
    const digest = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
    const response = await fetch(`http://127.0.0.1:${forwarding.port}/echo`, { method: "POST", body: bytes });
    assert.equal(digest(new Uint8Array(await response.arrayBuffer())), digest(bytes));
    assert.match(await must("logs talk"), /^POST \/echo$/m);

    const follow = async () => {
      const following = child(kubeconfig, ["logs", "-f", "--tail=1", "talk"], { path: await kubectlPath() });
      let [said, failed] = ["", ""];
      following.stdout.on("data", (text) => {
        said += text;
      });
      following.stderr.on("data", (text) => {
        failed += text;
      });
      const ended = once(following, "close");
      while ((said.match(/^tick/gm)?.length ?? 0) < 3) await pause();
      return { ended, said: () => said, failed: () => failed };
    };
    // The kubelet: its containers go on, and so does whoever asks again.
    const first = await follow();
    await cluster.host.crash(kubeletAddress(0), "told to");
    assert.deepEqual(await first.ended, [1, null], first.failed());
    await forwarding.ended;
    assert.match(forwarding.said(), /lost connection to pod/);
    await cluster.ready();
    while ((await run("logs talk --tail=1")).code !== 0) await pause();
    assert.equal(await must("get pod talk -o jsonpath={.status.containerStatuses[0].restartCount}"), "0");
    // The API server.
    const second = await follow();
    await cluster.host.crash(apiServerAddress(0), "told to");
    assert.deepEqual(await second.ended, [1, null], second.failed());
    await cluster.ready();
    // The pod: all that it wrote was told.
    const third = await follow();
    await must("delete pod talk --wait=false");
    assert.deepEqual(await third.ended, [0, null], third.failed());
  },
);

scenario("a component reads what real code wrote, and in simulation reads the same again", {}, async (context) => {
  const folder = await context.folder();
  await writeFile(join(folder, "talk.ts"), image);
  const topology = { nodes: 1, stores: 1, apiservers: 1, traffic: true, gateway: false, dns: false } as const;
  const texts: string[] = [];
  for (const seed of [3, 3]) {
    const cluster = context.use(await createCluster({ topology, seed, imageFolder: folder }));
    const pod = { resource: "pods", namespace: "default", name: "talk" };
    const spec = { containers: [{ name: "c", image: "talk:1" }] };
    const body = { apiVersion: "v1", kind: "Pod", metadata: { name: "talk" }, spec };
    assert.equal((await cluster.api({ ...pod, verb: "create", body })).code, 201);
    await cluster.wait(5_000);
    const query = { timestamps: "true" };
    const log = await cluster.api<string>({ ...pod, verb: "get", subresource: "log", query });
    assert.match(log.body, /^\S+Z started on talk\n(?:\S+Z tick \d+\n){20,}$/);
    texts.push(log.body);
  }
  assert.equal(texts[0], texts[1]);
});
