import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert, test } from "../../properties/house/test.ts";
import { puppet } from "../../properties/stages/hosts/puppet.ts";
import type { ActorDefinition } from "../core/actor.ts";
import { builtinsOf, checkModule } from "./check_module.ts";

async function withModules(texts: Readonly<Record<string, string>>, body: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-modules-"));
  try {
    for (const [name, text] of Object.entries(texts)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function definitionIn(folder: string): ActorDefinition {
  return { ...puppet, kind: "suspect", module: pathToFileURL(join(folder, "actor.ts")).href };
}

const needs = [
  ["node:https", { net: ["*"] }],
  ["dns/promises", { net: ["*"] }],
  ["node:fs/promises", { read: ["*"], write: ["*"] }],
  ["node:child_process", { run: ["*"] }],
  ["node:worker_threads", { run: ["*"] }],
  ["node:process", { env: ["*"], sys: ["*"] }],
  ["node:os", { sys: ["*"] }],
] as const;

for (const [builtin, permissions] of needs) {
  test(`checkModule() lets a module import ${builtin} only with ${Object.keys(permissions).join(" and ")}`, () =>
    withModules({ "actor.ts": `import * as it from "${builtin}";\nexport const all = it;\n` }, async (folder) => {
      const definition = definitionIn(folder);
      await checkModule(definition, permissions);
      for (const name of Object.keys(permissions)) {
        const refusal = new RegExp(
          `actor "suspect": its module ".*actor.ts" imports "node:.*permission "${name}" is not granted`,
        );
        await assert.rejects(checkModule(definition, { ...permissions, [name]: [] }), refusal);
      }
    }));
}

test("checkModule() looks through all that a module imports, and leaves types and what only computes alone", () =>
  withModules(
    {
      "actor.ts": 'import { part } from "./part.ts";\nexport const all = part;\n',
      "part.ts": [
        'import type { Socket } from "node:net";',
        'import { createHash } from "node:crypto";',
        'export const part = async (_: Socket) => [createHash, await import("./late.ts")];',
      ].join("\n"),
      "late.ts": 'import { connect } from "node:tls";\nexport const late = connect;\n',
    },
    async (folder) => {
      const found = await builtinsOf(definitionIn(folder).module);
      assert.deepEqual(found.map(({ builtin }) => builtin).toSorted(), ["crypto", "tls"]);
      await assert.rejects(checkModule(definitionIn(folder), {}), /late\.ts" imports "node:tls"/);
    },
  ));

test("checkModule() looks again when a source has changed", () =>
  withModules({ "actor.ts": "export const all = 1;\n" }, async (folder) => {
    const definition = definitionIn(folder);
    await checkModule(definition, {});
    await writeFile(join(folder, "actor.ts"), 'export * from "node:net";\n');
    await assert.rejects(checkModule(definition, {}), /imports "node:net"/);
  }));

test("checkModule() finds nothing to refuse in an actor that only computes", async () => {
  await checkModule(puppet, {});
});

test("checkModule() excuses a package that imports what it would find as a global, wherever its node_modules is", () =>
  withModules(
    {
      "actor.ts": 'export { pid } from "suspect-package";\n',
      "node_modules/suspect-package/package.json":
        '{ "name": "suspect-package", "type": "module", "main": "index.js" }',
      "node_modules/suspect-package/index.js": 'import process from "node:process";\nexport const pid = process.pid;\n',
    },
    (folder) => checkModule(definitionIn(folder), {}),
  ));

test("checkModule() excuses other packages, and not the actor's own, when it is installed itself", () =>
  withModules(
    {
      "node_modules/troupe/actor.ts": 'export { make } from "fflate-like";\n',
      "node_modules/troupe/careless.ts": 'export { createRequire } from "node:module";\n',
      "node_modules/fflate-like/package.json": '{ "name": "fflate-like", "type": "module", "main": "index.mjs" }',
      "node_modules/fflate-like/index.mjs": 'export { createRequire as make } from "node:module";\n',
    },
    async (folder) => {
      const installed = join(folder, "node_modules/troupe");
      await checkModule(definitionIn(installed), {});
      const careless = { ...definitionIn(installed), module: pathToFileURL(join(installed, "careless.ts")).href };
      await assert.rejects(checkModule(careless, {}), /careless\.ts" imports "node:module"/);
    },
  ));
