import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { FakeKubeletLook, FakeKubeletOrder } from "../../properties/apiserver_lab/fake_kubelet.ts";
import { type KubectlResult, kubectl, kubectlPath } from "../../properties/kubectl.ts";
import { assert, type ScenarioContext, scenario } from "../../properties/test.ts";
import { createPoolHost } from "../../runtime/hosts/pool.ts";
import { clusterCredentials } from "../../scenarios/certificates.ts";
import { kubeconfigText, writeKubeconfig } from "../../scenarios/kubeconfig.ts";

const pod = (name: string, more: { node?: string; containers?: readonly string[] } = {}) => {
  const containers = (more.containers ?? ["c"]).map((each) => ({
    name: each,
    image: "web:1",
    ports: [{ containerPort: 80 }],
  }));
  const metadata = { name, labels: { app: "web" } };
  const spec = { containers, ...(more.node === undefined ? {} : { nodeName: more.node }) };
  return JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata, spec });
};

/** An API server, a fake kubelet and a real kubectl. */
async function stage(context: ScenarioContext) {
  const credentials = await clusterCredentials();
  const port = 30_100 + (process.pid % 2_000);
  const castUrl = new URL("../../properties/apiserver_lab/cast.ts", import.meta.url).href;
  const host = context.use(await createPoolHost({ castUrl, workers: 1 }));
  await host.spawn({ name: "store", kind: "fakeStore", input: {} });
  const https = { host: "127.0.0.1", port, ...credentials.serving, clientCa: credentials.caCert };
  const input = { stores: ["store"], https, kubelets: "kubelet-" };
  await host.spawn({ name: "apiserver-0", kind: "apiserver", input });
  await host.spawn({ name: "kubelet-n1", kind: "fakeKubelet", input: { log: "one\ntwo ä\nthree\n" } });
  const kubeconfig = join(await context.folder(), "kubeconfig");
  await writeKubeconfig(kubeconfig, kubeconfigText({ server: `https://127.0.0.1:${port}`, credentials }));
  while ((await host.inspect("apiserver-0"))?.phase !== "serving") await pause();
  const run = (
    args: readonly string[],
    more: { input?: string; signal?: AbortSignal; onStdout?: (text: string) => void } = {},
  ) => kubectl(args, { kubeconfig, ...more });
  const create = async (...manifests: string[]) => {
    for (const manifest of manifests) ok(await run(["create", "-f", "-"], { input: manifest }));
  };
  const ask = (order: FakeKubeletOrder) => host.ask("kubelet-n1", order, 5_000) as Promise<FakeKubeletLook>;
  const running = { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } };
  return {
    host,
    kubeconfig,
    run,
    create,
    /** What kubectl wants to see before it forwards a port. */
    markRunning: async (name: string) =>
      ok(await run(["patch", "pod", name, "--subresource=status", "-p", JSON.stringify(running)])),
    write: (text: string) => host.send("kubelet-n1", { type: "fakeKubelet.write", text } as FakeKubeletOrder),
    look: () => ask({ type: "fakeKubelet.look" }),
  };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

function ok(result: KubectlResult): string {
  assert.equal(result.code, 0, result.stderr);
  return result.stdout;
}

scenario("kubectl logs reads, limits and follows what a container writes", {}, async (context) => {
  const { run, create, write, look, host } = await stage(context);
  await create(
    pod("web", { node: "n1" }),
    pod("pending"),
    pod("two", { node: "n1", containers: ["a", "b"] }),
    pod("lost", { node: "n2" }),
  );
  assert.equal(ok(await run(["logs", "web"])), "one\ntwo ä\nthree\n");
  assert.equal(ok(await run(["logs", "web", "--tail=1"])), "three\n");
  assert.equal(ok(await run(["logs", "web", "--limit-bytes=5"])), "one\nt");
  assert.equal(ok(await run(["logs", "pending"])), "");
  assert.equal(ok(await run(["logs", "two", "-c", "b"])), "one\ntwo ä\nthree\n");
  const fails = async (args: string[], message: RegExp) => {
    const { code, stderr } = await run(["logs", ...args]);
    assert.deepEqual([code, message.test(stderr) ? "" : stderr], [1, ""]);
  };
  await fails(
    ["web", "--previous"],
    /^Error from server \(BadRequest\): previous terminated container "c" in pod "web" not found$/m,
  );
  await fails(["nobody"], /\(NotFound\).*pods "nobody" not found/);
  await fails(["two", "-c", "z"], /container z is not valid for pod two/);
  await fails(
    ["lost"],
    /^Error from server: Get "https:\/\/n2:10250\/containerLogs\/default\/lost\/c": dial tcp n2:10250: connect: connection refused$/m,
  );
  const raw = await run(["get", "--raw", "/api/v1/namespaces/default/pods/two/log"]);
  assert.match(raw.stderr, /a container name must be specified for pod two, choose one of: \[a b\]/);
  const wrong = await run(["get", "--raw", "/api/v1/namespaces/default/pods/web/log?limitBytes=0"]);
  assert.match(wrong.stderr, /limitBytes: Invalid value: 0: must be greater than 0/);

  const stopping = new AbortController();
  let followed = "";
  const following = run(["logs", "-f", "web", "--tail=1"], {
    signal: stopping.signal,
    onStdout: (text) => {
      followed += text;
    },
  });
  while (!followed.includes("three")) await pause();
  write("four\n");
  while (!followed.includes("four")) await pause();
  stopping.abort();
  await following;
  assert.equal(followed, "three\nfour\n");
  while ((await look()).open > 0) await pause();

  const broken = run(["logs", "-f", "web"], { onStdout: () => void host.crash("kubelet-n1", "told to") });
  assert.notEqual((await broken).code, 0);
});
