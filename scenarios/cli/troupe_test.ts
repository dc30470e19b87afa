import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { assert, type ScenarioContext, scenario, test } from "../../properties/house/test.ts";
import { kubectl, kubectlPath } from "../../properties/stages/kubectl.ts";

const troupe = fileURLToPath(new URL("./troupe.mjs", import.meta.url));

interface Running {
  readonly child: ChildProcess;
  /** Both outputs so far. */
  text(): string;
  /** Waits until the standard output shows it. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
}

function start(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [troupe, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  let look = () => {};
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    look();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Awaited<Running["ended"]>>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    text: () => stdout + stderr,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          const found = pattern.exec(stdout);
          if (found) resolve(found);
        };
        look();
        void ended.then(() => reject(new Error(`troupe ${args.join(" ")} ended: ${stdout}${stderr}`)));
      }),
  };
}

/** Small, so that it is up soon. */
const small = ["--nodes", "1", "--stores", "1", "--apiservers", "1", "--host", "pool", "--port", "0"];

/** Starts `troupe up` and waits until it tells how to use the cluster. */
async function up(context: ScenarioContext, ...args: readonly string[]) {
  const running = start("up", ...small, ...args);
  context.defer(() => {
    running.child.kill("SIGKILL");
  });
  const [, kubeconfig = ""] = await running.until(/export KUBECONFIG=(\S+)\n.*Ctrl-C/s);
  return { ...running, kubeconfig };
}

scenario("troupe up stays until it is interrupted, and that is a good end", {}, async (context) => {
  const { child, ended, kubeconfig } = await up(context);
  const nodes = await kubectl(["get", "nodes", "-o", "name"], { kubeconfig });
  assert.deepEqual([nodes.code, nodes.stdout], [0, "node/node-0\n"]);
  child.kill("SIGINT");
  const { code, signal, stderr } = await ended;
  assert.deepEqual([code, signal], [0, null], stderr);
  assert.match(stderr, /nodes +1 of 1 Ready/);
  assert.match(stderr, /Stopping\n$/);
});

scenario(
  "troupe up --data-dir finds its cluster again after it was killed; a command's exit code is its own",
  {},
  async (context) => {
    const folder = await context.folder();
    const first = await up(context, "--data-dir", folder);
    const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: kept\ndata:\n  why: durable\n";
    const applied = await kubectl(["apply", "-f", "-"], { kubeconfig: first.kubeconfig, input: manifest });
    assert.equal(applied.code, 0, applied.stderr);
    first.child.kill("SIGKILL");
    await first.ended;
    const script = `"${await kubectlPath()}" get configmap kept -o jsonpath={.data.why} && exit 7`;
    const second = start("up", ...small, "--data-dir", folder, "--", "sh", "-c", script);
    const { code, stdout, stderr } = await second.ended;
    assert.deepEqual([code, stdout], [7, "durable"], stderr);
  },
);

test("troupe up refuses a folder of images that is not there, or that nothing would run, after one line", async () => {
  const absent = await start("up", ...small, "--images", "/no/such/folder").ended;
  assert.deepEqual([absent.code, absent.stdout], [2, ""]);
  assert.match(absent.stderr, /\nCannot use images of "\/no\/such\/folder": there is no such folder\n$/);
  const unused = await start("up", ...small, "--images", ".", "--no-traffic").ended;
  assert.deepEqual([unused.code, unused.stdout], [2, ""]);
  assert.match(unused.stderr, /\nCannot use images of "\.": pods are played without traffic, turn that on\n$/);
});

test("troupe up refuses a command that is not there, after one line", async () => {
  const { code, stderr } = await start("up", ...small, "--", "no-such-program-here").ended;
  assert.equal(code, 2, stderr);
  assert.match(stderr, /\nCannot run "no-such-program-here": there is no such program\n$/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});
