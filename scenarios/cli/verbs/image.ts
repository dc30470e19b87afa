import type { Command } from "commander";
import { InputError, messageOf } from "../../cluster/input_error.ts";
import type { ImageOptions } from "../image_actions.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

interface Listed {
  readonly name: string;
  readonly tag: string;
  readonly digest?: string;
  readonly sizeBytes?: number;
  readonly path: string;
  readonly error?: string;
}

/** Shows, builds and pushes images. */
export const image: Verb = {
  name: "image",
  summary: "Lists images that pods can run, builds images of modules and of folders, pushes them to a registry",
  examples: [
    ["troupe image list", "the images that come with kubetroupe: modules, and those that are played"],
    ["troupe image list ./images", "those of a folder: hello.ts is hello:1, hello/2.ts is hello:2"],
    ["troupe image list ./images --json", "the same as data, with full digests and paths"],
    ["troupe image build ./hello.ts -t 127.0.0.1:5000/hello:1", "an image of a module, kept on this machine"],
    [
      "troupe image build ./rootfs -t web:1",
      "an image of a folder's files, for real containers; image.json says what it runs",
    ],
    ["troupe image push 127.0.0.1:5000/hello:1", "pushes it to the registry of troupe up --registry-port 5000"],
    ["troupe image list 127.0.0.1:5000", "what that registry has"],
  ],
  declare(command: Command) {
    command
      .argument("<action>", "list, build or push")
      .argument(
        "[target]",
        "a folder or a registry to list (default: what comes with kubetroupe and what was built), what to build, or which image to push",
      )
      .option("-t, --tag <name>", "what the image is called that is built")
      .option("--layout <folder>", "where built images are kept (default: kubetroupe/images in the user's data folder)")
      .option("--user <name:password>", "who pushes to a registry, or lists it")
      .option("--json", "prints one object");
  },
  run,
};

const registryPattern = /^[\w.-]+:\d+$/;

async function run({ args, options, streams }: Invocation<ImageOptions>): Promise<number> {
  const [action, target] = args;
  if (action !== "list" && action !== "build" && action !== "push") {
    throw new InputError(`Cannot ${action} images: there is no such action, use list, build or push`);
  }
  const actions = await import("../image_actions.ts");
  if (action !== "list") return actions[action]({ target, options, streams });
  if (target !== undefined && registryPattern.test(target)) return actions.listRegistry({ target, options, streams });
  const built = target === undefined ? await actions.builtImages(options) : [];
  return listFolder(target, { options, streams, built });
}

interface Listing extends Pick<Invocation<ImageOptions>, "options" | "streams"> {
  readonly built: readonly { readonly name: string; readonly manifest: { readonly digest: string } }[];
}

async function listFolder(given: string | undefined, { options, streams, built }: Listing): Promise<number> {
  const [{ assertImageFolder, ownImages }, { readImages }, { imageErrors }, { all }] = await Promise.all([
    import("../../cluster/image_folder.ts"),
    import("../../../actors/cri/modules/image_catalogue.ts"),
    import("../../../actors/cri/modules/image_errors.ts"),
    import("../../../actors/cri/played/images/all.ts"),
  ]);
  const folder = given ?? ownImages;
  await assertImageFolder(folder, "list");
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
    streams.stdout.write(
      `${JSON.stringify({ images: listed, ...(played.length > 0 ? { played } : {}), ...(built.length > 0 ? { built: builtData(built) } : {}) })}\n`,
    );
  else streams.stdout.write(tableOf(listed) + builtText(built) + playedText(played));
  const broken = listed.filter(({ error }) => error !== undefined);
  for (const { name, tag, path, error } of broken) {
    streams.stderr.write(`Cannot use image "${name}:${tag}": module ${path} ${error}\n`);
  }
  return broken.length === 0 ? exitCodes.good : exitCodes.failed;
}

function builtData(built: Listing["built"]) {
  return built.map(({ name, manifest: { digest } }) => ({ name, digest }));
}

function builtText(built: Listing["built"]): string {
  if (built.length === 0) return "";
  const width = Math.max(...built.map(({ name }) => name.length));
  const lines = builtData(built).map(
    ({ name, digest }) => `${name.padEnd(width)}   ${digest.slice("sha256:".length).slice(0, digestShown)}\n`,
  );
  return `\nBuilt on this machine, to be pushed to a registry:\n${lines.join("")}`;
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
