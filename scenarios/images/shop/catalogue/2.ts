import { catalogue } from "../_catalogue.ts";

/** The catalogue in the sale: a tenth off, in whole cents, and what it cost before. */
export default catalogue({
  version: "2",
  priced: (product) => ({
    ...product,
    priceCents: product.priceCents - Math.floor(product.priceCents / 10),
    wasCents: product.priceCents,
  }),
});
