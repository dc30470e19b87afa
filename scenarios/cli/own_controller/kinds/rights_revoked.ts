import { type FrontKind, gap } from "../front_kind.ts";

/** The binding that gives the client its rights is deleted, and made again. */
export const rightsRevoked: FrontKind = {
  name: "rights-revoked",
  summary: "the client's role binding is deleted for a while: it is forbidden everything (403)",
  forMs: 1_500,
  aim(learned, random) {
    const when = gap(learned, random);
    return when && { when };
  },
  async begin(_fault, control) {
    await control.grant(false);
    return () => control.grant(true);
  },
};
