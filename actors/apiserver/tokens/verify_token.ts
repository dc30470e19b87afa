import type { Step } from "../../../runtime/mod.ts";
import { type LegacyClaims, legacyIssuer } from "../../api/service_account_names.ts";
import type { Asks } from "../../kit/asks.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { SigningRequest, VerifyAnswer } from "../../signing/messages.ts";
import type { ApiServerInput, User } from "../messages.ts";
import { issuerOf, parseClaims, type TokenClaims, userOfToken } from "./claims.ts";
import { judgeClaims } from "./judge_claims.ts";
import { judgeLegacy } from "./legacy.ts";
import type { Shelves } from "./look_up.ts";

/** What of a server it takes to know tokens. */
export interface TokenVerifier extends Shelves {
  readonly input: ApiServerInput;
  readonly asks: Asks<Step>;
  /** Claims by the tokens whose signature was seen to be good. */
  readonly signedTokens: Map<string, TokenClaims | LegacyClaims>;
}

/** Somebody whose token is good, and for which of the wanted audiences. */
export interface TokenHolder {
  readonly user: User;
  readonly audiences: readonly string[];
}

/** Undefined for a token that is no service account's; a text for one that is not good. */
export type Verified = (verified: Result<TokenHolder | undefined, string>, step: Step) => void;

/** A token, for whom it has to be, and who wants to know. */
export interface ShownToken {
  readonly token: string;
  /** Default: the API server. */
  readonly audiences?: readonly string[];
  readonly done: Verified;
}

/** How many tokens are known to be ours without another look at their signature. */
const rememberedMax = 4_096;

/** Finds out whose token it is: by its signature, its audiences, its time, and by what it was made for. */
export function verifyToken(server: TokenVerifier, shown: ShownToken, step: Step) {
  const { token, done } = shown;
  if (token.split(".").length !== 3) return done(ok(undefined), step);
  const known = server.signedTokens.get(token);
  if (known) return judge(server, { ...shown, claims: known }, step);
  const request: SigningRequest = { op: "verify", token };
  server.asks.wait<VerifyAnswer>(step.device("signing", request), (answer, later) => {
    if (!answer.ok) return done(failed(`signing is ${answer.failure}`), later);
    const { ok: isOurs, claims: text } = answer.value;
    const claims = text === undefined ? undefined : parseClaims(text);
    const isNamed = claims && (claims.iss === issuerOf(server.input) || claims.iss === legacyIssuer);
    if (!isNamed) return done(ok(undefined), later);
    if (!isOurs) return done(failed("go-jose/go-jose: error in cryptographic primitive"), later);
    if (server.signedTokens.size >= rememberedMax) server.signedTokens.clear();
    server.signedTokens.set(token, claims);
    judge(server, { ...shown, claims }, later);
  });
}

type Claimed = ShownToken & { readonly claims: TokenClaims | LegacyClaims };

function isLegacy(claims: TokenClaims | LegacyClaims): claims is LegacyClaims {
  return claims.iss === legacyIssuer;
}

function judge(server: TokenVerifier, { token, audiences, claims, done }: Claimed, step: Step) {
  const own = [issuerOf(server.input)];
  const wanted = audiences ?? own;
  // A Secret's token says nothing of audiences: it is for the API server alone.
  const given = isLegacy(claims) ? own : claims.aud;
  const shared = wanted.filter((each) => given.includes(each));
  if (shared.length === 0) {
    const why = `token audiences [${quoted(given)}] is invalid for the target audiences [${quoted(wanted)}]`;
    return done(failed(why), step);
  }
  const hold = (user: User, later: Step) => done(ok({ user, audiences: shared }), later);
  if (isLegacy(claims)) {
    return judgeLegacy({ claims, token, shelves: server }, step, (found, later) =>
      found.ok ? hold(found.value, later) : done(found, later),
    );
  }
  judgeClaims({ claims, shelves: server }, step, (wrong, later) =>
    wrong === undefined ? hold(userOfToken(claims), later) : done(failed(wrong), later),
  );
}

const quoted = (texts: readonly string[]): string => texts.map((text) => JSON.stringify(text)).join(" ");
