import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runInThisContext, Script } from "node:vm";
import { assert, test } from "../../properties/house/test.ts";
import { puppet } from "../../properties/stages/hosts/puppet.ts";
import type { ActorDefinition } from "../core/actor.ts";
import { type BundleOptions, bundleCast } from "./bundle.ts";

/** A cast of two actors' modules, and a module of devices. */
const texts: Readonly<Record<string, string>> = {
  "one.ts": 'export const one = "made of one";\n',
  "two.ts": 'export const two = "made of two";\n',
  "devices.ts": 'export const devices = [{ name: "made of devices" }];\n',
};

const noDevices = { "devices.ts": "export const devices = [];\n" };

async function withCast(
  changed: Readonly<Record<string, string>>,
  body: (stage: { bundle: ReturnType<typeof bundler>; folder: string }) => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-bundles-"));
  try {
    for (const [name, text] of Object.entries({ ...texts, ...changed })) await writeFile(join(folder, name), text);
    await body({ folder, bundle: bundler(folder) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function bundler(folder: string) {
  const urlOf = (name: string) => pathToFileURL(join(folder, name)).href;
  const actors = ["one", "two"].map((name): ActorDefinition => ({ ...puppet, module: urlOf(`${name}.ts`) }));
  return async (options: BundleOptions) => {
    const { isNew, urlOf: bundleOf } = await bundleCast({ actors, devices: urlOf("devices.ts") }, options);
    return { isNew, urls: actors.map(bundleOf) };
  };
}

const textAt = (url: string | undefined) => readFile(fileURLToPath(url ?? ""), "utf8");

test("bundleCast() builds once, and again when a source has changed", () =>
  withCast({}, async ({ bundle, folder }) => {
    const first = await bundle({ isShared: true });
    const second = await bundle({ isShared: true });
    assert.deepEqual([first.isNew, second.isNew, second.urls], [true, false, first.urls]);
    await writeFile(join(folder, "devices.ts"), noDevices["devices.ts"]);
    const third = await bundle({ isShared: true });
    assert.equal(third.isNew, true);
    assert.notDeepEqual(third.urls, first.urls);
  }));

test("bundleCast() gives a worker the code of its actor and of the devices", () =>
  withCast({}, async ({ bundle }) => {
    const { urls } = await bundle({ isShared: false });
    const parts = ["one", "two", "devices"];
    const found = await Promise.all(urls.map(async (url) => parts.filter(includedIn(await textAt(url)))));
    assert.deepEqual(found, [
      ["one", "devices"],
      ["two", "devices"],
    ]);
  }));

test("bundleCast() gives a worker that is shared the code of all actors", () =>
  withCast({}, async ({ bundle }) => {
    const { urls } = await bundle({ isShared: true });
    assert.equal(new Set(urls).size, 1);
    assert.deepEqual(["one", "two"].filter(includedIn(await textAt(urls[0]))), ["one", "two"]);
  }));

test("bundleCast() writes beside each file what was compiled of it, and a map that leads to the sources", () =>
  withCast({}, async ({ bundle, folder }) => {
    const { urls } = await bundle({ isShared: false });
    const cached = dirname(fileURLToPath(urls[0] ?? ""));
    const names = await readdir(cached);
    const scripts = names.filter((name) => name.endsWith(".cjs"));
    assert.deepEqual(names.toSorted(), scripts.flatMap((name) => [name, `${name}.cache`, `${name}.map`]).toSorted());
    const { sources } = JSON.parse(await textAt(`${urls[0]}.map`)) as { readonly sources: readonly string[] };
    const absolute = sources.map((source) => join(cached, source));
    assert.ok(absolute.includes(join(folder, "one.ts")), `${sources}`);
  }));

test("bundleCast() writes what a worker runs from what was compiled of it, whatever letters it has", () => {
  const lettered = { "one.ts": "export const one = [/^\\d(µs|→|🐛)$/u, /^é$/];\n" };
  return withCast(lettered, async ({ bundle }) => {
    const { urls } = await bundle({ isShared: false });
    const path = fileURLToPath(urls[0] ?? "");
    const options = { filename: urls[0] ?? "", cachedData: await readFile(`${path}.cache`) };
    const code = await readFile(path, "latin1");
    assert.equal(new Script(code, options).cachedDataRejected, false);
    const [, list = ""] = /one ?= ?(\[.*?\])/.exec(code) ?? [];
    const [first, second]: readonly RegExp[] = runInThisContext(list);
    const found = ["1µs", "1→", "1🐛", "1Âµs"].map((text) => first?.test(text));
    assert.deepEqual([...found, second?.test("é")], [true, true, true, false, true]);
  });
});

test("bundleCast() keeps apart what is loaded late, once for all who load it", () => {
  const late = {
    "devices.ts": 'export const devices = [{ load: () => import("./heavy.ts") }];\n',
    "heavy.ts": 'export const heavy = () => ["made of heavy", import("./heavier.ts")];\n',
    "heavier.ts": 'export const heavier = "made of heavier";\n',
  };
  return withCast(late, async ({ bundle }) => {
    const { urls } = await bundle({ isShared: false });
    const cached = dirname(fileURLToPath(urls[0] ?? ""));
    const scripts = (await readdir(cached)).filter((name) => name.endsWith(".cjs"));
    const texts = await Promise.all(scripts.map((name) => readFile(join(cached, name), "utf8")));
    const found = texts.map((text) =>
      ["one", "two", "heavy", "heavier"].filter((part) => text.includes(`"made of ${part}"`)),
    );
    assert.deepEqual(found.toSorted(), [["heavier"], ["heavy"], ["one"], ["two"]]);
  });
});

test("bundleCast() tells what an actor's own module reaches, early or late", () => {
  const reaching = {
    "one.ts": 'import "./part.ts";\nexport const one = () => import("./late.ts");\n',
    "part.ts": 'import { connect } from "node:net";\nexport const part = connect;\nconsole.log(part);\n',
    "late.ts": 'import { exec } from "node:child_process";\nexport const late = exec;\n',
    "devices.ts": 'import { readFile } from "node:fs";\nexport const devices = [readFile];\n',
  };
  return withCast(reaching, async ({ folder }) => {
    const urlOf = (name: string) => pathToFileURL(join(folder, name)).href;
    const [one, two] = ["one", "two"].map((name): ActorDefinition => ({ ...puppet, module: urlOf(`${name}.ts`) }));
    assert.ok(one && two);
    const { builtinsOf } = await bundleCast({ actors: [one, two], devices: urlOf("devices.ts") }, { isShared: true });
    const found = [one, two].map((each) => builtinsOf(each).toSorted((a, b) => a.builtin.localeCompare(b.builtin)));
    assert.deepEqual(found, [
      [
        { builtin: "child_process", importer: join(folder, "late.ts") },
        { builtin: "net", importer: join(folder, "part.ts") },
      ],
      [],
    ]);
  });
});

test("bundleCast() says what does not build", () =>
  withCast({ "two.ts": "export const two = {;\n" }, async ({ bundle }) => {
    await assert.rejects(bundle({ isShared: false }), /two\.ts:1:/);
  }));

function includedIn(text: string) {
  return (part: string) => text.includes(`made of ${part}`);
}
