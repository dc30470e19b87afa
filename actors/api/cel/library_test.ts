import { assert, test } from "../../../properties/house/test.ts";
import { resultOf } from "./admission.ts";
import { dynamicValue } from "./dynamic_value.ts";
import { plainValue } from "./plain_value.ts";
import { isError, type Value } from "./values.ts";

const given = new Map<string, Value>([["object", dynamicValue({ a: 1, list: [3, 1, 2], labels: { x: "1" } })]]);

function told(text: string): unknown {
  const known = new Map([["object", undefined]]);
  const value = resultOf(text, { names: given, known, budget: { left: 1_000_000 } });
  return isError(value) ? `! ${value.text}` : plainValue(value);
}

/** Expressions by what comes of them; Kubernetes' own documentation has most of them. */
const table: readonly (readonly [text: string, expected: unknown])[] = [
  ["url('https://user@example.com:80/a%20b?k=1&k=2').getHost()", "example.com:80"],
  ["url('https://example.com:80/').getHostname()", "example.com"],
  ["url('https://[::1]:80/').getHostname()", "::1"],
  ["url('https://example.com:80/').getPort()", "80"],
  ["url('/path/with space'.replace(' ', '%20')).getEscapedPath()", "/path/with%20space"],
  ["url('https://example.com/?k=1&k=2&l=').getQuery()", { k: ["1", "2"], l: [""] }],
  ["isURL('https://a/b') && !isURL('../relative') && isURL('/rooted')", true],
  ["ip('127.0.0.1').isLoopback() && ip('::1').isLoopback() && !ip('1.2.3.4').isLoopback()", true],
  ["ip('2001:db8::1').family()", 6],
  ["string(ip('2001:db8:0:0:1:0:0:1'))", "2001:db8::1:0:0:1"],
  ["ip.isCanonical('2001:DB8::1')", false],
  ["ip('10.0.0.1').isGlobalUnicast() && ip('169.254.1.1').isLinkLocalUnicast()", true],
  ["isIP('1.2.3.4.5') || isIP('::ffff:1.2.3.4')", false],
  [
    "ip('nope')",
    `! IP Address "nope" parse error during conversion from string: ParseAddr("nope"): unable to parse IP`,
  ],
  ["cidr('192.168.0.0/24').containsIP(ip('192.168.0.1')) && cidr('192.168.0.0/24').containsIP('192.168.0.9')", true],
  ["cidr('192.168.0.0/24').containsCIDR('192.168.0.0/23')", false],
  ["string(cidr('192.168.3.7/22').masked())", "192.168.0.0/22"],
  ["cidr('192.168.0.0/24').prefixLength() == 24 && string(cidr('10.1.2.3/8').ip()) == '10.1.2.3'", true],
  ["quantity('1.5').asInteger()", "! cannot convert value to integer"],
  ["quantity('50k').asInteger() == 50000 && quantity('1.5G').isInteger() && quantity('-1').sign() == -1", true],
  ["quantity('9.5').asApproximateFloat()", 9.5],
  ["semver('1.2.3-rc.1').isLessThan(semver('1.2.3')) && semver('1.10.0').isGreaterThan(semver('1.9.0'))", true],
  ["semver('v1.0', true).compareTo(semver('1.0.0'))", 0],
  ["[semver('1.2.3').major(), semver('1.2.3').minor(), semver('1.2.3').patch()]", [1, 2, 3]],
  ["isSemver('1.2') || isSemver('v1.2.3') || isSemver('01.2.3')", false],
  ["format.dns1123Label().validate('ok-1')", undefined],
  ["format.named('dns1123Label').value().validate('Not Ok').value().size() > 0", true],
  ["format.named('none').hasValue()", false],
  ["sets.contains([1, 2], [2]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])", true],
  ["[1, [2, [3]]].flatten()", [1, 2, [3]]],
  ["[1, [2, [3]]].flatten(2)", [1, 2, 3]],
  ["[3, 1, 2].sort() + [1, 1, 2].distinct() + [1, 2].reverse()", [1, 2, 3, 1, 2, 2, 1]],
  ["[{'n': 2}, {'n': 1}].sortBy(e, e.n).map(e, e.n)", [1, 2]],
  ["lists.range(3) + [1, 2, 3].slice(1, 2)", [0, 1, 2, 2]],
  ["[1, 2].slice(1, 3)", "! cannot slice(1, 3), list is length 2"],
  ["object.list.first().value() + object.list.last().value()", 5],
  ["'abc 123 def 45'.find('[0-9]+') + '|' + 'abc 123 def 45'.findAll('[0-9]+').join(',')", "123|123,45"],
  ["'abc 123 def 45'.findAll('[0-9]+', 1)", ["123"]],
  ["'%s has %d of %.1f%%, %x %b %e'.format(['a', 2, 0.5, 255, 5, 1234.5])", "a has 2 of 0.5%, ff 101 1.234500e+03"],
  ["'%d'.format(['a'])", `! error during formatting: unrecognized formatting clause "d"`],
  ["strings.quote('a\"b') + 'abc'.reverse()", '"a\\"b"cba'],
  ["optional.ofNonZeroValue('').or(optional.of('x')).value()", "x"],
  ["object.?none.orValue('y') + object.?labels.?x.orValue('n')", "y1"],
  ["object.?a.optMap(v, v + 1).value() + object.?a.optFlatMap(v, optional.of(v)).value()", 3],
  ["optional.unwrap == 1", "! compilation error"],
  ["[1, 2, 3].transformList(i, v, i + v)", [1, 3, 5]],
  ["[1, 2, 3].transformList(i, v, v > 1, i * v)", [2, 6]],
  ["{'a': 1, 'b': 2}.transformMap(k, v, v > 1, k + string(v))", { b: "b2" }],
  ["{'a': 'x'}.transformMapEntry(k, v, {v: k})", { x: "a" }],
  ["[1, 2].all(i, v, v == i + 1) && {'a': 1}.exists(k, v, k == 'a' && v == 1)", true],
  ["[1, 2].existsOne(i, v, i == 1)", true],
  ["math.greatest(1, 3, 2) + math.least([4, 5])", 7],
  ["math.ceil(1.2) + math.floor(-1.2) + math.round(2.5) + math.abs(-1.0)", 4],
  ["math.bitAnd(6, 3) + math.bitShiftLeft(1, 4)", 18],
  ["type(1) == int && type('a') == string && type([]) == list && type(1) != type(1.0)", true],
  ["timestamp('2023-12-25T12:34:56Z').getDayOfWeek() + timestamp('2023-12-25T23:30:00Z').getDate('+01:00')", 27],
  ["duration('1h30m').getMinutes() + duration('1500ms').getMilliseconds()", 590],
  ["bool('true') && !bool('0')", true],
  ["duration(duration('1h')) == duration('60m') && timestamp(timestamp('2023-12-25T00:00:00Z')) > timestamp(0)", true],
];

test("the functions that Kubernetes adds to expressions do what its documentation says", () => {
  for (const [text, expected] of table) {
    const found = told(text);
    if (typeof expected === "string" && expected === "! compilation error")
      assert.match(String(found), /^! compilation/);
    else assert.deepEqual(found, expected, text);
  }
});
