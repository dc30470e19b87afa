// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are source texts
import { assert, fc, property, test } from "../test.ts";
import { codeOf, importsOf, lineAt } from "./source.ts";

test("codeOf() blanks comments and the content of strings, templates and regular expressions", () => {
  const cases: [string, string][] = [
    ["a // b\nc", "a     \nc"],
    ["a /* b\nc */ d", "a     \n     d"],
    ['x = "a\\"b" + y', 'x = "    " + y'],
    ["x = 'it' // isn't", "x = '  '         "],
    ["x = `a${b + `c${d}e`}f` + g", "x = ` ${b + ` ${d} `} ` + g"],
    ["x = `a${{ k: 1 }.k}f`", "x = ` ${{ k: 1 }.k} `"],
    ['x = /a[/]"b/g.test(y)', "x = /      /g.test(y)"],
    ["x = a / b / c // d", "x = a / b / c     "],
    ["return /'/ ; x", "return / / ; x"],
    ["f(a) / 2; g('b')", "f(a) / 2; g(' ')"],
  ];
  for (const [text, code] of cases) assert.equal(codeOf(text), code);
});

property(
  "codeOf() keeps every line break and offset",
  [fc.string({ unit: fc.constantFrom(..."a`${}'\"/*\n\\ (") })],
  (text) => {
    const code = codeOf(text);
    assert.equal(code.length, text.length);
    assert.deepEqual(
      [...code.matchAll(/\n/g)].map((m) => m.index),
      [...text.matchAll(/\n/g)].map((m) => m.index),
    );
  },
);

test("importsOf() finds every form of import with its line and kind", () => {
  const text = [
    'import { a } from "./a.ts";',
    'import type { b } from "./b.ts";',
    'import { type c } from "./c.ts";',
    'import "./d.ts";',
    "import * as e from './e.ts';",
    'import {\n  f,\n} from "./f.ts";',
    'export { g } from "./g.ts";',
    'export type { h } from "./h.ts";',
    'export { type i } from "./i.ts";',
    'export * from "./j.ts";',
    'const k = await import("./k.ts");',
    'type L = typeof import("./l.ts");',
    '// import { m } from "./m.ts";',
    "const n = 'import { n } from \"./n.ts\"';",
    'export const o = "./o.ts";',
    'import p, { q } from "./p.ts";',
  ].join("\n");
  assert.deepEqual(
    importsOf(text).map(
      ({ specifier, line, kind, reExport }) => `${line} ${specifier} ${kind}${reExport ? " out" : ""}`,
    ),
    [
      "1 ./a.ts value",
      "2 ./b.ts type",
      "3 ./c.ts value",
      "4 ./d.ts value",
      "5 ./e.ts value",
      "6 ./f.ts value",
      "9 ./g.ts value out",
      "10 ./h.ts type out",
      "11 ./i.ts type out",
      "12 ./j.ts value out",
      "13 ./k.ts dynamic",
      "14 ./l.ts type",
      "18 ./p.ts value",
    ],
  );
});

test("lineAt() counts from one", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((offset) => lineAt("a\nb\n", offset)),
    [1, 1, 2, 2],
  );
});
