import { unauthorized } from "../../api/status.ts";
import { failed, ok } from "../../kit/result.ts";
import { verifyToken } from "../tokens/verify_token.ts";
import type { Authenticator } from "./_authenticator.ts";
import { bearerTokenOf } from "./_bearer_token.ts";

/** A service account's token, that is for this API server. */
export const serviceAccount: Authenticator = {
  name: "ServiceAccount",
  place: 30,
  authenticate({ shown, server }, known, step) {
    const token = bearerTokenOf(shown.headers);
    if (token === undefined) return known(ok(undefined), step);
    verifyToken(
      server,
      {
        token,
        done: (verified, later) => known(verified.ok ? ok(verified.value?.user) : failed(unauthorized()), later),
      },
      step,
    );
  },
};
