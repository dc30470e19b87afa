import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createPoolHost } from "../../../runtime/hosts/free/pool.ts";
import { clusterCredentials } from "../../../scenarios/cluster/certificates.ts";
import { kubeconfigText, writeKubeconfig } from "../../../scenarios/cluster/kubeconfig.ts";
import { assert, type ScenarioContext } from "../../house/test.ts";
import { type KubectlOptions, type KubectlResult, kubectl, kubectlPath, spdyEnvironment } from "../kubectl.ts";
import { cast } from "./cast.ts";
import type { FakeKubeletLook, FakeKubeletOrder } from "./fake_kubelet.ts";

/** A pod to create, as text. */
export const pod = (name: string, more: { node?: string; containers?: readonly string[] } = {}) => {
  const containers = (more.containers ?? ["c"]).map((each) => ({
    name: each,
    image: "web:1",
    ports: [{ containerPort: 80 }],
  }));
  const metadata = { name, labels: { app: "web" } };
  const spec = { containers, ...(more.node === undefined ? {} : { nodeName: more.node }) };
  return JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata, spec });
};

/** An API server, a fake kubelet of the node n1, and a real kubectl. */
export async function streamStage(context: ScenarioContext) {
  const credentials = await clusterCredentials();
  const port = 12_000 + (process.pid % 8_000);
  const host = context.use(await createPoolHost({ cast, workers: 1 }));
  await host.spawn({ name: "store", kind: "fakeStore", input: {} });
  const https = { host: "127.0.0.1", port, ...credentials.serving, clientCa: credentials.caCert };
  const input = { stores: ["store"], https, kubelets: "kubelet-" };
  await host.spawn({ name: "apiserver-0", kind: "apiserver", input });
  await host.spawn({ name: "kubelet-n1", kind: "fakeKubelet", input: { log: "one\ntwo ä\nthree\n" } });
  const kubeconfig = join(await context.folder(), "kubeconfig");
  await writeKubeconfig(kubeconfig, kubeconfigText({ server: `https://127.0.0.1:${port}`, credentials }));
  while ((await host.inspect("apiserver-0"))?.phase !== "serving") await pause();
  const run = (args: readonly string[], more: Pick<KubectlOptions, "input" | "signal" | "onStdout" | "isSpdy"> = {}) =>
    kubectl(args, { kubeconfig, ...more });
  // Pods have an account: elsewhere a controller makes it.
  ok(await run(["create", "serviceaccount", "default"]));
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

/** Before one looks again. */
export const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

/** The standard output of a command that must succeed. */
export function ok(result: KubectlResult): string {
  assert.equal(result.code, 0, result.stderr);
  return result.stdout;
}

interface ChildOptions {
  /** Of kubectl. */
  readonly path: string;
  /** Default false. */
  readonly isSpdy?: boolean;
}

/** A kubectl that goes on by itself. */
export function child(kubeconfig: string, args: readonly string[], { path, isSpdy = false }: ChildOptions) {
  const own = { PATH: process.env.PATH, HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig };
  return spawn(path, args, { env: { ...own, ...(isSpdy ? spdyEnvironment : {}) } });
}

/** A kubectl port-forward that listens. */
export async function forward(kubeconfig: string, args: readonly string[], how: { readonly isSpdy?: boolean } = {}) {
  const running = child(kubeconfig, ["port-forward", "--address=127.0.0.1", ...args], {
    ...how,
    path: await kubectlPath(),
  });
  let said = "";
  running.stderr.on("data", (text) => {
    said += text;
  });
  const ended = once(running, "close");
  let heard = "";
  const port = await new Promise<number>((resolve, reject) => {
    running.stdout.on("data", (text) => {
      heard += text;
      const found = /127\.0\.0\.1:(\d+) ->/.exec(heard);
      if (found) resolve(Number(found[1]));
    });
    void ended.then(() => reject(new Error(`Forwarding: kubectl ended: ${said}`)));
  });
  return { child: running, port, ended, said: () => said };
}
