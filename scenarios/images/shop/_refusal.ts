/** A request that is answered with a status and a reason, as JSON: `{ "error": "There is no product x" }`. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "Refusal";
    this.status = status;
  }
}

/** Ends a route with this status. */
export function refuse(status: number, message: string): never {
  throw new Refusal(status, message);
}
