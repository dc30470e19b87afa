import { fc } from "../../house/test.ts";
import type { StreamStage } from "./stage.ts";

const link = fc.constantFrom("apiserver" as const, "computer" as const);

/** Troubles of a link on which a stream lies: it loses, repeats or reorders messages. */
export const linkFault = fc.oneof(
  fc.record({
    kind: fc.constantFrom("loss" as const, "duplication" as const),
    parameters: fc.record({ link, probability: fc.double({ min: 0.01, max: 0.4, noNaN: true }) }),
  }),
  fc.record({ kind: fc.constant("reordering" as const), parameters: fc.record({ link, delayMsMax: fc.nat(2_000) }) }),
);

/** One of them. */
export type LinkFault = typeof linkFault extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Begins it; the result ends it. */
export function beginLinkFault(stage: StreamStage, { kind, parameters }: LinkFault): () => void {
  return kind === "reordering" ? stage.fault(kind, parameters) : stage.fault(kind, parameters);
}
