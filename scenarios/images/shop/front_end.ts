import { formOf, jsonOf } from "./_input.ts";
import { pageOf } from "./_page.ts";
import { Refusal, refuse } from "./_refusal.ts";
import type { Asked } from "./_routes.ts";
import { service } from "./_service.ts";
import { priced, requireVisitor, shop, tokenOf, type Visitor, visitorOf } from "./_shop.ts";

/** The page as this visitor sees it; something that did not work is told on it. */
async function page({ request, env, url }: Asked, options: { readonly refused?: Refusal } = {}): Promise<Response> {
  const [offers, visitor] = await Promise.all([shop.offers(env), visitorOf(request, env)]);
  const own = visitor && (await Promise.all([shop.cart(env, visitor), shop.orders(env, visitor)]));
  const number = url.searchParams.get("order");
  const notice =
    options.refused !== undefined
      ? { text: options.refused.message, isBad: true }
      : number !== null && { text: `Thank you! Your order has number ${number}.`, isBad: false };
  const text = pageOf({
    offers,
    hostname: env.hostname,
    key: crypto.randomUUID(),
    ...(visitor ? { user: visitor.user } : {}),
    ...(own ? { cart: priced(own[0], offers), orders: own[1].orders } : {}),
    ...(notice ? { notice } : {}),
  });
  const headers = { "content-type": "text/html;charset=UTF-8", "cache-control": "no-store" };
  return new Response(text, { status: options.refused?.status ?? 200, headers });
}

/** What a form asks for; then the page is shown, with what was refused if it was. */
function form(act: (asked: Asked, fields: URLSearchParams) => Promise<Response>) {
  return async (asked: Asked): Promise<Response> => {
    try {
      return await act(asked, await formOf(asked.request));
    } catch (error) {
      if (error instanceof Refusal && error.status < 500) return page(asked, { refused: error });
      throw error;
    }
  };
}

function seeOther(location: string, cookie?: string): Response {
  return new Response(null, { status: 303, headers: { location, ...(cookie ? { "set-cookie": cookie } : {}) } });
}

const sessionCookie = (token: string) => `session=${token}; Path=/; HttpOnly; SameSite=Strict`;
const noCookie = "session=; Path=/; Max-Age=0";

/** For programs: it is not enough to send a visitor's request twice, the key says that it is the same. */
async function checkOutByKey({ request, env }: Asked): Promise<Response> {
  const key =
    request.headers.get("idempotency-key") ??
    refuse(400, "Send an idempotency-key: with the same one nothing is bought twice");
  return Response.json(await shop.checkOut(env, await requireVisitor(request, env), key), { status: 201 });
}

async function cartOf({ env }: Asked, visitor: Visitor) {
  const [cart, offers] = await Promise.all([shop.cart(env, visitor), shop.offers(env)]);
  return { user: visitor.user, ...priced(cart, offers) };
}

/** What customers see of the shop: a page for people, JSON for programs. */
export default service({
  name: "front end",
  needs: ["catalogue", "cart", "authentication"],
  routes: {
    "GET /": (asked) => page(asked),
    "POST /login": form(async ({ env }, fields) => {
      const { token } = await shop.logIn(env, { user: fields.get("user"), password: fields.get("password") });
      return seeOther("/", sessionCookie(token));
    }),
    "POST /logout": form(async ({ request, env }) => {
      const token = tokenOf(request);
      if (token !== undefined) await shop.logOut(env, token);
      return seeOther("/", noCookie);
    }),
    "POST /cart": form(async ({ request, env }, fields) => {
      const wanted = { id: fields.get("id") ?? "", quantity: Number(fields.get("quantity")) };
      await shop.put(env, await requireVisitor(request, env), wanted);
      return seeOther("/");
    }),
    "POST /checkout": form(async ({ request, env }, fields) => {
      const { number } = await shop.checkOut(env, await requireVisitor(request, env), fields.get("key") ?? "");
      return seeOther(`/?order=${number}`);
    }),

    "GET /api/products": ({ env }) => shop.offers(env),
    "POST /api/session": async ({ request, env }) => {
      const { user, password } = await jsonOf(request);
      return Response.json(await shop.logIn(env, { user, password }), { status: 201 });
    },
    "DELETE /api/session": async ({ request, env }) => shop.logOut(env, (await requireVisitor(request, env)).token),
    "GET /api/cart": async (asked) => cartOf(asked, await requireVisitor(asked.request, asked.env)),
    "PUT /api/cart/:id": async (asked) => {
      const visitor = await requireVisitor(asked.request, asked.env);
      const { quantity } = await jsonOf(asked.request);
      await shop.put(asked.env, visitor, { id: asked.params.id ?? "", quantity });
      return cartOf(asked, visitor);
    },
    "POST /api/checkout": checkOutByKey,
    "GET /api/orders": async ({ request, env }) => shop.orders(env, await requireVisitor(request, env)),
  },
});
