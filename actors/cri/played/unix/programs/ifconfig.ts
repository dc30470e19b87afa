import { complain, print, programName } from "../kernel/io.ts";
import type { Process, Program } from "../kernel/process.ts";
import { linkLocalOf, macOf } from "./ip.ts";

/** `ifconfig` and `route` show a pod's network as `ip` does, in their own form. */
export const ifconfig: Program = {
  names: ["ifconfig", "route"],
  *run(self) {
    if (programName(self) === "route") {
      yield* print(self, waysOf(self));
      return 0;
    }
    const cards = cardsOf(self);
    const [wanted] = self.argv.slice(1).filter((word) => word !== "-a");
    for (const [name, card] of Object.entries(cards))
      if (wanted === undefined || wanted === name) yield* print(self, card);
    if (wanted === undefined || Object.hasOwn(cards, wanted)) return 0;
    yield* complain(self, `${wanted}: error fetching interface information: Device not found`);
    return 1;
  },
};

/** The pod's addresses, and the network of that of IPv4. */
function ownOf({ kernel }: Process) {
  const { ip, ips } = kernel.host.network;
  const all = ips.length > 0 ? ips : [ip];
  const fourth = all.find((each) => !each.includes(":"));
  return { fourth, sixth: all.find((each) => each.includes(":")), net: fourth?.split(".").slice(0, 3).join(".") };
}

function waysOf(self: Process): string {
  const { net } = ownOf(self);
  const title =
    "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n";
  if (net === undefined) return title;
  return `${title}${"default".padEnd(15)} ${`${net}.1`.padEnd(15)} 0.0.0.0         UG    0      0        0 eth0\n${`${net}.0`.padEnd(15)} *               255.255.255.0   U     0      0        0 eth0\n`;
}

function cardsOf(self: Process): Readonly<Record<string, string>> {
  const { fourth, sixth, net } = ownOf(self);
  const line = (text: string) => `          ${text}\n`;
  const ofCard =
    (fourth === undefined ? "" : line(`inet addr:${fourth}  Bcast:${net}.255  Mask:255.255.255.0`)) +
    (sixth === undefined
      ? ""
      : line(`inet6 addr: ${sixth}/64 Scope:Global`) + line(`inet6 addr: ${linkLocalOf(self)}/64 Scope:Link`));
  const loopback =
    line("inet addr:127.0.0.1  Mask:255.0.0.0") + (sixth === undefined ? "" : line("inet6 addr: ::1/128 Scope:Host"));
  return {
    eth0: `eth0      Link encap:Ethernet  HWaddr ${macOf(self).toUpperCase()}\n${ofCard}${line("UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1")}\n`,
    lo: `lo        Link encap:Local Loopback\n${loopback}${line("UP LOOPBACK RUNNING  MTU:65536  Metric:1")}\n`,
  };
}
