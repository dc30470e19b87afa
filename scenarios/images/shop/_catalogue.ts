import type { ImageEnv, ImageModule } from "../../../actors/cri/modules/image_module.ts";
import { listDocuments, writeDocuments } from "./_documents.ts";
import { assortment, type Offer, type Offers, type Product } from "./_products.ts";
import { refuse } from "./_refusal.ts";
import { service } from "./_service.ts";

/** A version of the catalogue: the same products, priced in its own way. */
export interface CatalogueOptions {
  readonly version: string;
  readonly priced: (product: Product) => Product;
}

async function stockOf(env: ImageEnv): Promise<ReadonlyMap<string, number>> {
  const documents = await listDocuments<number>(env, "stock/");
  return new Map(documents.map(({ key, value }) => [key.slice("stock/".length), value]));
}

/** What has never been counted is put in the store once, whoever is first. */
async function counted(env: ImageEnv): Promise<ReadonlyMap<string, number>> {
  const stock = await stockOf(env);
  const missing = assortment.filter(({ id }) => !stock.has(id));
  if (missing.length === 0) return stock;
  await writeDocuments(
    env,
    missing.map(({ id, stock: value }) => ({ key: `stock/${id}`, version: 0, value })),
  );
  return stockOf(env);
}

/** Makes an image of the catalogue. */
export function catalogue({ version, priced }: CatalogueOptions): ImageModule {
  const offers = async (env: ImageEnv): Promise<Offer[]> => {
    const stock = await counted(env);
    return assortment.map((product) => ({ ...priced(product), stock: stock.get(product.id) ?? 0 }));
  };
  return service({
    name: `catalogue ${version}`,
    needs: ["store"],
    routes: {
      "GET /products": async ({ env }): Promise<Offers> => ({
        catalogue: version,
        from: env.hostname,
        products: await offers(env),
      }),
      "GET /products/:id": async ({ params: { id }, env }) =>
        (await offers(env)).find((offer) => offer.id === id) ?? refuse(404, `There is no product ${id}`),
    },
  });
}
