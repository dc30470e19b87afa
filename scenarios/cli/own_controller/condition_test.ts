import { assert, test } from "../../../properties/house/test.ts";
import type { Admin } from "./admin.ts";
import { condition } from "./condition.ts";

/** An administrator who finds these sites in the namespace `web`. */
function adminWith(
  sites: readonly { readonly metadata: { readonly name: string }; readonly status?: object }[],
): Admin {
  const resource = { group: "example.com", version: "v1", name: "sites", kind: "Site", namespaced: true };
  return {
    kubeconfig: "",
    ca: "",
    resource: async (name) => (name === "sites" ? resource : undefined),
    async ask(_method, path) {
      const [, name] = /^\/apis\/example.com\/v1\/namespaces\/web\/sites(?:\/(.*))?$/.exec(path) ?? ["", "none"];
      if (name === undefined) return { code: 200, body: { items: sites } };
      const found = sites.find(({ metadata }) => metadata.name === name);
      return found ? { code: 200, body: found } : { code: 404, body: {} };
    },
    apply: async () => {},
    remove: async () => {},
    close() {},
  };
}

test("condition() looks at one object, at all of a resource, counts, and sees what is gone", async () => {
  const admin = adminWith([
    { metadata: { name: "a" }, status: { ready: 3 } },
    { metadata: { name: "b" }, status: { ready: 2 } },
  ]);
  const cases: readonly [text: string, missing: string | undefined][] = [
    ["sites/a -n web {.status.ready}=3", undefined],
    ["sites/b -n web {.status.ready}=3", 'it is "2"'],
    ["sites/c -n web {.status.ready}=3", "it is not there"],
    ["sites -n web {.status.ready}=3", 'it is "2"'],
    ["sites -n web count=2", undefined],
    ["sites -n web count=3", "there are 2"],
    ["sites/c -n web gone", undefined],
    ["sites/a -n web gone", "it is there"],
    ["tents/a -n web gone", 'there is no resource "tents"'],
  ];
  for (const [text, missing] of cases) {
    assert.equal(await condition(text)(admin), missing === undefined ? undefined : `${text}: ${missing}`);
  }
});

test("condition() refuses what it cannot read", () => {
  for (const text of ["", "sites/a", "sites/a .status.ready=3", "sites/a {.status..ready}=3"]) {
    assert.throws(() => condition(text), /Cannot wait for ".*": give a resource and what must hold/);
  }
});
