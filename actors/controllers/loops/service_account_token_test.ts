import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";

const name = "kubernetes.io/service-account.name";
const uidOf = "kubernetes.io/service-account.uid";

function stage() {
  const lab = createControllerLab({ loops: ["serviceaccount-token"] });
  const inDefault = { namespace: "default" };
  const account = (of: string) => {
    const body = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: of } };
    return lab.call("create", "serviceaccounts", { ...inDefault, body }).body;
  };
  const ask = (of: string, annotations: object) => {
    const metadata = { name: of, annotations };
    const body = { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/service-account-token", metadata };
    assert.equal(lab.call("create", "secrets", { ...inDefault, body }).code, 201);
  };
  const who = (token: string) => {
    const url = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const headers = { authorization: `Bearer ${token}` };
    const answer = lab.http(url, { method: "POST", body: "{}", headers, peer: "none" });
    return answer.code() === 201 ? JSON.parse(answer.body()).status.userInfo.username : answer.code();
  };
  const read = (value: string) => Buffer.from(value, "base64").toString();
  return { lab, inDefault, account, ask, who, read };
}

test("serviceAccountToken fills a Secret with a token that works as long as the Secret is there", () => {
  const { lab, inDefault, account, ask, who, read } = stage();
  const { metadata } = account("bot");
  ask("t", { [name]: "bot" });
  assert.ok(lab.until(() => lab.one("secrets", "t").data?.token));
  const { data, metadata: filled } = lab.one("secrets", "t");
  assert.equal(filled.annotations[uidOf], metadata.uid);
  assert.match(read(data["ca.crt"]), /^-----BEGIN CERTIFICATE-----/);
  assert.equal(read(data.namespace), "default");
  const token = read(data.token);
  assert.equal(who(token), "system:serviceaccount:default:bot");
  // What somebody breaks of it is mended, and the token stays the same.
  const patch = { data: { "ca.crt": null } };
  const contentType = "application/merge-patch+json" as const;
  lab.call("patch", "secrets", { ...inDefault, name: "t", body: patch, contentType });
  assert.ok(lab.until(() => lab.one("secrets", "t").data["ca.crt"]));
  assert.equal(read(lab.one("secrets", "t").data.token), token);
  lab.call("delete", "secrets", { ...inDefault, name: "t" });
  lab.simulation.advance(100);
  assert.equal(who(token), 401);
});

test("serviceAccountToken removes the Secret with its account, and that of an account that is not there", () => {
  const { lab, inDefault, account, ask } = stage();
  ask("stray", { [name]: "nobody" });
  assert.ok(lab.until(() => lab.one("secrets", "stray") === undefined));
  account("bot");
  ask("t", { [name]: "bot" });
  assert.ok(lab.until(() => lab.one("secrets", "t").data?.token));
  lab.call("delete", "serviceaccounts", { ...inDefault, name: "bot" });
  assert.ok(lab.until(() => lab.one("secrets", "t") === undefined));
});

test("serviceAccountToken gives a Secret of an earlier account to no namesake", () => {
  const { lab, account, ask } = stage();
  account("bot");
  ask("t", { [name]: "bot", [uidOf]: "an earlier one" });
  assert.ok(lab.until(() => lab.one("secrets", "t") === undefined));
});

test("a Secret says on which day its token was used last, and one that is marked invalid is good no more", () => {
  const { lab, inDefault, account, ask, who, read } = stage();
  account("bot");
  ask("t", { [name]: "bot" });
  assert.ok(lab.until(() => lab.one("secrets", "t").data?.token));
  const { labels, resourceVersion } = lab.one("secrets", "t").metadata;
  assert.equal(labels, undefined);
  const token = read(lab.one("secrets", "t").data.token);
  assert.equal(who(token), "system:serviceaccount:default:bot");
  const used = "kubernetes.io/legacy-token-last-used";
  assert.ok(lab.until(() => /^\d{4}-\d\d-\d\d$/.test(lab.one("secrets", "t").metadata.labels?.[used])));
  const after = lab.one("secrets", "t").metadata.resourceVersion;
  assert.notEqual(after, resourceVersion);
  assert.equal(who(token), "system:serviceaccount:default:bot");
  lab.simulation.advance(200);
  assert.equal(lab.one("secrets", "t").metadata.resourceVersion, after);
  const body = { metadata: { labels: { "kubernetes.io/legacy-token-invalid-since": "2026-01-01" } } };
  const contentType = "application/merge-patch+json" as const;
  lab.call("patch", "secrets", { ...inDefault, name: "t", body, contentType });
  lab.simulation.advance(100);
  assert.equal(who(token), 401);
});
