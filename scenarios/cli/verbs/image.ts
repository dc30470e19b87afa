import type { Command } from "commander";
import { assertImageFolder, ownImages } from "../../cluster/image_folder.ts";
import { InputError, messageOf } from "../../cluster/input_error.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

interface Listed {
  readonly name: string;
  readonly tag: string;
  readonly digest?: string;
  readonly sizeBytes?: number;
  readonly path: string;
  readonly error?: string;
}

/** Shows images that are TypeScript modules. */
export const image: Verb = {
  name: "image",
  summary: "Lists a folder of TypeScript modules as the images that pods can run, and those that are played",
  examples: [
    ["troupe image list", "the images that come with kubetroupe: modules, and those that are played"],
    ["troupe image list ./images", "those of a folder: hello.ts is hello:1, hello/2.ts is hello:2"],
    ["troupe image list ./images --json", "the same as data, with full digests and paths"],
  ],
  declare(command: Command) {
    command
      .argument("<action>", "list")
      .argument("[folder]", "whose images; default: those that come with kubetroupe")
      .option("--json", "prints one object");
  },
  run,
};

async function run({ args, options, streams }: Invocation<{ readonly json?: true }>): Promise<number> {
  const [action, folder = ownImages] = args;
  if (action !== "list") throw new InputError(`Cannot ${action} images: there is no such action, use list`);
  await assertImageFolder(folder, "list");
  const [{ readImages }, { imageErrors }, { all }] = await Promise.all([
    import("../../../actors/cri/modules/image_catalogue.ts"),
    import("../../../actors/cri/modules/image_errors.ts"),
    import("../../../actors/cri/played/images/all.ts"),
  ]);
  // A folder of one's own says what is in it, and no more.
  const played = folder === ownImages ? all.flatMap(({ names, runs }) => names.map((name) => ({ name, runs }))) : [];
  const { images } = await readImages(folder).catch((error: unknown) => {
    throw new InputError(`Cannot list images of "${folder}": ${messageOf(error)}`, { cause: error });
  });
  const listed = images.map(({ name, tag, path, bundle, error }): Listed => {
    if (bundle) return { name, tag, digest: bundle.digest, sizeBytes: bundle.sizeBytes, path };
    return { name, tag, path, error: error ? `${imageErrors[error.code]}: ${error.detail}` : imageErrors.broken };
  });
  if (options.json)
    streams.stdout.write(`${JSON.stringify({ images: listed, ...(played.length > 0 ? { played } : {}) })}\n`);
  else streams.stdout.write(tableOf(listed) + playedText(played));
  const broken = listed.filter(({ error }) => error !== undefined);
  for (const { name, tag, path, error } of broken) {
    streams.stderr.write(`Cannot use image "${name}:${tag}": module ${path} ${error}\n`);
  }
  return broken.length === 0 ? exitCodes.good : exitCodes.failed;
}

function playedText(played: readonly { readonly name: string; readonly runs: string }[]): string {
  if (played.length === 0) return "";
  const width = Math.max(...played.map(({ name }) => name.length));
  const lines = played.map(({ name, runs }) => `${name.padEnd(width)}   ${runs}\n`).sort();
  return `\nPlayed, with any tag and from any registry:\n${lines.join("")}`;
}

const digestShown = 12;

function tableOf(images: readonly Listed[]): string {
  if (images.length === 0) return "No images found\n";
  const rows = [
    ["NAME", "TAG", "DIGEST", "SIZE"],
    ...images.map(({ name, tag, digest, sizeBytes }) => [
      name,
      tag,
      digest?.slice("sha256:".length).slice(0, digestShown) ?? "<none>",
      sizeBytes === undefined ? "<none>" : sizeText(sizeBytes),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ")}\n`).join("");
}

function sizeText(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes}B`;
  return sizeBytes < 1_000_000 ? `${(sizeBytes / 1000).toFixed(1)}kB` : `${(sizeBytes / 1_000_000).toFixed(1)}MB`;
}
