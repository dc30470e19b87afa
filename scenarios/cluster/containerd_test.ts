import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { containerdRuntime } from "../../actors/cri/containerd/containerd_runtime.ts";
import { criClient } from "../../actors/cri/containerd/cri_client.ts";
import { removeAll } from "../../actors/cri/containerd/remove_all.ts";
import { assert, scenario } from "../../properties/house/test.ts";
import { forward } from "../../properties/stages/apiserver/stream_stage.ts";
import { type BusyboxImages, pushBusyboxImages } from "../../properties/stages/containerd/busybox_images.ts";
import { type RealContainerd, startContainerd } from "../../properties/stages/containerd/real_containerd.ts";
import { type KubectlOptions, kubectl, kubectlPath } from "../../properties/stages/kubectl.ts";
import { criContract } from "../../properties/stages/modules/cri_contract.ts";
import { contentStore } from "../registry/content_store.ts";
import { serveRegistry } from "../registry/registry_server.ts";
import { createCluster } from "./create_cluster.ts";
import { holdPorts } from "./held_ports.ts";

const triesMax = 100;
const serve = `echo serving; mkdir /www; hello=/www/index.html
echo "$GREETING from $(cat /etc/hostname)" > $hello; exec httpd -f -p 8080 -h /www`;

/** What is applied: web servers that are real beside one that is played, and what goes wrong in all ways. */
const objectsOf = (image: string, hostPort: number) => [
  configMap("settings", { greeting: "hello" }),
  deployment("web", {
    ...{ image, command: ["sh", "-c", serve] },
    env: [{ name: "GREETING", valueFrom: { configMapKeyRef: { name: "settings", key: "greeting" } } }],
    readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
    volumeMounts: [{ name: "settings", mountPath: "/settings" }],
    resources: { limits: { memory: "64Mi" } },
  }),
  {
    ...{ apiVersion: "v1", kind: "Service", metadata: { name: "web" } },
    spec: { type: "NodePort", selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }] },
  },
  pod("played", { image: "busybox", command: ["sleep", "1000"] }, "played"),
  pod("nginx", { image: "nginx" }, "played"),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "nginx" },
    spec: { selector: { app: "nginx" }, ports: [{ port: 80 }] },
  },
  pod("last", {
    image,

    command: ["sh", "-c", "echo bye > /dev/termination-log; exit 3"],
  }),
  hosted("hosted", {
    ...{ image, command: ["httpd", "-f", "-p", `${hostPort}`, "-h", "/etc"] },
    readinessProbe: { tcpSocket: { port: hostPort }, periodSeconds: 1 },
  }),
  pod("greedy", {
    // A containerd that is slow to begin its watch for those who take too much tells of none that were quicker.
    ...{ image, command: ["sh", "-c", "sleep 2; dd if=/dev/zero of=/dev/null bs=128M count=1"] },
    resources: { limits: { memory: "32Mi" } },
  }),
  pod("bad", { image, command: ["/bin/nothing"] }),
];

function configMap(name: string, data: object) {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
}

function deployment(name: string, container: object) {
  const labels = { app: name };
  const volumes = [{ name: "settings", configMap: { name: "settings" } }];
  const spec = { terminationGracePeriodSeconds: 1, volumes, containers: [{ name: "c", ...container }] };
  const template = { metadata: { labels }, spec };
  const body = { replicas: 2, selector: { matchLabels: labels }, template };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec: body };
}

/** In the node's network, which is the machine's. */
function hosted(name: string, container: object) {
  const spec = { hostNetwork: true, terminationGracePeriodSeconds: 1, containers: [{ name: "c", ...container }] };
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec };
}

function pod(name: string, container: object, runtimeClassName?: string) {
  const spec = { ...(runtimeClassName ? { runtimeClassName } : {}), restartPolicy: "Never" };
  const containers = [{ name: "c", ...container }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name, labels: { app: name } }, spec: { ...spec, containers } };
}

scenario(
  "pods are real containers in a containerd, which holds to the contract of all backends",
  { timeoutMs: 6 * 60_000 },
  async (context) => {
    const containerd = await startContainerd();
    if ("why" in containerd) return context.note(`skipped, nothing was run in a containerd: ${containerd.why}`);
    context.use(containerd);
    const folder = await context.folder();
    const registry = await serveRegistry({
      host: "127.0.0.1",
      port: 0,
      content: contentStore(join(folder, "registry")),
    });
    context.defer(registry.close);
    const images = await pushBusyboxImages(folder, `127.0.0.1:${registry.port}`);
    await holdContract(containerd, { images, folder });

    const realRuntime = { socket: containerd.socket, isDefault: true };
    const topology = { nodes: 2, stores: 1, apiservers: 1, traffic: true, realRuntime } as const;
    const cluster = await createCluster({ host: "thread", port: 0, topology });
    context.use(cluster);
    const kubeconfig = cluster.access?.kubeconfig ?? "";
    const run = (args: readonly string[], more: KubectlOptions = {}) => kubectl(args, { kubeconfig, ...more });
    const must = async (args: readonly string[], more: KubectlOptions = {}) => {
      const { code, stdout, stderr } = await run(args, more);
      assert.equal(code, 0, `kubectl ${args.join(" ")}: ${stderr}`);
      return stdout;
    };
    const inPod = (...command: readonly string[]) => ["exec", "deployment/web", "--", ...command];

    const held = context.use(await holdPorts("0.0.0.0", 1));
    const list = { apiVersion: "v1", kind: "List", items: objectsOf(images.server, held.ports[0] ?? 0) };
    await must(["apply", "-f", "-"], { input: JSON.stringify(list) });
    await must(["rollout", "status", "deployment/web", "--timeout=60s"]);
    const ips = (await must(["get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.podIP}"])).split(" ");
    assert.deepEqual(
      ips.map((ip) => ip.startsWith(containerd.ipPrefix)),
      [true, true],
    );
    assert.match(await must(["get", "nodes", "-o", "wide"]), /containerd:\/\/1\./);

    // A Service leads from outside, and from pods that are played, to both, whichever node they are on.
    const nodePort = Number(await must(["get", "service", "web", "-o", "jsonpath={.spec.ports[0].nodePort}"]));
    const answers = new Set<string>();
    for (let tries = 0; answers.size < 2 && tries < 100; tries++) {
      answers.add(await (await fetch(`http://127.0.0.1:${nodePort}/`, { headers: { connection: "close" } })).text());
    }
    for (const answer of answers) assert.match(answer, /^hello from web-\w+-\w+\n$/);
    assert.equal(answers.size, 2);
    await must(["wait", "--for=condition=Ready", "pod/played", "pod/hosted", "--timeout=20s"]);
    await until(
      "a played pod asks a Service",
      () => must(["exec", "played", "--", "wget", "-q", "-O", "-", "http://web"]),
      /^hello from web-/,
    );

    await reachCluster({ run, must, inPod });
    await askApi(containerd, { ip: ips[0] ?? "", must });

    assert.match(await must(["logs", "deployment/web"]), /^serving\n/);
    assert.equal(await must(inPod("cat", "/settings/greeting")), "hello");
    assert.equal(await must(["exec", "-i", "deployment/web", "--", "cat"], { input: "piped" }), "piped");
    // The size comes a moment behind the command.
    assert.match(await atTerminal(kubeconfig, inPod("sh", "-c", '"sleep 1; stty size"')), /\b33 99\b/);
    const failed = await run(inPod("sh", "-c", "echo words >&2; exit 7"));
    assert.deepEqual([failed.code, failed.stderr.split("\n", 1)[0]], [7, "words"]);
    assert.equal((await must(inPod("sh", "-c", "head -c 1000000 /dev/zero"))).length, 1_000_000);
    const forwarding = await forward(kubeconfig, ["deployment/web", ":8080"]);
    context.defer(() => void forwarding.child.kill());
    assert.match(await (await fetch(`http://127.0.0.1:${forwarding.port}/`)).text(), /^hello from web-/);
    await must(["patch", "configmap", "settings", "-p", '{"data":{"greeting":"changed"}}']);
    await until("a volume follows its ConfigMap", () => must(inPod("cat", "/settings/greeting")), /^changed$/);

    const state = (name: string) => must(["get", "pod", name, "-o", "jsonpath={.status.containerStatuses[0].state}"]);
    await until("a last word", () => state("last"), /"exitCode":3.*"message":"bye\\n","reason":"Error"/);
    await until("who takes too much", () => state("greedy"), /"exitCode":137.*"reason":"OOMKilled"/);
    await until("a start that fails", () => state("bad"), /"exitCode":128.*"reason":"StartError"/);
    assert.match(await must(["get", "events"]), /Failed +pod\/bad +Error: failed to create containerd task/);
    await until("usage", async () => `${await memoryBytes(must)}`, /^[1-9]/);

    // Somebody stops a sandbox behind the cluster's back: its pod gets another, in which it runs again.
    await stopSandbox(containerd, ips[0] ?? "");
    const ready = () => must(["get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}"]);
    const addresses = () => must(["get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.podIP}"]);
    await until("another sandbox", addresses, new RegExp(`^(?!.*${ips[0]}\\b)`));
    await until("it runs again", ready, /^2$/);

    await must(["delete", "deployment", "web"]);
    await must(["wait", "--for=delete", "pod", "-l", "app=web", "--timeout=60s"]);
    await cluster.close();
    assert.deepEqual(await sandboxesOf(containerd), []);
  },
);

interface Client {
  readonly run: (args: readonly string[], more?: KubectlOptions) => ReturnType<typeof kubectl>;
  readonly must: (args: readonly string[], more?: KubectlOptions) => Promise<string>;
  readonly inPod: (...command: readonly string[]) => readonly string[];
}

/** From a real pod the cluster is there by names and addresses: its Services, pods, API and policies. */
async function reachCluster({ must, inPod, run }: Client): Promise<void> {
  const page = (host: string) => [
    "timeout",
    "5",
    "bash",
    "-c",
    `exec 3<>/dev/tcp/${host}/80; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; exec cat <&3`,
  ];
  const fetched = (host: string) => run(inPod(...page(host)));
  const body = async (host: string) => (await fetched(host)).stdout;
  assert.match(
    await must(inPod("cat", "/etc/resolv.conf")),
    /^search default.svc.cluster.local .*\nnameserver 10.96.0.10\noptions ndots:5\n/,
  );
  const field = (of: string, path: string) => must(["get", of, "-o", `jsonpath={${path}}`]);
  const clusterIp = await field("service/nginx", ".spec.clusterIP");
  assert.match(await must(inPod("nslookup", "nginx.default.svc.cluster.local")), new RegExp(`Address: ${clusterIp}\n`));
  await until("a played Service by name", () => body("nginx"), /Welcome to nginx/);
  assert.match(await body(clusterIp), /Welcome to nginx/);
  assert.match(await body(await field("pod/nginx", ".status.podIP")), /Welcome to nginx/);
  await until("a real Service by name", () => body("web.default"), /hello from web-/);

  const spec = { podSelector: { matchLabels: { app: "nginx" } }, policyTypes: ["Ingress"] };
  const policy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "closed" }, spec };
  await must(["apply", "-f", "-"], { input: JSON.stringify(policy) });
  await until("a policy holds", async () => `${(await body("nginx")).length}`, /^0$/);
  await must(["delete", "networkpolicy", "closed"]);
  await until("it holds no more", () => body("nginx"), /Welcome to nginx/);
}

/** In the network of a real pod the API server shows a certificate that the cluster's authority has made for its name. */
async function askApi(containerd: RealContainerd, { ip, must }: Pick<Client, "must"> & { readonly ip: string }) {
  const pem = await must(["get", "configmap", "kube-root-ca.crt", "-o", "jsonpath={.data.ca\\.crt}"]);
  const script = `require("node:https").get("https://10.96.0.1/version", { ca: ${JSON.stringify(pem)} }, (answer) => answer.pipe(process.stdout))`;
  const pid = await processIn(containerd, ip);
  const { stdout } = await promisify(execFile)("nsenter", [
    `--net=/proc/${pid}/ns/net`,
    process.execPath,
    "-e",
    script,
  ]);
  assert.match(stdout, /"minor": "34"/);
}

/** The same that played containers and modules are held to. */
async function holdContract(
  { socket, ipPrefix }: RealContainerd,
  { images, folder }: { readonly images: BusyboxImages; readonly folder: string },
): Promise<void> {
  const settings = { socket, cluster: "contract", folder: join(folder, "contract"), isDefault: true };
  const real = containerdRuntime(settings, () => "");
  const ip = new RegExp(`^${ipPrefix.replaceAll(".", "\\.")}\\d+$`);
  const missing = images.server.replace("server", "missing");
  const backend = { modules: {}, isVirtual: false, real, missing, ip, ...images };
  for (const { holds } of criContract) await holds(backend);
  const client = criClient(socket);
  await removeAll(client, settings);
  client.close();
}

/** What kubectl shows at a terminal of 99 columns and 33 rows. */
async function atTerminal(kubeconfig: string, [verb = "", ...args]: readonly string[]): Promise<string> {
  const command = [await kubectlPath(), "--kubeconfig", kubeconfig, verb, "-it", ...args].join(" ");
  const { stdout } = await promisify(execFile)("script", ["-qec", `stty rows 33 cols 99; ${command}`, "/dev/null"]);
  return stdout;
}

/** A process in the network of the sandbox with that address. */
async function processIn({ socket }: RealContainerd, ip: string): Promise<number> {
  const client = criClient(socket);
  const answer = await client.call("ListPodSandbox", {});
  for (const { id } of answer.ok ? answer.value.items : []) {
    const found = await client.call("PodSandboxStatus", { pod_sandbox_id: id, verbose: true });
    if (!found.ok || found.value.status?.network?.ip !== ip) continue;
    client.close();
    return (JSON.parse(found.value.info[0]?.value ?? "{}") as { readonly pid: number }).pid;
  }
  return assert.fail(`no sandbox has ${ip}`);
}

/** Stops the sandbox with that address, as `crictl stopp` does. */
async function stopSandbox({ socket }: RealContainerd, ip: string): Promise<void> {
  const client = criClient(socket);
  const answer = await client.call("ListPodSandbox", {});
  for (const { id } of answer.ok ? answer.value.items : []) {
    const found = await client.call("PodSandboxStatus", { pod_sandbox_id: id });
    if (found.ok && found.value.status?.network?.ip === ip) await client.call("StopPodSandbox", { pod_sandbox_id: id });
  }
  client.close();
}

async function sandboxesOf({ socket }: RealContainerd): Promise<readonly string[]> {
  const client = criClient(socket);
  const answer = await client.call("ListPodSandbox", {});
  client.close();
  assert.ok(answer.ok);
  return answer.value.items.map(({ id }) => id);
}

/** The most that a container of its node uses of memory, as the node's kubelet tells of it. */
async function memoryBytes(must: (args: readonly string[]) => Promise<string>): Promise<number> {
  const node = await must(["get", "pods", "-l", "app=web", "-o", "jsonpath={.items[0].spec.nodeName}"]);
  const summary = await must(["get", "--raw", `/api/v1/nodes/${node}/proxy/stats/summary`]);
  return Math.max(...[...summary.matchAll(/"workingSetBytes":\s*(\d+)/g)].map(([, bytes]) => Number(bytes)));
}

/** Waits for something that is done a little later, and says what it was when it is not. */
async function until(what: string, find: () => Promise<string>, wanted: RegExp): Promise<void> {
  for (let tries = 0; ; tries++) {
    const found = await find();
    if (wanted.test(found)) return;
    assert.ok(tries < triesMax, `${what}: ${found}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
