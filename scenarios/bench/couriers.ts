import type { CourierMessage } from "../../properties/stages/hosts/courier.ts";
import type { Host } from "../../runtime/hosts/host.ts";

/** Has one courier send so many messages to another, a hundred at a time, on the host that is given. */
export async function exchange(host: Host, count: number): Promise<void> {
  await host.spawn({ name: "from", kind: "courier", input: undefined });
  await host.spawn({ name: "to", kind: "courier", input: undefined });
  // The first exchange makes the ports between the two.
  for (const each of [100, count]) {
    const run: CourierMessage = { type: "courier.run", to: "to", count: each, burst: 100 };
    await host.ask("from", run, 600_000);
  }
}
