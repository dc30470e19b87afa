/** What the shop sells. Money is in whole cents. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly picture: string;
  readonly priceCents: number;
  /** What it cost before. */
  readonly wasCents?: number;
}

/** A product, and how many are left. */
export interface Offer extends Product {
  readonly stock: number;
}

/** What the catalogue answers: which version of it, in which pod, and what there is. */
export interface Offers {
  readonly catalogue: string;
  readonly from: string;
  readonly products: readonly Offer[];
}

/** All products, with how many of each there are at first. */
export const assortment: readonly Offer[] = [
  {
    id: "mask",
    name: "Mask",
    about: "Laughs on one side, weeps on the other",
    picture: "🎭",
    priceCents: 2_450,
    stock: 40,
  },
  {
    id: "lamp",
    name: "Ghost light",
    about: "Burns when all have gone home",
    picture: "💡",
    priceCents: 5_990,
    stock: 25,
  },
  {
    id: "chair",
    name: "Director's chair",
    about: "From here everything can be seen",
    picture: "🪑",
    priceCents: 8_900,
    stock: 12,
  },
  {
    id: "violin",
    name: "Violin",
    about: "Third desk, left, well played in",
    picture: "🎻",
    priceCents: 129_000,
    stock: 3,
  },
  { id: "hat", name: "Top hat", about: "The rabbit is sold separately", picture: "🎩", priceCents: 3_200, stock: 30 },
  { id: "crown", name: "Crown", about: "Heavy, and there is only one", picture: "👑", priceCents: 49_900, stock: 1 },
];
