import type { ImageEnv } from "../../../actors/cri/modules/image_module.ts";
import { ask, askFor } from "./_ask.ts";
import type { Cart, Order } from "./_orders.ts";
import type { Offers } from "./_products.ts";
import { refuse } from "./_refusal.ts";

/** Who is at the shop, and the token that says so. */
export interface Visitor {
  readonly user: string;
  readonly token: string;
}

/** A cart with names and prices. */
export interface PricedCart {
  readonly lines: readonly {
    readonly id: string;
    readonly name: string;
    readonly quantity: number;
    readonly cents: number;
  }[];
  readonly totalCents: number;
}

/** The token that a request carries: of a program in `authorization`, of a browser in a cookie. */
export function tokenOf(request: Request): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  return bearer ?? /(?:^|;\s*)session=([^;]+)/.exec(request.headers.get("cookie") ?? "")?.[1];
}

/** Who sends this request, if anybody is known. */
export async function visitorOf(request: Request, env: ImageEnv): Promise<Visitor | undefined> {
  const token = tokenOf(request);
  if (token === undefined) return undefined;
  const { status, body } = await ask<Visitor>(env, `GET authentication/sessions/${encodeURIComponent(token)}`);
  return status === 200 ? { user: body.user, token } : undefined;
}

/** Who sends this request; nobody is refused. */
export async function requireVisitor(request: Request, env: ImageEnv): Promise<Visitor> {
  return (await visitorOf(request, env)) ?? refuse(401, "Log in first");
}

/** What the shop does, by asking its services. */
export const shop = {
  offers: (env: ImageEnv) => askFor<Offers>(env, "GET catalogue/products"),
  logIn: (env: ImageEnv, body: { readonly user: unknown; readonly password: unknown }) =>
    askFor<Visitor>(env, "POST authentication/sessions", body),
  logOut: (env: ImageEnv, token: string) => askFor(env, `DELETE authentication/sessions/${encodeURIComponent(token)}`),
  cart: (env: ImageEnv, { user }: Visitor) => askFor<Cart>(env, `GET cart${pathOf(user)}`),
  put: (env: ImageEnv, { user }: Visitor, { id, quantity }: { readonly id: string; readonly quantity: unknown }) =>
    askFor<Cart>(env, `PUT cart${pathOf(user)}/items/${encodeURIComponent(id)}`, { quantity }),
  checkOut: (env: ImageEnv, { user }: Visitor, key: string) =>
    askFor<Order>(env, `POST cart${pathOf(user)}/checkout`, { key }),
  orders: (env: ImageEnv, { user }: Visitor) =>
    askFor<{ readonly orders: readonly Order[] }>(env, `GET cart/orders/${encodeURIComponent(user)}`),
};

/** Puts the catalogue's names and prices into a cart. */
export function priced({ lines }: Cart, { products }: Offers): PricedCart {
  const found = products.filter(({ id }) => lines[id] !== undefined);
  const full = found.map(({ id, name, priceCents }) => {
    const quantity = lines[id] ?? 0;
    return { id, name, quantity, cents: quantity * priceCents };
  });
  return { lines: full, totalCents: full.reduce((sum, { cents }) => sum + cents, 0) };
}

function pathOf(user: string): string {
  return `/carts/${encodeURIComponent(user)}`;
}
