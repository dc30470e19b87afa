import type { Authorizer } from "./_authorizer.ts";

const allows: Authorizer["onResource"] & Authorizer["onPath"] = ({ user }) =>
  user.groups.includes("system:masters") ? "allow" : "no opinion";

/** Who is in the group `system:masters` may do everything. */
export const systemMasters: Authorizer = { name: "SystemMasters", place: 0, onResource: allows, onPath: allows };
