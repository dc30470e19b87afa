import { setup } from "xstate";
import { type ChartTypes, defineActor, reducers } from "../../../runtime/mod.ts";

/** The input of a parent: whom it starts, and starts again. */
export interface ParentInput {
  readonly children: readonly { readonly name: string; readonly kind: string; readonly input: object }[];
}

/** What a parent has seen. */
export interface ParentData extends ParentInput {
  /** Why children crashed of themselves: faults give no such reason. */
  readonly errors: string[];
}

const restartsMax = 10_000;

const { act, on, begin } = reducers<ParentData, never>();

/** The parent of those whom faults may end: starts them again, and notes what goes wrong of itself. */
export const parent = defineActor<ParentInput>({
  kind: "parent",
  module: import.meta.url,
  permissions: { read: ["*"], write: ["*"], net: ["*"] },
  machine: setup({
    types: {} as ChartTypes<ParentData, never, ParentInput>,
    actions: {
      spawn: act(({ children }, _event, step) => {
        for (const child of children) step.spawn({ ...child, restartsMax });
      }),
      note: on("child.exited", ({ errors }, { reason }) => {
        if (reason.includes("Error")) errors.push(reason);
      }),
    },
  }).createMachine({
    id: "parent",
    context: begin((input: ParentInput) => ({ ...input, errors: [] })),
    initial: "supervising",
    states: { supervising: { entry: "spawn", on: { "child.exited": { actions: "note" } } } },
  }),
});
