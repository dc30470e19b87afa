import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Lists where processes of the container listen, and whom they are connected with. */
export const netstat: Program = {
  names: ["netstat"],
  *run(self) {
    const { flags } = yield* argumentsOf(self, "tulnpaWexr");
    const isAll = flags.has("a");
    const kinds = ["t", "u"].filter((kind) => flags.has(kind) || !(flags.has("t") || flags.has("u")));
    yield* print(
      self,
      `Active Internet connections (${isAll ? "servers and established" : flags.has("l") ? "only servers" : "w/o servers"})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${flags.has("p") ? "PID/Program name" : ""}\n`,
    );
    const { ip, ips } = self.kernel.host.network;
    const hasIpv6 = ips.some((each) => each.includes(":"));
    const told = new Set<object>();
    for (const { pid, argv, files } of self.kernel.processes.values()) {
      for (const file of files.values()) {
        const { socket } = file;
        if (!socket || told.has(file)) continue;
        told.add(file);
        const { protocol, port, remote } = socket;
        if (!kinds.includes(protocol === "tcp" ? "t" : "u")) continue;
        const listens = remote === undefined;
        if (!(isAll || listens === flags.has("l"))) continue;
        // Who listens does so at both families, where there are two.
        const any = hasIpv6 ? "::" : "0.0.0.0";
        const own = ips.find((each) => each.includes(":") === remote?.ip.includes(":")) ?? ip;
        const local = `${listens ? any : own}:${port}`;
        const other = remote ? `${remote.ip}:${remote.port}` : `${any}:*`;
        const state = protocol === "udp" ? "" : listens ? "LISTEN" : "ESTABLISHED";
        const whose = flags.has("p") ? `${pid}/${(argv.join(" ").split("/").at(-1) ?? "").slice(0, 18)}` : "";
        yield* print(
          self,
          `${protocol}        0      0 ${local.padEnd(23)} ${other.padEnd(23)} ${state.padEnd(11)} ${whose}\n`,
        );
      }
    }
    return 0;
  },
};
