import { update } from "../requests/update.ts";
import { hasPart, type Subresource } from "./_subresource.ts";

/** What keeps a namespace that has been emptied: whoever has done their part takes their name from it. */
export const finalize: Subresource = {
  name: "finalize",
  isOf: hasPart("finalize"),
  verbs: ["update"],
  serve: (server, call, step) => update(server, call, step, "finalize"),
};
