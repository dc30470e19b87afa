import { imageNameOf } from "../image_name.ts";
import type { ContainerConfig } from "../messages.ts";
import type { ImageInside, WithInside } from "./image_inside.ts";
import type { PlayedImage } from "./images/_played_image.ts";
import { all } from "./images/all.ts";
import { standIn, standInFor } from "./stand_in.ts";
import { isCommonProgram } from "./unix/program_table.ts";
import type { SystemImage } from "./unix/system_image.ts";

const images: ReadonlyMap<string, PlayedImage> = new Map(
  all.flatMap((image: PlayedImage) => image.names.map((name) => [name, image] as const)),
);
/** Images that are one program and nothing else. */
const bare = /(^|\/)(scratch|static|distroless[\w./-]*)$|\/distroless\//;
const unknown: ImageInside = {
  ...{
    system: { base: "busybox", own: ["/usr/bin/curl", "/bin/bash", `/usr/bin/${standIn}`] },
    isKnown: false,
    stopSignal: "TERM",
  },
};

const known = new Map<string, ImageInside>();
const knownMax = 1024;

/** What is known of an image's system, by the last part of its name, from whatever registry it is. */
export function imageSystem(image: string): ImageInside {
  const found = known.get(image) ?? systemOf(image);
  if (known.size >= knownMax) known.clear();
  known.set(image, found);
  return found;
}

/** What is inside of a container's image. */
export function insideOf({ image, inside }: WithInside<Pick<ContainerConfig, "image">>): ImageInside {
  return inside ?? imageSystem(image);
}

/** The image that is played under a name; `undefined` when nobody knows it. */
export function playedImage(image: string): PlayedImage | undefined {
  const parts = imageNameOf(image).short.split("/");
  // Some are known by the last two parts of their names: others have a controller, too.
  return images.get(parts.slice(-2).join("/")) ?? images.get(parts.at(-1) ?? "");
}

/**
 * Who an image's processes run as; `undefined` where that is not known: somebody else's image of a well-known name may
 * well be made to run without root.
 */
export function imageUser(image: string): number | undefined {
  const found = playedImage(image);
  const isOwn = /^(docker\.io\/library|registry\.k8s\.io)\//.test(imageNameOf(image).full);
  return found && (found.user ?? (isOwn ? 0 : undefined));
}

function systemOf(image: string): ImageInside {
  const { short, full } = imageNameOf(image);
  const found = playedImage(image);
  if (found) {
    const tag = /:([^/:@]+)$/.exec(full)?.[1] ?? "latest";
    const { stopSignal = "TERM", isPartial = false } = found;
    return { ...found, stopSignal, system: found.system(tag), isKnown: !isPartial };
  }
  return bare.test(short) ? { ...unknown, system: undefined, isKnown: true, isIdle: true } : unknown;
}

type Words = WithInside<
  Pick<ContainerConfig, "image" | "command" | "args"> &
    Partial<Pick<ContainerConfig, "mounts" | "isAwaited" | "name" | "env" | "ports">>
>;

/**
 * The command that a container runs in its image's system; `undefined` when the image's own program runs, which is
 * played as the catalogue says.
 */
export function commandOf(config: Words): readonly string[] | undefined {
  const { system, isKnown, isIdle = false } = insideOf(config);
  if (!system || (isIdle && isOwnProgram(config))) return undefined;
  const words = wordsOf(config);
  // Of an image that nobody knows only the people who made it know what else it runs.
  if (!isKnown && !isOwnOrCommon(system, words[0] ?? "")) return standInFor(config);
  return words.length === 0 ? undefined : words;
}

/** Whether a container runs what its image runs by itself: a server, with options or without. */
export function isOwnProgram(config: Words): boolean {
  const { command, args } = config;
  const { system } = insideOf(config);
  const [first] = [...command, ...args];
  if (first === undefined || !system) return true;
  if (command.length === 0 && first.startsWith("-")) return true;
  return system.own?.some((path) => nameOf(path) === nameOf(first) && !isCommonProgram(nameOf(path))) ?? false;
}

/** As a container runtime puts a command together of what the image and the pod say. */
function wordsOf(config: Words): readonly string[] {
  const { command, args } = config;
  if (command.length > 0) return [...command, ...args];
  const { entrypoint = [], arguments: usual = [] } = insideOf(config);
  return [...entrypoint, ...(args.length > 0 ? args : usual)];
}

function isOwnOrCommon({ own = [] }: SystemImage, word: string): boolean {
  const name = nameOf(word);
  return isCommonProgram(name) || own.some((path) => nameOf(path) === name);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Mounts that tell a server nothing about what it is to do. */
const quietMounts = /^\/(var\/run\/secrets|usr\/share\/nginx\/html)(\/|$)/;

/**
 * Where a container listens that need not run before somebody speaks to it: it runs its image's server with nothing of
 * its own. `undefined` for all others.
 */
export function restingPorts(config: ContainerConfig): readonly number[] | undefined {
  const { ports } = insideOf(config);
  const isPlain = config.command.length === 0 && config.args.length === 0;
  const isQuiet = (config.mounts ?? []).every(({ containerPath }) => quietMounts.test(containerPath));
  return isPlain && isQuiet ? ports : undefined;
}
