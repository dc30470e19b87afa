import { type Html, html, money } from "./_html.ts";
import type { Order } from "./_orders.ts";
import type { Offer, Offers } from "./_products.ts";
import type { PricedCart } from "./_shop.ts";
import { style } from "./_style.ts";

/** What there is to see. */
export interface Sight {
  readonly offers: Offers;
  /** The pod that shows it. */
  readonly hostname: string;
  readonly user?: string;
  readonly cart?: PricedCart;
  readonly orders?: readonly Order[];
  /** By which a check-out that is sent twice is known. */
  readonly key: string;
  /** Something to tell; `isBad` when it did not work. */
  readonly notice?: { readonly text: string; readonly isBad: boolean };
}

/** The shop's only page: it works without its script, which just keeps the page in place. */
export function pageOf(sight: Sight): string {
  const { offers, hostname, user, notice } = sight;
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The Property Room</title>
<link rel="icon" href="data:,">
<style>${{ html: style }}</style>
<body>
<header><h1>The Property Room</h1><p>All that a troupe needs on stage</p>${visitor(user)}</header>
${notice && html`<p role="status" class="notice${notice.isBad ? " bad" : ""}">${notice.text}</p>`}
<main>
<section class="products" aria-label="Products">${offers.products.map((offer) => card(offer, sight))}</section>
<aside>${cart(sight)}${orders(sight.orders)}</aside>
</main>
<footer>served by ${hostname}, catalogue ${offers.catalogue} in ${offers.from}</footer>
<script>${{ html: script }}</script>
</body>
</html>
`;
  return page.html;
}

function visitor(user: string | undefined): Html {
  if (user !== undefined) {
    return html`<form method="post" action="/logout"><span>Hello, <b>${user}</b></span> <button class="quiet">Log out</button></form>`;
  }
  return html`<form method="post" action="/login">
<input name="user" placeholder="User" aria-label="User" autocomplete="username" required>
<input name="password" type="password" placeholder="Password" aria-label="Password" autocomplete="current-password" required>
<button>Log in</button></form>`;
}

function card({ id, name, about, picture, priceCents, wasCents, stock }: Offer, { user, cart }: Sight): Html {
  const inCart = cart?.lines.find((line) => line.id === id)?.quantity ?? 0;
  const left = stock === 0 ? "sold out" : `${stock} left`;
  const isMore = user !== undefined && inCart < stock;
  return html`<article>
<div class="picture" aria-hidden="true">${picture}</div>
<h2>${name}</h2><p>${about}</p>
<p class="price">${wasCents === undefined ? undefined : html`<s>${money(wasCents)}</s> `}<b>${money(priceCents)}</b>
<small${stock <= 3 ? html` class="few"` : undefined}>${left}</small></p>
${
  isMore &&
  html`<form method="post" action="/cart"><input type="hidden" name="id" value="${id}"><input type="hidden" name="quantity" value="${inCart + 1}">
<button>Put in cart</button></form>`
}
</article>`;
}

function cart({ user, cart, key }: Sight): Html {
  if (user === undefined || !cart) return html`<h2>Cart</h2><p class="empty">Log in to fill it</p>`;
  if (cart.lines.length === 0) return html`<h2>Cart</h2><p class="empty">Nothing in it yet</p>`;
  return html`<h2>Cart</h2>
<table>${cart.lines.map(
    ({ id, name, quantity, cents }) => html`<tr><td>${quantity} × ${name}</td><td>${money(cents)}</td>
<td><form method="post" action="/cart"><input type="hidden" name="id" value="${id}"><input type="hidden" name="quantity" value="${quantity - 1}">
<button class="quiet" aria-label="One ${name} less">−</button></form></td></tr>`,
  )}<tr class="total"><td>Total</td><td>${money(cart.totalCents)}</td><td></td></tr></table>
<form method="post" action="/checkout"><input type="hidden" name="key" value="${key}"><button class="big">Check out</button></form>`;
}

function orders(orders: readonly Order[] = []): Html | undefined {
  if (orders.length === 0) return undefined;
  const newest = orders.toReversed().slice(0, 5);
  return html`<h2>Orders</h2><ul>${newest.map(
    ({ number, lines, totalCents }) =>
      html`<li><b>No. ${number}</b> ${money(totalCents)}<br><small>${lines.map(({ quantity, name }) => `${quantity} × ${name}`).join(", ")}</small></li>`,
  )}</ul>`;
}

const script = `
addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    document.body.replaceChildren(...page.body.children);
  } catch {
    form.submit();
  }
});
`;
