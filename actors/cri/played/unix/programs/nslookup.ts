import type { DnsRecord } from "../../../../dns/messages.ts";
import { bracketed, reverseName } from "../../../../network/ip.ts";
import { candidates } from "../../../../network/resolver.ts";
import { hasFailed } from "../files/errno.ts";
import { complain, print } from "../kernel/io.ts";
import { type Asked, addressesOf, askServers, resolverSettings } from "../kernel/names.ts";
import type { Process, Program, Running } from "../kernel/process.ts";

/** Asks a name server, as busybox's nslookup does; names are completed as `/etc/resolv.conf` says. */
export const nslookup: Program = {
  names: ["nslookup"],
  *run(self) {
    const words = self.argv.slice(1);
    const options = words.filter((word) => word.startsWith("-"));
    const [host = "", server] = words.filter((word) => !word.startsWith("-"));
    if (host === "") {
      yield* complain(
        self,
        "kubetroupe plays this container, and its nslookup asks no questions: nslookup HOST [DNS_SERVER]",
      );
      return 1;
    }
    const types = options.flatMap((word) => /^-(?:type|query|querytype|q)=(\w+)$/.exec(word)?.[1]?.toUpperCase() ?? []);
    const found = server === undefined ? undefined : yield* addressesOf(self, server);
    if (found && !found.ok) {
      yield* complain(self, `bad address '${server}'`);
      return 1;
    }
    const usual = resolverSettings(self);
    const settings = found?.ok ? { ...usual, nameservers: found.addresses } : usual;
    const [asked = "127.0.0.1"] = settings.nameservers;
    // Where dig is, nslookup is BIND's as well.
    const isBinds = !hasFailed(self.kernel.host.tree.find("/usr/bin/dig"));
    yield* print(self, `Server:\t\t${asked}\nAddress:\t${isBinds ? `${asked}#` : `${bracketed(asked)}:`}53\n\n`);
    const name = reverseName(host) ?? host;
    const isAddress = name !== host;
    const names = isAddress ? [name] : candidates(name, settings);
    const wanted = types.length > 0 ? types : isAddress ? ["PTR"] : ["A", "AAAA"];
    return yield* lookUp(self, { names, types: wanted, name, settings });
  },
};

interface Looking {
  readonly name: string;
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly settings: ReturnType<typeof resolverSettings>;
}

function* lookUp(self: Process, { names, types, name, settings }: Looking): Running {
  let last: Asked | undefined;
  let isDenied = false;
  for (const candidate of names) {
    let isFound = false;
    for (const type of types) {
      last = yield* askServers(self, settings, { name: candidate, type });
      if (typeof last === "string") {
        yield* print(self, ";; connection timed out; no servers could be reached\n\n");
        return 1;
      }
      const { rcode, answers } = last.reply;
      isFound ||= rcode === "NOERROR";
      isDenied ||= rcode === "NXDOMAIN";
      if (answers.length > 0) yield* print(self, `${answers.map(lineOf).join("")}\n`);
    }
    if (isFound) return 0;
  }
  // Where the last server knows nothing of the outside, the others have said it.
  const rcode = isDenied ? "NXDOMAIN" : typeof last === "object" ? last.reply.rcode : "SERVFAIL";
  yield* print(self, `** server can't find ${name}: ${rcode}\n\n`);
  return 1;
}

function lineOf(record: DnsRecord): string {
  const { name, type } = record;
  if (type === "A" || type === "AAAA") return `Name:\t${name}\nAddress: ${record.data}\n`;
  if (type === "SRV") {
    const { priority, weight, port, target } = record.data;
    return `${name}\tservice = ${priority} ${weight} ${port} ${target}\n`;
  }
  if (type === "PTR") return `${name}\tname = ${record.data}\n`;
  if (type === "CNAME") return `${name}\tcanonical name = ${record.data}\n`;
  if (type === "TXT") return `${name}\ttext = ${record.data.map((text) => JSON.stringify(text)).join(" ")}\n`;
  if (type === "NS") return `${name}\tnameserver = ${record.data}\n`;
  if (type === "MX") return `${name}\tmail exchanger = ${record.data.preference} ${record.data.exchange}\n`;
  if (typeof record.data === "string") return `${name}\t${record.data}\n`;
  return `${name}\n\torigin = ${record.data.mname}\n\tserial = ${record.data.serial}\n`;
}
