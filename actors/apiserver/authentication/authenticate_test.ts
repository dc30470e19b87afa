import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import { createStep } from "../../../runtime/core/step.ts";
import type { Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import { createAsks } from "../../kit/asks.ts";
import { ok, type Result } from "../../kit/result.ts";
import type { User } from "../messages.ts";
import { authenticate as authenticateAll } from "./_authenticate.ts";
import type { Credentials } from "./_authenticator.ts";

const { step } = createStep({ self: "apiserver/0", parent: "", incarnation: 0, randomKey: 1 });
const server = {
  input: { stores: [] },
  caches: new Map(),
  store: undefined as never,
  asks: createAsks<Step>(),
  signedTokens: new Map(),
};

/** What the authenticators say at once. */
function authenticate(shown: Credentials): Result<User, Status> {
  const said: Result<User, Status>[] = [];
  authenticateAll({ shown, server }, (known) => void said.push(known), step);
  const [known] = said;
  assert.ok(known);
  return known;
}

const peer = { commonName: "jane", organizations: ["developers"] };
const jane = { name: "jane", groups: ["developers", "system:authenticated"] };
const nobody = { name: "system:anonymous", groups: ["system:unauthenticated"] };
const protocol = "v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.bm9wZQ";

test("authenticate() knows who shows a certificate of the authority, whatever else is shown", () => {
  assert.deepEqual(authenticate({ headers: {}, peer }), ok(jane));
  assert.deepEqual(authenticate({ headers: { authorization: "Bearer x" }, peer }), ok(jane));
});

test("authenticate() takes who shows nothing that it knows of for anonymous", () => {
  for (const authorization of ["", "Basic YTpi", "Bearer", "Bearer ", "Bearer  x", "token"]) {
    assert.deepEqual(authenticate({ headers: { authorization } }), ok(nobody), authorization);
  }
  assert.deepEqual(authenticate({ headers: { "sec-websocket-protocol": "v4.channel.k8s.io" } }), ok(nobody));
});

test("authenticate() refuses who shows what is not valid", () => {
  const shown = [
    { headers: { authorization: "Bearer x" } },
    { headers: { authorization: " bEARER x " } },
    { headers: { "sec-websocket-protocol": protocol } },
    { headers: {}, isPeerRefused: true as const },
  ];
  for (const credentials of shown) {
    const known = authenticate(credentials);
    assert.equal(!known.ok && known.failure.code, 401);
  }
});

test("a bearer token that is not valid is answered with 401, even where everybody may look", () => {
  const lab = createLab();
  for (const url of ["/api/v1/pods", "/healthz", "/version", "/nowhere"]) {
    const answer = lab.http(url, { peer: "none", headers: { authorization: "Bearer x" } });
    assert.equal(answer.code(), 401, url);
    const { kind, status, message, reason } = JSON.parse(answer.body());
    assert.deepEqual([kind, status, message, reason], ["Status", "Failure", "Unauthorized", "Unauthorized"]);
  }
});
