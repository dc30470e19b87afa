import type { Cast } from "./host.ts";

/** A cast, or how to make one from the host's settings: what a cast module exports as `cast`. */
export type CastSource = Cast | ((settings: never) => Cast);

/** What a cast module's export comes to under these settings. */
export function castFrom(source: CastSource, settings: unknown): Cast {
  return typeof source === "function" ? source(settings as never) : source;
}
