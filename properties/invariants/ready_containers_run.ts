import type { Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** A pod shows a container as ready only while it shows it as started and running. */
export const readyContainersRun: Invariant = {
  name: "a ready container runs",
  watch: () => ({
    commit({ key, object }) {
      if (!key.startsWith("/registry/pods/") || !object) return undefined;
      const { status } = object as unknown as Pod;
      const wrong = status.containerStatuses?.find(
        ({ ready, started, state }) => ready && !(started && state?.running),
      );
      return wrong && `${key} shows container ${wrong.name} as ready, and its state as ${JSON.stringify(wrong.state)}`;
    },
  }),
};
