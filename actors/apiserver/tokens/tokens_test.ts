import { assert, test } from "../../../properties/house/test.ts";
import { createLab, type LabRequest, podNamed } from "../../../properties/stages/apiserver/lab.ts";

const issuer = "https://kubernetes.default.svc.cluster.local";
const accounts = "serviceaccounts";
const day = 86_400_000;

function stage() {
  const lab = createLab();
  const inDefault = { namespace: "default" };
  const make = (plural: string, body: object) => {
    const made = lab.call("create", plural, { ...inDefault, body });
    assert.equal(made.code, 201, JSON.stringify(made.body));
    return made.body;
  };
  const account = (name: string) => make(accounts, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
  const ask = (name: string, spec: object = {}, more: LabRequest = {}) =>
    lab.call("create", accounts, { ...inDefault, name, subresource: "token", body: { spec }, ...more });
  const token = (name: string, spec?: object): string => ask(name, spec).body.status.token;
  const shown = (text: string) => {
    const url = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const headers = { authorization: `Bearer ${text}` };
    const answer = lab.http(url, { method: "POST", body: "{}", headers, peer: "none" });
    return { code: answer.code(), info: JSON.parse(answer.body()).status?.userInfo };
  };
  const review = (text: string, audiences?: readonly string[]) => {
    const url = "/apis/authentication.k8s.io/v1/tokenreviews";
    const answer = lab.http(url, { method: "POST", body: JSON.stringify({ spec: { token: text, audiences } }) });
    return JSON.parse(answer.body()).status;
  };
  return { lab, inDefault, make, account, ask, token, shown, review };
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

test("a token says who it is for, for how long and for whom, and whoever shows it is that account", () => {
  const { account, ask, shown } = stage();
  const { metadata } = account("bot");
  const { code, body } = ask("bot");
  assert.equal(code, 201);
  const { jti, ...claims } = claimsOf(body.status.token);
  const { iat } = claims;
  assert.deepEqual(claims, {
    aud: [issuer],
    exp: iat + 3_600,
    iat,
    iss: issuer,
    "kubernetes.io": { namespace: "default", serviceaccount: { name: "bot", uid: metadata.uid } },
    nbf: iat,
    sub: "system:serviceaccount:default:bot",
  });
  assert.deepEqual([body.kind, body.metadata.name, body.spec.expirationSeconds], ["TokenRequest", "bot", 3_600]);
  assert.equal(Date.parse(body.status.expirationTimestamp), claims.exp * 1_000);
  assert.deepEqual(shown(body.status.token), {
    code: 201,
    info: {
      username: "system:serviceaccount:default:bot",
      uid: metadata.uid,
      groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
      extra: { "authentication.kubernetes.io/credential-id": [`JTI=${jti}`] },
    },
  });
});

test("a token that was changed, has ended, is for others or whose account is another by now is answered with 401", () => {
  const { lab, inDefault, account, token, shown, review } = stage();
  account("bot");
  const good = token("bot");
  const [head = "", body = "", signature = ""] = good.split(".");
  const forged = Buffer.from(JSON.stringify({ ...claimsOf(good), sub: "system:serviceaccount:kube-system:root" }));
  const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  const wrong = [
    `${head}.${forged.toString("base64url")}.${signature}`,
    `${none}.${body}.${signature}`,
    `${head}.${body}.${signature.slice(0, -4)}AAAA`,
    "a.b.c",
    "..",
    token("bot", { audiences: ["vault"] }),
  ];
  for (const each of wrong) assert.equal(shown(each).code, 401, each);
  assert.match(review(wrong[0] ?? "").error, /error in cryptographic primitive/);
  assert.equal(shown(good).code, 201);
  lab.simulation.advance(3_600_000 + 59_000);
  assert.equal(shown(good).code, 201);
  lab.simulation.advance(2_000);
  assert.equal(shown(good).code, 401);
  assert.equal(review(good).error, "[invalid bearer token, service account token has expired]");
  const next = token("bot");
  lab.call("delete", accounts, { ...inDefault, name: "bot" });
  lab.simulation.advance(100);
  assert.equal(shown(next).code, 401);
  account("bot");
  lab.simulation.advance(100);
  assert.equal(shown(next).code, 401);
  assert.match(review(next).error, /service account UID \(.+\) does not match claim \(.+\)/);
});

test("a token that is bound to a pod names it and its node, works for a year with a warning, and dies with it", () => {
  const { lab, inDefault, make, token, shown } = stage();
  const node = make("nodes", { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } });
  const pod = make("pods", podNamed("web", { spec: { nodeName: "n1" } }));
  const { uid } = pod.metadata;
  const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: "web", uid };
  const bound = token("default", { boundObjectRef, expirationSeconds: 3_607 });
  const claims = claimsOf(bound);
  assert.deepEqual([claims.exp - claims.iat, claims["kubernetes.io"].warnafter - claims.iat], [365 * 86_400, 3_607]);
  assert.deepEqual(claims["kubernetes.io"].pod, { name: "web", uid });
  assert.deepEqual(claims["kubernetes.io"].node, { name: "n1", uid: node.metadata.uid });
  const { extra } = shown(bound).info;
  assert.deepEqual(extra["authentication.kubernetes.io/pod-name"], ["web"]);
  assert.deepEqual(extra["authentication.kubernetes.io/node-uid"], [node.metadata.uid]);
  // The node may go: the token is the pod's.
  lab.call("delete", "nodes", { name: "n1" });
  lab.simulation.advance(100);
  assert.equal(shown(bound).code, 201);
  lab.call("delete", "pods", { ...inDefault, name: "web", query: { gracePeriodSeconds: "0" } });
  lab.simulation.advance(100);
  assert.equal(shown(bound).code, 401);
});

test("a token request that asks for what cannot be is refused in Kubernetes' words", () => {
  const { make, account, ask } = stage();
  account("bot");
  make("pods", podNamed("web"));
  const refused = (name: string, spec: object, more: LabRequest = {}) => {
    const { code, body } = ask(name, spec, more);
    return [code, body.message];
  };
  assert.deepEqual(refused("nobody", {}), [404, 'serviceaccounts "nobody" not found']);
  const short = "may not specify a duration less than 10 minutes";
  assert.deepEqual(refused("bot", { expirationSeconds: 599 }), [
    422,
    `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: ${short}`,
  ]);
  const toPod = (more: object = {}) => ({ boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "web", ...more } });
  assert.deepEqual(refused("bot", toPod()), [
    400,
    'cannot bind token for serviceaccount "bot" to pod running with serviceaccount "default"',
  ]);
  assert.deepEqual(refused("default", toPod({ name: "none" })), [404, 'pods "none" not found']);
  assert.deepEqual(refused("default", toPod({ uid: "other" })), [
    409,
    'Operation cannot be fulfilled on Pod "web": the UID in the bound object reference (other) does not match the UID in record. The object might have been deleted and then recreated',
  ]);
  assert.deepEqual(refused("default", toPod({ kind: "ConfigMap" })), [
    400,
    "cannot bind token to object of type /v1, Kind=ConfigMap",
  ]);
  const [code, message] = refused("default", {}, { body: { metadata: { name: "other" }, spec: {} } });
  assert.deepEqual([code, /must match the service account name if specified/.test(message)], [422, true]);
  assert.equal(ask("default", { expirationSeconds: 600 }).code, 201);
});

test("a token review says whose a token is and for which of the audiences, or what is wrong with it", () => {
  const { lab, account, token, review } = stage();
  account("bot");
  const forVault = token("bot", { audiences: ["vault", "bank"] });
  assert.deepEqual(review(forVault, ["bank", "shop"]).audiences, ["bank"]);
  assert.equal(review(forVault, ["bank"]).user.username, "system:serviceaccount:default:bot");
  assert.match(review(forVault).error, /token audiences \["vault" "bank"\] is invalid for the target audiences/);
  assert.deepEqual(review("made.up.token"), { user: {}, error: "invalid bearer token" });
  const empty = lab.http("/apis/authentication.k8s.io/v1/tokenreviews", { method: "POST", body: '{"spec":{}}' });
  assert.deepEqual(
    [empty.code(), JSON.parse(empty.body()).message],
    [400, "token is required for TokenReview in authentication"],
  );
});

test("tokens of a file make their users known, and what every JavaScript object has is no token", () => {
  const jane = { name: "jane", uid: "7", groups: ["developers", "system:authenticated"] };
  const lab = createLab({ input: { tokens: { secret: jane } } });
  const ask = (token: string) => {
    const url = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const headers = { authorization: `Bearer ${token}` };
    return lab.http(url, { method: "POST", body: "{}", headers, peer: "none" });
  };
  assert.equal(JSON.parse(ask("secret").body()).status.userInfo.username, "jane");
  for (const each of ["other", "constructor", "__proto__"]) assert.equal(ask(each).code(), 401, each);
});

test("the paths by which others verify tokens are there for whoever is known", () => {
  const { lab } = stage();
  const found = JSON.parse(lab.http("/.well-known/openid-configuration").body());
  assert.equal(found.issuer, issuer);
  assert.match(found.jwks_uri, /\/openid\/v1\/jwks$/);
  const keys = lab.http("/openid/v1/jwks");
  // A rehearsal's key is no pair.
  assert.deepEqual(JSON.parse(keys.body()), { keys: [] });
  assert.equal(keys.headers()["Content-Type"], "application/jwk-set+json");
  assert.equal(lab.http("/openid/v1/jwks", { peer: "none" }).code(), 403);
});

test("the token of a pod that is being deleted works until a minute after it should be gone", () => {
  const { lab, inDefault, make, token, shown } = stage();
  make("nodes", { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } });
  make("pods", podNamed("web", { spec: { nodeName: "n1" } }));
  const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: "web" };
  const bound = token("default", { boundObjectRef, expirationSeconds: day / 1_000 });
  lab.call("delete", "pods", { ...inDefault, name: "web" });
  lab.simulation.advance(30_000 + 59_000);
  assert.equal(shown(bound).code, 201);
  lab.simulation.advance(3_000);
  assert.equal(shown(bound).code, 401);
});
