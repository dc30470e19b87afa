import { complain, print, programName } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** `ifconfig` and `route` show a pod's network as `ip` does, in their own form. */
export const ifconfig: Program = {
  names: ["ifconfig", "route"],
  *run(self) {
    const { ip } = self.kernel.host.network;
    const net = ip.split(".").slice(0, 3).join(".");
    if (programName(self) === "route") {
      yield* print(
        self,
        `Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${"default".padEnd(15)} ${`${net}.1`.padEnd(15)} 0.0.0.0         UG    0      0        0 eth0\n${`${net}.0`.padEnd(15)} *               255.255.255.0   U     0      0        0 eth0\n`,
      );
      return 0;
    }
    const address = ip.split(".").map((part) => Number(part).toString(16).padStart(2, "0").toUpperCase());
    const cards: Readonly<Record<string, string>> = {
      eth0: `eth0      Link encap:Ethernet  HWaddr 0A:58:${address.join(":")}\n          inet addr:${ip}  Bcast:${net}.255  Mask:255.255.255.0\n          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n\n`,
      lo: "lo        Link encap:Local Loopback\n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n",
    };
    const [wanted] = self.argv.slice(1).filter((word) => word !== "-a");
    for (const [name, card] of Object.entries(cards))
      if (wanted === undefined || wanted === name) yield* print(self, card);
    if (wanted === undefined || Object.hasOwn(cards, wanted)) return 0;
    yield* complain(self, `${wanted}: error fetching interface information: Device not found`);
    return 1;
  },
};
