import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WebSocket } from "ws";
import { assert, type ScenarioContext, scenario } from "../../properties/house/test.ts";
import { child, forward, pause } from "../../properties/stages/apiserver/stream_stage.ts";
import { kubectl, kubectlPath } from "../../properties/stages/kubectl.ts";
import { createCluster } from "./create_cluster.ts";
import { apiServerAddress, kubeletAddress } from "./topology.ts";

/** It says what it is asked, ticks, runs commands, and ends when it is told to. */
const talk = `
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

const ticker = `
export default {
  start(env) {
    let ticks = 0;
    setInterval(() => env.log("tick", ++ticks), 50);
  },
  exec: (command) => command.join(" ") + "\\n",
};
`;

const reader = (file: string) => `
import { readFileSync } from "node:fs";
export default { start() { console.log(readFileSync(${JSON.stringify(file)}, "utf8")); return 0; } };
`;

/** It agrees to each WebSocket, says hello, and notes how many bytes it hears. */
const greeter = `
read -r first
while read -r line; do
  line=$(printf '%s' "$line" | tr -d '\\r')
  case "$line" in Sec-WebSocket-Key:* | sec-websocket-key:*) key=\${line#*: } ;; '') break ;; esac
done
sum=$(printf '%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11' "$key" | sha1sum | cut -c1-40 | sed 's/../\\\\x&/g')
accept=$(printf "$sum" | base64)
printf 'HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n'
printf 'Sec-WebSocket-Accept: %s\\r\\n\\r\\n\\201\\005hello' "$accept"
wc -c >> /tmp/heard
`;

type Stage = Awaited<ReturnType<typeof stage>>;

/** A small cluster in worker threads with images of real code, and kubectl against it. */
async function stage(context: ScenarioContext) {
  const [folder, imageFolder] = [await context.folder(), await context.folder()];
  const file = join(folder, "stock.txt");
  await writeFile(file, "three violins");
  const images = { talk, ticker, reads: reader(file) };
  for (const [name, code] of Object.entries(images)) await writeFile(join(imageFolder, `${name}.ts`), code);
  const small = { nodes: 1, stores: 1, apiservers: 1, traffic: true, gateway: false, dns: false } as const;
  const topology = { ...small, computerPermissions: { read: [folder] } };
  const cluster = context.use(await createCluster({ host: "thread", port: 0, topology, imageFolder }));
  const kubeconfig = cluster.access?.kubeconfig ?? "";
  const run = (args: readonly string[], input?: string) =>
    kubectl(args, { kubeconfig, ...(input === undefined ? {} : { input }) });
  const must = async (args: readonly string[], input?: string) => {
    const { code, stdout, stderr } = await run(args, input);
    assert.equal(code, 0, `kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  return { cluster, folder, file, kubeconfig, run, must };
}

/** Pods grant the code in them what the computers hold, and no more. */
async function grant({ file, must: mustAll }: Stage): Promise<void> {
  const must = (...line: string[]) => mustAll(line);
  const run = (name: string, ...options: string[]) =>
    must("run", name, "--image=reads:1", "--restart=Never", ...options);
  const grants = (scope: string) => `--annotations=kubetroupe.dev/permissions=${JSON.stringify({ read: [scope] })}`;
  const until = (name: string, path: string, value: string) =>
    must("wait", `pod/${name}`, `--for=jsonpath={${path}}=${value}`, "--timeout=60s");

  await run("granted", grants(file));
  await run("without");
  await run("greedy", grants("/"));
  await until("granted", ".status.phase", "Succeeded");
  assert.equal(await must("logs", "granted"), "three violins\n");

  await until("without", ".status.phase", "Failed");
  const refused =
    /^Cannot start container "default\/without\/without": its image imports "node:fs" in .*permission "read" is not granted for it, annotate its pod with kubetroupe\.dev\/permissions: /;
  assert.match(await must("logs", "without"), refused);

  const waiting = ".status.containerStatuses[0].state.waiting";
  await until("greedy", `${waiting}.reason`, "CreateContainerError");
  const message =
    'Cannot grant permission to container "default/greedy/greedy": annotation kubetroupe.dev/permissions asks for "read" of "/", which the computers of this cluster do not hold, start the cluster with troupe up --allow read=/';
  assert.equal(await must("get", "pod", "greedy", "-o", `jsonpath={${waiting}.message}`), message);
  assert.match(await must("get", "events"), /Failed +pod\/greedy +Error: Cannot grant permission to container/);
}

/** Clients of WebSockets reach a server in a pod through the API server, by the pod and by a port of its node. */
async function webSockets({ must: mustAll, kubeconfig }: Stage): Promise<void> {
  const must = (line: string, input?: string) => mustAll(line.split(" "), input);
  const command = ["sh", "-c", 'echo "$SCRIPT" > /tmp/greet; nc -lk -p 8080 -e sh /tmp/greet'];
  const env = [{ name: "SCRIPT", value: greeter }];
  const spec = { hostNetwork: true, containers: [{ name: "c", image: "busybox", command, env }] };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "greets" }, spec };
  await must("create -f -", JSON.stringify(pod));
  await must("wait pod/greets --for=condition=Ready --timeout=60s");
  const node = await must("get pod greets -o jsonpath={.spec.nodeName}");
  const { clusters, users } = JSON.parse(await must("config view --raw -o json"));
  const [{ cluster }, { user }] = [clusters[0], users[0]];
  const [ca, cert, key] = [
    cluster["certificate-authority-data"],
    user["client-certificate-data"],
    user["client-key-data"],
  ].map((text) => Buffer.from(text, "base64"));
  assert.ok(ca && cert && key && kubeconfig);
  for (const path of ["namespaces/default/pods/greets:8080", `nodes/${node}:8080`]) {
    const url = `${cluster.server.replace("https:", "wss:")}/api/v1/${path}/proxy/`;
    const client: WebSocket = new WebSocket(url, { ca, cert, key });
    const [said]: unknown[] = await once(client, "message");
    assert.equal(String(said), "hello");
    client.send("ten letters");
    client.terminate();
  }
  const heard = () => must("exec greets -- cat /tmp/heard");
  while ((await heard()) !== "17\n17\n") await pause();
  await must("delete pod greets --now");
}

/** kubectl attaches to processes, talks to commands and copies files, and passes on how they ended. */
async function processes({ folder, kubeconfig, run, must }: Stage): Promise<void> {
  /** Attaches until something was said that matches. */
  const attachUntil = async (pod: string, wanted: RegExp) => {
    const attached = child(kubeconfig, ["attach", pod], { path: await kubectlPath() });
    let said = "";
    attached.stdout.on("data", (text) => {
      said += text;
    });
    const closed = once(attached, "close");
    while (!wanted.test(said)) await pause();
    attached.kill("SIGKILL");
    await closed;
    return said;
  };
  const script = "i=0; while true; do i=$((i+1)); echo tock $i; sleep 0.1; done";
  await must(["run", "clock", "--image=busybox:1", "--", "sh", "-c", script]);
  await must(["run", "ticker", "--image=ticker:1"]);
  await must(["wait", "--for=condition=Ready", "pod/clock", "pod/ticker", "--timeout=60s"]);

  const input = `grüße\n${"0123456789abcdef".repeat(50_000)}`;
  assert.equal(await must(["exec", "-i", "clock", "--", "cat"], input), input);
  assert.equal(await must(["exec", "-i", "clock", "--", "sh"], "read a\nvalue\necho got $a"), "got value\n");
  const seconds = Number(await must(["exec", "clock", "--", "date", "+%s"]));
  assert.ok(Math.abs(seconds - Date.now() / 1000) < 3_600, `the clock of a container shows ${seconds}`);
  const failed = await run(["exec", "clock", "--", "sh", "-c", "echo out; echo err >&2; exit 7"]);
  assert.deepEqual(failed, { code: 7, stdout: "out\n", stderr: "err\ncommand terminated with exit code 7\n" });
  assert.equal(await must(["exec", "-i", "ticker", "--", "hello"], "nobody reads this"), "hello\n");

  assert.match(await attachUntil("clock", /tock \d+\ntock \d+\n/), /^tock/);
  assert.match(await attachUntil("ticker", /tick \d+\ntick \d+\n/), /^tick/);

  const runOnce = (name: string, ...command: readonly string[]) => [
    "run",
    name,
    "--rm",
    "-i",
    "--quiet",
    "--restart=Never",
    "--image=busybox:1",
    "--",
    ...command,
  ];
  const [cat, ended] = await Promise.all([
    run(runOnce("cat", "cat"), input),
    run(runOnce("ends", "sh"), "echo moin\nexit 5\n"),
  ]);
  assert.deepEqual([cat.code, cat.stdout.startsWith(input)], [0, true], cat.stderr);
  assert.deepEqual([ended.code, ended.stdout.startsWith("moin\n")], [5, true], ended.stderr);
  assert.doesNotMatch(await must(["get", "pods"]), /cat|ends/);

  await writeFile(join(folder, "there"), input);
  await must(["cp", join(folder, "there"), "clock:/tmp/there"]);
  await must(["cp", "clock:/tmp/there", join(folder, "back")]);
  assert.equal(await readFile(join(folder, "back"), "utf8"), input);
  await must(["delete", "pod", "clock", "ticker", "--now"]);
}

/** kubectl reads, runs and reaches real code in a pod, and is told when what it speaks to dies. */
async function streams({ cluster, kubeconfig, run: runAll, must: mustAll }: Stage): Promise<void> {
  const run = (line: string) => runAll(line.split(" "));
  const must = (line: string) => mustAll(line.split(" "));
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
}

scenario(
  "kubectl reaches real code in pods: what it may, what it says, how it ends, and when what is between them dies",
  {},
  async (context) => {
    const own = await stage(context);
    await grant(own);
    await processes(own);
    await webSockets(own);
    await streams(own);
  },
);

scenario("a component reads what real code wrote, and in simulation reads the same again", {}, async (context) => {
  const folder = await context.folder();
  await writeFile(join(folder, "talk.ts"), talk);
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
