import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab, podNamed } from "../../../properties/stages/apiserver/lab.ts";
import { ok } from "../../kit/result.ts";
import { parseUrl, targetOf } from "../http/target.ts";
import { logOptionsOf } from "../subresources/_log_options.ts";
import { deleteOptionsOf } from "./delete_options.ts";
import { integerOf, isTrue } from "./query.ts";

const [yes, no] = [
  ["true", "True", "TRUE", "1", "t", "yes", "", "2"],
  ["false", "False", "FALSE", "0"],
] as const;

test("isTrue() takes for true what Kubernetes does: all but false and 0, in any case", () => {
  assert.deepEqual([...yes, ...no, undefined].filter(isTrue), yes);
});

test("integerOf() reads what Go's ParseInt reads, and refuses the rest in its words", () => {
  const said = (text: string | undefined) => {
    const value = integerOf(text);
    return value.ok ? value.value : `${value.failure.code} ${value.failure.message}`;
  };
  assert.deepEqual([undefined, "7", "+7", "-7", "007"].map(said), [undefined, 7, 7, -7, 7]);
  for (const text of ["", "x", "1.5", "1e3", " 1", "0x10", "1_0"]) {
    assert.equal(said(text), `400 strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  assert.equal(said("9223372036854775807"), 2 ** 63);
  for (const text of ["9223372036854775808", "-9223372036854775809", "9".repeat(100_000)]) {
    assert.equal(said(text), `400 strconv.ParseInt: parsing "${text}": value out of range`);
  }
});

test("every boolean of a query is read by one rule: watch, bookmarks, initial events, orphans, logs", () => {
  const lab = createLab();
  lab.call("create", "configmaps", { namespace: "default", body: configMapNamed("a") });
  const verb = (query: string) => {
    const parsed = parseUrl(`/api/v1/pods?${query}`);
    assert.ok(parsed);
    const target = targetOf("GET", parsed);
    return target.kind === "resource" ? target.verb : target.kind;
  };
  const watched = (query: string) => lab.http(`/api/v1/namespaces/default/configmaps?watch=True&${query}`).body();
  for (const text of yes) {
    assert.equal(verb(`watch=${text}`), "watch", text);
    const all = `allowWatchBookmarks=${text}&sendInitialEvents=${text}&resourceVersionMatch=NotOlderThan`;
    assert.match(watched(all), /"type":"ADDED".*"type":"BOOKMARK".*initial-events-end/s, text);
    const orphaned = deleteOptionsOf({ request: { body: "" } as never, query: { orphanDependents: text } });
    assert.equal(orphaned.ok && orphaned.value.propagation, "Orphan", text);
    const query = { follow: text, previous: text, timestamps: text };
    const said = { follow: true, previous: true, timestamps: true };
    assert.deepEqual(logOptionsOf({ name: "p", query }), ok(said), text);
  }
  for (const text of no) {
    assert.equal(verb(`watch=${text}`), "list", text);
    assert.equal(watched(`sendInitialEvents=${text}&resourceVersionMatch=NotOlderThan`), "", text);
    const orphaned = deleteOptionsOf({ request: { body: "" } as never, query: { orphanDependents: text } });
    assert.equal(orphaned.ok && orphaned.value.propagation, "Background", text);
    assert.deepEqual(
      logOptionsOf({ name: "p", query: { follow: text, previous: text, timestamps: text } }),
      ok({}),
      text,
    );
  }
  assert.equal(verb("watch=0&watch=1"), "list");
});

test("a whole number of a query that cannot be read is 400, wherever one is asked for", () => {
  const lab = createLab();
  lab.call("create", "pods", { namespace: "default", body: podNamed("p") });
  const pods = "/api/v1/namespaces/default/pods";
  const refused: readonly (readonly [string, string])[] = [
    ["GET", `${pods}?limit=x`],
    ["GET", `${pods}?limit=`],
    ["GET", `${pods}?timeoutSeconds=1.5`],
    ["GET", `${pods}?watch=1&timeoutSeconds=soon`],
    ["GET", `${pods}?watch=1&limit=all`],
    ["DELETE", `${pods}?limit=x`],
    ["DELETE", `${pods}/p?gracePeriodSeconds=x`],
    ["GET", `${pods}/p/log?tailLines=x`],
    ["GET", `${pods}/p/log?limitBytes=`],
    ["GET", `${pods}/p/log?sinceSeconds=9999999999999999999999`],
  ];
  for (const [method, url] of refused) {
    const answer = lab.http(url, { method });
    assert.equal(answer.code(), 400, url);
    assert.match(answer.body(), /"message":"strconv.ParseInt: parsing .*(invalid syntax|value out of range)"/, url);
  }
  assert.equal(lab.http(`${pods}?limit=-1`).code(), 200);
  const over = lab.http(`${pods}?watch=1&timeoutSeconds=-1`);
  lab.simulation.advance(2_000);
  assert.deepEqual([over.code(), over.state()], [200, "ended"]);
});
