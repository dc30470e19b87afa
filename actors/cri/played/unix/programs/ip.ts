import { bytesOf, groupsOf, textOfGroups } from "../../../../kit/ip_number.ts";
import { complain, print } from "../kernel/io.ts";
import { mayAdministerNetworks, usualPrivileges } from "../kernel/privileges.ts";
import type { Process, Program, Running } from "../kernel/process.ts";

/** Shows the addresses and the ways of a pod's network; of it nothing can be changed from inside. */
export const ip: Program = {
  names: ["ip"],
  *run(self) {
    const given = self.argv.slice(1);
    const families = familiesOf(given);
    const words = given.filter((word) => !/^-(4|6|o|br?|brief|d|details|f|family|inet6?)$|^inet6?$/.test(word));
    const [object = "", verb = "show"] = words;
    if (/^a(d(d(r(e(s(s)?)?)?)?)?)?$/.test(object)) return yield* of(self, verb, addresses(self, families));
    if (/^l(i(n(k)?)?)?$/.test(object)) return yield* link(self, verb, words.slice(2));
    if (/^r(o(u(t(e)?)?)?)?$/.test(object)) return yield* of(self, verb, ways(self, families));
    if (/^neigh?(bou?r)?$/.test(object)) return yield* of(self, verb, "");
    yield* complain(self, `invalid argument '${object}' to 'ip'`);
    return 1;
  },
};

/** Devices of the kind `dummy`, which lead nowhere, that a container's processes have added. */
const dummies = new WeakMap<object, Set<string>>();

/** Shows links; who may administer networks may add some that lead nowhere, and take them away. */
function* link(self: Process, verb: string, words: readonly string[]): Running {
  const mayChange = mayAdministerNetworks(self.user.privileges ?? usualPrivileges);
  const [name = "", type, kind] = words.filter((word) => word !== "dev" && word !== "name");
  const added = dummies.get(self.kernel) ?? new Set<string>();
  const isAdded = added.has(name);
  if (mayChange && verb === "add" && type === "type" && kind === "dummy" && !isAdded) {
    dummies.set(self.kernel, added.add(name));
    return 0;
  }
  if (mayChange && /^del(ete)?$/.test(verb) && isAdded) return added.delete(name) ? 0 : 1;
  let shown = links(self);
  for (const [index, each] of [...added].entries())
    shown += `${index + 3}: ${each}: <BROADCAST,NOARP> mtu 1500 qdisc noop qlen 1000\n    link/ether 0e:00:00:00:00:0${index % 10} brd ff:ff:ff:ff:ff:ff\n`;
  return yield* of(self, verb, shown);
}

function* of(self: Process, verb: string, shown: string): Running {
  if (/^(s|sh|sho|show|l|ls|li|lis|list)$/.test(verb)) {
    yield* print(self, shown);
    return 0;
  }
  // Who may not administer networks is told so by the kernel; what is played has no more than it shows.
  const refusal = mayAdministerNetworks(self.user.privileges ?? usualPrivileges)
    ? "Operation not supported"
    : "Operation not permitted";
  yield* complain(self, `RTNETLINK answers: ${refusal}`);
  return 2;
}

const lo =
  "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n";

/** Of which families is asked: addresses are shown of both, ways of IPv4 where nothing is said. */
function familiesOf(words: readonly string[]): { readonly addresses: string; readonly ways: "4" | "6" } {
  const is6 = words.some((word) => word === "-6" || word === "inet6");
  const is4 = words.some((word) => word === "-4" || word === "inet");
  return { addresses: is6 ? "6" : is4 ? "4" : "46", ways: is6 ? "6" : "4" };
}

/** The hardware's address is made of the pod's, as bridges do it. */
export function macOf({ kernel }: Process): string {
  const { ip } = kernel.host.network;
  const bytes = bytesOf(ip) ??
    groupsOf(ip)
      ?.slice(6)
      .flatMap((group) => [group >> 8, group & 255]) ?? [0, 0, 0, 0];
  return ["0a", "58", ...bytes.map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

function card(self: Process): string {
  return `2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue\n    link/ether ${macOf(self)} brd ff:ff:ff:ff:ff:ff\n`;
}

function links(self: Process): string {
  return lo + card(self);
}

function addresses(self: Process, { addresses: families }: ReturnType<typeof familiesOf>): string {
  const forEver = "       valid_lft forever preferred_lft forever\n";
  const line = (text: string) => `    ${text}\n${forEver}`;
  const { ip, ips } = self.kernel.host.network;
  const all = ips.length > 0 ? ips : [ip];
  const hasIpv6 = all.some((each) => each.includes(":"));
  const [with4, with6] = [families.includes("4"), families.includes("6")];
  const own = all.flatMap((each) => {
    if (each.includes(":")) return with6 ? [line(`inet6 ${each}/64 scope global`)] : [];
    const wide = `${each.split(".").slice(0, 3).join(".")}.255`;
    return with4 ? [line(`inet ${each}/24 brd ${wide} scope global eth0`)] : [];
  });
  const linkLocal = hasIpv6 && with6 ? line(`inet6 ${linkLocalOf(self)}/64 scope link`) : "";
  const loopback = `${with4 ? line("inet 127.0.0.1/8 scope host lo") : ""}${hasIpv6 && with6 ? line("inet6 ::1/128 scope host") : ""}`;
  return `${lo}${loopback}${card(self)}${own.join("")}${linkLocal}`;
}

/** Made of the hardware's address (RFC 4291, appendix A). */
export function linkLocalOf(self: Process): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = macOf(self)
    .split(":")
    .map((each) => Number.parseInt(each, 16));
  const groups = [((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f];
  return textOfGroups([0xfe80, 0, 0, 0, ...groups]);
}

function ways(self: Process, { ways: family }: ReturnType<typeof familiesOf>): string {
  const { ip, ips } = self.kernel.host.network;
  const own = (ips.length > 0 ? ips : [ip]).find((each) => each.includes(":") === (family === "6"));
  if (own === undefined) return "";
  if (family === "4") {
    const net = own.split(".").slice(0, 3).join(".");
    return `default via ${net}.1 dev eth0\n${net}.0/24 dev eth0 scope link  src ${own}\n`;
  }
  const net = textOfGroups([...(groupsOf(own)?.slice(0, 4) ?? []), 0, 0, 0, 0]);
  return `${net}/64 dev eth0  metric 256\nfe80::/64 dev eth0  metric 256\ndefault via ${net}1 dev eth0  metric 1024\n`;
}
