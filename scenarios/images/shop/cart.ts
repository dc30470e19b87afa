import { askFor } from "./_ask.ts";
import { checkOut } from "./_checkout.ts";
import { listDocuments, readDocument, untilWritten, writeDocuments } from "./_documents.ts";
import { jsonOf, requireCount, requireText } from "./_input.ts";
import type { Cart, CartLines, Order } from "./_orders.ts";
import type { Product } from "./_products.ts";
import { report } from "./_report.ts";
import { service } from "./_service.ts";

const quantityMax = 99;

/** Keeps a cart for each user and sells what is in it. All it knows is in the store: any replica may be asked. */
export default service({
  name: "cart",
  needs: ["store", "catalogue"],
  routes: {
    "GET /carts/:user": async ({ params: { user = "" }, env }): Promise<Cart> => {
      const { value = {} } = await readDocument<CartLines>(env, `cart/${user}`);
      return { user, lines: value };
    },
    /** How many of a product there shall be: asked twice it is the same. */
    "PUT /carts/:user/items/:id": async ({ request, params: { user = "", id = "" }, env }) => {
      const quantity = requireCount((await jsonOf(request)).quantity, { field: "quantity", most: quantityMax });
      await askFor<Product>(env, `GET catalogue/products/${encodeURIComponent(id)}`);
      return untilWritten<Cart>(async () => {
        const { key, version, value = {} } = await readDocument<CartLines>(env, `cart/${user}`);
        const { [id]: _before, ...others } = value;
        const lines = quantity === 0 ? others : { ...value, [id]: quantity };
        return (await writeDocuments(env, [{ key, version, value: lines }])) ? { user, lines } : undefined;
      });
    },
    "POST /carts/:user/checkout": async ({ request, params: { user = "" }, env }) => {
      const key = requireText((await jsonOf(request)).key, "key");
      const { order, isNew } = await checkOut(env, { user, key });
      if (isNew) await report(env, "cart", `order ${order.number}: ${user} pays ${order.totalCents} cents`);
      // A repetition is answered as the first time.
      return Response.json(order, { status: 201 });
    },
    "GET /orders/:user": async ({ params: { user = "" }, env }) => ({
      orders: (await listDocuments<Order>(env, `order/${user}/`)).map(({ value }) => value),
    }),
  },
});
