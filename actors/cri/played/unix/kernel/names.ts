import type { DnsQuestion, DnsReply } from "../../../../dns/messages.ts";
import { framed, unframe } from "../../../../network/dns/framing.ts";
import { decodeReply, encodeQuery } from "../../../../network/dns/wire.ts";
import { isIpv4, isIpv6 } from "../../../../network/ip.ts";
import { inOrder, type LookupAnswer, resolve } from "../../../../network/resolver.ts";
import { hasFailed } from "../files/errno.ts";
import { closeFile, connectTo, hasNotConnected, keepFile } from "./connection.ts";
import { type DatagramFile, openDatagrams, receive } from "./datagrams.ts";
import { readSome, writeTo } from "./io.ts";
import type { Process, Running } from "./process.ts";

/** What `/etc/resolv.conf` says. */
export interface ResolverSettings {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
  readonly timeoutMs: number;
  readonly attempts: number;
}

/** How a name was found, or why it was not. */
export type FoundName =
  | { readonly ok: true; readonly name: string; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly code: "ENOTFOUND" | "EAI_AGAIN" };

/** What came of a question to a server. */
export type Asked = { readonly reply: DnsReply } | "refused" | "late";

const dnsPort = 53;

function textOf({ kernel }: Process, path: string): string {
  const node = kernel.host.tree.find(path);
  return !hasFailed(node) && node.kind === "file" ? node.bytes : "";
}

/** Reads `/etc/resolv.conf`. Source: resolv.conf(5). */
export function resolverSettings(self: Process): ResolverSettings {
  const lines = textOf(self, "/etc/resolv.conf").split("\n");
  const words = lines.map((line) => line.trim().split(/\s+/));
  const option = (name: string) =>
    words.flatMap(([key, ...rest]) => (key === "options" ? rest : [])).find((each) => each.startsWith(`${name}:`));
  const number = (name: string, otherwise: number) => Number(option(name)?.split(":")[1] ?? otherwise);
  return {
    nameservers: words.flatMap(([key, server]) => (key === "nameserver" && server ? [server] : [])),
    search: words.findLast(([key]) => key === "search" || key === "domain")?.slice(1) ?? [],
    ndots: number("ndots", 1),
    timeoutMs: number("timeout", 5) * 1000,
    attempts: number("attempts", 2),
  };
}

/** Finds the addresses of a host as a C library does: in `/etc/hosts`, else by the servers of `/etc/resolv.conf`. */
export function* addressesOf(self: Process, given: string): Running<FoundName> {
  // As it stands in URLs.
  const host = given.replace(/^\[(.*)\]$/, "$1");
  if (isIpv4(host) || isIpv6(host)) return { ok: true, name: host, addresses: [host] };
  const wanted = host.toLowerCase();
  const { ips } = self.kernel.host.network;
  const listed: string[] = [];
  for (const line of textOf(self, "/etc/hosts").split("\n")) {
    const [ip = "", ...names] = line.replace(/#.*$/, "").trim().split(/\s+/);
    const isAddress = isIpv4(ip) || isIpv6(ip);
    if (isAddress && names.some((name) => name.toLowerCase() === wanted)) listed.push(ip);
  }
  if (listed.length > 0) return { ok: true, name: host, addresses: inOrder(listed, ips) };
  if (wanted === "localhost") return { ok: true, name: host, addresses: ["127.0.0.1"] };
  const settings = resolverSettings(self);
  const steps = resolve(host, settings);
  for (let next = steps.next([]); ; ) {
    if (next.done) {
      const { value } = next;
      if (!value.ok) return { ok: false, code: value.code === "EAI_AGAIN" ? "EAI_AGAIN" : "ENOTFOUND" };
      return { ok: true, name: value.name, addresses: inOrder(value.addresses, ips) };
    }
    const { name, types } = next.value;
    const answers: LookupAnswer[] = [];
    for (const type of types) {
      const asked = yield* askServers(self, settings, { name, type });
      answers.push(typeof asked === "string" ? { rcode: "SERVFAIL", answers: [] } : asked.reply);
    }
    next = steps.next(answers);
  }
}

/** Asks the servers in turn, again when none has answered in time. */
export function* askServers(
  self: Process,
  { nameservers, attempts, timeoutMs, isTcp = false }: ResolverSettings & { readonly isTcp?: boolean },
  question: DnsQuestion,
): Running<Asked> {
  let last: Asked = "refused";
  for (let attempt = 0; attempt < attempts; attempt++) {
    for (const server of nameservers) {
      last = yield* (isTcp ? askByTcp : askServer)(self, { server, timeoutMs }, question);
      if (typeof last !== "string") return last;
    }
  }
  return last;
}

/** Asks one server for the records of a name. */
export function* askServer(
  self: Process,
  {
    server,
    timeoutMs,
    port = dnsPort,
  }: { readonly server: string; readonly timeoutMs: number; readonly port?: number },
  question: DnsQuestion,
): Running<Asked> {
  const { uptimeMs, random } = self.kernel.host;
  const file = openDatagrams(self);
  if (!file) return "refused";
  const id = random.int(65_536);
  file.send(encodeQuery(id, question).toString("latin1"), { ip: server, port });
  const untilMs = uptimeMs() + timeoutMs;
  for (;;) {
    const got = yield* receive(self, file, untilMs);
    const decoded = typeof got === "string" ? undefined : decodeReply(Buffer.from(got.data, "latin1"), question);
    if (typeof got !== "string" && decoded?.id !== id) continue;
    close(self, file);
    return decoded ?? (got === "late" ? "late" : "refused");
  }
}

/** Asks one server over a connection. */
function* askByTcp(
  self: Process,
  { server, timeoutMs }: { readonly server: string; readonly timeoutMs: number },
  question: DnsQuestion,
): Running<Asked> {
  const connection = yield* connectTo(self, { ip: server, port: dnsPort }, timeoutMs);
  if (hasNotConnected(connection)) return connection.error === "ETIMEDOUT" ? "late" : "refused";
  const descriptor = keepFile(self, connection);
  const id = self.kernel.host.random.int(65_536);
  yield* writeTo(self, connection, framed(encodeQuery(id, question)).toString("latin1"));
  let outcome: Asked = "refused";
  for (let got = ""; ; ) {
    const piece = yield* readSome(self, connection);
    if (piece === "") break;
    got += piece;
    const [message] = unframe(Buffer.from(got, "latin1")).messages;
    const decoded = message && decodeReply(message, question);
    if (message) outcome = decoded?.id === id ? decoded : "refused";
    if (message) break;
  }
  closeFile(self, descriptor);
  return outcome;
}

function close(self: Process, file: DatagramFile): void {
  for (const [descriptor, each] of self.files) if (each === file) closeFile(self, descriptor);
}
