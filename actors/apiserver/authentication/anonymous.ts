import { unauthorized } from "../../api/status.ts";
import { failed, ok } from "../../kit/result.ts";
import type { User } from "../messages.ts";
import type { Authenticator } from "./_authenticator.ts";
import { bearerTokenOf } from "./_bearer_token.ts";

/** Who has shown nothing. */
export const anonymousUser: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** Who shows nothing is anonymous; a token that nobody before has known is refused, for it was meant to show something. */
export const anonymous: Authenticator = {
  name: "Anonymous",
  place: 1_000,
  authenticate({ shown }, known, step) {
    known(bearerTokenOf(shown.headers) === undefined ? ok(anonymousUser) : failed(unauthorized()), step);
  },
};
