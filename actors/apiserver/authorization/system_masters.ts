import { type Authorizer, allowed, noOpinion, type Opinion } from "./_authorizer.ts";

const unknown = noOpinion("");

const allows = ({ user }: { readonly user: { readonly groups: readonly string[] } }): Opinion =>
  user.groups.includes("system:masters") ? allowed : unknown;

/** Who is in the group `system:masters` may do everything, whatever roles say. */
export const systemMasters: Authorizer = { name: "SystemMasters", place: 0, onResource: allows, onPath: allows };
