import { execFile } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { kubectlPath } from "../stages/kubectl.ts";
import { assert, scenario, test } from "./test.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  /** A folder where programs are looked for first. */
  readonly path?: string;
  /** What is in its environment besides. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** With it, whatever needs esbuild fails: the package brings what our own modules need of it. */
const noEsbuild = { ESBUILD_BINARY_PATH: "/bin/false" };

/** Runs a program in a folder as its user would: with nothing of ours in the environment. */
function run(
  folder: string,
  line: readonly string[],
  { path = "", environment = {} }: RunOptions = {},
): Promise<Outcome> {
  const ours = /^(npm_|TROUPE_|NODE_OPTIONS$|NODE_V8_COVERAGE$|NODE_TEST_CONTEXT$|INIT_CWD$)/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  const options = {
    cwd: folder,
    env: { ...env, PATH: `${path}:${process.env.PATH}`, ...environment },
    maxBuffer: 2 ** 26,
  };
  const [program = "", ...args] = line;
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

const files: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "user", "private": true, "type": "module" }',
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      ...{ strict: true, noEmit: true, module: "nodenext", target: "es2023", types: ["node"] },
      lib: ["es2023", "esnext.disposable"],
    },
    files: ["cluster.test.ts", "mine.ts"],
  }),
  "plain.test.js": `
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCluster } from "kubetroupe";

test("a cluster in virtual time, in plain Node", async () => {
  const cluster = await createCluster({ seed: 1 });
  const { body } = await cluster.api({ verb: "list", resource: "nodes" });
  assert.equal(body.items.length, 3);
  await cluster.close();
});
`,
  "cluster.test.ts": `
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cluster, createCluster, createScript, type Topology } from "kubetroupe";

test("a cluster in threads", async () => {
  const topology: Partial<Topology> = { nodes: 1, stores: 1, apiservers: 1 };
  await using cluster = await createCluster({ host: "thread", port: 0, topology });
  assert.match(cluster.access?.url ?? "", /^https:/);
  const { script } = createScript(cluster);
  await script.eventually("a node", async () => (await script.list("nodes")).length === 1);
  // @ts-expect-error there is no such host, and the types say so
  const wrong: Cluster["host"]["name"] = "nowhere";
  assert.equal(wrong, "nowhere");
});
`,
  "mine.ts": `
import { scenario } from "kubetroupe";

const about = { name: "mine", summary: "An image of one's own answers", topology: { nodes: 1, stores: 1, apiservers: 1 } } as const;
export default scenario({ ...about, images: new URL("./images", import.meta.url) }, async ({ step, apply, get, eventually, expect }) => {
  await step("A pod of my image runs", async () => {
    await apply({ apiVersion: "v1", kind: "Pod", metadata: { name: "mine" }, spec: { containers: [{ name: "a", image: "greeter:1" }] } });
    await eventually("it runs", async () => expect((await get("pod/mine"))?.status?.phase, "its phase").toBe("Running"));
  });
});
`,
  "images/greeter.ts": `
const greeting: string = "hello";
export default { fetch: (request: Request): Response => new Response(greeting + new URL(request.url).pathname) };
`,
};

/** Not what a user of the package has any use for. */
const untidy = /_test\.|\/stages\/|\/tidy\/|generate\.|run_tests|write_package|\.tsbuildinfo|(?<!\.d)\.ts$/;

scenario("the package installs into an empty folder and runs there", { timeoutMs: 900_000 }, async (context) => {
  const packed = await context.folder();
  const pack = await run(root, ["npm", "pack", "--json", "--pack-destination", packed]);
  assert.equal(pack.code, 0, pack.stderr);
  const [about] = JSON.parse(pack.stdout.slice(pack.stdout.indexOf("["))) as {
    readonly size: number;
    readonly unpackedSize: number;
    readonly files: readonly { readonly path: string }[];
  }[];
  assert.ok(about);
  context.note(`packed ${about.size} bytes, unpacked ${about.unpackedSize}, ${about.files.length} files`);
  assert.deepEqual(
    about.files.map(({ path }) => path).filter((path) => untidy.test(path)),
    [],
  );
  const readme = await readFile(join(root, "README.md"), "utf8");
  const linked = Array.from(readme.matchAll(/\]\((?!\w+:)([^)#]+)/g), ([, path = ""]) => path);
  const packedPaths = new Set(about.files.map(({ path }) => path));
  assert.deepEqual(
    linked.filter((path) => !packedPaths.has(path)),
    [],
    "what README leads to comes with it",
  );

  const folder = await context.folder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const [tarball = ""] = await readdir(packed);
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund"];
  const install = await run(folder, ["npm", "install", ...quiet, join(packed, tarball)]);
  assert.equal(install.code, 0, install.stderr);

  const shipped = join(folder, "node_modules/kubetroupe/dist/shipped");
  const index = await readFile(join(shipped, "index.json"), "utf8");
  const { paths, entries } = JSON.parse(index) as { readonly paths: readonly string[]; readonly entries: object };
  assert.ok(Object.keys(entries).length > 20 && paths.length > 20, "bundles of all that a cluster needs are shipped");
  const texts = brotliDecompressSync(await readFile(join(shipped, "texts.br"))).toString("latin1");
  const here = root.slice(0, -1);
  assert.ok(!index.includes(here) && !texts.includes(here), "what is shipped names no place of this machine");

  for (const name of ["node", "undici-types"]) {
    const from = name === "node" ? "@types/node" : name;
    await mkdir(dirname(join(folder, "node_modules", from)), { recursive: true });
    await symlink(join(root, "node_modules", from), join(folder, "node_modules", from)).catch(() => {});
  }

  const kubectl = dirname(await kubectlPath());
  const good = async (line: readonly string[], shows: RegExp, environment = {}) => {
    const { code, stdout, stderr } = await run(folder, line, { path: kubectl, environment });
    assert.equal(code, 0, `${line.join(" ")}: ${stdout}${stderr}`);
    assert.match(stdout, shows, `${line.join(" ")}: ${stdout}${stderr}`);
  };
  const troupe = join(folder, "node_modules/.bin/troupe");
  // The smallest cluster has all the sorts of workers that there are.
  const up = [
    "up",
    "--port",
    "0",
    "--nodes",
    "1",
    "--stores",
    "1",
    "--apiservers",
    "1",
    "--",
    "kubectl",
    "get",
    "nodes",
  ];
  // Two at a time, each as long as the other; the first of each is a first start.
  await Promise.all([
    (async () => {
      await good(["npx", "troupe", ...up], /node-0 +Ready/, noEsbuild);
      await good([troupe, "run", "mine.ts", "--host", "pool"], /A pod of my image runs/);
    })(),
    (async () => {
      await good(
        [troupe, "check", "--suite", "store", "--runs", "1", "--seed", "1"],
        /^1 runs? in .*[\s\S]*All rules held/,
        noEsbuild,
      );
      await good([troupe, "up", "--host", "pool", ...up.slice(1)], /node-0 +Ready/, noEsbuild);
      await good([troupe, "image", "list", "images"], /^greeter +1 /m);
      await good(["node", "--test", "plain.test.js"], /pass 1/);
      await good([join(root, "node_modules/.bin/tsc"), "-p", "."], /^$/);
      await good([join(folder, "node_modules/.bin/tsx"), "--test", "cluster.test.ts"], /pass 1/);
    })(),
  ]);
  // What was shipped, or cached, of other sources than those that are here is not used: it is made again.
  await appendFile(join(folder, "node_modules/kubetroupe/dist/runtime/core/route.js"), "\n// Changed\n");
  const changed = await run(folder, [troupe, ...up], { path: kubectl, environment: noEsbuild });
  assert.notEqual(changed.code, 0, changed.stdout);
  assert.match(changed.stderr, /esbuild|service/, changed.stderr);
});

test("what the types of the library speak of is installed with it", async () => {
  const { dependencies } = (await import("../../package.json", { with: { type: "json" } })).default;
  assert.ok("kubernetes-types" in dependencies);
});
