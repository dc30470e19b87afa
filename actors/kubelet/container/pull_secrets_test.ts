import { assert, test } from "../../../properties/house/test.ts";
import { encodeBase64 } from "../../api/base64.ts";
import { loginsFor, loginsIn } from "./pull_secrets.ts";

const config = (auths: object) => ({ data: { ".dockerconfigjson": encodeBase64(JSON.stringify({ auths })) } });
const login = (username: string, at: string) => ({ username, password: "p", at });

test("loginsIn() reads both types of Secrets that Docker's files of logins have, and nothing out of nonsense", () => {
  const auth = encodeBase64("ann:with:colon");
  assert.deepEqual(loginsIn(config({ "a:5000": { username: "joe", password: "p" }, b: { auth }, c: {} })), [
    { username: "joe", password: "p", at: "a:5000" },
    { username: "ann", password: "with:colon", at: "b" },
  ]);
  const old = { data: { ".dockercfg": encodeBase64(JSON.stringify({ a: { username: "joe", password: "p" } })) } };
  assert.deepEqual(loginsIn(old), [login("joe", "a")]);
  assert.deepEqual([loginsIn({ data: { ".dockerconfigjson": "bm9uc2Vuc2U=" } }), loginsIn({})], [[], []]);
});

test("loginsIn() takes a login that is none for none, for whoever may write a Secret may write anything into it", () => {
  const good = { username: "joe", password: "p" };
  const auths = { a: null, b: "text", c: { auth: "*" }, d: { auth: 5 }, e: { username: 5 }, f: [], g: good };
  assert.deepEqual(loginsIn(config(auths)), [login("joe", "g")]);
  const texts = ["null", "5", "[null]", '"text"', '{"auths":"text"}', '{"auths":null}'];
  for (const text of texts) {
    for (const key of [".dockerconfigjson", ".dockercfg"]) {
      assert.deepEqual(loginsIn({ data: { [key]: encodeBase64(text) } }), [], `${key} ${text}`);
    }
  }
});

test("loginsFor() lets stars stand for anything in a label, and takes no longer for many of them", () => {
  const fits = (at: string, host: string) => loginsFor([login("x", at)], `${host}/web`).length > 0;
  for (const at of ["*.io", "a*.io", "*c.io", "a*b*c.io", "**b**.io", "abc.*"]) assert.ok(fits(at, "abc.io"), at);
  for (const at of ["b*.io", "*b.io", "a*bc*c.io", "abc*c.io", "a.c.io", "*", "*.*.io", "[a]bc.io"])
    assert.ok(!fits(at, "abc.io"), at);
  // By a regular expression this took longer than anybody lives.
  assert.ok(!fits(`${"a*".repeat(20)}b.io`, `${"a".repeat(62)}.io`));
});

test("loginsFor() takes those of an image's registry, those for the smallest part of it first", () => {
  const logins = [
    login("all", "127.0.0.1:5000"),
    login("shop", "http://127.0.0.1:5000/shop"),
    login("stars", "*.example.com"),
    login("docker", "https://index.docker.io/v1/"),
  ];
  const names = (image: string) => loginsFor(logins, image).map(({ username }) => username);
  assert.deepEqual(names("127.0.0.1:5000/shop/cart:1"), ["shop", "all"]);
  assert.deepEqual(names("127.0.0.1:5000/web:1"), ["all"]);
  assert.deepEqual(names("127.0.0.1:5001/web:1"), []);
  assert.deepEqual(names("eu.example.com/web"), ["stars"]);
  assert.deepEqual(names("a.eu.example.com/web"), []);
  assert.deepEqual([names("nginx"), names("team/web:1")], [["docker"], ["docker"]]);
});
