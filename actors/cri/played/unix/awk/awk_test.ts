import { assert, test } from "../../../../../properties/house/test.ts";
import { shellOutcome } from "../../../../../properties/stages/unix/system_stage.ts";

const said = (script: string) => shellOutcome(script)?.stdout;

test("awk takes lines apart, counts them, and does what fits them", () => {
  // As Kubernetes' own tests of restarts count lines.
  assert.equal(said("echo hello >> /tmp/f; wc -l /tmp/f | awk {'print $1'}"), "1\n");
  assert.equal(said("printf 'a b c\\nd e f\\n' | awk '{ print $2, $NF; n++ } END { print n, NR }'"), "b c\ne f\n2 2\n");
  assert.equal(said("seq 5 | awk 'NR==2,NR==4 {print} /5/'"), "2\n3\n4\n5\n");
  assert.equal(said("printf 'x:1\\ny:22\\n' | awk -F: '$2 > 3 { print $1 }'"), "y\n");
  assert.equal(said("printf 'a 1\\nb 2\\na 3\\n' | awk '{s[$1]+=$2} END {for (k in s) print k, s[k]}'"), "a 4\nb 2\n");
  assert.equal(said('printf \'a\\nb\\n\\nc\\nd\\n\' | awk \'BEGIN{RS=""; FS="\\n"} {print $1 "-" $2}\''), "a-b\nc-d\n");
  assert.equal(said("seq 3 | awk 'NR==1 {next} {exit 3} END {print NR}'; echo $?"), "2\n3\n");
});

test("awk calculates, compares and writes as its language says", () => {
  const begin = (body: string) => said(`awk 'BEGIN { ${body} }'`);
  assert.equal(begin('print -2^2, 7%3, "a" "b", ("x" in arr), !0'), "-4 1 ab 0 1\n");
  assert.equal(begin('print 1==1.0, "10"<"9", 10<9, 1e6, 0.1+0.2, 2/3'), "1 1 0 1000000 0.3 0.666667\n");
  const form = "%s|%-3d|%03d|%c|%x|%o|%.2f|%e|%g|%5s|%%\\n";
  const shown = "s|7  |007|A|ff|10|3.14|1.234568e+04|1.2e-05|   xy|%\n";
  assert.equal(begin(`printf "${form}", "s", 7, 7, 65, 255, 8, 3.14159, 12345.678, 0.000012, "xy"`), shown);
  assert.equal(begin("while (i<4) { i++; if (i==2) continue; if (i==4) break; print i }"), "1\n3\n");
  assert.equal(begin("do print ++n; while (n<2); for (k=0; k<2; k++) print k"), "1\n2\n0\n1\n");
  assert.equal(said("awk -v n=3 'function f(x) { return x<=1?1:x*f(x-1) } BEGIN { print f(n+2) }'"), "120\n");
});

test("awk edits texts and fields, and writes into files", () => {
  const edit = (body: string) => said(`echo 'foo bar foo' | awk '{ ${body} }'`);
  assert.equal(
    edit('gsub(/fo+/, "[&]"); print; sub("bar","X"); print; $2="Q"; print; print NF'),
    "[foo] bar [foo]\n[foo] X [foo]\n[foo] Q [foo]\n3\n",
  );
  assert.equal(
    edit('print length($2) substr("hello",2,3) toupper($1), index($0,"bar"), match($0,/b.r/) ":" RLENGTH'),
    "3ellFOO 5 5:3\n",
  );
  assert.equal(
    edit('n=split("a,b;c", p, /[,;]/); for (i=n;i>0;i--) printf "%s ", p[i]; delete p[1]; print length(p)'),
    "c b a 2\n",
  );
  assert.equal(said("echo k | awk '!seen[$1]++ { print $1 > \"/tmp/o\" }'; cat /tmp/o"), "k\n");
  assert.equal(said("WHO=me awk 'BEGIN { print ENVIRON[\"WHO\"] }'"), "me\n");
});

test("awk says what is no program", () => {
  const told = (program: string) => shellOutcome(`awk '${program}' /etc/hosts`);
  assert.deepEqual([told("{")?.exitCode, told("{")?.stderr], [2, "awk: cmd. line:1: Unexpected end of string\n"]);
  assert.match(told("{ print 1/0 }")?.stderr ?? "", /Division by zero/);
  const edited = 'x = sprintf("%9999s", 1); gsub(/ /, x, x); gsub(/ /, x, x); print';
  for (const body of [edited, "for (;;) if (a[i++]) print"])
    assert.equal(shellOutcome(`awk 'BEGIN { ${body} }'`)?.exitCode, 137);
  assert.equal(shellOutcome("awk 'BEGIN { while (1) x = x \"0123456789abcdef\" x }'")?.exitCode, 137);
});

test("awk takes records apart at a pattern, wherever what it reads is cut", () => {
  assert.equal(said("printf 'a\\r\\nb\\r\\n' | awk 'BEGIN { RS = \"\\r\\n\" } { print NR $0 }'"), "1a\n2b\n");
  const slowly = "printf 'a-'; sleep 1; printf -- '--b-'; sleep 1; printf 'c'";
  assert.equal(said(`{ ${slowly}; } | awk 'BEGIN { RS = "-+" } { print NR $0 }'`), "1a\n2b\n3c\n");
});

test("awk reads nothing when it has nothing to do with it, and leaves that to who comes next", () => {
  assert.equal(said("printf 'a\\nb\\n' | { awk 'BEGIN { print 1 }'; cat; }"), "1\na\nb\n");
  assert.equal(said("printf 'a\\nb\\n' | { awk 'END { print NR }'; cat; }"), "2\n");
});

test("awk fills an array that was nothing before it was given to a function, through several of them", () => {
  const fill = "function fill(a, k) { a[k] = k } function both(b) { fill(b, 1); fill(b, 2); return length(b) }";
  assert.equal(
    said(`awk '${fill} BEGIN { n = both(m); print n, m[1], m[2]; x = 5; fill(y, "z"); print x y["z"] }'`),
    "2 1 2\n5z\n",
  );
  assert.equal(said("awk 'function set(v) { v = 3 } BEGIN { set(u); print u + 1 }'"), "1\n");
});

test("awk takes the nearest whole number where one is asked for", () => {
  const shown = "9223372036854775807 -9223372036854775808 0 -3\n";
  assert.equal(said(`awk 'BEGIN { printf "%d %d %d %d\\n", 2^1024, -2^1024, log(-1), -3.9 }'`), shown);
  assert.equal(said("awk 'BEGIN { print and(7.9, 2^1024) }'"), "7\n");
  assert.equal(said("echo a b c | awk '{ $1.9 = \"z\"; print }'"), "z b c\n");
});

test("awk reads more than its inputs, by getline, and writes to commands, which it waits for", () => {
  const begin = (body: string) => said(`awk 'BEGIN { ${body} }'`);
  assert.equal(
    begin('"echo a b; echo c" | getline; print $2, NR; "echo a b; echo c" | getline x; print x, NR'),
    "b 1\nc 2\n",
  );
  assert.equal(
    said(`printf '1\\n2\\n' > /tmp/n; awk 'BEGIN { while ((getline l < "/tmp/n") > 0) s += l; print s, NR }'`),
    "3 0\n",
  );
  assert.equal(begin('print (getline l < "/nope"), ("true" | getline l)'), "-1 0\n");
  assert.equal(said("seq 4 | awk '{ getline; print } END { print NR }'"), "2\n4\n4\n");
  assert.equal(said("seq 3 | awk 'NR == 1 { getline second; print $0 second }'"), "12\n");
  assert.equal(said('seq 3 | awk \'{ print 4 - $1 | "sort" } END { print "end" }\''), "end\n1\n2\n3\n");
  assert.equal(begin('print "b" | "sort"; print "a" | "sort"; close("sort"); print "c"'), "a\nb\nc\n");
  assert.equal(begin('r = system("echo out; exit 3"); print r, close("none"), fflush()'), "out\n3 -1 0\n");
  assert.equal(begin('c = "date +%Y"; c | getline y; close(c); c | getline z; print (y == z), length(y)'), "1 4\n");
  assert.equal(said(`awk 'BEGIN { for (;;) print "x" | "head -n 1" }'; echo on`), "x\non\n");
});
