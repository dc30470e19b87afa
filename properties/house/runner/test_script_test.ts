import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { assert, scenario } from "../test.ts";
import { bootFile } from "./script_files.ts";
import { testScript } from "./test_script.ts";

/** A project of its own, with packages of both kinds, as they are installed. */
const files = {
  "package.json": '{ "type": "module" }',
  "node_modules/old/package.json": '{ "main": "index.js" }',
  "node_modules/old/index.js": "module.exports = function old() { return 'old'; }; module.exports.word = 'common';\n",
  "node_modules/young/package.json": '{ "type": "module", "exports": "./index.js" }',
  "node_modules/young/index.js": "export default () => 'young';\nexport const word = 'module';\n",
  "node_modules/dear/package.json": '{ "main": "index.js" }',
  "node_modules/dear/index.js": "console.log('loaded dear');\nexports.price = 7;\n",
  "late.ts": "export const late: string = 'late';\n",
  "a.ts": `
import { basename } from "node:path";
import * as path from "node:path";
import old, { word as oldWord } from "old";
import young, { word as youngWord } from "young";
const { late } = await import("./late.ts");
const name = "./no" + "thing.ts";
const failure = await import(new URL(name, import.meta.url).href).catch((error: Error) => error.message.split("'")[1]);
interface Said { readonly words: readonly string[] }
const said: Said = { words: [old(), oldWord, young(), youngWord, late, basename(import.meta.filename), failure ?? ""] };
console.log(JSON.stringify([...said.words, path.basename("/x/y"), typeof path.default.join]));
`,
  "b.ts": `
import { price } from "dear";
function deep(): never {
  throw new TypeError("on purpose");
}
try {
  deep();
} catch (error) {
  console.log(price, (error as Error).stack);
}
`,
};

scenario(
  "testScript() makes one script of modules, which a process loads when it asks for them",
  {},
  async (context) => {
    const folder = await context.folder();
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(folder, name, ".."), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const [first, second] = [join(folder, "a.ts"), join(folder, "b.ts")];
    const script = await testScript([first, second]);
    assert.equal(await testScript([first, second]), script);
    const load = async (path: string, before = "") => {
      const boot = `require(${JSON.stringify(join(script, bootFile))})`;
      const start = `${boot}.startScript(${JSON.stringify(script)}, ${JSON.stringify(folder)})`;
      const text = `${before} ${start}[${JSON.stringify(path)}]();`;
      return (await promisify(execFile)(process.execPath, ["-e", text])).stdout;
    };
    const compiled = async () => (await readdir(script)).filter((name) => name.startsWith("code"));

    const words = ["old", "common", "young", "module", "late", "a.ts", join(folder, "nothing.ts"), "y", "function"];
    assert.deepEqual(await compiled(), []);
    for (const count of [1, 2]) {
      assert.deepEqual(JSON.parse(await load(first)), words);
      assert.deepEqual(await compiled(), [`code-${count}`]);
    }
    // Code that was compiled with other flags is none for the next.
    await load(second, "require('node:v8').setFlagsFromString('--stack-size=900');");
    const stack = await load(second);
    assert.match(stack, /^loaded dear\n7 TypeError: on purpose\n/);
    assert.ok(stack.includes(`at deep (${second}:4:`), stack);
    assert.ok(stack.includes(`${second}:7:`), stack);
    assert.ok(!stack.includes(pathToFileURL(script).href) && /^code-3$/.test((await compiled()).join()), stack);
  },
);
