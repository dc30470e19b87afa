/** How many of each product, by its id. */
export type CartLines = Readonly<Record<string, number>>;

/** A cart as its service tells it. */
export interface Cart {
  readonly user: string;
  readonly lines: CartLines;
}

/** Something that was bought. */
export interface Order {
  readonly number: number;
  readonly user: string;
  readonly lines: readonly {
    readonly id: string;
    readonly name: string;
    readonly quantity: number;
    readonly priceCents: number;
  }[];
  readonly totalCents: number;
  readonly at: string;
}
