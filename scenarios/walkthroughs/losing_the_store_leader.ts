import { scenario } from "../script/scenario.ts";

const note = (index: number) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: `note-${index}` },
  data: { number: String(index) },
});

/** The store's leader is lost: another takes over, a minority refuses, and nothing that was acknowledged is lost. */
export const losingTheStoreLeader = scenario(
  {
    name: "losing-the-store-leader",
    summary: "Another replica takes over, a minority refuses to write, and no acknowledged write is lost",
    topology: { nodes: 1, stores: 3, apiservers: 2 },
  },
  async ({ step, apply, list, eventually, inject, heal, cluster, expect, note: tell }) => {
    let written = 0;
    const write = (count: number, server?: string) => {
      const last = written + count;
      return eventually(`${count} more notes are acknowledged`, async () => {
        for (; written < last; written++) await apply(note(written), server ? { server } : {});
      });
    };

    const first = await step("Three replicas, one leads, notes are written", async () => {
      await write(3);
      const leader = await cluster.storeLeader();
      tell(`${leader} leads`);
      return leader;
    });

    await step("The leader crashes: another takes over, and writing goes on", async () => {
      await inject("crash", { actor: "leader of the store" });
      await write(3);
      const leader = await cluster.storeLeader();
      tell(`${leader} leads`);
      expect(leader === first, "the lost one to lead").toBe(false);
      await heal();
    });

    await step("The new leader is cut off with one API server: that side refuses, the other side writes", async () => {
      const { who } = await inject("partition", {
        from: ["leader of the store", "apiserver/0"],
        to: ["followers of the store", "apiserver/1"],
      });
      const refused = await apply(note(100), { server: "apiserver/0" }).then(
        () => "it was written",
        (error: unknown) => String(error),
      );
      tell(refused);
      expect(refused, "what the minority's API server says").toMatch(/^RequestFailed/);
      await write(3, "apiserver/1");
      await eventually("the majority has a leader of its own", async () => {
        const leader = await cluster.storeLeader();
        expect(leader !== undefined && leader !== who[0], "another one to lead").toBe(true);
      });
      await heal();
    });

    await step("Healed: both API servers know every note that was ever acknowledged", async () => {
      for (const server of ["apiserver/0", "apiserver/1"]) {
        await eventually(`${server} has all ${written} notes`, async () => {
          const numbers = (await list("configmaps", { server })).map(({ data }) => data?.number);
          for (let index = 0; index < written; index++) expect(numbers, "the notes").toContain(String(index));
        });
      }
    });
  },
);
