import { get } from "../requests/get.ts";
import { patch } from "../requests/patch.ts";
import { update } from "../requests/update.ts";
import { isPod, type Subresource } from "./_subresource.ts";

/** What a pod's containers are to have, changed while they run. */
export const resize: Subresource = {
  name: "resize",
  isOf: isPod,
  verbs: ["get", "patch", "update"],
  serve(server, call, step) {
    const { verb } = call.request;
    if (verb === "get") get(server, call, step);
    else if (verb === "patch") patch(server, call, step, "resize");
    else update(server, call, step, "resize");
  },
};
