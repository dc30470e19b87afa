import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { encodeReplay } from "../../properties/engine/replay_file.ts";
import { assert, test } from "../../properties/house/test.ts";
import { captureLine as run } from "../../properties/stages/cli/capture_line.ts";

/** One clear line, exit code 2, never a stack. */
async function assertRefused(line: readonly string[], expected: RegExp) {
  const { code, stdout, stderr } = await run(...line);
  const lines = stderr.trimEnd().split("\n");
  assert.equal(code, 2, `${line.join(" ")}: ${stderr}`);
  assert.equal(stdout, "");
  assert.match(lines.at(-1) ?? "", expected);
  // `up` first says what it is about to bring up, and in how much memory.
  assert.equal(lines.filter((each) => !/^(Bringing up|Memory:) /.test(each)).length, 1, stderr);
  assert.doesNotMatch(stderr, /\n\s+at /);
}

test("troupe refuses what it does not know with one line and exit code 2", async () => {
  await assertRefused(["up", "--frobnicate"], /unknown option '--frobnicate'/);
  await assertRefused(["dance"], /unknown command 'dance'/);
  await assertRefused(["up", "--nodes", "many"], /argument 'many' is invalid.*give a whole number from 0 to 10000/);
  await assertRefused(["up", "--stores", "2"], /2 store replicas: give 1, 3 or 5/);
  await assertRefused(["up", "--apiservers", "4"], /give a whole number from 1 to 3/);
  await assertRefused(["up", "--host", "cloud"], /Allowed choices are thread, pool/);
  await assertRefused(["up", "--port", "65536"], /give a whole number from 0 to 65535/);
  await assertRefused(["up", "extra"], /too many arguments/);
  await assertRefused(["up", "--"], /none was given/);
  await assertRefused(["check", "--runs", "0"], /give a whole number from 1 upwards/);
  await assertRefused(["check", "--time", "soon"], /give a duration such as 90s/);
  await assertRefused(["chart", "orchestra"], /no such component, name one of: store, apiserver/);
  await assertRefused(["chart", "store", "--", "ls"], /chart takes none/);
});

test("troupe up refuses a port that is in use, and a folder that cannot be used", async () => {
  await inFolder(async (folder) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await assertRefused(["up", "--port", String(port)], /: the port is in use, choose another with --port/);
    await new Promise((resolve) => server.close(resolve));
    const file = join(folder, "file");
    await writeFile(file, "apiVersion: v1\nclusters:\n- name: production\n");
    await assertRefused(["up", "--port", "0", "--data-dir", join(file, "data")], /^Cannot use data directory/);
    await assertRefused(["up", "--port", "0", "--kubeconfig", file], /it holds something else already/);
    const { clusters } = load(await readFile(file, "utf8")) as { readonly clusters: unknown };
    assert.deepEqual(clusters, [{ name: "production" }]);
    await assertRefused(["check", "--out", join(file, "below")], /^Cannot write counterexamples to/);
  });
});

test("troupe replay refuses files that are missing, broken, something else, or of another version", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "run.json");
    await assertRefused(["replay"], /missing required argument 'file'/);
    await assertRefused(["replay", file], /there is no such file/);
    await writeFile(file, "{");
    await assertRefused(["replay", file], /it is not JSON/);
    await writeFile(file, "{}");
    await assertRefused(["replay", file], /it is not a run file/);
    await writeFile(file, JSON.stringify({ format: "kubetroupe-run", version: 0 }));
    await assertRefused(["replay", file], /written by version 0 of the run format/);
  });
});

test("troupe without a verb shows its help, and counts as used wrongly; each verb has help with examples", async () => {
  const { code, stderr } = await run();
  assert.equal(code, 2);
  assert.match(stderr, /Usage: troupe/);
  for (const verb of ["up", "check", "replay", "chart"]) {
    const help = await run(verb, "--help");
    assert.equal(help.code, 0);
    assert.match(help.stdout, new RegExp(`Examples:\n  troupe ${verb}`));
    assert.equal(help.stderr, "");
  }
});

test("troupe chart lists the components, and draws one", async () => {
  const list = await run("chart");
  assert.equal(list.code, 0);
  for (const name of ["store", "apiserver", "controller-manager", "scheduler", "kubelet", "pod", "replica-set"]) {
    assert.match(list.stdout, new RegExp(`^${name} `, "m"));
  }
  const drawn = await run("chart", "scheduler");
  assert.equal(drawn.code, 0);
  assert.match(drawn.stdout, /^stateDiagram-v2\n {2}\[\*\] --> /);
});

test("troupe check prints one JSON object, whose hash is the same every time", async () => {
  await inFolder(async (folder) => {
    const line = [
      "check",
      "--suite",
      "store",
      "--runs",
      "1",
      "--seed",
      "5",
      "--workers",
      "1",
      "--json",
      "--out",
      folder,
    ];
    const [first, second] = [await run(...line), await run(...line)];
    const result = JSON.parse(first.stdout);
    assert.equal(first.code, result.violations.length > 0 ? 1 : 0, first.stderr);
    assert.deepEqual(Object.keys(result), ["runs", "seconds", "runsPerSecond", "seed", "hash", "faults", "violations"]);
    assert.deepEqual([result.runs, result.seed], [1, 5]);
    assert.equal(JSON.parse(second.stdout).hash, result.hash);
    assert.match(first.stderr, /^1 of 1 runs, .* rule/m);
  });
});

test("troupe replay tells a run and its hash, and says so when it is not the one in the file", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "run.json");
    const topology = { nodes: 1, stores: 1, apiservers: 1 } as const;
    const definition = { seed: 3, topology, workload: [], faults: [], healAtMs: 1_000 };
    await writeFile(file, encodeReplay({ definition, violation: undefined, hash: "another" }));
    const differing = await run("replay", file, "--json");
    assert.equal(differing.code, 4);
    assert.match(differing.stderr, /its hash differs, the logic has changed since$/m);
    const { hash, isIdentical } = JSON.parse(differing.stdout);
    assert.equal(isIdentical, false);
    await writeFile(file, encodeReplay({ definition, violation: undefined, hash }));
    const same = await run("replay", file);
    assert.equal(same.code, 0, same.stderr);
    assert.match(same.stdout, /^A cluster of 1 store replicas, 1 API servers/);
    assert.ok(same.stdout.endsWith(`hash ${hash}\n`), same.stdout);
    const verified = await run("replay", file, "--verify", "3", "--until", "20");
    assert.equal(verified.code, 0, verified.stderr);
    assert.match(verified.stdout, /#20 .*\n3 times played, one hash\n/);
  });
});

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
