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
