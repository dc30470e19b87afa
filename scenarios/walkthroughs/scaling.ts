import { scenario } from "../script/scenario.ts";
import { webDeployment } from "./_web_deployment.ts";

const web = webDeployment(2, "{ name: web, image: nginx, resources: { requests: { cpu: 500m } } }");

/** More and fewer pods, spread over the nodes; what does not fit waits, and says why. */
export const scaling = scenario(
  {
    name: "scaling",
    summary: "More pods and fewer, spread over the nodes; what does not fit waits and says why",
    // Room for two pods of half a core on each of three nodes.
    topology: { nodes: 3, nodeCapacity: { cpu: "1", memory: "4Gi", pods: "110" } },
  },
  async ({ step, apply, get, list, scale, eventually, expect, note }) => {
    const running = async () => (await list("pods")).filter(({ status }) => status.phase === "Running");
    const isScaledTo = async (replicas: number) => {
      expect((await get("deployment/web")).status.availableReplicas ?? 0, "available replicas").toBe(replicas);
      expect((await list("pods")).length, "pods").toBe(replicas);
    };

    await step("Two pods run", async () => {
      await apply(web);
      await eventually("two pods run", () => isScaledTo(2));
    });

    await step("Six pods: two on each node", async () => {
      await scale("deployment/web", 6);
      await eventually("six pods run", () => isScaledTo(6));
      const nodes = (await running()).map(({ spec }) => spec.nodeName ?? "").sort();
      expect(nodes, "where they run").toEqual(["node-0", "node-0", "node-1", "node-1", "node-2", "node-2"]);
    });

    await step("Eight pods: for two of them there is no room", async () => {
      await scale("deployment/web", 8);
      const waiting = await eventually("two pods wait, and say why", async () => {
        const pending = (await list("pods")).filter(({ status }) => status.phase === "Pending");
        const why = pending.map(
          ({ status }) => status.conditions?.find(({ type }) => type === "PodScheduled")?.message,
        );
        expect(why.length, "waiting pods").toBe(2);
        for (const each of why) expect(each ?? "", "the reason").toContain("3 Insufficient cpu");
        return why;
      });
      note(`Unschedulable: ${waiting[0]}`);
      expect((await running()).length, "running pods").toBe(6);
    });

    await step("One pod, then none, then two again", async () => {
      for (const replicas of [1, 0, 2]) {
        await scale("deployment/web", replicas);
        await eventually(`just ${replicas} run`, () => isScaledTo(replicas));
      }
    });
  },
);
