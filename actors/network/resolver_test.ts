import { assert, fc, property, test } from "../../properties/house/test.ts";
import { namespaceOf, serviceOf } from "../../properties/stages/dns/objects.ts";
import { answerQuestion } from "../dns/records.ts";
import { createZone } from "../dns/zone.ts";
import { candidates, clusterFirst, type Lookup, type LookupAnswer, resolvConf, resolve } from "./resolver.ts";

const config = clusterFirst({ namespace: "shop" });

/** Resolves with a server; gives the end and what was asked on the way. */
function run(name: string, answer: (lookup: Lookup) => readonly LookupAnswer[]) {
  const asked: string[] = [];
  const steps = resolve(name, config);
  let next = steps.next();
  while (!next.done) {
    asked.push(next.value.name);
    next = steps.next(answer(next.value));
  }
  return { end: next.value, asked };
}

const nobody = (): readonly LookupAnswer[] => [
  { rcode: "NXDOMAIN", answers: [] },
  { rcode: "NXDOMAIN", answers: [] },
];

function cluster(): (lookup: Lookup) => readonly LookupAnswer[] {
  const zone = createZone();
  for (const name of ["shop", "other"]) zone.putNamespace(namespaceOf(name));
  zone.putService(serviceOf({ namespace: "shop", name: "web", clusterIPs: ["10.96.0.7", "fd00::7"] }));
  zone.putService(serviceOf({ namespace: "other", name: "db", clusterIPs: ["10.96.0.8"] }));
  zone.putService(serviceOf({ namespace: "shop", name: "alias", externalName: "db.other.svc.cluster.local" }));
  const options = {
    clusterDomain: "cluster.local",
    ttlSeconds: 30,
    negativeTtlSeconds: 5,
    pods: "insecure",
    nameServerIps: ["10.96.0.10"],
    serial: 1,
    outside: "REFUSED",
    int: () => 0,
  } as const;
  return ({ name, types }) => types.map((type) => answerQuestion(zone, { name, type }, options).reply);
}

test("resolvConf() is what a pod of policy ClusterFirst reads", () => {
  const text =
    "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n";
  assert.equal(resolvConf(config), text);
});

test("resolve() finds services by their short, their namespaced and their full names", () => {
  const answer = cluster();
  const own = { ok: true, name: "web.shop.svc.cluster.local", addresses: ["10.96.0.7", "fd00::7"] };
  assert.deepEqual(run("web", answer), { end: own, asked: ["web.shop.svc.cluster.local"] });
  const other = { ok: true, name: "db.other.svc.cluster.local", addresses: ["10.96.0.8"] };
  assert.deepEqual(run("db.other", answer), {
    end: other,
    asked: ["db.other.shop.svc.cluster.local", "db.other.svc.cluster.local"],
  });
  const search = ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local"];
  assert.deepEqual(run("db.other.svc.cluster.local", answer), {
    end: other,
    asked: [...search.map((each) => `db.other.svc.cluster.local.${each}`), "db.other.svc.cluster.local"],
  });
  assert.deepEqual(run("db.other.svc.cluster.local.", answer), { end: other, asked: ["db.other.svc.cluster.local"] });
});

test("resolve() follows aliases in an answer", () => {
  const { end } = run("alias", cluster());
  assert.deepEqual(end, { ok: true, name: "alias.shop.svc.cluster.local", addresses: ["10.96.0.8"] });
});

test("resolve() tells a name that is not there from a server that cannot say", () => {
  assert.deepEqual(run("nope", cluster()).end, { ok: false, code: "EAI_NONAME" });
  const failing = () => [{ rcode: "SERVFAIL", answers: [] } as const];
  assert.deepEqual(run("web", failing), {
    end: { ok: false, code: "EAI_AGAIN" },
    asked: ["web.shop.svc.cluster.local"],
  });
});

test("resolve() asks nobody about addresses and about what cannot be a name", () => {
  assert.deepEqual(run("10.1.2.3", nobody), {
    end: { ok: true, name: "10.1.2.3", addresses: ["10.1.2.3"] },
    asked: [],
  });
  assert.deepEqual(run("::1", nobody).asked, []);
  for (const name of ["", ".", "a..b", "x".repeat(64)]) {
    assert.deepEqual(run(name, nobody), { end: { ok: false, code: "EAI_NONAME" }, asked: [] }, name);
  }
});

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const name = fc.array(label, { minLength: 1, maxLength: 8 }).map((labels) => labels.join("."));

property("a name is tried as it is, and below each search domain, each once", [name], (given) => {
  const { asked, end } = run(given, nobody);
  assert.deepEqual(end, { ok: false, code: "EAI_NONAME" });
  assert.deepEqual([...asked].sort(), [given, ...config.search.map((domain) => `${given}.${domain}`)].sort());
  const dots = given.split(".").length - 1;
  assert.equal(asked.indexOf(given), dots >= 5 ? 0 : asked.length - 1);
  assert.deepEqual(asked, candidates(given, config));
});

property("the first candidate that has addresses ends the search", [name, fc.nat(3)], (given, which) => {
  const right = candidates(given, config)[which] ?? "";
  const { asked, end } = run(given, ({ name: each, types }) =>
    types.map((type) => ({
      rcode: "NOERROR",
      answers: each === right && type === "A" ? [{ name: each.toUpperCase(), type, ttl: 5, data: "10.0.0.1" }] : [],
    })),
  );
  assert.deepEqual(end, { ok: true, name: right, addresses: ["10.0.0.1"] });
  assert.equal(asked.length, which + 1);
});
