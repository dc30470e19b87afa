import { assert, fc, property, test } from "../../properties/house/test.ts";
import { canonicalJson, fnv1a, generateName, podTemplateHash } from "./names.ts";
import { dnsSubdomainErrors } from "./validation/names.ts";

test("fnv1a() gives the published hashes", () => {
  assert.equal(fnv1a(""), 0x811c9dc5);
  assert.equal(fnv1a("a"), 0xe40c292c);
  assert.equal(fnv1a("foobar"), 0xbf9cf968);
});

property("fnv1a() hashes the bytes of UTF-8", [fc.string({ unit: "binary" })], (text) => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  assert.equal(fnv1a(text), hash);
});

const base = fc.string({ unit: fc.constantFrom(..."abc1"), minLength: 1, maxLength: 80 }).map((text) => `${text}-`);
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

property("generateName() makes a good name of a good base", [base, fc.infiniteStream(random)], (prefix, stream) => {
  const name = generateName(prefix, () => stream.next().value);
  assert.deepEqual(dnsSubdomainErrors(name), []);
  assert.ok(name.length <= 63);
  assert.equal(name.slice(0, -5), prefix.slice(0, 58));
  assert.match(name.slice(-5), /^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

property(
  "canonicalJson() does not depend on the order of keys",
  [fc.dictionary(fc.string(), fc.jsonValue())],
  (object) => {
    const turned = Object.fromEntries(Object.entries(object).reverse());
    assert.equal(canonicalJson(object), canonicalJson(turned));
    assert.deepEqual(JSON.parse(canonicalJson(object)), JSON.parse(JSON.stringify(object)));
  },
);

test("podTemplateHash() changes with the template and with each collision", () => {
  const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i" }] } };
  const other = { ...template, spec: { containers: [{ name: "c", image: "j" }] } };
  const hashes = [
    podTemplateHash(template),
    podTemplateHash(template, 1),
    podTemplateHash(template, 2),
    podTemplateHash(other),
  ];
  assert.equal(new Set(hashes).size, 4);
  assert.equal(podTemplateHash({ spec: template.spec, metadata: template.metadata }), hashes[0]);
  for (const hash of hashes) assert.match(hash, /^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
});
