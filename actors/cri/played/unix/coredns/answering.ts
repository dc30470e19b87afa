import type { DnsQuestion, DnsRecord, DnsReply } from "../../../../dns/messages.ts";
import { isIpv4, isIpv6, reverseName } from "../../../../network/ip.ts";
import { askServer, resolverSettings } from "../kernel/names.ts";
import type { Process, Running } from "../kernel/process.ts";
import { fileText } from "../programs/_curl_security.ts";
import { type Directive, isIn, type ServerBlock, zoneOf } from "./corefile.ts";
import { rewriterOf } from "./rewriting.ts";

/** What there is besides the Corefile. */
export interface Surroundings {
  /** Who knows the names of the cluster; undefined while that is not known. */
  readonly clusterDns: () => string | undefined;
}

/** What became of a question; a plugin that failed says what to write of it. */
export interface Answered {
  readonly reply: DnsReply;
  readonly error?: string;
}

const upstreamMs = 2_000;
/** The domain of the cluster that the pod is in. */
const clusterDomain = "cluster.local";
const [kubernetesTtl, hostsTtl] = [5, 3_600];

const replyOf = (rcode: DnsReply["rcode"], answers: readonly DnsRecord[] = [], authoritative = false): DnsReply => ({
  ...{ rcode, authoritative, answers, authorities: [], additionals: [] },
});

/** The block that answers at a port: that of the longest zone in which the name is. */
export function blockFor(blocks: readonly ServerBlock[], port: number, name: string): ServerBlock | undefined {
  const zoneLength = ({ zones }: ServerBlock) =>
    Math.max(-1, ...zones.filter((zone) => isIn(zoneOf(name), zone)).map((zone) => zone.length));
  const fitting = blocks.filter((each) => each.port === port && zoneLength(each) >= 0);
  return fitting.sort((one, other) => zoneLength(other) - zoneLength(one))[0];
}

/** Answers a question by the plugins of its block, in the order that CoreDNS gives them. */
export function* answerBy(
  self: Process,
  { block, question }: { readonly block: ServerBlock; readonly question: DnsQuestion },
  around: Surroundings,
): Running<Answered> {
  const named = (name: string) => block.directives.filter((each) => each.name === name);
  const rewriter = rewriterOf(named("rewrite"));
  const name = rewriter.nameOf(question.name);
  const asked = { ...question, name };
  const answered = yield* answerRewritten(self, { asked, named, zones: block.zones }, around);
  if (name === question.name) return answered;
  const back = (record: DnsRecord): DnsRecord =>
    zoneOf(record.name) === zoneOf(name) ? { ...record, name: question.name } : record;
  return { ...answered, reply: { ...answered.reply, answers: answered.reply.answers.map(back) } };
}

interface Asked {
  readonly asked: DnsQuestion;
  readonly named: (name: string) => readonly Directive[];
  readonly zones: readonly string[];
}

function* answerRewritten(self: Process, { asked, named, zones }: Asked, around: Surroundings): Running<Answered> {
  for (const hosts of named("hosts")) {
    const reply = fromHosts(self, hosts, { asked, zones });
    if (reply) return { reply };
  }
  for (const kubernetes of named("kubernetes")) {
    const answered = yield* fromCluster(self, { kubernetes, asked, zones }, around);
    if (answered) return answered;
  }
  for (const forward of named("forward")) {
    const [from = ".", ...to] = forward.args;
    const isExcept = forward.lines.some(
      ([word, ...names]) => word === "except" && names.some((each) => isIn(zoneOf(asked.name), zoneOf(each))),
    );
    if (isIn(zoneOf(asked.name), zoneOf(from)) && !isExcept) return yield* forwarded(self, { to, asked }, around);
  }
  return { reply: replyOf("REFUSED") };
}

/** Whether what a plugin does not know may be known by those behind it. */
function fallsThrough({ lines }: Directive, name: string): boolean {
  return lines.some(
    ([word, ...zones]) =>
      word === "fallthrough" && (zones.length === 0 || zones.some((each) => isIn(name, zoneOf(each)))),
  );
}

function fromHosts(
  self: Process,
  hosts: Directive,
  { asked, zones }: { asked: DnsQuestion; zones: readonly string[] },
) {
  const name = zoneOf(asked.name);
  const [path, ...named] = hosts.args;
  const own = named.length > 0 ? named.map(zoneOf) : zones;
  if (!own.some((zone) => isIn(name, zone))) return undefined;
  const isInline = hosts.lines.some(([ip = ""]) => isIpv4(ip) || isIpv6(ip));
  const text = isInline && path === undefined ? "" : (fileText(self, path ?? "/etc/hosts") ?? "");
  const lines = [...text.split("\n").map((line) => line.replace(/#.*$/, "").trim().split(/\s+/)), ...hosts.lines];
  const ttl = Number(hosts.lines.find(([word]) => word === "ttl")?.[1] ?? hostsTtl);
  const known = lines.flatMap(([ip = "", ...names]) =>
    isIpv4(ip) || isIpv6(ip) ? names.map((each) => ({ ip, name: zoneOf(each) })) : [],
  );
  const { type } = asked;
  const ofName = known.filter((each) => each.name === name);
  const answers: DnsRecord[] =
    type === "PTR"
      ? known
          .filter(({ ip }) => reverseName(ip) === name)
          .map((each) => ({ name: asked.name, type, ttl, data: each.name }))
      : ofName.flatMap(({ ip }) =>
          (type === "A" && isIpv4(ip)) || (type === "AAAA" && isIpv6(ip))
            ? [{ name: asked.name, type, ttl, data: ip }]
            : [],
        );
  if (answers.length > 0) return replyOf("NOERROR", answers, true);
  if (fallsThrough(hosts, name)) return undefined;
  return ofName.length > 0 ? replyOf("NOERROR", [], true) : replyOf("NXDOMAIN", [], true);
}

interface OfCluster {
  readonly kubernetes: Directive;
  readonly asked: DnsQuestion;
  readonly zones: readonly string[];
}

/** The cluster's names are what its own DNS says that they are; in another zone they are the same below that. */
function* fromCluster(
  self: Process,
  { kubernetes, asked, zones }: OfCluster,
  { clusterDns }: Surroundings,
): Running<Answered | undefined> {
  const name = zoneOf(asked.name);
  const own = kubernetes.args.length > 0 ? kubernetes.args.map(zoneOf) : zones;
  const zone = own.filter((each) => isIn(name, each)).sort((one, other) => other.length - one.length)[0];
  if (zone === undefined) return undefined;
  const isReverse = zone === "arpa" || zone.endsWith(".arpa");
  const word = (key: string) => kubernetes.lines.find(([each]) => each === key)?.[1];
  const isPod = isIn(name, `pod.${zone}`);
  const ttl = Number(word("ttl") ?? kubernetesTtl);
  const server = clusterDns();
  if (server === undefined) return { reply: replyOf("SERVFAIL"), error: "plugin/kubernetes: not synced" };
  const inCluster = isReverse ? name : renamed(name, zone, clusterDomain);
  const found =
    isPod && (word("pods") ?? "disabled") === "disabled"
      ? undefined
      : yield* askServer(self, { server, timeoutMs: upstreamMs }, { ...asked, name: inCluster });
  if (typeof found === "string")
    return { reply: replyOf("SERVFAIL"), error: `${asked.name}. ${asked.type}: plugin/kubernetes: i/o timeout` };
  const reply = found?.reply ?? replyOf("NXDOMAIN");
  if (reply.rcode === "NXDOMAIN" && fallsThrough(kubernetes, name)) return undefined;
  const back = (text: string) =>
    isReverse || !isIn(zoneOf(text), clusterDomain) ? text : renamed(text, clusterDomain, zone);
  const shown = (records: readonly DnsRecord[]) => records.map((record) => ({ ...withNames(record, back), ttl }));
  return {
    reply: {
      ...reply,
      authoritative: true,
      answers: shown(reply.answers),
      authorities: shown(reply.authorities),
      additionals: shown(reply.additionals),
    },
  };
}

function renamed(name: string, from: string, to: string): string {
  return `${name.slice(0, name.length - from.length)}${to}`;
}

function withNames(record: DnsRecord, change: (name: string) => string): DnsRecord {
  const name = change(record.name);
  if (record.type === "CNAME" || record.type === "NS") return { ...record, name, data: change(record.data) };
  if (record.type === "SRV") return { ...record, name, data: { ...record.data, target: change(record.data.target) } };
  return { ...record, name };
}

/** Asks others, in turn; where a pod has no resolver of its own the cluster's is one. */
function* forwarded(
  self: Process,
  { to, asked }: { readonly to: readonly string[]; readonly asked: DnsQuestion },
  { clusterDns }: Surroundings,
): Running<Answered> {
  const servers = to.flatMap((each) => {
    if (!each.startsWith("/")) return [each.replace(/^dns:\/\//, "")];
    const found = resolverSettings(self).nameservers;
    return found.length > 0 ? found : [clusterDns() ?? ""];
  });
  let last = "no upstream host";
  for (const each of servers) {
    const [, ip = each, port = "53"] = /^\[?([\d.]+|[\da-f:]+)\]?(?::(\d+))?$/i.exec(each) ?? [];
    if (!isIpv4(ip) && !isIpv6(ip)) continue;
    const found = yield* askServer(self, { server: ip, timeoutMs: upstreamMs, port: Number(port) }, asked);
    if (typeof found !== "string") return { reply: found.reply };
    last = `read udp ${ip}:${port}: ${found === "late" ? "i/o timeout" : "connection refused"}`;
  }
  return { reply: replyOf("SERVFAIL"), error: `${asked.name}. ${asked.type}: ${last}` };
}
