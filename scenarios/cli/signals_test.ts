import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, isLong, type ScenarioContext, scenario, test } from "../../properties/house/test.ts";
import { kubectl } from "../../properties/stages/kubectl.ts";
import { descendantsOf, running, signalAll } from "./process_tree.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const troupe = fileURLToPath(new URL("./troupe.mjs", import.meta.url));
const small = ["--nodes", "1", "--stores", "1", "--apiservers", "1", "--host", "pool", "--port", "0"];
const isQuick = ["--no-traffic"];

/** All processes that have this in their command line. */
function withWord(word: string): readonly number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(word) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

interface Started {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  /** Waits until one of the outputs shows it. */
  until(pattern: RegExp): Promise<void>;
  /** Its own end. */
  readonly ended: Promise<unknown>;
}

function start(context: ScenarioContext, [program = "", ...args]: readonly string[]): Started {
  // Not this test's own wish to be told of by npm.
  const { npm_lifecycle_event: _event, ...env } = process.env;
  const child = spawn(program, args, { cwd: root, env, stdio: ["pipe", "pipe", "pipe"], detached: true });
  context.defer(() => signalAll([child.pid ?? 0, ...descendantsOf(child.pid ?? 0)], "SIGKILL"));
  let text = "";
  let look = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      look();
    });
  }
  const ended = new Promise((resolve) => child.on("exit", resolve));
  return {
    child,
    ended,
    stderr: () => text,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => pattern.test(text) && resolve();
        look();
        void ended.then(() => reject(new Error(`It ended before it showed ${pattern}: ${text}`)));
      }),
  };
}

async function untilGone(pids: readonly number[], what: () => string) {
  const endMs = performance.now() + 60_000;
  while (running(pids).length > 0) {
    assert.ok(performance.now() < endMs, `still there: ${running(pids)} of ${pids}, ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const npmRun = ["npm", "run", "-s", "troupe", "--", "up"];
/** The long form tries each signal with each launcher, the short one each of both once. */
const launchers: readonly (readonly [name: string, line: readonly string[], signals: readonly NodeJS.Signals[]])[] = [
  ["npm run", npmRun, isLong ? ["SIGTERM", "SIGINT", "SIGHUP"] : ["SIGINT"]],
  ["npm start", ["npm", "start", "--"], isLong ? ["SIGTERM", "SIGINT", "SIGHUP"] : ["SIGTERM"]],
  ["npx", ["npx", "troupe", "up"], isLong ? ["SIGTERM", "SIGINT", "SIGHUP"] : ["SIGHUP"]],
];

/** Starts a cluster, signals what was started, and nothing is left of it. */
async function endsWhole(context: ScenarioContext, line: readonly string[], signal: NodeJS.Signals) {
  const kubeconfig = join(await context.folder(), "kubeconfig");
  const started = start(
    context,
    line.map((word) => word.replace("KUBECONFIG", kubeconfig)),
  );
  context.defer(() => signalAll(withWord(kubeconfig), "SIGKILL"));
  await started.until(/Ctrl-C stops it/);
  const pids = [...withWord(kubeconfig)];
  assert.ok(pids.length > 1, `${pids}`);
  started.child.kill(signal);
  await untilGone(pids, started.stderr);
  assert.match(started.stderr(), /Stopping\n/);
}

for (const [name, line, signals] of launchers) {
  for (const signal of signals) {
    scenario(`${name}: a ${signal} to it ends the cluster`, {}, (context) =>
      endsWhole(context, [...line, ...small, ...isQuick, "--kubeconfig", "KUBECONFIG"], signal),
    );
  }
}

scenario("sh -c: a SIGTERM to the shell ends the cluster that it waits for", {}, (context) => {
  const words = [process.execPath, troupe, "up", ...small, ...isQuick, "--kubeconfig", "KUBECONFIG"];
  return endsWhole(context, ["sh", "-c", `${words.join(" ")}; true`], "SIGTERM");
});

scenario(
  "Ctrl-C at a terminal, which reaches npm and all below it, ends the cluster in good order",
  {},
  async (context) => {
    const kubeconfig = join(await context.folder(), "kubeconfig");
    const started = start(context, [...npmRun, ...small, ...isQuick, "--kubeconfig", kubeconfig]);
    await started.until(/Ctrl-C stops it/);
    const pids = withWord(kubeconfig);
    process.kill(-(started.child.pid ?? 0), "SIGINT");
    await untilGone(pids, started.stderr);
    // The last words may be on their way still when who said them is gone.
    await started.until(/Stopping\n/);
  },
);

scenario(
  "a SIGTERM to npm ends the command that runs in the cluster, and what that has started",
  {},
  async (context) => {
    const [first, second] = [1, 2].map((least) => String(1_000_000 * least + randomInt(1_000_000)));
    const script = `sleep ${first} & echo it runs; sleep ${second}; true`;
    const started = start(context, [...npmRun, ...small, ...isQuick, "--", "sh", "-c", script]);
    context.defer(() => signalAll([...withWord(`sleep\0${first}`), ...withWord(`sleep\0${second}`)], "SIGKILL"));
    await started.until(/it runs/);
    const pids = withWord(first as string);
    assert.ok(pids.length >= 3, `${pids}`);
    started.child.kill("SIGTERM");
    await untilGone([...pids, ...withWord(second as string)], started.stderr);
  },
);

scenario("the data directory of a cluster that npm was told to end is whole", {}, async (context) => {
  const folder = await context.folder();
  const line = [...small, ...isQuick, "--data-dir", join(folder, "data"), "--kubeconfig", join(folder, "kubeconfig")];
  const first = start(context, [...npmRun, ...line]);
  await first.until(/Ctrl-C stops it/);
  const kubeconfig = join(folder, "kubeconfig");
  const made = await kubectl(["create", "configmap", "kept", "--from-literal=why=durable"], { kubeconfig });
  assert.equal(made.code, 0, made.stderr);
  const pids = withWord(folder);
  first.child.kill("SIGTERM");
  await untilGone(pids, first.stderr);
  const second = start(context, [...npmRun, ...line]);
  await second.until(/Ctrl-C stops it/);
  const found = await kubectl(["get", "configmap", "kept", "-o", "jsonpath={.data.why}"], { kubeconfig });
  assert.equal(found.stdout, "durable", found.stderr);
  const others = withWord(folder);
  second.child.kill("SIGTERM");
  await untilGone(others, second.stderr);
});

scenario("a cluster that was left to itself outlives the shell that started it", {}, async (context) => {
  const folder = await context.folder();
  const [kubeconfig, output] = [join(folder, "kubeconfig"), join(folder, "output")];
  const words = [process.execPath, troupe, "up", ...small, ...isQuick, "--kubeconfig", kubeconfig];
  const shell = start(context, ["sh", "-c", `${words.join(" ")} > ${output} 2>&1 & sleep 1; echo left`]);
  await shell.ended;
  const pids = withWord(kubeconfig);
  context.defer(() => signalAll(pids, "SIGKILL"));
  const endMs = performance.now() + 60_000;
  while (!(await readFile(output, "utf8")).includes("Ctrl-C stops it")) {
    assert.ok(performance.now() < endMs, await readFile(output, "utf8"));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(running(pids).length, 1);
  signalAll(pids, "SIGTERM");
  await untilGone(pids, () => "it was told to end");
});

test("descendantsOf() finds children and their children", async () => {
  const child = spawn("sh", ["-c", "sleep 30 & echo ready; wait"], { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const found = descendantsOf(process.pid);
  assert.ok(found.includes(child.pid ?? 0) && found.length >= 2, `${found}`);
  signalAll([child.pid ?? 0, ...descendantsOf(child.pid ?? 0)], "SIGKILL");
});
