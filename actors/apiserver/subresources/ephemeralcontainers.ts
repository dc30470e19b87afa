import { get } from "../requests/get.ts";
import { patch } from "../requests/patch.ts";
import { update } from "../requests/update.ts";
import { isPod, type Subresource } from "./_subresource.ts";

/** The containers that are put into a pod while it runs. */
export const ephemeralcontainers: Subresource = {
  name: "ephemeralcontainers",
  isOf: isPod,
  verbs: ["get", "patch", "update"],
  serve(server, call, step) {
    const { verb } = call.request;
    if (verb === "get") get(server, call, step);
    else if (verb === "patch") patch(server, call, step, "ephemeralcontainers");
    else update(server, call, step, "ephemeralcontainers");
  },
};
