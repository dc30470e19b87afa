import { execFile, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { assert, scenario } from "../../properties/house/test.ts";
import { kubectl } from "../../properties/stages/kubectl.ts";
import { createCluster } from "../cluster/create_cluster.ts";
import { applyRules, removeRules } from "./apply_rules.ts";
import { nft } from "./nft.ts";

const run = promisify(execFile);
const triesMax = 60;
const backends = ["10.250.0.1", "10.250.0.2"] as const;
const [web, nobody, unused] = ["10.96.77.7", "10.96.77.8", "10.96.77.9"] as const;
const [refused, nothing] = ["curl: 7", "curl: 28"] as const;

const service = (name: string, clusterIP: string) => ({
  ...{ apiVersion: "v1", kind: "Service", metadata: { name } },
  spec: { clusterIP, ports: [{ port: 80, targetPort: 8080 }] },
});
const slice = {
  ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
  metadata: { name: "web-1", labels: { "kubernetes.io/service-name": "web" } },
  ...{ addressType: "IPv4", ports: [{ port: 8080 }], endpoints: backends.map((ip) => ({ addresses: [ip] })) },
};

scenario(
  "a kernel leads to Services while troupe proxy applies a node's rules to it, and has nothing of them after",
  {},
  async (context) => {
    const why = await obstacle();
    if (why !== undefined) return context.note(`skipped, no kernel was given rules: ${why}`);
    const netns = `kubetroupe-test-${process.pid}`;
    const place = { netns };
    const cluster = context.use(
      await createCluster({ host: "pool", port: 0, topology: { nodes: 1, stores: 1, apiservers: 1 } }),
    );
    const kubeconfig = cluster.access?.kubeconfig ?? "";
    await run("ip", ["netns", "add", netns]);
    context.defer(async () => void (await run("ip", ["netns", "delete", netns])));
    context.use(await serveBeside(netns));
    await nft(place, ["-f", "-"], "add table ip theirs\nadd chain ip theirs kept\n");
    const interrupt = new AbortController();
    const said: string[] = [];
    const streams = { stdout: { write: () => {} }, stderr: { write: (text: string) => said.push(text) } };
    const applied = applyRules({ node: "node-0", kubeconfig, place }, streams, interrupt);
    context.defer(async () => {
      interrupt.abort();
      await applied.catch(() => {});
    });
    await Promise.race([applied, until(netns, unused, nothing)]);
    const objects = [service("web", web), slice, service("nobody", nobody)];
    const input = objects.map((each) => JSON.stringify(each)).join("\n---\n");
    assert.equal((await kubectl(["apply", "-f", "-"], { kubeconfig, input })).code, 0);
    for (const ip of backends) await until(netns, web, ip);
    await until(netns, nobody, refused);
    assert.equal(await ask(netns, `${web}:81`), refused, "the Service has no such port");
    await assert.rejects(
      applyRules({ node: "node-0", kubeconfig, place: { netns: "nowhere" } }, streams, interrupt),
      /^InputError: Cannot run nft in the network namespace \/run\/netns\/nowhere: there is none, make one with "ip netns add"$/,
    );
    // Somebody takes all of it away: it comes back with the next change.
    await removeRules(place);
    assert.equal((await kubectl(["delete", "endpointslice", "web-1"], { kubeconfig })).code, 0);
    await until(netns, web, refused);
    interrupt.abort();
    await applied;
    assert.equal(await nft(place, ["list", "tables"]), "table ip theirs\n");
    assert.match(
      said[0] ?? "",
      /^Applied the rules of node-0 to the network namespace kubetroupe-test-\d+, until Ctrl-C: /,
    );
    assert.match(said.at(-1) ?? "", /^Removed the rules from the network namespace kubetroupe-test-\d+\n$/);
  },
);

/** What is said by who answers there, or how curl ends. */
async function ask(netns: string, at: string): Promise<string> {
  const line = ["netns", "exec", netns, "curl", "-s", "-m", "2", `http://${at}/`];
  return run("ip", line).then(
    ({ stdout }) => stdout,
    (error: { readonly code?: number }) => `curl: ${error.code}`,
  );
}

async function until(netns: string, at: string, wanted: string) {
  let answer = "";
  for (let tries = 0; tries < triesMax; tries++) {
    answer = await ask(netns, at);
    if (answer === wanted) return;
    await sleep(200);
  }
  assert.fail(`${at} answers ${answer}, not ${wanted}`);
}

/** Why this machine cannot have a kernel's rules tested. */
async function obstacle(): Promise<string | undefined> {
  const script = "nft list tables && ip link add v0 type veth && ip -V && curl --version && nsenter --version";
  return run("unshare", ["--net", "sh", "-ec", script]).then(
    () => undefined,
    (error: Error) => error.message.trim().split("\n").at(-1),
  );
}

/** A server at each of the addresses, which says where it was asked: in a namespace of their own that the other has a wire to. */
async function serveBeside(netns: string) {
  const beside = `${netns}-pods`;
  const lines = [
    `link add v0 type veth peer name v0 netns ${beside}`,
    ...["link set lo up", "link set v0 up", "addr add 10.250.0.254/24 dev v0"],
    `route add default via ${backends[0]}`,
  ];
  await run("ip", ["netns", "add", beside]);
  const pods = ["link set lo up", "link set v0 up", ...backends.map((ip) => `addr add ${ip}/24 dev v0`)];
  for (const line of lines.slice(0, 1)) await run("ip", ["-n", netns, ...line.split(" ")]);
  for (const line of pods) await run("ip", ["-n", beside, ...line.split(" ")]);
  for (const line of lines.slice(1)) await run("ip", ["-n", netns, ...line.split(" ")]);
  const code = `const { createServer } = require("node:http");
for (const ip of ${JSON.stringify(backends)}) createServer((_asked, answer) => answer.end(ip)).listen(8080, ip);`;
  const server = spawn("ip", ["netns", "exec", beside, process.execPath, "-e", code], { stdio: "ignore" });
  return {
    async [Symbol.asyncDispose]() {
      server.kill();
      await run("ip", ["netns", "delete", beside]);
    },
  };
}
