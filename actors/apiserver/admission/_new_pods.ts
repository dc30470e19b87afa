import type { Pod } from "../../api/types.ts";
import type { AdmissionPlugin } from "./_plugin.ts";

type PodSpec = Pod["spec"];

/** A plugin that fills in something of the spec of new pods. */
export function fillsInNewPods({
  name,
  place,
  fill,
}: Pick<AdmissionPlugin, "name" | "place"> & { readonly fill: (spec: PodSpec) => void }): AdmissionPlugin {
  return {
    name,
    place,
    handles: [{ operations: ["CREATE"], resources: ["pods"] }],
    admit({ draft }, verdict, step) {
      // A new object of the kind has been read by the kind's schema.
      if (draft) fill((draft as Pod).spec);
      verdict(undefined, step);
    },
  };
}
