import { ownValue } from "../../../../api/types.ts";
import { hasFailed } from "../files/errno.ts";
import type { Process } from "../kernel/process.ts";

/** Packages of Debian and Alpine, and those of their programs that are played. */
const packages: Readonly<Record<string, readonly string[]>> = {
  ...{ bash: ["bash"], busybox: ["sh"], coreutils: ["ls", "cat"], "ca-certificates": [], gzip: ["gzip"], tar: ["tar"] },
  ...{ curl: ["curl"], wget: ["wget"], procps: ["ps", "top", "free", "pgrep"], util: [], "util-linux": ["mount"] },
  ...{ dnsutils: ["dig", "nslookup"], "bind9-dnsutils": ["dig", "nslookup"], "bind-tools": ["dig", "nslookup"] },
  ...{ "iputils-ping": ["ping"], iputils: ["ping"], "net-tools": ["netstat", "ifconfig"], iproute2: ["ip"] },
  ...{ netcat: ["nc"], "netcat-openbsd": ["nc"], "netcat-traditional": ["nc"], telnet: ["telnet"] },
  ...{ "inetutils-telnet": ["telnet"], perl: ["perl"], stress: ["stress"], findutils: ["find"], grep: ["grep"] },
  ...{ "redis-tools": ["redis-cli"], redis: ["redis-cli", "redis-server"], sed: ["sed"], gawk: ["awk"], mawk: ["awk"] },
};

/** What becomes of packages that somebody wants. */
export interface Installed {
  /** Those of which there was something to do. */
  readonly fresh: readonly string[];
  /** Those that were there. */
  readonly there: readonly string[];
  /** Those of which nothing is played. */
  readonly unknown: readonly string[];
}

/** What it says of itself who installs here. */
export const playedPackages =
  "kubetroupe plays this container: packages are the programs that it knows, nothing is fetched";

/** Puts the programs of packages into a container, unless one of them is unknown. */
export function install({ kernel }: Process, wanted: readonly string[], folder: string): Installed {
  const { tree, programs } = kernel.host;
  const names = [...new Set(wanted)];
  const isKnown = (name: string) =>
    Object.hasOwn(packages, name) && packages[name]?.every((each) => programs.has(each));
  const unknown = names.filter((name) => !isKnown(name));
  const isThere = (program: string) =>
    [folder, "/bin", "/usr/bin", "/usr/local/bin", "/usr/sbin"].some(
      (each) => !hasFailed(tree.find(`${each}/${program}`)),
    );
  const missing = (name: string) => ownValue(packages, name)?.filter((program) => !isThere(program)) ?? [];
  const fresh = names.filter((name) => isKnown(name) && missing(name).length > 0);
  const there = names.filter((name) => isKnown(name) && !fresh.includes(name));
  if (unknown.length > 0) return { fresh: [], there, unknown };
  for (const program of fresh.flatMap(missing)) {
    const file = tree.fileToWrite(`${folder}/${program}`, true);
    if (hasFailed(file) || file.kind !== "file") continue;
    file.mode = 0o755;
    file.program = program;
  }
  return { fresh, there, unknown };
}
