import type { ImageEnv } from "../../../actors/cri/modules/image_module.ts";
import { askFor } from "./_ask.ts";
import { readDocument, untilWritten, type Write, writeDocuments } from "./_documents.ts";
import type { CartLines, Order } from "./_orders.ts";
import type { Product } from "./_products.ts";
import { refuse } from "./_refusal.ts";

/** Who buys, and by which key a repetition is known. */
export interface Purchase {
  readonly user: string;
  readonly key: string;
}

/** An order, and whether it was made now or by a request of the same key before. */
export interface Bought {
  readonly order: Order;
  readonly isNew: boolean;
}

/**
 * Buys what is in the cart. Stock, order, cart and key change in one transaction, so that each is sold once, however
 * many replicas try at the same time and however often the same is asked.
 */
export function checkOut(env: ImageEnv, { user, key }: Purchase): Promise<Bought> {
  return untilWritten(async () => {
    // The cart first: an earlier request that empties it meanwhile has written its key by the time that is read.
    const cart = await readDocument<CartLines>(env, `cart/${user}`);
    const before = await readDocument<Order>(env, `checkout/${user}/${key}`);
    if (before.value) return { order: before.value, isNew: false };
    const wanted = Object.entries(cart.value ?? {});
    if (wanted.length === 0) return refuse(409, "The cart is empty");

    const taken = await Promise.all(wanted.map(([id, quantity]) => takeOut(env, id, quantity)));
    const counter = await readDocument<number>(env, "counter/orders");
    const lines = taken.map(({ line }) => line);
    const order: Order = {
      number: (counter.value ?? 0) + 1,
      user,
      lines,
      totalCents: lines.reduce((sum, { quantity, priceCents }) => sum + quantity * priceCents, 0),
      at: new Date().toISOString(),
    };
    const isDone = await writeDocuments(env, [
      ...taken.map(({ write }) => write),
      { key: counter.key, version: counter.version, value: order.number },
      { key: cart.key, version: cart.version, value: {} },
      { key: before.key, version: 0, value: order },
      { key: `order/${user}/${String(order.number).padStart(9, "0")}`, version: 0, value: order },
    ]);
    return isDone ? { order, isNew: true } : undefined;
  });
}

/** A line of an order, and what it leaves of the stock. */
async function takeOut(
  env: ImageEnv,
  id: string,
  quantity: number,
): Promise<{ readonly line: Order["lines"][number]; readonly write: Write }> {
  const { name, priceCents } = await askFor<Product>(env, `GET catalogue/products/${encodeURIComponent(id)}`);
  const { key, version, value = 0 } = await readDocument<number>(env, `stock/${id}`);
  if (value < quantity) return refuse(409, `Only ${value} of ${name} left`);
  return { line: { id, name, quantity, priceCents }, write: { key, version, value: value - quantity } };
}
