import { isIpv4, isIpv6 } from "../../../../network/ip.ts";
import { hasFailed } from "../files/errno.ts";
import { complain, print } from "../kernel/io.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Process, Program, Running } from "../kernel/process.ts";

const notFound = 2;

/** Looks things up where a C library does: hosts in `/etc/hosts` and by DNS, users and groups in their files. */
export const getent: Program = {
  names: ["getent"],
  *run(self) {
    const [database, ...keys] = self.argv.slice(1).filter((word) => !word.startsWith("-"));
    switch (database) {
      case "hosts":
      case "ahosts":
      case "ahostsv4":
        return yield* each(keys, (key) => host(self, key, database));
      case "passwd":
      case "group":
        return yield* listed(self, `/etc/${database}`, keys);
      case undefined:
        yield* complain(self, "wrong number of arguments");
        return 1;
      default:
        yield* complain(self, `Unknown database: ${database}`);
        return 1;
    }
  },
};

function* each(keys: readonly string[], look: (key: string) => Running<boolean>): Running {
  let status = 0;
  for (const key of keys) if (!(yield* look(key))) status = notFound;
  return status;
}

function* host(self: Process, key: string, database: string): Running<boolean> {
  const aliases = isIpv4(key) || isIpv6(key) ? namesIn(textOf(self, "/etc/hosts"), key) : undefined;
  if (aliases) {
    yield* print(self, `${key.padEnd(15)} ${aliases.join(" ")}\n`);
    return true;
  }
  const found = yield* addressesOf(self, key);
  if (!found.ok) return false;
  for (const address of found.addresses) {
    if (database === "hosts") yield* print(self, `${address.padEnd(15)} ${found.name}\n`);
    else
      for (const kind of ["STREAM", "DGRAM", "RAW"])
        yield* print(self, `${address.padEnd(15)} ${`${kind} ${kind === "STREAM" ? found.name : ""}`.trimEnd()}\n`);
  }
  return true;
}

/** The names that `/etc/hosts` has for an address. */
function namesIn(hosts: string, ip: string): string[] | undefined {
  const lines = hosts.split("\n").map((line) => line.replace(/#.*$/, "").trim().split(/\s+/));
  return lines.find(([address]) => address === ip)?.slice(1);
}

/** Lines of a file whose first or third field is a key; all lines without a key. */
function* listed(self: Process, path: string, keys: readonly string[]): Running {
  const lines = textOf(self, path).split("\n").filter(Boolean);
  if (keys.length === 0) yield* print(self, lines.map((line) => `${line}\n`).join(""));
  return yield* each(keys, function* (key) {
    const line = lines.find((each) => each.split(":")[0] === key || each.split(":")[2] === key);
    if (line !== undefined) yield* print(self, `${line}\n`);
    return line !== undefined;
  });
}

function textOf(self: Process, path: string): string {
  const file = self.kernel.host.tree.find(path);
  return hasFailed(file) || file.kind !== "file" ? "" : file.bytes;
}
