import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { InputError } from "../cluster/input_error.ts";

/** Whose kernel's rules are meant: this machine's, or those of a network namespace, by its name or its file. */
export type NftPlace = { readonly netns: string } | { readonly machine: true };

const runMsMax = 30_000;
const outputMax = 64 * 2 ** 20;

/** Words for a place. */
export function placeName(place: NftPlace): string {
  return "netns" in place ? `the network namespace ${place.netns}` : "this machine";
}

/**
 * Runs the program `nft` there, with this as its input; the result is what it prints.
 *
 * @throws InputError when there is no such program or namespace, or this user may not change its rules
 * @throws Error when it refuses
 */
export async function nft(place: NftPlace, args: readonly string[], input = ""): Promise<string> {
  return runThere(place, ["nft", ...args], input);
}

/**
 * Has the kernel there forget exchanges, by the program `conntrack`: that there was none is well, too.
 *
 * @throws InputError when there is no such program or namespace, or this user may not do that
 */
export async function forgetFlows(place: NftPlace, args: readonly string[]): Promise<void> {
  await runThere(place, ["conntrack", ...args]).catch((error: unknown) => {
    if (error instanceof InputError) throw error;
  });
}

async function runThere(place: NftPlace, line: readonly string[], input = ""): Promise<string> {
  const [own = ""] = line;
  const file = "netns" in place ? namespaceFile(place.netns) : undefined;
  if (file !== undefined) {
    await access(file).catch(() => {
      throw new InputError(
        `Cannot run ${own} in the network namespace ${file}: there is none, make one with "ip netns add"`,
      );
    });
  }
  const [program = "", ...rest] = [...(file === undefined ? [] : ["nsenter", `--net=${file}`]), ...line];
  return new Promise((resolve, reject) => {
    const options = { timeout: runMsMax, maxBuffer: outputMax };
    const child = execFile(program, rest, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const why = stderr.trim().split("\n")[0] || error.message;
      if ((error as NodeJS.ErrnoException).code === "ENOENT" || /failed to execute/.test(why)) {
        reject(new InputError(`Cannot run ${own} for ${placeName(place)}: there is no such program, install it`));
      } else if (/Operation not permitted|must be root|Permission denied/.test(why)) {
        reject(new InputError(`Cannot change the rules of ${placeName(place)}: ${why}, be root`));
      } else reject(new Error(`${own} says of ${placeName(place)}: ${why}`, { cause: error }));
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

function namespaceFile(netns: string): string {
  return netns.includes("/") ? netns : `/run/netns/${netns}`;
}
