import type { DnsRecord, DnsReply } from "../../../../dns/messages.ts";
import { candidates } from "../../../../network/resolver.ts";
import { print } from "../kernel/io.ts";
import { type Asked, addressesOf, askServers, resolverSettings } from "../kernel/names.ts";
import type { Process, Program, Running } from "../kernel/process.ts";

const types = /^(A|AAAA|CNAME|MX|NS|PTR|SOA|SRV|TXT|ANY)$/i;
const noServer = 9;

/** Asks a name server and shows what it said, as BIND's dig does. */
export const dig: Program = {
  names: ["dig"],
  *run(self) {
    const words = self.argv.slice(1);
    const set = new Set<string>();
    let [name, type, server]: [string | undefined, string, string | undefined] = [undefined, "A", undefined];
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      if (word.startsWith("+")) set.add(word.slice(1));
      else if (word.startsWith("@")) server = word.slice(1);
      else if (word === "-t") type = (words.shift() ?? "A").toUpperCase();
      else if (word === "-x") {
        name = `${(words.shift() ?? "").split(".").reverse().join(".")}.in-addr.arpa`;
        type = "PTR";
      } else if (types.test(word)) type = word.toUpperCase();
      else if (!/^-/.test(word) && word !== "IN") name = word;
    }
    const isTcp = set.has("tcp") || set.has("vc");
    const found = server === undefined ? undefined : yield* addressesOf(self, server);
    if (found && !found.ok) {
      yield* print(self, `dig: couldn't get address for '${server}': not found\n`);
      return 10;
    }
    const usual = resolverSettings(self);
    const settings = found?.ok ? { ...usual, nameservers: found.addresses } : usual;
    const wanted = name ?? ".";
    const names = set.has("search") ? candidates(wanted, settings) : [wanted.replace(/\.$/, "")];
    let [last, asked]: [Asked, string] = ["late", wanted];
    for (const candidate of names) {
      asked = candidate;
      last = yield* askServers(self, { ...settings, isTcp }, { name: candidate, type });
      if (typeof last === "string" || last.reply.rcode === "NOERROR") break;
    }
    if (typeof last === "string") {
      yield* print(self, ";; communications error: timed out\n;; no servers could be reached\n");
      return noServer;
    }
    yield* show(self, { reply: last.reply, name: asked, type, set, isTcp, server: settings.nameservers[0] ?? "" });
    return 0;
  },
};

interface Shown {
  readonly reply: DnsReply;
  readonly name: string;
  readonly type: string;
  readonly set: ReadonlySet<string>;
  readonly server: string;
  readonly isTcp: boolean;
}

function* show(self: Process, { reply, name, type, set, server, isTcp }: Shown): Running<void> {
  const { answers, rcode, authorities } = reply;
  if (set.has("short")) return yield* print(self, answers.map((record) => `${dataOf(record)}\n`).join(""));
  const lines = answers.map(lineOf).join("");
  if (set.has("noall")) return yield* print(self, set.has("answer") ? lines : "");
  const counts = `QUERY: 1, ANSWER: ${answers.length}, AUTHORITY: ${authorities.length}, ADDITIONAL: 0`;
  const head = `\n; <<>> DiG (kubetroupe) <<>> ${self.argv.slice(1).join(" ")}\n;; global options: +cmd\n;; Got answer:\n`;
  const status = `;; ->>HEADER<<- opcode: QUERY, status: ${rcode}, id: 0\n;; flags: qr aa rd; ${counts}\n\n`;
  const question = `;; QUESTION SECTION:\n;${name}.\t\tIN\t${type}\n\n`;
  const told = lines === "" ? "" : `;; ANSWER SECTION:\n${lines}\n`;
  const nobody = authorities.length === 0 ? "" : `;; AUTHORITY SECTION:\n${authorities.map(lineOf).join("")}\n`;
  yield* print(
    self,
    `${head}${status}${question}${told}${nobody};; SERVER: ${server}#53(${server}) (${isTcp ? "TCP" : "UDP"})\n\n`,
  );
}

function lineOf(record: DnsRecord): string {
  return `${record.name}.\t${record.ttl}\tIN\t${record.type}\t${dataOf(record)}\n`;
}

function dataOf(record: DnsRecord): string {
  const { data } = record;
  if (typeof data === "string") return record.type === "A" || record.type === "AAAA" ? data : `${data}.`;
  if ("target" in data) return `${data.priority} ${data.weight} ${data.port} ${data.target}.`;
  if ("mname" in data) {
    const { mname, rname, serial, refresh, retry, expire, minimum } = data;
    return `${mname}. ${rname}. ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
  }
  if ("exchange" in data) return `${data.preference} ${data.exchange}.`;
  return data.map((text) => JSON.stringify(text)).join(" ");
}
