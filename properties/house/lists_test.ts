import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { listsOf, membersWithoutConst } from "./lists.ts";
import { assert, test } from "./test.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = "actors/apiserver/tables";

function house(...names: string[]): { path: string; text: string }[] {
  return names.map((name) => ({ path: `${folder}/${name}`, text: "" }));
}

/** What the project's formatter and import sorter make of a text. */
function biome(text: string): string {
  const args = ["check", "--write", `--stdin-file-path=${root}${folder}/all.ts`];
  const run = spawnSync(`${root}node_modules/.bin/biome`, args, { cwd: root, input: text, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}

test("listsOf() lists the members of a folder, in order, and nothing else", () => {
  const files = house(
    "pod.ts",
    "config_map.ts",
    "pod_test.ts",
    "_shared.ts",
    "all.ts",
    "deep/x.ts",
    "pod.generated.ts",
  );
  const lists = listsOf(files.concat({ path: "actors/api/other/y.ts", text: "" }));
  assert.deepEqual(
    lists.map((list) => list.path),
    [`${folder}/all.ts`],
  );
  assert.match(
    lists[0]?.text ?? "",
    /^import \{ configMap \} from ".\/config_map.ts";\nimport \{ pod \} from ".\/pod.ts";\n$/m,
  );
  assert.match(lists[0]?.text ?? "", /^export const all = \[configMap, pod\] as const;$/m);
});

test("listsOf() writes what the formatter leaves as it is", () => {
  const few = house("a.ts", "a_b.ts", "ab.ts");
  const many = house(..."abcdefghijklmnop".split("").map((letter) => `some_long_name_${letter}.ts`));
  const numbered = house("v1.ts", "v10.ts", "v2.ts", "v1_x.ts", "v1beta1.ts");
  for (const files of [few, many, numbered]) {
    const text = listsOf(files)[0]?.text ?? "";
    assert.equal(biome(text), text);
  }
});

test("listsOf() gives the same list whatever the order of the files", () => {
  const files = house("b.ts", "a.ts", "c10.ts", "c9.ts");
  assert.deepEqual(listsOf(files.toReversed()), listsOf(files));
});

test("listsOf() lists the rules of kinds apart from the kinds, and membersWithoutConst() misses either", () => {
  const path = "actors/api/kinds/pod.ts";
  const lists = listsOf([{ path, text: "" }]);
  assert.deepEqual(
    lists.map((list) => [list.path, /^export const all = \[(\w+)\]/m.exec(list.text)?.[1]]),
    [
      ["actors/api/kinds/all.ts", "pod"],
      ["actors/api/kinds/all_rules.ts", "podRules"],
    ],
  );
  assert.deepEqual(membersWithoutConst([{ path, text: "export const pod = 1;" }]), [{ path, name: "podRules" }]);
});

test("membersWithoutConst() names the const that is missing", () => {
  const files = [
    { path: `${folder}/replica_set.ts`, text: "export const replicaSet = 1;" },
    { path: `${folder}/config_map.ts`, text: "export const configMaps = 1;" },
  ];
  assert.deepEqual(membersWithoutConst(files), [{ path: `${folder}/config_map.ts`, name: "configMap" }]);
});

test("listsOf() lists which account each control loop writes as, by what it says itself, as the formatter leaves it", () => {
  const loops = {
    "cron_job.ts": 'defineLoop({\n  name: "cron-job",\n  component: "cronjob-controller",\n  keys: ["a"],\n});',
    "disruption.ts":
      'defineLoop({\n  name: "disruption",\n  component: "x",\n  account: "disruption-controller",\n    account: "y",\n});',
    "own.ts": 'defineLoop({\n  name: "own",\n  component: "x",\n  account: "",\n});',
  };
  const files = Object.entries(loops).map(([name, text]) => ({ path: `actors/controllers/loops/${name}`, text }));
  const [, accounts] = listsOf(files);
  assert.equal(accounts?.path, "actors/controllers/loops/accounts.ts");
  const pairs = [...(accounts?.text ?? "").matchAll(/^ {2}\["(.*)", "(.*)"\],$/gm)].map(([, ...pair]) => pair);
  assert.deepEqual(pairs, [
    ["cron-job", "cronjob-controller"],
    ["disruption", "disruption-controller"],
    ["own", ""],
  ]);
  assert.equal(biome(accounts?.text ?? ""), accounts?.text);
});
