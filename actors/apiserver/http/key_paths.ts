import type { Step } from "../../../runtime/mod.ts";
import { internalError, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { KeysAnswer, SigningRequest } from "../../signing/messages.ts";
import type { Server } from "../server.ts";
import { issuerOf } from "../tokens/claims.ts";
import type { HttpResponse } from "./respond.ts";

const configurationPath = "/.well-known/openid-configuration";
const keysPath = "/openid/v1/jwks";
/** Who verifies tokens by themselves keeps what they read for so long. */
const headers = { "Cache-Control": "public, max-age=3600" };

/** Whether a path is one of those by which others can verify the cluster's tokens. */
export function isKeyPath(path: string): boolean {
  return path === configurationPath || path === keysPath;
}

/**
 * Answers with the public keys of tokens, or with where they are.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery
 */
export function answerKeyPath(
  server: Server,
  { path, done }: { readonly path: string; readonly done: (answer: Result<HttpResponse, Status>, step: Step) => void },
  step: Step,
) {
  const request: SigningRequest = { op: "keys" };
  server.asks.wait<KeysAnswer>(step.device("signing", request), (answer, later) => {
    if (!answer.ok) return done(failed(internalError("the keys of tokens cannot be read")), later);
    const { keys, algorithms } = answer.value;
    done(ok(path === keysPath ? keySet(keys) : configuration(server, algorithms)), later);
  });
}

function keySet(keys: readonly object[]): HttpResponse {
  return {
    code: 200,
    body: JSON.stringify({ keys }),
    contentType: "application/jwk-set+json",
    isVerbatim: true,
    headers,
  };
}

function configuration({ input }: Server, algorithms: readonly string[]): HttpResponse {
  const issuer = issuerOf(input);
  const body = JSON.stringify({
    issuer,
    // Whoever can ask the issuer can ask it for this.
    jwks_uri: `${issuer}${keysPath}`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: algorithms,
  });
  return { code: 200, body, isVerbatim: true, headers };
}
