import { assert, test } from "../../../../../properties/house/test.ts";
import { systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import { redis } from "../../images/redis.ts";
import { commandText, readCommands, readReply, replyText } from "./resp.ts";

const image = redis.system("7.4");

function redisWith(...words: string[]) {
  const stage = systemStage({ ...(image ? { image } : {}), folder: "/data" });
  stage.system.start(["docker-entrypoint.sh", ...(words.length > 0 ? words : ["redis-server"])]);
  const ask = (command: string) => {
    const { exitCode, stdout, stderr } =
      stage.exec(["sh", "-c", `redis-cli ${command}`]) ?? assert.fail("it does not end");
    assert.equal(exitCode, 0, stderr);
    return stdout.replace(/\n$/, "");
  };
  return { stage, ask };
}

test("redis keeps strings, counts, and lets them expire in the wall clock's time", () => {
  const { stage, ask } = redisWith();
  assert.match(stage.lines.at(-1) ?? "", /^1:M 02 Jan 2026 03:04:05\.000 \* Ready to accept connections tcp$/);
  assert.deepEqual([ask("ping"), ask("set a 'x y'"), ask("get a"), ask("get none")], ["PONG", "OK", "x y", ""]);
  assert.deepEqual(
    [ask("incr n"), ask("incrby n 9"), ask("append a z"), ask("setnx a q"), ask("get a")],
    ["1", "10", "4", "0", "x yz"],
  );
  assert.deepEqual([ask("set t 1 ex 5"), ask("ttl t"), ask("ttl a"), ask("ttl none")], ["OK", "5", "-1", "-2"]);
  stage.advance(5_000);
  assert.deepEqual([ask("exists t a"), ask("type a"), ask("dbsize")], ["1", "string", "2"]);
  assert.equal(ask("lpush a 1"), "WRONGTYPE Operation against a key holding the wrong kind of value\n");
  assert.equal(ask("incr a"), "ERR value is not an integer or out of range\n");
  assert.equal(ask("get"), "ERR wrong number of arguments for 'get' command\n");
  assert.equal(ask("nonsense x"), "ERR unknown command 'nonsense', with args beginning with: 'x' \n");
});

test("redis has lists, hashes, sets and sorted sets, which are gone when they are empty", () => {
  const { ask } = redisWith();
  assert.deepEqual(
    [ask("rpush l a b c"), ask("lpush l z"), ask("lrange l 0 -1"), ask("lpop l"), ask("rpop l 9")],
    ["3", "4", "z\na\nb\nc", "z", "c\nb\na"],
  );
  assert.equal(ask("exists l"), "0");
  assert.deepEqual(
    [ask("hset h f 1 g 2"), ask("hget h f"), ask("hgetall h"), ask("hincrby h f 4"), ask("hdel h f g")],
    ["2", "1", "f\n1\ng\n2", "5", "2"],
  );
  assert.deepEqual(
    [ask("sadd s a b a"), ask("sismember s b"), ask("scard s"), ask("sadd u b"), ask("sinter s u"), ask("sdiff s u")],
    ["2", "1", "2", "1", "b", "a"],
  );
  assert.equal(ask("zadd z 2 b 1 a 3 c"), "3");
  assert.deepEqual(
    [ask("zrange z 0 1 withscores"), ask("zrevrange z 0 0"), ask("zrangebyscore z '(1' +inf"), ask("zrank z c")],
    ["a\n1\nb\n2", "c", "b\nc", "2"],
  );
  assert.equal(ask("keys '*'"), "s\nu\nz");
  assert.equal(ask("keys '[st]'"), "s");
});

test("redis keeps what it has in its folder when it ends, or at once, and asks for its password", () => {
  const { stage, ask } = redisWith("--appendonly", "yes", "--requirepass", "secret");
  assert.equal(ask("get a"), "NOAUTH Authentication required.\n");
  assert.equal(ask("-a secret set a kept"), "OK");
  assert.equal(
    stage
      .exec(["sh", "-c", "redis-server --port 7000 --appendonly yes & sleep 1; redis-cli -p 7000 get a"])
      ?.stdout.trim()
      .split("\n")
      .at(-1),
    "kept",
  );
  const other = redisWith();
  assert.equal(other.ask("set b 2"), "OK");
  assert.equal(
    other.stage
      .exec([
        "sh",
        "-c",
        "redis-server --port 7000 --dbfilename x & sleep 1; redis-cli -p 7000 set c 3; redis-cli -p 7000 shutdown; sleep 1; ls",
      ])
      ?.stdout.includes("x\n"),
    true,
  );
  other.stage.system.signal("TERM");
  assert.deepEqual(
    [other.stage.status(), /REDIS[\s\S]*\$1\r\nb\r\n\$1\r\n2/.test(other.stage.system.read("/data/dump.rdb") ?? "")],
    [0, true],
  );
});

test("who subscribes hears what is published, and a client where nobody is says so", () => {
  const { stage, ask } = redisWith();
  const heard = stage.network.visit(6379);
  heard?.write("SUBSCRIBE news\r\n");
  stage.advance(5);
  assert.equal(ask("publish news hello"), "1");
  stage.advance(5);
  assert.equal(
    heard?.got(),
    "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n",
  );
  const nobody = stage.exec(["redis-cli", "-p", "1", "ping"]);
  assert.deepEqual(
    [nobody?.exitCode, nobody?.stderr],
    [1, "Could not connect to Redis at 127.0.0.1:1: Connection refused\n"],
  );
});

test("redis holds no more than the thread that plays it has room for, and says of what it cannot read that it cannot", () => {
  const { stage, ask } = redisWith();
  const visitor = stage.network.visit(6379);
  const megabytes = "x".repeat(4 * 1024 * 1024);
  for (let at = 0; at < 17; at++) {
    visitor?.write(commandText(["SET", `k${at}`, megabytes]));
    stage.advance(1_500);
  }
  const answers = (visitor?.got() ?? "").split("\r\n").filter((each) => each !== "");
  const refused = "-OOM command not allowed when used memory > 'maxmemory'.";
  assert.deepEqual(answers, [...Array(15).fill("+OK"), refused, refused]);
  assert.equal(ask("del k0 k1"), "2");
  stage.advance(1_500);
  assert.equal(ask("set a b"), "OK");
  assert.match(readCommands("x".repeat(70_000)).fault ?? "", /too big inline request$/);
  assert.match(readCommands(`*9\r\n${"$1048576\r\n".padEnd(1_048_589, "x")}`.repeat(17)).fault ?? "", /Protocol error/);
  const wrong = systemStage({
    ...(image ? { image } : {}),
    folder: "/data",
    files: { "/data/dump.rdb": `${commandText(["SET", "a", "b"])}${commandText(["INCR", "a"])}` },
  });
  wrong.system.start(["redis-server"]);
  assert.equal(wrong.status(), 1);
  assert.match(wrong.lines.at(-1) ?? "", /Bad file format/);
});

test("readCommands() and readReply() wait for what has not come whole", () => {
  const whole = "*2\r\n$3\r\nGET\r\n$1\r\na\r\n";
  for (let cut = 1; cut < whole.length; cut++) {
    const { wholeBytes, ...read } = readCommands(whole.slice(0, cut));
    assert.deepEqual(read, { commands: [], rest: whole.slice(0, cut) });
    assert.equal(wholeBytes, cut < 8 || (cut > 12 && cut < 17) ? undefined : cut < 17 ? 13 : 20);
  }
  assert.deepEqual(readCommands(`${whole}PING\r\n`), { commands: [["GET", "a"], ["PING"]], rest: "" });
  assert.match(readCommands("*1\r\n:5\r\n").fault ?? "", /expected '\$', got ':'/);
  const reply = [1, "two", null, { status: "OK" }, { error: "ERR x" }, ["a"]];
  const text = replyText(reply);
  for (let cut = 0; cut < text.length; cut++) assert.equal(readReply(text.slice(0, cut)), undefined);
  assert.deepEqual(readReply(text), { reply, end: text.length });
});
