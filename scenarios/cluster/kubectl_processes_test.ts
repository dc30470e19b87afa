import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, scenario } from "../../properties/house/test.ts";
import { child, pause } from "../../properties/stages/apiserver/stream_stage.ts";
import { kubectl, kubectlPath } from "../../properties/stages/kubectl.ts";
import { createCluster } from "./create_cluster.ts";

const image = `
export default {
  start(env) {
    let ticks = 0;
    setInterval(() => env.log("tick", ++ticks), 50);
  },
  exec: (command) => command.join(" ") + "\\n",
};
`;

scenario(
  "kubectl attaches to processes, talks to commands and copies files, and passes on how they ended",
  {},
  async (context) => {
    const folder = await context.folder();
    await writeFile(join(folder, "ticker.ts"), image);
    const topology = { nodes: 1, stores: 1, apiservers: 1, traffic: true, gateway: false, dns: false } as const;
    const cluster = context.use(await createCluster({ host: "thread", port: 0, topology, imageFolder: folder }));
    const kubeconfig = cluster.access?.kubeconfig ?? "";
    const run = (args: readonly string[], input?: string) =>
      kubectl(args, { kubeconfig, ...(input === undefined ? {} : { input }) });
    const must = async (args: readonly string[], input?: string) => {
      const { code, stdout, stderr } = await run(args, input);
      assert.equal(code, 0, `kubectl ${args.join(" ")}: ${stderr}`);
      return stdout;
    };
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
  },
);
