import type { Process, Running } from "../kernel/process.ts";
import { askHttp, type Outcome } from "../programs/_ask_http.ts";
import { fileText } from "../programs/_curl_security.ts";
import { fatal, log } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

const folder = "/var/run/secrets/kubernetes.io/serviceaccount";
const waitMs = 30_000;

interface Claims {
  readonly iss?: string;
  readonly aud?: string | readonly string[];
  readonly exp?: number;
}

interface Provider {
  readonly issuer?: string;
  readonly jwks_uri?: string;
}

/** What a token is verified with. */
interface Verifying {
  readonly token: string;
  readonly audience: string;
  /** The account's own token and authority, with which a pod asks the API server. Default: asked as a stranger. */
  readonly account?: { readonly token: string; readonly trusted: string };
}

/** Verifies a token of a service account as a program would that knows nothing of Kubernetes: by what its issuer publishes. */
export const testServiceAccountIssuerDiscovery: Subcommand = {
  name: "test-service-account-issuer-discovery",
  flags: { "token-path": "", audience: "" },
  *run(self, given) {
    const path = given.text("token-path");
    const token = fileText(self, path);
    if (token === undefined) return yield* fatal(self, `open ${path}: no such file or directory`);
    yield* log(self, "OK: Got token");
    yield* log(self, "validating with in-cluster discovery");
    const own = fileText(self, `${folder}/token`);
    if (own === undefined) return yield* fatal(self, `open ${folder}/token: no such file or directory`);
    const account = { token: own.trim(), trusted: fileText(self, `${folder}/ca.crt`) ?? "" };
    const audience = given.text("audience");
    const problem = yield* validate(self, { token, audience, account });
    if (problem === undefined) return 0;
    yield* log(self, `failed to validate with in-cluster discovery: ${problem}`);
    yield* log(self, "falling back to validating with external discovery");
    const still = yield* validate(self, { token, audience });
    return still === undefined ? 0 : yield* fatal(self, still);
  },
};

/** Why a token is not valid; undefined: it is. */
function* validate(self: Process, verifying: Verifying): Running<string | undefined> {
  const { token, audience } = verifying;
  const [head = "", body = "", signature = ""] = token.trim().split(".");
  const [header, claims] = [jsonPart(head) as { kid?: string; alg?: string } | undefined, jsonPart(body) as Claims];
  if (!header || !claims || signature === "") {
    return yield* fatal(self, "go-jose/go-jose: compact JWS format must have three parts");
  }
  const issuer = claims.iss ?? "";
  yield* log(self, `OK: got issuer ${issuer}`);
  yield* log(self, `Full, not-validated claims: \n${JSON.stringify(claims)}`);
  const provider = yield* read<Provider>(
    self,
    `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    verifying,
  );
  if (typeof provider === "string") return provider;
  if (provider.issuer !== issuer) {
    const found = JSON.stringify(provider.issuer ?? "");
    return `oidc: issuer did not match the issuer returned by provider, expected ${JSON.stringify(issuer)} got ${found}`;
  }
  yield* log(self, `OK: Constructed OIDC provider for issuer ${issuer}`);
  const audiences = typeof claims.aud === "string" ? [claims.aud] : (claims.aud ?? []);
  if (!audiences.includes(audience)) {
    return `oidc: expected audience ${JSON.stringify(audience)} got [${audiences.map((each) => JSON.stringify(each)).join(" ")}]`;
  }
  if ((claims.exp ?? 0) * 1_000 < self.kernel.host.wallMs()) return "oidc: token is expired";
  const set = yield* read<{ keys?: readonly { kid?: string }[] }>(self, provider.jwks_uri ?? "", verifying);
  if (typeof set === "string") return `failed to verify signature: fetching keys ${set}`;
  const keys = (set.keys ?? []).filter(({ kid }) => header.kid === undefined || kid === header.kid);
  const signed = { algorithm: header.alg ?? "", text: `${head}.${body}`, signature };
  const { trust } = self.kernel.host.network;
  if (!keys.some((key) => trust.hasSigned(key, signed))) {
    return "failed to verify signature: failed to verify id token signature";
  }
  yield* log(self, "OK: Validated signature on JWT");
  yield* log(self, "OK: Got valid claims from token!");
  yield* log(self, `Full, validated claims: \n${JSON.stringify(claims)}`);
  return undefined;
}

function jsonPart(part: string): object | undefined {
  try {
    return JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/"))) as object;
  } catch {
    return undefined;
  }
}

/** What a URL answers, or why nothing could be read there. */
function* read<T extends object>(self: Process, at: string, { account }: Verifying): Running<T | string> {
  if (!URL.canParse(at)) return `Get ${JSON.stringify(at)}: unsupported protocol scheme ""`;
  const { hostname: host, port, protocol, pathname, search } = new URL(at);
  const isSecure = protocol === "https:";
  const outcome = yield* askHttp(self, {
    ...{ host, port: Number(port || (isSecure ? 443 : 80)), target: `${pathname}${search}` },
    ...(isSecure ? { secured: { serverName: host, trusted: account?.trusted ?? "" } } : {}),
    ...(account ? { headers: [["Authorization", `Bearer ${account.token}`]] } : {}),
    untilMs: self.kernel.host.uptimeMs() + waitMs,
  });
  if (outcome.kind !== "answer") return `Get ${JSON.stringify(at)}: ${failureText(outcome)}`;
  if (outcome.status !== 200) return `${outcome.status}: ${outcome.body}`;
  try {
    return JSON.parse(outcome.body) as T;
  } catch {
    return `oidc: failed to decode provider discovery object: ${outcome.body}`;
  }
}

function failureText(outcome: Exclude<Outcome, { readonly kind: "answer" }>): string {
  if (outcome.kind === "untrusted") return `tls: failed to verify certificate: x509: ${outcome.fault.message}`;
  return outcome.kind === "unconnected" ? `dial tcp: ${outcome.error}` : outcome.kind;
}
