import { resolverLine } from "./_files.ts";
import { printLine } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Prints what `/etc/resolv.conf` says behind `nameserver`. */
export const dnsServerList: Subcommand = {
  name: "dns-server-list",
  *run(self) {
    const words = resolverLine(self, "nameserver");
    yield* printLine(self, words ? words.join(",") : "panic: Could not find DNS search list!");
    return words ? 0 : 2;
  },
};
