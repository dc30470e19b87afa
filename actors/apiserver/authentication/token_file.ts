import { ownValue } from "../../api/types.ts";
import { ok } from "../../kit/result.ts";
import type { Authenticator } from "./_authenticator.ts";
import { bearerTokenOf } from "./_bearer_token.ts";

/** Tokens that whoever started the cluster wrote into a file. */
export const tokenFile: Authenticator = {
  name: "TokenAuthFile",
  place: 20,
  authenticate({ shown, server }, known, step) {
    const { tokens = {} } = server.input;
    const token = bearerTokenOf(shown.headers);
    known(ok(token === undefined ? undefined : ownValue(tokens, token)), step);
  },
};
