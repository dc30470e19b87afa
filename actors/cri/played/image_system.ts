import { imageNameOf } from "../image_name.ts";
import type { ContainerConfig } from "../messages.ts";
import { isCommonProgram, type SystemImage } from "./unix/system.ts";

/** What is known of the system inside of an image. */
export interface ImageSystem {
  /** Its files and programs; `undefined` when it has none, so that no command can be run in it. */
  readonly system: SystemImage | undefined;
  /** Whether it is a well-known image; of others is only assumed what most have. */
  readonly isKnown: boolean;
  /** What it runs when it is told nothing: a shell, or a server of its own. */
  readonly runs: "shell" | "server" | "unknown";
  /** The signal that its server ends at. */
  readonly stopSignal: "TERM" | "QUIT" | "WINCH" | "INT";
}

const shells: ReadonlyMap<string, SystemImage> = new Map([
  ["busybox", { base: "busybox" }],
  ["alpine", { base: "alpine" }],
  ["bash", { base: "alpine", own: ["/usr/local/bin/bash", "/usr/local/bin/docker-entrypoint.sh"] }],
  ["debian", { base: "debian" }],
  ["ubuntu", { base: "debian" }],
]);

const servers: ReadonlyMap<string, readonly string[]> = new Map([
  ["nginx", ["/usr/sbin/nginx", "/usr/sbin/nginx-debug"]],
  ["httpd", ["/usr/local/apache2/bin/httpd", "/usr/local/bin/httpd-foreground"]],
  ["redis", ["/usr/local/bin/redis-server", "/usr/local/bin/docker-entrypoint.sh"]],
  ["postgres", ["/usr/local/bin/postgres", "/usr/local/bin/docker-entrypoint.sh"]],
]);

const stopSignals: Readonly<Record<string, ImageSystem["stopSignal"]>> = {
  nginx: "QUIT",
  httpd: "WINCH",
  postgres: "INT",
};
/** Images that are one program and nothing else. */
const bare = /(^|\/)(pause|hello-world|scratch|static|distroless[\w./-]*)$|\/distroless\//;

const known = new Map<string, ImageSystem>();
const knownMax = 1024;

/** What is known of an image's system, by the last part of its name, from whatever registry it is. */
export function imageSystem(image: string): ImageSystem {
  const found = known.get(image) ?? systemOf(image);
  if (known.size >= knownMax) known.clear();
  known.set(image, found);
  return found;
}

function systemOf(image: string): ImageSystem {
  const { short, full } = imageNameOf(image);
  const name = short.slice(short.lastIndexOf("/") + 1);
  const shell = shells.get(name);
  if (shell) return { system: shell, isKnown: true, runs: "shell", stopSignal: "TERM" };
  const own = servers.get(name);
  const stopSignal = stopSignals[name] ?? "TERM";
  const base = /:[^/]*alpine/.test(full) ? "alpine" : "debian";
  if (own) return { system: { base, own }, isKnown: true, runs: "server", stopSignal };
  if (bare.test(short)) return { system: undefined, isKnown: true, runs: "server", stopSignal };
  return { system: { base: "busybox" }, isKnown: false, runs: "unknown", stopSignal };
}

/**
 * The command that a container runs in its image's system; `undefined` when the image's own program runs, which is
 * played as the catalogue says.
 */
export function commandOf({
  image,
  command,
  args,
}: Pick<ContainerConfig, "image" | "command" | "args">): readonly string[] | undefined {
  const { system, isKnown, runs } = imageSystem(image);
  if (!system) return undefined;
  const words = [...command, ...args];
  const [first] = words;
  if (first === undefined) return runs === "shell" ? ["sh"] : undefined;
  // A server's own program with its options, and what only the people who made the image know.
  const name = first.slice(first.lastIndexOf("/") + 1);
  const isOwn = system.own?.some((path) => path.endsWith(`/${name}`)) ?? false;
  if (isOwn && name !== "bash" && name !== "docker-entrypoint.sh") return undefined;
  if (runs === "server" && command.length === 0 && first.startsWith("-")) return undefined;
  if (!isKnown && !isCommonProgram(name)) return undefined;
  return words;
}
