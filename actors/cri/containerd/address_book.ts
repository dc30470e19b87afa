import type { CriClient } from "./cri_client.ts";
import { computerIn, ownedBy } from "./given_config.ts";

/** Which computers have the real sandboxes of a cluster, by address. */
export interface AddressBook {
  computerOf(ip: string): Promise<string | undefined>;
}

/** Looks into the runtime whenever somebody asks; of a sandbox the address is asked once. */
export function addressBook(client: CriClient, cluster: string): AddressBook {
  const known = new Map<string, string>();

  async function ipOf(sandbox: string): Promise<string> {
    const found = known.get(sandbox);
    if (found !== undefined) return found;
    const answer = await client.call("PodSandboxStatus", { pod_sandbox_id: sandbox });
    const ip = answer.ok ? (answer.value.status?.network?.ip ?? "") : "";
    if (ip !== "") known.set(sandbox, ip);
    return ip;
  }

  return {
    async computerOf(ip) {
      const answer = await client.call("ListPodSandbox", { filter: { label_selector: ownedBy({ cluster }) } });
      if (!answer.ok) return undefined;
      const ready = answer.value.items.filter(({ state }) => state === 0);
      const ids = new Set(ready.map(({ id }) => id));
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
      for (const { id, labels } of ready) if ((await ipOf(id)) === ip) return computerIn(labels);
      return undefined;
    },
  };
}
