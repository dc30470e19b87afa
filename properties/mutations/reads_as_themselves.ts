import type * as component from "../../actors/apiserver/authentication/_component.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Loops list and watch as their own accounts, whose roles only say what they write. */
export const readsAsThemselves: MutationOf<typeof component> = {
  name: "readsAsThemselves",
  patch: {
    module: "actors/apiserver/authentication/_component.ts",
    name: "askerOf",
    wrap:
      () =>
      ({ user }) =>
        user,
  },
  found: { test: "properties/invariants/components_may_do_what_they_do_test.ts" },
};
