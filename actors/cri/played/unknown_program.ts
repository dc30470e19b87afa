import type { ContainerConfig } from "../messages.ts";

const plays = "kubetroupe plays this container and does not know what";

/** What is said where nobody knows what a container runs, and somebody would wait for its end for ever. */
export function cannotRun(config: ContainerConfig): string {
  return `Cannot run ${programOf(config)}: ${plays} that does, give it a command of a shell, or TROUPE_EXIT_AFTER_MS in its environment to let it end`;
}

/** What is said where nobody waits for that. Default: the program is the one that the container's words name. */
export function nothingRuns(config: ContainerConfig, program?: string): string {
  return `Nothing runs here: ${plays} ${programOf(config, program)} does; probes find it healthy, and who connects to its ports is told nothing`;
}

function programOf({ image, command, args }: ContainerConfig, program = [...command, ...args][0]): string {
  return program === undefined ? `image "${image}"` : `"${program}" of image "${image}"`;
}
