import { readFile } from "node:fs/promises";
import { isPodReady } from "../../actors/api/pod.ts";
import type { Order } from "../images/shop/_orders.ts";
import type { Offers } from "../images/shop/_products.ts";
import { scenario } from "../script/scenario.ts";

const manifests = new URL("../images/shop/shop.yaml", import.meta.url);
const namespace = "shop";
/** How many pods each service has at first. */
const replicas = { store: 1, logging: 1, authentication: 1, catalogue: 2, cart: 2, "front-end": 2 } as const;
/** How many customers look at the shop at the same time. */
const crowd = 4;

/** Six services make a shop: each is found by name, patched and scaled by itself, and nobody outside takes notice. */
export const shop = scenario(
  {
    name: "shop",
    summary: "A shop of six services sells something; one is re-imaged under load, another scaled alone",
    topology: { nodes: 3, traffic: true },
  },
  async ({ step, apply, get, list, patch, scale, request, eventually, always, expect, note }) => {
    const at = (path: string) => ({ service: "front-end", namespace, path });
    const podsOf = (service: string) => list("pods", { namespace, labelSelector: `service=${service}` });
    const readyPods = async (service: string) => (await podsOf(service)).filter(isPodReady);
    const allReady = async (service: string, count: number) => {
      expect((await podsOf(service)).length, `pods of ${service}`).toBe(count);
      expect((await readyPods(service)).length, `ready pods of ${service}`).toBe(count);
    };
    const offers = async () => (await request(at("/api/products"))).json<Offers>();
    const stockOf = async (wanted: string) => (await offers()).products.find(({ id }) => id === wanted)?.stock;

    async function logIn(user: string, password: string) {
      const answer = await request(at("/api/session"), { body: { user, password } });
      expect(answer.status, "the status of the log-in").toBe(201);
      const authorization = `Bearer ${answer.json<{ token: string }>().token}`;
      return {
        put: (id: string, quantity: number) =>
          request(at(`/api/cart/${id}`), { method: "PUT", headers: { authorization }, body: { quantity } }),
        checkOut: (key: string) =>
          request(at("/api/checkout"), { method: "POST", headers: { authorization, "idempotency-key": key } }),
      };
    }

    await step("Six services come up, and find each other by name", async () => {
      await apply(await readFile(manifests, "utf8"));
      await eventually("all pods are ready", async () => {
        for (const [service, count] of Object.entries(replicas)) await allReady(service, count);
      });
    });

    await step("Whoever comes to the node port sees the shop", async () => {
      const page = await eventually("the page is there", async () => {
        const answer = await request(at("/"));
        expect(answer.status, "the status of the page").toBe(200);
        return answer;
      });
      expect(page.headers.get("content-type") ?? "", "its type").toContain("text/html");
      expect(page.text(), "the page").toContain("Ghost light");
    });

    await step("A customer buys two masks: an order, stock taken once, however often it is asked", async () => {
      const before = (await stockOf("mask")) ?? 0;
      const ada = await logIn("ada", "lovelace");
      expect((await ada.put("mask", 2)).status, "the status of the cart").toBe(200);
      const first = await ada.checkOut("two-masks");
      expect(first.status, "the status of the check-out").toBe(201);
      const order = first.json<Order>();
      expect(order.totalCents, "cents to pay").toBe(4_900);
      expect((await ada.checkOut("two-masks")).json<Order>(), "the order when asked again").toEqual(order);
      expect(await stockOf("mask"), "masks left").toBe(before - 2);
      note(`order ${order.number}: ${order.lines.map(({ quantity, name }) => `${quantity} x ${name}`).join(", ")}`);
    });

    await step("The catalogue is re-imaged under load: not one request fails", async () => {
      const served: Record<string, number> = {};
      await always(`${crowd} customers at a time are served`, async () => {
        const answers = await Promise.all(Array.from({ length: crowd }, () => request(at("/api/products"))));
        for (const answer of answers) {
          expect(answer.status, "the status").toBe(200);
          const { catalogue } = answer.json<Offers>();
          served[catalogue] = (served[catalogue] ?? 0) + 1;
        }
      });
      const containers = [{ name: "catalogue", image: "shop/catalogue:2" }];
      await patch("deployment/catalogue", { spec: { template: { spec: { containers } } } }, { namespace });
      await eventually("only the second catalogue is left", async () => {
        await allReady("catalogue", replicas.catalogue);
        const images = (await podsOf("catalogue")).map(({ spec }) => spec.containers[0]?.image);
        expect(images, "images").toEqual(["shop/catalogue:2", "shop/catalogue:2"]);
      });
      const mask = (await offers()).products.find(({ id }) => id === "mask");
      expect(mask?.priceCents, "what a mask costs now").toBe(2_205);
      for (const version of ["1", "2"]) expect(served[version] ?? 0, `answers of catalogue ${version}`).toBeAtLeast(1);
      note(`${served[1]} answers of catalogue 1, ${served[2]} of catalogue 2`);
    });

    await step("The cart is scaled alone, the others stay as they are", async () => {
      const others = Object.keys(replicas).filter((service) => service !== "cart");
      const uids = async () =>
        (await Promise.all(others.map(podsOf))).flat().map(({ metadata, status }) => ({
          uid: metadata.uid,
          restarts: status.containerStatuses?.[0]?.restartCount,
        }));
      const before = await uids();
      await scale("deployment/cart", 4, { namespace });
      await eventually("four carts are available", async () => {
        await allReady("cart", 4);
        expect((await get("deployment/cart", { namespace })).status.availableReplicas, "available carts").toBe(4);
      });
      expect(await uids(), "the pods of the others").toEqual(before);
      const grace = await logIn("grace", "hopper");
      expect((await grace.put("crown", 1)).status, "the status of the cart").toBe(200);
      expect((await grace.checkOut("the-crown")).status, "the status of the check-out").toBe(201);
      expect(await stockOf("crown"), "crowns left").toBe(0);
    });
  },
);
