import { complain, print } from "../kernel/io.ts";
import { mayAdministerNetworks, usualPrivileges } from "../kernel/privileges.ts";
import type { Process, Program, Running } from "../kernel/process.ts";

/** Shows the addresses and the ways of a pod's network; of it nothing can be changed from inside. */
export const ip: Program = {
  names: ["ip"],
  *run(self) {
    const words = self.argv.slice(1).filter((word) => !/^-(4|6|o|br?|brief|d|details)$/.test(word));
    const [object = "", verb = "show"] = words;
    if (/^a(d(d(r(e(s(s)?)?)?)?)?)?$/.test(object)) return yield* of(self, verb, addresses(self));
    if (/^l(i(n(k)?)?)?$/.test(object)) return yield* link(self, verb, words.slice(2));
    if (/^r(o(u(t(e)?)?)?)?$/.test(object)) return yield* of(self, verb, ways(self));
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

function card({ kernel }: Process): string {
  const parts = kernel.host.network.ip.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return `2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue\n    link/ether 0a:58:${parts.join(":")} brd ff:ff:ff:ff:ff:ff\n`;
}

function links(self: Process): string {
  return lo + card(self);
}

function addresses(self: Process): string {
  const { ip: own } = self.kernel.host.network;
  const wide = `${own.split(".").slice(0, 3).join(".")}.255`;
  const forEver = "       valid_lft forever preferred_lft forever\n";
  return `${lo}    inet 127.0.0.1/8 scope host lo\n${forEver}${card(self)}    inet ${own}/24 brd ${wide} scope global eth0\n${forEver}`;
}

function ways({ kernel }: Process): string {
  const { ip: own } = kernel.host.network;
  const net = own.split(".").slice(0, 3).join(".");
  return `default via ${net}.1 dev eth0\n${net}.0/24 dev eth0 scope link  src ${own}\n`;
}
