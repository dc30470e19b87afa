// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are scripts
import { assert, test } from "../../../../../properties/house/test.ts";
import { systemStage } from "../../../../../properties/stages/unix/system_stage.ts";

/** Scripts of what is only bash's, and what bash 5.2 writes. */
const scripts: readonly (readonly [script: string, stdout: string])[] = [
  [
    "items=(foo bar baz); I=1; echo ${items[$I]} ${items[-1]} ${items[I+1]} ${#items[@]} ${!items[@]} $items",
    "bar baz baz 3 0 1 2 foo\n",
  ],
  [
    "a=(x 'y z'); for i in \"${a[@]}\"; do echo [$i]; done; a+=(w); echo \"${a[*]}\" ${a[@]:1:2}; a[7]=q; unset 'a[0]'; echo ${a[@]} ${!a[@]}",
    "[x]\n[y z]\nx y z w y z w\ny z w q 1 2 7\n",
  ],
  [
    "declare -A m=([one]=1 ['t wo']=2); m[one]+=3; echo ${m[one]} \"${m[t wo]}\" ${#m[@]}; k=one; echo ${m[$k]} ${m[none]:-none}",
    "13 2 2\n13 none\n",
  ],
  [
    'a=(3 1 2); echo $((a[0]+a[2])); ((a[1]++)); echo ${a[1]}; a=([2]=c [0]=a b); echo ${a[@]}; e=(); echo ${#e[@]} "${e[@]:-none}"',
    "5\n2\na b c\n0 none\n",
  ],
  [
    'a=(one.txt two.txt); echo ${a[@]%.txt} ${a[@]/t/T} ${#a[0]} ${a[@]^}; IFS=,; echo "${a[*]}"',
    "one two one.Txt Two.txt 7 One.txt Two.txt\none.txt,two.txt\n",
  ],
  [
    "IFS=, read -ra p <<< 'a,b,c'; echo ${p[1]} ${#p[@]}; mapfile -t l < <(printf 'x\\ny z\\n'); echo \"${l[1]}\" ${#l[@]}",
    "b 3\ny z 2\n",
  ],
  [
    "f() { local v=(1 2) w; w=3; echo ${v[1]} ${#v[@]} $w; }; f; echo [${v[1]}$w]; function g { echo g$1; }; g 1; function h() { echo h; }; h",
    "2 2 3\n[]\ng1\nh\n",
  ],
  ['set -- a b c; echo ${@:2} ${@:1:1} ${#@}; echo "${@/b/B}"', "b c a 3\na B c\n"],
  [
    "echo {1..10..3} {5..1} x{a,b{1,2}}y '{1,2}' {a} a{,b} ${X:-/}{1,2} {08..11} {c..a} \"{1..2}\" {1..2,x}; for i in {1..3}; do echo -n $i; done",
    "1 4 7 10 5 4 3 2 1 xay xb1y xb2y {1,2} {a} a ab /1 /2 08 09 10 11 c b a {1..2} 1..2 x\n123",
  ],
  ['printf \'a  b\\n\\n\' > f; echo "x$(<f), y" $(< f) `<f`; echo "[$(<f >g)]"', "xa  b, y a b a b\n[]\n"],
  ["n=abc; echo ${n^} ${n^^} ${!n}; abc=1; echo ${!n}; N=ABC; echo ${N,} ${N,,}", "Abc ABC\n1\naBC abc\n"],
  [
    "((1>2)) || echo no; ( (echo sub) ); if ((3>2 && 1)); then echo gt; fi; for ((i=0, j=9; i<3; i++, j--)); do echo $i$j; done; for ((;;)); do break; done; let x=3+4 'y = x * 2'; echo $x $y",
    "no\nsub\ngt\n09\n18\n27\n7 14\n",
  ],
  [
    "x=foo.txt; [[ $x == *.txt && ! -e $x ]] && echo glob; [[ $x == \"*.txt\" ]] || echo quoted; [[ a < b || x == y ]] && echo lt; [[ -z '' && 5 -gt 3 ]] && echo z; e=; [[ $e == '' && ( -n a ) ]] && echo empty; [[ -v x && ! -v nope ]] && echo set",
    "glob\nquoted\nlt\nz\nempty\nset\n",
  ],
  [
    "v=v1.28.3; if [[ $v =~ ^v([0-9]+)\\.([[:digit:]]+) ]]; then echo ${BASH_REMATCH[1]} ${BASH_REMATCH[2]} ${#BASH_REMATCH[@]}; fi; re='b+$'; [[ abb =~ $re ]] && echo ${BASH_REMATCH[0]}; [[ a.c =~ a\\.c ]] && echo dot; [[ abc =~ \"a.c\" ]] || echo plain",
    "1 28 3\nbb\ndot\nplain\n",
  ],
  [
    "cat <<< \"$((1+1)) two\"; echo $'a\\tb\\'c\\x41'; echo \"$'q'\"; while read -r l; do echo \"[$l]\"; done < <(printf 'a\\nb\\n'); cat <(echo 1) <(echo 2); n=0; while read -r _; do ((n++)); done < <(seq 5); echo $n",
    "2 two\na\tb'cA\n$'q'\n[a]\n[b]\n1\n2\n5\n",
  ],
  [
    "declare -r c=1; declare -x E=2; sh -c 'echo $E'; declare -p c; a=(1); declare -p a; declare -i q=3; echo $q",
    '2\ndeclare -r c="1"\ndeclare -a a=([0]="1")\n3\n',
  ],
  [
    'time true 2>/dev/null; ! time false; echo $?; pods=($(echo web-0 web-1)); for p in "${pods[@]}"; do echo pod/$p; done; args=(-n 1); head "${args[@]}" <<< $\'l1\\nl2\'',
    "0\npod/web-0\npod/web-1\nl1\n",
  ],
  [
    "f() { echo a | while read -r l; do return 3; done; echo $?; (local x=1; return $x); echo $?; }; f; return 5; echo $?",
    "3\n1\n2\n",
  ],
  ["echo 'return 4; echo no' > /tmp/r; . /tmp/r; echo $?; (return 3); echo $?", "4\n2\n"],
  [
    'v=abc; echo "[${v: -5}]" "[${v: -2}]" "[${v:5}]"; a=(1 2); echo "[${a[@]: -3}]" "[${a[@]: -1}]"',
    "[] [bc] []\n[] [2]\n",
  ],
  ["echo {1..30000}{1..30000} | wc -c; for i in 2 1 0; do a[i]=$i; done; echo ${a[@]}", "0\n0 1 2\n"],
];

function run(script: string, shell = "bash") {
  const stage = systemStage({ image: { base: "debian" } });
  stage.system.start([]);
  let outcome: { readonly exitCode: number; readonly stdout: string; readonly stderr: string } | undefined;
  stage.system.exec([shell, "-c", script], (found) => {
    outcome = found;
  });
  stage.advance(2_000);
  return outcome;
}

test("bash has arrays, braces, sums, tests with patterns, and files of what commands write, as the real one has", () => {
  for (const [script, stdout] of scripts) assert.equal(run(script)?.stdout, stdout, script);
});

test("a smaller shell has none of it, and says so where it is no syntax of its own", () => {
  assert.equal(run("echo {1..2} a{b,c}", "sh")?.stdout, "{1..2} a{b,c}\n");
  for (const script of ["a=(1 2)", "for ((i=0;i<1;i++)); do :; done", "cat <(echo)", "cat <<< x", "echo ${A^^}"]) {
    const { exitCode, stderr = "" } = run(script, "sh") ?? {};
    assert.equal(exitCode, 2, script);
    assert.match(stderr, /^sh: syntax error: /);
  }
  assert.equal(run("declare x=1", "sh")?.exitCode, 127);
});

test("in a smaller shell a return that leaves nothing else leaves the shell", () => {
  const { exitCode, stdout, stderr } = run("return 3; echo on", "sh") ?? {};
  assert.deepEqual([exitCode, stdout, stderr], [3, "", ""]);
  assert.equal(run("f() { (return 2); echo $?; echo a | { return 4; }; }; f; echo $?", "sh")?.stdout, "2\n4\n");
});

test("what cannot be is said as by bash, and ends the script", () => {
  assert.match(run("a=(1); echo ${a[-2]}; echo on")?.stderr ?? "", /a\[-2\]: bad array subscript/);
  assert.match(run("[[ a =~ ( ]]; echo $?")?.stderr ?? "", /syntax error|invalid regular expression/);
  assert.match(run("declare 1a=2")?.stderr ?? "", /declare: `1a=2': not a valid identifier/);
  assert.match(run("a=(1 2")?.stderr ?? "", /syntax error: unexpected end of file/);
  assert.equal(run("declare -r c=1; c=2; echo on")?.stdout, "");
  assert.equal(run("time sleep 1")?.stderr, "\nreal\t0m1.000s\nuser\t0m0.000s\nsys\t0m0.000s\n");
  // What would not fit ends the shell, as the kernel would.
  assert.equal(run("echo {1..100000000} | wc -c")?.stdout, "0\n");
});
