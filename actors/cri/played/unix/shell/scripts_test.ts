// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are scripts
import { assert, test } from "../../../../../properties/house/test.ts";
import { shellOutcome, systemStage } from "../../../../../properties/stages/unix/system_stage.ts";

/** Scripts, what they write and their exit status: the same as in bash or dash, as far as those agree. */
const scripts: readonly (readonly [script: string, stdout: string, status?: number])[] = [
  ["echo hi", "hi\n"],
  [
    'echo "a  b" c   d; echo \'x $A\'; echo "x $A ${A}b ${B:-dflt} ${B-} ${A:+yes}"',
    "a  b c d\nx $A\nx 1 1b dflt  yes\n",
  ],
  ["for i in 1 2 3; do echo $i; done; echo done", "1\n2\n3\ndone\n"],
  ["i=0; while [ $i -lt 5 ]; do i=$((i+1)); if [ $i -eq 3 ]; then continue; fi; echo $i; done", "1\n2\n4\n5\n"],
  ["case foo.txt in *.md) echo md;; *.txt|*.log) echo txt;; *) echo other;; esac", "txt\n"],
  ['f() { echo "in $1 $#"; return 3; }; f a b; echo $?', "in a 2\n3\n"],
  ['x=$(echo a; echo b); echo "$x"; echo $x', "a\nb\na b\n"],
  ["echo one | tr a-z A-Z | cat", "ONE\n"],
  ["true && echo yes || echo no; false && echo yes || echo no", "yes\nno\n"],
  ["set -e; echo a; false; echo b", "a\n", 1],
  ["set -e; if false; then echo x; fi; false || true; ! true; echo end", "end\n"],
  ["(exit 4); echo $?; (cd /; pwd); pwd", "4\n/\n/tmp/empty\n"],
  [
    "cat <<EOF\nhello $A\n  $(echo sub) `echo back` \\$no\nEOF\ncat <<'EOF'\nhello $A\nEOF\ncat <<-X\n\ttabbed\n\tX",
    "hello 1\n  sub back $no\nhello $A\ntabbed\n",
  ],
  ["echo a > f; echo b >> f; cat f; wc -l < f; rm f; ls", "a\nb\n2\n"],
  [
    "x=abcdef; echo ${#x} ${x#a} ${x%f} ${x##*c} ${x%%d*}; p=/a/b/c.tar.gz; echo ${p##*/} ${p%.*} ${p%%.*} ${p#*/}",
    "6 bcdef abcde def abc\nc.tar.gz /a/b/c.tar /a/b/c a/b/c.tar.gz\n",
  ],
  [
    "echo $((1+2*3)) $((10/3)) $((10%3)) $((1<<4)) $((5>3)) $((!0)) $((-3+1)) $(( (2+3)*4 )) $((0x10)) $((010))",
    "7 3 1 16 1 1 -2 20 16 8\n",
  ],
  ["a=5; echo $((a*2)) $((a+=3)) $a; echo $((a>3?1:0))", "10 8 8\n1\n"],
  [
    "printf '%s %d %05.1f|%-5s|%5s|\\n' a 42 3.14159 ab cd; printf '%s\\n' a b c; printf 'x\\ty\\n'; printf '%x %o %c\\n' 255 8 hello",
    "a 42 003.1|ab   |   cd|\na\nb\nc\nx\ty\nff 10 h\n",
  ],
  [
    'set -- a b "c d"; echo $# $1 "$3"; for x in "$@"; do echo "[$x]"; done; for x in $@; do echo "[$x]"; done; echo "$*"; shift; echo $1',
    "3 a c d\n[a]\n[b]\n[c d]\n[a]\n[b]\n[c]\n[d]\na b c d\nb\n",
  ],
  ['IFS=:; x="a:b::c"; for i in $x; do echo "[$i]"; done', "[a]\n[b]\n[]\n[c]\n"],
  ["x=' a  b '; for i in $x; do echo \"[$i]\"; done; echo x$x'y'", "[a]\n[b]\nx a b y\n"],
  ['echo "$(echo "nested $(echo "deep")")"', "nested deep\n"],
  [
    '[ -z "" ] && echo empty; [ -n "x" ] && echo non; [ a = a ] && echo eq; [ a != b ] && echo ne; test 3 -gt 2 && echo gt; [ ! -f /nope ] && echo nofile',
    "empty\nnon\neq\nne\ngt\nnofile\n",
  ],
  ["[ 1 -eq 1 -a 2 -eq 2 ] && echo and; [ 1 -eq 2 -o 2 -eq 2 ] && echo or", "and\nor\n"],
  ["until [ -f x ]; do touch x; done; ls; rm x", "x\n"],
  [
    "mkdir -p d/e; touch d/a.txt d/b.txt d/.hid; echo d/*.txt; echo d/*; ls d; rm -r d; echo d/*",
    "d/a.txt d/b.txt\nd/a.txt d/b.txt d/e\na.txt\nb.txt\ne\nd/*\n",
  ],
  ["seq 3; seq 2 4; seq 1 2 7; seq 3 -1 1", "1\n2\n3\n2\n3\n4\n1\n3\n5\n7\n3\n2\n1\n"],
  [
    "printf 'b\\na\\nc\\na\\n' | sort; printf 'b\\na\\nc\\na\\n' | sort -u; printf '10\\n9\\n2\\n' | sort -n; printf '10\\n9\\n2\\n' | sort -rn",
    "a\na\nb\nc\na\nb\nc\n2\n9\n10\n10\n9\n2\n",
  ],
  [
    "printf 'a\\na\\nb\\n' | uniq -c; printf 'a:b:c\\nd:e:f\\n' | cut -d: -f2; echo abcdef | cut -c2-4; echo a:b:c | cut -d: -f1,3",
    "      2 a\n      1 b\nb\ne\nbcd\na:c\n",
  ],
  [
    "seq 20 | head -3; seq 20 | tail -2; seq 20 | head -n 1; seq 5 | tail -n +4; echo hello | head -c 3",
    "1\n2\n3\n19\n20\n1\n4\n5\nhel",
  ],
  [
    "printf 'foo\\nbar\\nfoobar\\n' | grep foo; printf 'foo\\nbar\\n' | grep -v foo; printf 'foo\\nbar\\n' | grep -c o; printf 'Foo\\n' | grep -i foo; printf 'foo\\n' | grep -q bar; echo $?",
    "foo\nfoobar\nbar\n1\nFoo\n1\n",
  ],
  [
    "printf 'a1b22c\\n' | grep -o '[0-9]*'; printf 'abc\\n' | grep -E 'a|x'; printf 'aXc\\n' | grep 'a.c'; printf 'ab\\nabb\\n' | grep -E '^ab{2}$'; printf 'a+b\\n' | grep 'a+b'; printf 'aab\\n' | grep -oE '(a|ab)+'",
    "1\n22\nabc\naXc\nabb\na+b\naab\n",
  ],
  ["echo a b c | wc -w; echo abc | wc -c; printf 'a\\nb\\n' | wc -l", "3\n4\n2\n"],
  ["sleep 0.01; echo slept", "slept\n"],
  ["sh -c 'echo $0 $1' zero one", "zero one\n"],
  ["exec echo replaced; echo never", "replaced\n"],
  ["trap 'echo bye' EXIT; echo hi", "hi\nbye\n"],
  ["trap 'echo got' TERM; kill -TERM $$; echo after", "got\nafter\n"],
  ["(sleep 0.05; echo bg) & wait; echo fg", "bg\nfg\n"],
  ["sleep 0.05 & pid=$!; wait $pid; echo $?", "0\n"],
  ["(exit 7) & wait $!; echo $?", "7\n"],
  ["sh -c 'kill -9 $$'; echo $?", "137\n"],
  ["echo err >&2; echo out 2>/dev/null; ls /nonexistent 2>/dev/null; echo $?", "out\n1\n"],
  ['{ echo a; echo b; } | while read x; do echo "got $x"; done', "got a\ngot b\n"],
  ['echo "a b c" | { read x y; echo "$x|$y"; }', "a|b c\n"],
  [
    'while read -r line; do echo "[$line]"; done <<EOF\none\n  two words\nthree\\n\nEOF',
    "[one]\n[two words]\n[three\\n]\n",
  ],
  ["x=1; (x=2; echo $x); echo $x; x=3 sh -c 'echo $x'; echo $x", "2\n1\n3\n1\n"],
  ["export Z=9; sh -c 'echo $Z'; unset Z; sh -c 'echo [$Z]'", "9\n[]\n"],
  ["local_test() { local v=2; echo $v; }; v=1; local_test; echo $v", "2\n1\n"],
  ["eval 'echo evaled; y=5'; echo $y", "evaled\n5\n"],
  ["echo 'echo sourced $1' > s.sh; . ./s.sh; sh s.sh arg; chmod +x s.sh; rm s.sh", "sourced\nsourced arg\n"],
  ["printf '#!/bin/sh\\necho script $1\\n' > s; chmod +x s; ./s a; rm s", "script a\n"],
  ["nosuchcommand 2>/dev/null; echo $?", "127\n"],
  ["if true; then echo t; elif true; then echo e; else echo f; fi; if false; then :; else echo else; fi", "t\nelse\n"],
  [
    "for i in 1 2 3; do for j in 1 2; do [ $j = 2 ] && continue 2; [ $i = 3 ] && break 2; echo $i$j; done; done",
    "11\n21\n",
  ],
  ["echo ${A:?msg}; echo ${NOPE:?msg}; echo notreached", "1\n", 2],
  [': ${D:=val}; echo $D; echo "${D:-"quoted word"}" ${E:-"q w"}', "val\nval q w\n"],
  ['a="x y"; b=$a; echo "$b"; c="$a"z; echo $c', "x y\nx yz\n"],
  ["echo a;echo b&&echo c", "a\nb\nc\n"],
  ['echo "multi\nline"', "multi\nline\n"],
  ["echo a \\\n b", "a b\n"],
  ["# comment\necho x # trailing\necho 'a#b' c#d", "x\na#b c#d\n"],
  ["true | false; echo $?; false | true; echo $?; ! false; echo $?", "1\n0\n0\n"],
  ["exit 42", "", 42],
  ["x=5; x=$((x-1)); echo $x; y=$x$x; echo $y", "4\n44\n"],
  ['case "$A" in 1) echo one;; 2) echo two;; esac; case x in [a-w]) echo lo;; [!a-w]) echo hi;; esac', "one\nhi\n"],
  [
    'echo "tab\tx" | cut -f2; echo hello | tr -d l; echo aabb | tr -s a-z; echo hello | tr a-y b-z',
    "x\nheo\nab\nifmmp\n",
  ],
  ["f() { if [ $1 -le 0 ]; then return; fi; echo $1; f $(($1-1)); }; f 3", "3\n2\n1\n"],
  ['echo $(( $(echo 3) + 4 )); echo "$((2+2))"; echo $((A+1))', "7\n4\n2\n"],
  ["dirname /a/b/c; basename /a/b/c.txt .txt; dirname x", "/a/b\nc\n.\n"],
  ['test 1 -lt 2; echo $?; [ a ]; echo $?; [ "" ]; echo $?; [ 1 -eq x ] 2>/dev/null; echo $?', "0\n0\n1\n2\n"],
  ["echo a | (cat; echo b) > f; cat f; rm f", "a\nb\n"],
  ["cat /dev/null; echo -n x; echo; echo -e 'a\\tb'", "x\na\tb\n"],
  ["env | grep '^A='; printenv A; env B=2 sh -c 'echo $B'", "A=1\n1\n2\n"],
  ["cd /tmp && pwd; cd / && pwd; cd /nonexistent 2>/dev/null || echo failed", "/tmp\n/\nfailed\n"],
  ["echo x > a; cp a b; mv b c; cat c; ls; rm -f a c nope; ls", "x\na\nc\n"],
  ["ln -s target l; readlink l; rm l", "target\n"],
  ["set -u; echo $UNDEFINED_VAR; echo no", "", 2],
  ["echo \"${A}$(printf '\\nx')\"; echo \"a'b\" 'a\"b'", "1\nx\na'b a\"b\n"],
  ["echo `echo a \\`echo b\\``", "a b\n"],
  ['x="*"; echo "$x"; set -f; echo *;', "*\n*\n"],
  ["cat <<A; echo mid; cat <<B\none\nA\ntwo\nB", "one\nmid\ntwo\n"],
  ['func() {\n  echo "args: $@"\n}\nfunc 1 2 3', "args: 1 2 3\n"],
  ["echo $? ; (exit 3) ; echo $?", "0\n3\n"],
  ["while :; do echo once; break; done", "once\n"],
  ['x=; echo "[${x:-e}] [${x-e}] [${x:+s}] [${x+s}]"', "[e] [] [] [s]\n"],
  ['s="hello world"; echo "${s/world/there}" ${s//o/0} ${s:0:5} ${s: -5}', "hello there hell0 w0rld hello world\n"],
  ["a=1; a=2 b=3; echo $a$b; a+=x; echo $a", "23\n2x\n"],
  ["seq 1 1000 | wc -l; seq 1 100000 | tail -1", "1000\n100000\n"],
  ["for f in a b; do echo $f; done > out; cat out; rm out; if true; then echo q; fi | cat", "a\nb\nq\n"],
  ["exec 3>f; echo three >&3; exec 3>&-; cat f; rm f", "three\n"],
  ["echo a 1>&2 2>/dev/null; echo b", "b\n"],
  ["x=$(false); echo $?; x=$(exit 5) ; echo $?", "1\n5\n"],
  ["set -o pipefail; false | true; echo $?", "1\n"],
  ['echo "a\\\\b" \'a\\\\b\' a\\\\b; echo "\\a"', "a\\b a\\\\b a\\b\n\\a\n"],
  [
    "printf '%s-%s\\n' 1 2 3; printf '%d\\n' 0x1f; printf '%%\\n'; printf '%5.2f\\n' 2.5; printf '%s' ; printf \"\\n\"",
    "1-2\n3-\n31\n%\n 2.50\n\n",
  ],
  ['read x < /dev/null; echo $? "[$x]"', "1 []\n"],
  ["echo $((2**10)) $((1==1&&0==1)) $((7&3)) $((4|1)) $((6^3)) $((~0))", "1024 0 3 5 5 -1\n"],
  ["i=0; while true; do i=$((i+1)); [ $i -ge 1000 ] && break; done; echo $i", "1000\n"],
];

test("a script in a played container writes what it writes in a real one", () => {
  for (const [script, stdout, status = 0] of scripts) {
    const outcome = shellOutcome(script, { env: { A: "1" }, folder: "/tmp/empty" });
    assert.deepEqual([outcome?.stdout, outcome?.exitCode], [stdout, status], `${script}\n${outcome?.stderr}`);
  }
});

test("the last command of a script takes the shell's place, and all that a subshell runs is one process", () => {
  const processes = (script: string) => {
    const stage = systemStage();
    stage.system.start(["sh", "-c", script]);
    stage.advance(10);
    const lines = (stage.exec(["ps"])?.stdout ?? "").split("\n").slice(1, -2);
    return lines.map((line) => line.slice(line.indexOf(":") + 4));
  };
  assert.deepEqual(processes("sleep 1h"), ["sleep 1h"]);
  assert.deepEqual(processes("true; test 1 = 1 && sleep 1h"), ["sleep 1h"]);
  assert.deepEqual(processes("if true; then (sleep 1h); fi"), ["sh -c if true; then (sleep 1h); fi", "sleep 1h"]);
  assert.deepEqual(processes("sleep 1h | sleep 2h"), ["sh -c sleep 1h | sleep 2h", "sleep 1h", "sleep 2h"]);
  // Where something may come behind it, it is a process of its own.
  assert.deepEqual(processes("trap : TERM; sleep 1h"), ["sh -c trap : TERM; sleep 1h", "sleep 1h"]);
  assert.deepEqual(processes("sleep 1h; true"), ["sh -c sleep 1h; true", "sleep 1h"]);
  assert.deepEqual(processes("while true; do sleep 1h; done"), ["sh -c while true; do sleep 1h; done", "sleep 1h"]);
  assert.deepEqual(processes("! sleep 1h"), ["sh -c ! sleep 1h", "sleep 1h"]);
  const said = (script: string) => shellOutcome(script)?.stdout;
  assert.equal(said("sleep 1h & kill $!; wait $!; echo $?; ps | grep -c '[0]:00 sleep'"), "143\n0\n");
  assert.equal(said("f() { cat /etc/hostname; }; f > /tmp/x; f | cat; cat < /tmp/x"), "web-0\nweb-0\n");
  assert.equal(said("trap 'echo bye; false' EXIT; (exit 3)"), "bye\n");
  assert.equal(shellOutcome("trap 'echo bye; false' EXIT; (exit 3)")?.exitCode, 3);
  assert.equal(shellOutcome("trap 'cat /none' EXIT; (exit 3)")?.exitCode, 3);
  assert.equal(said("cat /etc/hostname && cat /etc/hostname; cat /none || cat /etc/hostname"), "web-0\nweb-0\nweb-0\n");
  assert.equal(shellOutcome("if cat /none 2>/dev/null; then echo no; else echo else; fi; cat /none")?.exitCode, 1);
});
