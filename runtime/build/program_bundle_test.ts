import { spawnSync } from "node:child_process";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { assert, type ScenarioContext, scenario } from "../../properties/house/test.ts";
import { bundleProgram, type ProgramNote } from "./program_bundle.ts";
import { stampOf } from "./source_files.ts";

async function writeAll(folder: string, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

scenario(
  "bundleProgram() makes of a program what runs without its sources, which know their places",
  {},
  async (context) => {
    const folder = await context.folder();
    const note = join(folder, "note.json");
    const program = join(folder, "program.ts");
    const files = {
      "program.ts": `
import { here } from "./here.ts";
const { late } = await import("./late.ts");
const words: string[] = [late, here];
export const said = words.join(" ");
`,
      "here.ts": "export const here: string = import.meta.url;\n",
      "late.ts": 'export const late = "late";\n',
    };
    await writeAll(folder, files);
    const first = await bundleProgram(program, note);
    assert.equal((await import(first)).said, `late ${pathToFileURL(join(folder, "here.ts")).href}`);
    assert.doesNotMatch(await readFile(first, "utf8"), /string\[\]|"late"/);
    assert.equal(await bundleProgram(program, note), first);

    await writeFile(join(folder, "late.ts"), 'export const late = "later";\n');
    const second = await bundleProgram(program, note);
    assert.notEqual(second, first);
    assert.match((await import(second)).said, /^later /);
    // A file is older than its bundle, or the next start looks again.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await bundleProgram(program, note);
    const { entry, stamps } = JSON.parse(await readFile(note, "utf8")) as ProgramNote;
    assert.equal(entry, second);
    for (const name of Object.keys(files)) assert.equal(stamps[join(folder, name)], stampOf(join(folder, name)));
  },
);

/** The command in a checkout of its own, which has nothing but a bundle and a note of it. */
async function commandIn(context: ScenarioContext) {
  const folder = await context.folder();
  const entry = join(folder, "bundled.mjs");
  const source = join(folder, "scenarios/cli/main.ts");
  await writeAll(folder, {
    "package.json": '{ "type": "module" }',
    "scenarios/cli/main.ts": 'console.log("the source");\n',
    "bundled.mjs": 'console.log("the bundle");\n',
  });
  const command = join(folder, "scenarios/cli/troupe.mjs");
  await copyFile(fileURLToPath(new URL("../../scenarios/cli/troupe.mjs", import.meta.url)), command);
  const note: ProgramNote = { entry, stamps: { [source]: stampOf(source) ?? "" } };
  await writeAll(folder, { "node_modules/.cache/kubetroupe/command.json": JSON.stringify(note) });
  return { source, entry, run: () => spawnSync(process.execPath, [command], { encoding: "utf8" }) };
}

scenario(
  "troupe starts from its bundle where all is as it was, and never where something is not",
  {},
  async (context) => {
    const { source, run } = await commandIn(context);
    assert.equal(run().stdout, "the bundle\n");
    await writeFile(source, 'console.log("the other");\n');
    const changed = run();
    assert.equal(changed.stdout, "");
    // There is no tsx in that checkout to load its sources with.
    assert.match(changed.stderr, /tsx/);
  },
);
