import { get } from "../requests/get.ts";
import { patch } from "../requests/patch.ts";
import { update } from "../requests/update.ts";
import { hasPart, type Subresource } from "./_subresource.ts";

/** What is observed of an object: written apart from what is wished of it. */
export const status: Subresource = {
  name: "status",
  isOf: hasPart("status"),
  verbs: ["get", "patch", "update"],
  serve(server, call, step) {
    const { verb } = call.request;
    if (verb === "get") get(server, call, step);
    else if (verb === "patch") patch(server, call, step, "status");
    else update(server, call, step, "status");
  },
};
