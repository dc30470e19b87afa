import type { SystemImage } from "../unix/system_image.ts";

/** A well-known image, as far as it is played. */
export interface PlayedImage {
  /** What its name may end in, whatever the registry: `nginx`. */
  readonly names: readonly string[];
  /** What runs in it, in a line for a list. */
  readonly runs: string;
  /** Its files and programs; undefined: it has none, and no command can be run in it. */
  system(tag: string): SystemImage | undefined;
  /** What is in it, by paths, where it is no more than files to be mounted. Default: what its system has. */
  readonly files?: Readonly<Record<string, string>>;
  /** What its container runs before its arguments, and which those are when it is given none. Default: nothing. */
  readonly entrypoint?: readonly string[];
  readonly arguments?: readonly string[];
  /** Where its process begins. Default: `/`. */
  readonly folder?: string;
  /** Who its processes run as, and the group of theirs, where a pod says nothing of it. Default: root. */
  readonly user?: number;
  /** What its own program ends at. Default: TERM. */
  readonly stopSignal?: "TERM" | "QUIT" | "WINCH" | "INT";
  /** Where it listens when it is given no command, no arguments and no configuration. Default: nowhere. */
  readonly ports?: readonly number[];
  /** Its own program does nothing but live: what probes find is as the catalogue says. Default false. */
  readonly isIdle?: boolean;
  /** Such a one lets everybody in who connects to the ports of its container's spec, and tells them nothing. Default false. */
  readonly takesCalls?: boolean;
  /** Little of what people run in it is played; the rest is as in an image that nobody knows. Default false. */
  readonly isPartial?: boolean;
}

/** The full version that a tag stands for: `1.27` may be `1.27.5`. */
export function versionOf(tag: string, latest: string, known: Readonly<Record<string, string>>): string {
  const [version = ""] = /^\d+(\.\d+)*/.exec(tag) ?? [];
  if (version === "") return latest;
  const dots = version.split(".").length - 1;
  return known[version] ?? (dots >= 2 ? version : dots === 1 ? `${version}.0` : `${version}.0.0`);
}

/** What of a distribution an image is made of, by its tag. */
export function baseOf(tag: string): "alpine" | "debian" {
  return tag.includes("alpine") ? "alpine" : "debian";
}
