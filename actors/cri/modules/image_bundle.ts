import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type TransformOptions, transform } from "esbuild";
import { type BuiltinReached, builtinsOf } from "../../../runtime/build/check_module.ts";
import { fromSources, type Recipe } from "../../../runtime/build/source_cache.ts";
import { withStepBudget } from "./step_budget.ts";

/** An image as it is run: its module and all that it imports in one script, which sets `image` to the exports. */
export interface ImageBundle {
  /** `sha256:` and the digest of `code`: the same content is the same image, wherever it lies. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly code: string;
  /** The same for simulation: waits are promises' `then`, and steps are counted. */
  readonly simulatedCode: string;
  /** Whether it has a default export. */
  readonly hasDefault: boolean;
  /** Which of Node's own modules it imports, wherever in its graph. */
  readonly builtins: readonly BuiltinReached[];
}

type ImageScript = Omit<ImageBundle, "builtins">;

const shared = { target: "es2022", define: { "process.env.NODE_ENV": '"production"' } } as const;

/**
 * How a script is made fit for simulation: every `await` goes through the global `Promise`, which is then the
 * simulation's own.
 */
export const withoutWaits: Readonly<Record<string, boolean>> = {
  "async-await": false,
  "async-generator": false,
  "for-await": false,
  "dynamic-import": false,
};

/**
 * Bundles an image's module once for each content.
 *
 * @throws Error when the module does not build; its first lines say where
 */
export async function bundleImage(path: string): Promise<ImageBundle> {
  const { value } = await fromSources(imageRecipe(path));
  const builtins = await builtinsOf(pathToFileURL(path).href);
  return { ...value, builtins };
}

/** How the script of an image is made. */
export function imageRecipe(path: string): Recipe<ImageScript, ImageScript> {
  return { name: `image 1 ${pathToFileURL(path).href}`, make: () => make(path), place: (script) => script };
}

async function make(path: string) {
  const folder = dirname(fileURLToPath(pathToFileURL(path)));
  const { outputFiles, metafile } = await build({
    ...shared,
    entryPoints: [path],
    // Paths in the output are relative to it: the digest is the same on every machine.
    absWorkingDir: folder,
    bundle: true,
    platform: "node",
    format: "esm",
    metafile: true,
    write: false,
    legalComments: "none",
    logLevel: "silent",
    outfile: "image.js",
  });
  const [output] = Object.values(metafile.outputs);
  const module = outputFiles[0]?.text ?? "";
  const script: TransformOptions = { format: "iife", globalName: "image", platform: "node", target: "es2022" };
  const [{ code }, simulated] = await Promise.all([
    transform(module, { ...script, supported: { "dynamic-import": false } }),
    transform(module, { ...script, supported: withoutWaits }),
  ]);
  return {
    sources: Object.keys(metafile.inputs).map((input) => fileURLToPath(new URL(input, pathToFileURL(`${folder}/`)))),
    value: {
      digest: `sha256:${createHash("sha256").update(code).digest("hex")}`,
      sizeBytes: Buffer.byteLength(code),
      code,
      simulatedCode: withStepBudget(simulated.code),
      hasDefault: output?.exports.includes("default") === true,
    },
  };
}
