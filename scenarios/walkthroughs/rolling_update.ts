import { isPodReady } from "../../actors/api/pod.ts";
import { scenario } from "../script/scenario.ts";

const web = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  strategy:
    rollingUpdate: { maxSurge: 1, maxUnavailable: 1 }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: ${image}
          readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 }
`;

/** A new version takes over pod by pod; one that does not work stops by itself, and is rolled back. */
export const rollingUpdate = scenario(
  {
    name: "rolling-update",
    summary: "A new version takes over pod by pod; one that does not work gets stuck, harms nobody and is rolled back",
    topology: { images: { images: { shop: { pullMs: 300, readyMs: 700 }, "shop:broken": { missing: true } } } },
  },
  async ({ step, apply, get, list, patch, eventually, always, advance, expect, note }) => {
    const pods = () => list("pods", { labelSelector: "app=web" });
    const imagesReady = async () =>
      (await pods()).filter(isPodReady).map(({ spec }) => spec.containers[0]?.image ?? "none");
    const enoughAreReady = async () => expect((await imagesReady()).length, "ready pods").toBeAtLeast(3);
    const notTooMany = async () => {
      const living = (await pods()).filter(({ metadata }) => !metadata.deletionTimestamp);
      expect(living.length, "pods").toBeAtMost(5);
    };
    const allRun = async (image: string) => {
      expect(await imagesReady(), "the images of the pods that are ready").toEqual([image, image, image, image]);
      const { metadata, status } = await get("deployment/web");
      expect(status.observedGeneration, "the generation that was observed").toBe(metadata.generation);
      expect(status.updatedReplicas, "updated replicas").toBe(4);
      return metadata.annotations?.["deployment.kubernetes.io/revision"];
    };

    await step("Four pods of the first version are ready", async () => {
      await apply(web("shop:1"));
      await eventually("four pods of shop:1 are ready", () => allRun("shop:1"));
    });

    await step("The second version takes over; three of four are ready all the time", async () => {
      await always("at least three pods are ready", enoughAreReady);
      await always("there are five pods at most", notTooMany);
      await apply(web("shop:2"));
      const revision = await eventually("four pods of shop:2 are ready", () => allRun("shop:2"));
      expect(revision, "the revision").toBe("2");
    });

    await step("A version that cannot be pulled gets stuck, and nobody notices from outside", async () => {
      await always("at least three pods are ready", enoughAreReady);
      await apply(web("shop:broken"));
      await eventually("the new pods cannot pull their image", async () => {
        const reasons = (await pods()).map(({ status }) => status.containerStatuses?.[0]?.state?.waiting?.reason);
        expect(reasons, "why containers wait").toContain("ImagePullBackOff");
      });
      await advance("20s");
      expect(await imagesReady(), "what is ready").toEqual(["shop:2", "shop:2", "shop:2"]);
    });

    await step("Rolled back: the template of the ReplicaSet before becomes the Deployment's again", async () => {
      await always("at least three pods are ready", enoughAreReady);
      const sets = await list("replicasets", { labelSelector: "app=web" });
      const before = sets.find(({ metadata }) => metadata.annotations?.["deployment.kubernetes.io/revision"] === "2");
      const containers = before?.spec.template?.spec?.containers ?? [];
      await patch("deployment/web", { spec: { template: { spec: { containers } } } });
      const revision = await eventually("four pods of shop:2 are ready", () => allRun("shop:2"));
      note(`the ReplicaSet of revision 2 is used again, as revision ${revision}`);
      expect(revision, "the revision").toBe("4");
    });
  },
);
