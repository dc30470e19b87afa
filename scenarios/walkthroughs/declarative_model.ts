import { scenario } from "../script/scenario.ts";
import { webDeployment } from "./_web_deployment.ts";

const web = webDeployment(3, "{ name: web, image: nginx }");

/** You say what should be, not what to do; drift is undone whoever caused it. */
export const declarativeModel = scenario(
  { name: "declarative-model", summary: "You say what should be, not what to do; whatever drifts from it is undone" },
  async ({ step, apply, get, list, scale, remove, eventually, expect }) => {
    const pods = () => list("pods", { labelSelector: "app=web" });
    const setName = async () => `replicaset/${(await list("replicasets"))[0]?.metadata.name}` as const;
    const asWanted = async () => {
      const { status, metadata } = await get("deployment/web");
      expect(status.observedGeneration, "the generation that was observed").toBe(metadata.generation);
      expect(status.availableReplicas, "available replicas").toBe(3);
      expect((await pods()).length, "pods").toBe(3);
    };

    await step("Say what should be: three pods of one template", async () => {
      await apply(web);
      await eventually("three pods are there and available", asWanted);
    });

    await step("Saying it again changes nothing", async () => {
      const before = (await get("deployment/web")).metadata.resourceVersion;
      await apply(web);
      expect((await get("deployment/web")).metadata.resourceVersion, "the resource version").toBe(before);
    });

    await step("A pod too many is one pod less", async () => {
      const [pod] = await pods();
      const { labels = {} } = pod?.metadata ?? {};
      const spec = { terminationGracePeriodSeconds: 1, containers: [{ name: "web", image: "nginx" }] };
      await apply({ apiVersion: "v1", kind: "Pod", metadata: { name: "intruder", labels }, spec });
      await eventually("three pods are there and available", asWanted);
    });

    await step("Somebody shrinks the ReplicaSet behind the Deployment's back: it grows again", async () => {
      await scale(await setName(), 1);
      await eventually("the ReplicaSet asks for three pods", async () => {
        expect((await get(await setName())).spec.replicas, "replicas of the ReplicaSet").toBe(3);
      });
      await eventually("three pods are there and available", asWanted);
    });

    await step("Somebody deletes the ReplicaSet with all its pods: it is made again", async () => {
      const { uid } = (await get(await setName())).metadata;
      await remove(await setName());
      await eventually("another ReplicaSet has its place", async () => {
        const uids = (await list("replicasets")).map(({ metadata }) => metadata.uid);
        expect(uids.length > 0 && !uids.includes(uid), "the old one to be gone and a new one there").toBe(true);
      });
      await eventually("three pods are there and available", asWanted);
    });
  },
);
