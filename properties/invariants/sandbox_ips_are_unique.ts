import type { Invariant } from "../engine/invariant.ts";

/** No two sandboxes of the whole cluster have one IP at a time: measured on the computers, whatever the API says. */
export const sandboxIpsAreUnique: Invariant = {
  name: "no two sandboxes share an IP",
  watch() {
    const holders = new Map<string, { readonly node: string; readonly uid: string }>();
    return {
      runtime(event) {
        const { type, node } = event;
        if (type === "node.lost") {
          for (const [ip, holder] of holders) if (holder.node === node) holders.delete(ip);
        } else if (type === "sandbox.stopped") {
          const { ips, pod } = event;
          for (const ip of ips) if (holders.get(ip)?.uid === pod.uid) holders.delete(ip);
        } else if (type === "sandbox.ready") {
          const { ips, pod } = event;
          for (const ip of ips) {
            const holder = holders.get(ip);
            if (holder)
              return `${ip} was given to pod ${pod.name} on ${node} while ${holder.uid} on ${holder.node} has it`;
            holders.set(ip, { node, uid: pod.uid });
          }
        }
        return undefined;
      },
    };
  },
};
