import { assert, test } from "../../../properties/house/test.ts";
import { simulatedWorld, workerWorld } from "../../../properties/stages/shop/lab_worlds.ts";
import { type Container, type LabWorld, shopLab } from "../../../properties/stages/shop/shop_lab.ts";

const USERS = "ada:lovelace grace:hopper";
const worlds: readonly (readonly [name: string, make: () => Promise<LabWorld>])[] = [
  ["simulation", () => simulatedWorld()],
  ["worker threads", workerWorld],
];

/** The whole shop, two carts and two catalogues, as soon as all of it is ready. */
async function stage(world: LabWorld) {
  const lab = await shopLab(world);
  lab.start("shop/store:1");
  lab.start("shop/logging:1");
  for (const image of ["authentication:1", "catalogue:1", "catalogue:1", "cart:1", "cart:1", "front-end:1"]) {
    lab.start(`shop/${image}`, { USERS, DRAIN_SECONDS: "0.2" });
  }
  await lab.until(() => lab.containers.every(({ isListening }) => isListening));
  const isReady = async (service: string) => (await lab.request(service, "/ready")).status === 200;
  for (const service of ["catalogue", "catalogue", "cart", "cart", "authentication", "front-end"]) {
    await lab.until(() => isReady(service));
  }
  const logIn = async (user: string, password: string) => {
    const { status, json } = await lab.request("front-end", "/api/session", {
      method: "POST",
      body: { user, password },
    });
    assert.equal(status, 201);
    const authorization = `Bearer ${json<{ token: string }>().token}`;
    const put = (id: string, quantity: number) =>
      lab.request("front-end", `/api/cart/${id}`, { method: "PUT", headers: { authorization }, body: { quantity } });
    const checkOut = (key: string) =>
      lab.request("front-end", "/api/checkout", { method: "POST", headers: { authorization, "idempotency-key": key } });
    const get = (path: string) => lab.request("front-end", path, { headers: { authorization } });
    return { authorization, put, checkOut, get };
  };
  const stockOf = async (wanted: string) => {
    const { json } = await lab.request("catalogue", "/products");
    return json<{ products: { id: string; stock: number }[] }>().products.find(({ id }) => id === wanted)?.stock;
  };
  const only = (service: string) => lab.containers.find((each) => each.service === service) as Container;
  return { ...lab, logIn, stockOf, only };
}

for (const [name, make] of worlds) {
  test(`the shop sells in ${name}: an order with a number, stock taken once, told to the log`, async () => {
    using shop = await stage(await make());
    const ada = await shop.logIn("ada", "lovelace");
    const cart = (await ada.put("mask", 2)).json<{ totalCents: number; lines: unknown[] }>();
    assert.deepEqual(cart.lines, [{ id: "mask", name: "Mask", quantity: 2, cents: 4_900 }]);
    const bought = await ada.checkOut("k1");
    assert.equal(bought.status, 201);
    const order = bought.json<{ number: number; totalCents: number }>();
    assert.deepEqual([order.number, order.totalCents], [1, 4_900]);
    assert.deepEqual((await ada.checkOut("k1")).json(), order, "asked again it is the same order");
    assert.equal(await shop.stockOf("mask"), 38);
    assert.deepEqual((await ada.get("/api/orders")).json(), { orders: [order] });
    assert.deepEqual((await ada.get("/api/cart")).json(), { user: "ada", lines: [], totalCents: 0 });

    const { stdout } = await shop.exec(shop.only("logging"), "tail", "1");
    assert.match(stdout, /^2\d{3}-.* cart: order 1: ada pays 4900 cents\n$/);
    assert.equal((await shop.exec(shop.only("store"), "keys", "order/")).stdout, "order/ada/000000001\n");
    assert.match((await shop.exec(shop.only("store"), "get", "stock/mask")).stdout, /"value": 38/);
    const unknown = await shop.exec(shop.only("store"), "rm");
    assert.deepEqual([unknown.exitCode, unknown.stderr], [127, "rm: there is no such command, use keys, get\n"]);
  });
}

test("two customers who check out the last one at the same time: one gets it", async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    using shop = await stage(await simulatedWorld(seed));
    const [ada, grace] = [await shop.logIn("ada", "lovelace"), await shop.logIn("grace", "hopper")];
    await Promise.all([ada.put("crown", 1), grace.put("crown", 1)]);
    const answers = await Promise.all([ada.checkOut("a"), grace.checkOut("g"), ada.checkOut("a"), grace.checkOut("g")]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    assert.deepEqual(refused?.json(), { error: "Only 0 of Crown left" });
    assert.equal(await shop.stockOf("crown"), 0);
    const orders = await Promise.all(
      [ada, grace].map(async ({ get }) => (await get("/api/orders")).json<{ orders: [] }>()),
    );
    assert.equal(orders.flatMap((each) => each.orders).length, 1);
  }
});

test("many check-outs with one key at once buy once", async () => {
  using shop = await stage(await simulatedWorld(7));
  const ada = await shop.logIn("ada", "lovelace");
  await ada.put("hat", 3);
  const answers = await Promise.all(Array.from({ length: 8 }, () => ada.checkOut("same")));
  assert.equal(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, 1);
  assert.equal(await shop.stockOf("hat"), 27);
});

test("a cart that is killed has lost nothing: the next one finds it in the store", async () => {
  using shop = await stage(await simulatedWorld());
  const ada = await shop.logIn("ada", "lovelace");
  await ada.put("lamp", 1);
  for (const { service, running } of shop.containers) if (service === "cart") running.kill();
  const refused = await ada.get("/api/cart");
  assert.deepEqual([refused.status, refused.json()], [503, { error: "Cannot reach cart: connect ECONNREFUSED" }]);
  const cart = shop.start("shop/cart:1");
  await shop.until(() => cart.isListening);
  assert.equal((await ada.get("/api/cart")).json<{ totalCents: number }>().totalCents, 5_990);
});

test("a service that closes says that it is not ready, goes on serving, and exits with 0", async () => {
  using shop = await stage(await simulatedWorld());
  const ada = await shop.logIn("ada", "lovelace");
  await ada.put("hat", 1);
  for (const each of shop.containers)
    if (each.service === "cart") each.running.tell({ type: "signal", name: "SIGTERM" });
  const ready = await shop.request("cart", "/ready");
  assert.deepEqual([ready.status, ready.text], [503, "closing\n"]);
  assert.equal((await ada.checkOut("late")).status, 201);
  assert.equal((await shop.request("cart", "/carts/ada")).headers.connection, "close");
  const carts = shop.containers.filter(({ service }) => service === "cart");
  await shop.until(() => carts.every(({ exitCode }) => exitCode !== undefined));
  assert.deepEqual(
    carts.map(({ exitCode }) => exitCode),
    [0, 0],
  );
});

test("a service is not ready before what it needs is there, and stays ready when that goes", async () => {
  using lab = await shopLab(await simulatedWorld());
  const catalogue = lab.start("shop/catalogue:2");
  await lab.until(() => catalogue.isListening);
  const early = await lab.request("catalogue", "/ready");
  assert.deepEqual([early.status, early.text], [503, "waiting for store: connect ECONNREFUSED\n"]);
  const store = lab.start("shop/store:1");
  await lab.until(() => store.isListening);
  assert.equal((await lab.request("catalogue", "/ready")).status, 200);
  const { products } = (await lab.request("catalogue", "/products")).json<{ products: Record<string, unknown>[] }>();
  assert.deepEqual([products[0]?.priceCents, products[0]?.wasCents], [2_205, 2_450]);
  store.running.kill();
  assert.equal((await lab.request("catalogue", "/ready")).status, 200);
  assert.equal((await lab.request("catalogue", "/products")).status, 503);
});

test("the page can be used without its script: log in, put in the cart, check out", async () => {
  using shop = await stage(await simulatedWorld());
  const post = (path: string, fields: Record<string, string>, cookie = "") =>
    shop.request("front-end", path, {
      method: "POST",
      headers: { cookie },
      body: new URLSearchParams(fields).toString(),
    });
  const first = await shop.request("front-end", "/");
  assert.equal(first.headers["content-type"], "text/html;charset=UTF-8");
  assert.match(first.text, /Director&#39;s chair/);
  const wrong = await post("/login", { user: "ada", password: "<b>" });
  assert.equal(wrong.status, 401);
  assert.match(wrong.text, /role="status" class="notice bad">User or password is wrong/);
  const welcome = await post("/login", { user: "ada", password: "lovelace" });
  assert.deepEqual([welcome.status, welcome.headers.location], [303, "/"]);
  const cookie = welcome.headers["set-cookie"]?.split(";")[0] ?? "";
  assert.equal((await post("/cart", { id: "violin", quantity: "1" }, cookie)).status, 303);
  const full = (await shop.request("front-end", "/", { headers: { cookie } })).text;
  assert.match(full, /Hello, <b>ada<\/b>[\s\S]*1 × Violin[\s\S]*€1,290\.00/);
  const key = /name="key" value="([^"]+)"/.exec(full)?.[1] ?? "";
  const done = await post("/checkout", { key }, cookie);
  assert.deepEqual([done.status, done.headers.location], [303, "/?order=1"]);
  assert.match(
    (await shop.request("front-end", "/?order=1", { headers: { cookie } })).text,
    /Your order has number 1\./,
  );
  const again = await post("/checkout", { key: "another" }, cookie);
  assert.deepEqual([again.status, /The cart is empty/.test(again.text)], [409, true]);
  assert.equal((await post("/logout", {}, cookie)).headers["set-cookie"], "session=; Path=/; Max-Age=0");
  assert.match((await shop.request("front-end", "/", { headers: { cookie } })).text, /placeholder="Password"/);
});

test("what makes no sense is refused in one sentence", async () => {
  using shop = await stage(await simulatedWorld());
  const ada = await shop.logIn("ada", "lovelace");
  const { authorization } = ada;
  const refusals: [Promise<{ readonly status: number; readonly text: string }>, number, RegExp][] = [
    [shop.request("front-end", "/nowhere"), 404, /There is no \/nowhere/],
    [shop.request("front-end", "/api/cart", { method: "POST" }), 405, /use GET/],
    [shop.request("front-end", "/api/cart"), 401, /Log in first/],
    [
      shop.request("front-end", "/api/checkout", { method: "POST", headers: { authorization } }),
      400,
      /idempotency-key/,
    ],
    [ada.put("dragon", 1), 404, /There is no product dragon/],
    [ada.put("hat", 1.5), 400, /whole number from 0 to 99/],
    [ada.checkOut("empty"), 409, /The cart is empty/],
    [shop.request("store", "/documents/none"), 404, /There is no document none/],
    [shop.request("store", "/transactions", { method: "POST", body: "[]" }), 400, /has to be a JSON object/],
    [shop.request("cart", "/carts/%ff"), 400, /not a part of a path/],
    [shop.request("logging", "/entries", { method: "POST", body: { text: 1 } }), 400, /service/],
  ];
  for (const [answer, status, text] of refusals) {
    const seen = await answer;
    assert.equal(seen.status, status, seen.text);
    assert.match(seen.text, text);
  }
});
