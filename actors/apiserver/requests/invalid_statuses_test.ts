import { isDeepStrictEqual } from "node:util";
import { assert, test } from "../../../properties/house/test.ts";
import { all } from "../../../properties/stages/apiserver/invalid/all.ts";
import { changed, type Table } from "../../../properties/stages/apiserver/invalid/row.ts";
import { statuses } from "../../../properties/stages/apiserver/invalid/statuses.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";

interface Cause {
  readonly field: string;
  readonly message: string;
}

test("statuses that are wrong are refused in Kubernetes' words, and nothing is stored", () => {
  const amiss: string[] = [];
  for (const { plural, first = {}, rows } of statuses) {
    const lab = createLab();
    const { base, namespaced } = all.find((each) => each.plural === plural) as Table;
    const place = { name: "x", ...(namespaced ? { namespace: "default" } : {}) };
    const made = lab.call("create", plural, { ...place, body: base });
    assert.equal(made.code, 201, `${plural}: ${made.body.message}`);
    const write = (change: Record<string, unknown>) => {
      const { body } = lab.call("get", plural, place);
      return lab.call("update", plural, { ...place, subresource: "status", body: changed(body, change) });
    };
    const begun = write(first);
    assert.equal(begun.code, 200, `${plural}: ${begun.body.message}`);
    for (const [change, ...errors] of rows) {
      const { code, body } = write(change as Record<string, unknown>);
      const causes: readonly Cause[] = body.details?.causes ?? [];
      const found = causes.map(({ field, message }) => `${field}: ${message}`);
      if (code === 422 && isDeepStrictEqual(found, errors)) continue;
      amiss.push(
        `${plural} ${JSON.stringify(change)} is told ${code} ${found.join("; ")} and not ${errors.join("; ")}`,
      );
    }
    assert.equal(
      lab.call("get", plural, place).body.metadata.resourceVersion,
      begun.body.metadata.resourceVersion,
      plural,
    );
  }
  assert.equal(amiss.join("\n"), "");
});
