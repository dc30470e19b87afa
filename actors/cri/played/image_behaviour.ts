import { hash32 } from "../../../runtime/mod.ts";
import { imageNameOf } from "../image_name.ts";
import type { ContainerConfig, ImageBehaviour, ImageCatalogue } from "../messages.ts";
import { commonImages } from "./common_images.ts";
import { commandOf, isOwnProgram } from "./image_system.ts";

const none: ImageBehaviour = {};
const missing: ImageBehaviour = { missing: true };

/** Tags that say in words that no image has them, as those do who want to see a pull fail. */
const absentTags = /:(404|non-?existent|does-?not-?exist|not-?found)$/i;
/** Names that say so, in one of their parts: `non-existing-repo/non-existing-image`. */
const absentNames = /(^|[/_.-])(non-?exist(ent|ing)|does-?not-?exist)([:/_.-]|$)/i;

/**
 * How an image behaves: as the catalogue says, else as well-known images do, else it runs for ever. Images below
 * `missing/`, and those with a tag that says that it does not exist (`nginx:non-existent`), cannot be pulled.
 */
export function imageBehaviour(catalogue: ImageCatalogue, image: string): ImageBehaviour {
  const said = behaviourSaid(catalogue, image);
  return catalogue.speed === "real" ? { ...timesOf(said.sizeBytes ?? drawnSize(image)), ...said } : said;
}

function behaviourSaid({ images }: ImageCatalogue, image: string): ImageBehaviour {
  const { short, full } = imageNameOf(image);
  const listed = images[image] ?? images[full] ?? images[short];
  if (listed) return listed;
  if (short.startsWith("missing/") || absentTags.test(full) || absentNames.test(short)) return missing;
  return commonImages.get(shortest(short)) ?? none;
}

/** What a node with a line of 200 Mbit/s and containerd needs: to resolve, fetch and unpack; to start, and to end. */
function timesOf(sizeBytes: number): ImageBehaviour {
  return { pullMs: resolveMs + Math.round(sizeBytes / bytesPerMs), startMs: 700, stopMs: 150 };
}

const resolveMs = 900;
const bytesPerMs = 20_000;

/** How large an image is: what no catalogue says is drawn from the name, between 5 and 205 MB. */
export function imageSize(catalogue: ImageCatalogue, image: string): number {
  return imageBehaviour(catalogue, image).sizeBytes ?? drawnSize(image);
}

function drawnSize(image: string): number {
  return 5_000_000 + (hash32(imageNameOf(image).full) % 200_000_000);
}

function shortest(short: string): string {
  return short.replace(/^docker\.io\/(library\/)?/, "");
}

/** The environment variables by which a manifest overrides the behaviour of one container, whatever its image. */
const overrides = {
  TROUPE_START_MS: "startMs",
  TROUPE_READY_MS: "readyMs",
  TROUPE_UNREADY_AFTER_MS: "unreadyAfterMs",
  TROUPE_UNHEALTHY_AFTER_MS: "unhealthyAfterMs",
  TROUPE_EXIT_AFTER_MS: "exitAfterMs",
  TROUPE_EXIT_CODE: "exitCode",
  TROUPE_ATTEMPTS_MAX: "attemptsMax",
  TROUPE_STOP_MS: "stopMs",
  TROUPE_STOP_EXIT_CODE: "stopExitCode",
  TROUPE_CPU_MILLIS: "cpuMillis",
  TROUPE_MEMORY_BYTES: "memoryBytes",
  TROUPE_MEMORY_BYTES_PER_SECOND: "memoryBytesPerSecond",
} as const satisfies Record<string, keyof ImageBehaviour>;

/** Whether a catalogue says something of an image. */
export function isListed({ images }: ImageCatalogue, image: string): boolean {
  const { short, full } = imageNameOf(image);
  return (
    images[image] !== undefined ||
    images[full] !== undefined ||
    images[short] !== undefined ||
    commonImages.has(shortest(short))
  );
}

/** How one container behaves: its image, without its end where a command runs instead, changed by its environment. */
export function containerBehaviour(catalogue: ImageCatalogue, container: ContainerConfig): ImageBehaviour {
  const image = imageBehaviour(catalogue, container.image);
  // A command replaces what the image would run, so also when that would exit, and takes signals as it does.
  const base = commandOf(container) && !isOwnProgram(container) ? withoutExit(image) : image;
  let changed: Record<string, unknown> | undefined;
  for (const [variable, field] of Object.entries(overrides)) {
    const text = container.env[variable];
    if (text === undefined || !/^\d+$/.test(text)) continue;
    changed ??= { ...base };
    changed[field] = Number(text);
  }
  const behaviour: ImageBehaviour = changed ?? base;
  const attemptsMax = behaviour.attemptsMax ?? Number.POSITIVE_INFINITY;
  return container.attempt < attemptsMax ? behaviour : sound(behaviour);
}

function withoutExit({ exitAfterMs, exitCode, ...rest }: ImageBehaviour): ImageBehaviour {
  return rest;
}

/** What an image does once it has used up its failing attempts. */
function sound(behaviour: ImageBehaviour): ImageBehaviour {
  const { unreadyAfterMs, unhealthyAfterMs, memoryBytesPerSecond, ...rest } = withoutExit(behaviour);
  return rest;
}
