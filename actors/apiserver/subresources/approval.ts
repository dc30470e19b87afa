import { get } from "../requests/get.ts";
import { patch } from "../requests/patch.ts";
import { update } from "../requests/update.ts";
import { hasPart, type Subresource } from "./_subresource.ts";

/** Whether a request for a certificate is granted: `kubectl certificate approve` and `deny` write it. */
export const approval: Subresource = {
  name: "approval",
  isOf: hasPart("approval"),
  verbs: ["get", "patch", "update"],
  serve(server, call, step) {
    const { verb } = call.request;
    if (verb === "get") get(server, call, step);
    else if (verb === "patch") patch(server, call, step, "approval");
    else update(server, call, step, "approval");
  },
};
