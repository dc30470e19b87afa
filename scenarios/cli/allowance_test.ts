import { resolve } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { captureLine as run } from "../../properties/stages/cli/capture_line.ts";
import { allowance } from "./allowance.ts";

test("allowance() adds up what computers may grant, and makes paths whole", () => {
  let allowed = allowance("read=/srv/data/");
  for (const text of ["net=127.0.0.1:5432", "read=here", "write=*", "env=A=B"]) allowed = allowance(text, allowed);
  assert.deepEqual(allowed, {
    read: ["/srv/data", resolve("here")],
    net: ["127.0.0.1:5432"],
    write: ["*"],
    env: ["A=B"],
  });
});

test("troupe up refuses what it cannot allow, with one line and exit code 2", async () => {
  const kinds = /give KIND=SCOPE, with one of the kinds net, read, write, run, env, sys\n$/;
  const refusals: [string[], RegExp][] = [
    [["--allow", "reed=/x"], kinds],
    [["--allow", "read"], kinds],
    [["--allow", "read="], /'read=' is invalid\. give a scope, or \* for all\n$/],
    [["--allow", "read=/x", "--no-traffic"], /^Cannot allow anything to pods: without traffic they are played.*\n$/],
  ];
  for (const [options, expected] of refusals) {
    const { code, stdout, stderr } = await run("up", ...options);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, expected);
    assert.equal(stderr.split("\n").length, 2);
  }
});
