import { assert, test } from "../../../properties/house/test.ts";
import { createLab, podNamed } from "../../../properties/stages/apiserver/lab.ts";
import { createStep } from "../../../runtime/core/step.ts";
import { badRequest, type Status } from "../../api/status.ts";
import { admitBy, gatesAmong } from "./_chain.ts";
import type { AdmissionPlugin, Admitting, Verdict } from "./_plugin.ts";
import { all } from "./all.ts";

const { step } = createStep({ self: "apiserver/0", parent: "", incarnation: 0, randomKey: 1 });

/** Plugins that note when they are asked; one of them answers when it is told to. */
function stage() {
  const asked: string[] = [];
  const held: Verdict[] = [];
  const plugin = (name: string, place: number, more: Partial<AdmissionPlugin> = {}): AdmissionPlugin => ({
    name,
    place,
    handles: [{ operations: ["CREATE"], resources: ["*"] }],
    validate(_admitting, verdict, now) {
      asked.push(`${name} validates`);
      verdict(undefined, now);
    },
    ...more,
  });
  const slow: AdmissionPlugin["admit"] = (_admitting, verdict) => {
    asked.push("slow admits");
    held.push(verdict);
  };
  return { asked, held, plugins: [plugin("last", 9), plugin("slow", 5, { admit: slow }), plugin("first", 1)] };
}

const create = (subresource?: string): Admitting =>
  ({
    operation: "CREATE",
    call: { kind: { group: "", plural: "pods" }, request: subresource === undefined ? {} : { subresource } },
  }) as unknown as Admitting;

test("plugins are asked in the order of their places, those that change before those that judge, and may take time", () => {
  const { asked, held, plugins } = stage();
  const verdicts: (Status | undefined)[] = [];
  const verdict: Verdict = (refusal) => void verdicts.push(refusal);
  admitBy(gatesAmong(plugins, create()), { admitting: create(), verdict }, step);
  assert.deepEqual([asked, verdicts], [["slow admits"], []]);
  held[0]?.(undefined, step);
  assert.deepEqual(asked, ["slow admits", "first validates", "slow validates", "last validates"]);
  assert.deepEqual(verdicts, [undefined]);
});

test("who is refused by one plugin meets no other", () => {
  const { asked, held, plugins } = stage();
  const verdicts: (Status | undefined)[] = [];
  const verdict: Verdict = (refusal) => void verdicts.push(refusal);
  admitBy(gatesAmong(plugins, create()), { admitting: create(), verdict }, step);
  held[0]?.(badRequest("no"), step);
  assert.deepEqual([asked, verdicts.map((each) => each?.message)], [["slow admits"], ["no"]]);
});

test("gatesAmong() finds the plugins of an operation and a resource; those of all resources are of no part of any", () => {
  const { plugins } = stage();
  const only = { ...plugins[0], handles: [{ operations: ["CREATE"], resources: ["pods/binding"] }] } as AdmissionPlugin;
  assert.equal(gatesAmong([...plugins, only], create()).validate.length, 3);
  assert.equal(gatesAmong([...plugins, only], create("binding")).validate.length, 1);
  assert.equal(gatesAmong(plugins, { ...create(), operation: "UPDATE" }).validate.length, 0);
});

test("no two plugins have one place, and none has a name twice", () => {
  assert.equal(new Set(all.map(({ place }) => place)).size, all.length);
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
});

test("a namespace without which no cluster works may not be deleted", () => {
  const lab = createLab();
  const refused = lab.call("delete", "namespaces", { name: "default" });
  assert.deepEqual(
    [refused.code, refused.body.message],
    [403, 'namespaces "default" is forbidden: this namespace may not be deleted'],
  );
  assert.equal(lab.call("create", "pods", { namespace: "nowhere", body: podNamed("p") }).code, 404);
});

test("who says that it has nothing to do is not asked", () => {
  const { asked, plugins } = stage();
  const idle = plugins.map((plugin) => (plugin.name === "slow" ? { ...plugin, isIdle: () => true } : plugin));
  const verdicts: (Status | undefined)[] = [];
  admitBy(gatesAmong(idle, create()), { admitting: create(), verdict: (refusal) => void verdicts.push(refusal) }, step);
  assert.deepEqual([asked, verdicts], [["first validates", "last validates"], [undefined]]);
});
