import type { CriClient } from "./cri_client.ts";
import { type Ownership, ownedBy } from "./given_config.ts";

/** Stops and removes all sandboxes of a cluster, or of one of its computers; gives how many there were. */
export async function removeAll(
  client: CriClient,
  owner: Pick<Ownership, "cluster"> & Partial<Ownership>,
): Promise<number> {
  const answer = await client.call("ListPodSandbox", { filter: { label_selector: ownedBy(owner) } });
  const found = answer.ok ? answer.value.items : [];
  await Promise.all(
    found.map(async ({ id }) => {
      await client.call("StopPodSandbox", { pod_sandbox_id: id });
      await client.call("RemovePodSandbox", { pod_sandbox_id: id });
    }),
  );
  return found.length;
}
