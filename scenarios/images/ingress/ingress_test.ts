import { readFile } from "node:fs/promises";
import { isPodReady } from "../../../actors/api/pod.ts";
import { test } from "../../../properties/house/test.ts";
import { assertHeld } from "../../../properties/stages/scenarios/assert_held.ts";
import { runScenario } from "../../script/run_scenario.ts";
import { scenario } from "../../script/scenario.ts";

const manifest = (path: string) => readFile(new URL(path, import.meta.url), "utf8");
const address = { service: "ingress", namespace: "ingress" };
const namespace = "shop";

const behindAnIngress = scenario(
  { name: "ingress", summary: "for a test", topology: { nodes: 2, stores: 1, apiservers: 1, traffic: true } },
  async ({ step, advance, apply, get, list, remove, request, eventually, expect }) => {
    const shop = (path: string, more: { method?: string; headers?: Record<string, string>; body?: object } = {}) =>
      request({ ...address, path }, { ...more, headers: { host: "shop.example", ...more.headers } });
    const logIn = async () => {
      const answer = await shop("/api/session", { body: { user: "ada", password: "lovelace" } });
      expect(answer.status, "the status of the log-in").toBe(201);
      return { authorization: `Bearer ${answer.json<{ token: string }>().token}` };
    };

    await step("The controller and the shop come up, and who names the shop's host sees it", async () => {
      await apply(await manifest("ingress.yaml"));
      await apply(await manifest("../shop/shop.yaml"));
      await eventually("the page is there", async () => {
        const answer = await shop("/");
        expect(answer.status, "the status").toBe(200);
        expect(answer.text(), "the page").toContain("Ghost light");
      });
      expect((await request({ ...address, path: "/" })).text(), "of another host").toBe("default backend - 404\n");
      const { status } = (await get("ingress/shop", { namespace })) as unknown as { status: object };
      expect(JSON.stringify(status), "its status").toBe('{"loadBalancer":{"ingress":[{"ip":"127.0.0.1"}]}}');
    });

    await step("Somebody buys, the store's pod is killed, and the order is still there", async () => {
      const headers = await logIn();
      await shop("/api/cart/mask", { method: "PUT", headers, body: { quantity: 2 } });
      const key = { ...headers, "idempotency-key": "k" };
      expect((await shop("/api/checkout", { method: "POST", headers: key })).status, "bought").toBe(201);
      const store = async () => (await list("pods", { namespace, labelSelector: "service=store" }))[0];
      const before = await store();
      await remove("pod/store-0", { namespace, gracePeriodSeconds: 0 });
      await eventually("another pod of the store is ready", async () => {
        const now = await store();
        expect(now !== undefined && now.metadata.uid !== before?.metadata.uid && isPodReady(now), "ready").toBe(true);
      });
      // What is left of the one before has ended by then, and answers nobody any more.
      await advance("40s");
      await eventually("the shop knows of the order", async () => {
        const orders = (await shop("/api/orders", { headers })).json<{ orders?: { number: number }[] }>().orders ?? [];
        expect(orders.map(({ number }) => number).join(), "orders").toBe("1");
      });
    });

    await step("Without its Ingress the shop is not to be seen", async () => {
      await remove("ingress/shop", { namespace });
      await eventually("it is gone", async () => expect((await shop("/")).status, "the status").toBe(404));
    });
  },
);

test("an Ingress leads to the shop from outside, and its store keeps what it knows when its pod is killed", async () => {
  const result = await runScenario(behindAnIngress, { seed: 3 });
  assertHeld(result);
});
