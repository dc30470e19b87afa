import { badRequest } from "../../api/status.ts";
import { ownValue } from "../../api/types.ts";
import { failed, ok } from "../../kit/result.ts";
import { issuerOf } from "../tokens/claims.ts";
import { verifyToken } from "../tokens/verify_token.ts";
import { type AnsweredReview, identityKind, userInfo } from "./_answered.ts";

interface TokenReviewSpec {
  readonly token?: string;
  readonly audiences?: readonly string[] | null;
}

/** Asks whose a token is, and whether it is good. */
export const tokenReview: AnsweredReview = {
  kind: identityKind("TokenReview"),
  answer(server, { object, done }, step) {
    const { token = "", audiences: asked } = (object.spec ?? {}) as TokenReviewSpec;
    if (token === "") return done(failed(badRequest("token is required for TokenReview in authentication")), step);
    const own = [issuerOf(server.input)];
    const audiences = asked && asked.length > 0 ? asked : own;
    const fromFile = ownValue(server.input.tokens, token);
    if (fromFile) {
      // It says nothing of audiences: it is for the API server alone.
      const shared = audiences.filter((each) => own.includes(each));
      const status =
        shared.length > 0
          ? { authenticated: true, user: userInfo(fromFile), audiences: shared }
          : { user: {}, error: invalidToken };
      return done(ok(status), step);
    }
    verifyToken(
      server,
      {
        token,
        audiences,
        done: (verified, later) => {
          if (verified.ok && verified.value) {
            const { user, audiences: shared } = verified.value;
            return done(ok({ authenticated: true, user: userInfo(user), audiences: shared }), later);
          }
          const error = verified.ok ? invalidToken : `[${invalidToken}, ${verified.failure}]`;
          done(ok({ user: {}, error }), later);
        },
      },
      step,
    );
  },
};

const invalidToken = "invalid bearer token";
