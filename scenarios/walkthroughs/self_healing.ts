import { scenario } from "../script/scenario.ts";
import { webDeployment } from "./_web_deployment.ts";

const web = webDeployment(3, '{ name: web, image: "fragile:1" }');

/** What is lost is replaced, and who replaces it may be lost too. */
export const selfHealing = scenario(
  {
    name: "self-healing",
    summary: "What is lost is replaced, and those who replace it may themselves be lost",
    // The first container of each pod fails after half a minute; started again, it runs on.
    topology: { images: { images: { fragile: { exitAfterMs: 30_000, exitCode: 1, attemptsMax: 1 } } } },
  },
  async ({ step, apply, list, remove, eventually, inject, advance, expect }) => {
    const pods = () => list("pods", { labelSelector: "app=web" });
    const threeRun = async () => {
      const living = (await pods()).filter(({ metadata }) => !metadata.deletionTimestamp);
      expect(
        living.map(({ status }) => status.phase),
        "the pods",
      ).toEqual(["Running", "Running", "Running"]);
      return living;
    };

    await step("Three pods run", async () => {
      await apply(web);
      await eventually("three pods are Running", threeRun);
    });

    await step("A container that fails is started again, in the same pod on the same node", async () => {
      const before = (await pods()).map(({ metadata }) => metadata.uid).sort();
      await eventually("every container was restarted once", async () => {
        const restarts = (await pods()).map(({ status }) => status.containerStatuses?.[0]?.restartCount);
        expect(restarts, "restarts").toEqual([1, 1, 1]);
      });
      expect((await pods()).map(({ metadata }) => metadata.uid).sort(), "the pods").toEqual(before);
    });

    await step("A pod that is deleted is replaced by another", async () => {
      const [lost] = await pods();
      await remove(`pod/${lost?.metadata.name}`);
      const now = await eventually("three pods are Running again", threeRun);
      expect(now.filter(({ metadata }) => metadata.uid === lost?.metadata.uid).length, "lost pods").toBe(0);
    });

    await step("While the controllers are down nobody replaces anything, but what runs goes on", async () => {
      const { heal } = await inject("crash", { actor: "leader of the controller managers" });
      const [lost] = await pods();
      await remove(`pod/${lost?.metadata.name}`);
      await advance("20s");
      expect(
        (await pods()).map(({ status }) => status.phase),
        "the pods",
      ).toEqual(["Running", "Running"]);
      await heal();
    });

    await step("Back again, they see what is missing: nobody had to tell them", async () => {
      await eventually("three pods are Running again", threeRun);
    });
  },
);
