import { assert, test } from "../../../../../properties/house/test.ts";
import { systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import { mysql } from "../../images/mysql.ts";

type Texts = Readonly<Record<string, string>>;

function started(env: Texts, files: Texts = {}) {
  const image = mysql.system("9") ?? assert.fail("it has a system");
  const stage = systemStage({ image, env, files });
  stage.system.start(["docker-entrypoint.sh", "mysqld"]);
  return stage;
}

function serverWith(env: Texts = { MYSQL_ALLOW_EMPTY_PASSWORD: "1" }, login = "") {
  const stage = started(env);
  const run = (line: string) => stage.exec(["sh", "-c", line]) ?? assert.fail("it does not end");
  const ask = (sql: string, more = login) => {
    const { stdout, stderr } = run(`mysql ${more} -e ${JSON.stringify(sql)}`);
    return (stdout + stderr).replace(/^mysql: \[Warning\].*\n/m, "").replace(/\n$/, "");
  };
  return { stage, run, ask };
}

test("mysql keeps rows, tells them apart by their keys, and finds them again by what is asked", () => {
  const { ask } = serverWith();
  assert.equal(ask("CREATE DATABASE shop"), "");
  assert.equal(
    ask("CREATE DATABASE shop"),
    "ERROR 1007 (HY000) at line 1: Can't create database 'shop'; database exists",
  );
  const table =
    "id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL, price DECIMAL(8,2) DEFAULT 1, at DATETIME";
  assert.equal(
    ask(`CREATE TABLE shop.fruit (${table}); INSERT INTO shop.fruit (name, price) VALUES ('pear', 2.5), ('fig', 4)`),
    "",
  );
  assert.equal(
    ask(
      "USE shop; INSERT INTO fruit (name, at) VALUES ('plum', NOW()); SELECT id, name, price FROM fruit WHERE price < 3 ORDER BY name DESC",
    ),
    "id\tname\tprice\n3\tplum\t1\n1\tpear\t2.5",
  );
  assert.equal(
    ask("SELECT COUNT(*), SUM(price) AS total, MAX(name) FROM shop.fruit"),
    "COUNT(*)\ttotal\tMAX(name)\n3\t7.5\tplum",
  );
  assert.equal(
    ask("INSERT INTO shop.fruit VALUES (1, 'x', 1, NULL)"),
    "ERROR 1062 (23000) at line 1: Duplicate entry '1' for key 'fruit.PRIMARY'",
  );
  assert.equal(
    ask("INSERT INTO shop.fruit (price) VALUES (1)"),
    "ERROR 1364 (HY000) at line 1: Field 'name' doesn't have a default value",
  );
  assert.equal(
    ask("UPDATE shop.fruit SET price = price * 2 WHERE name LIKE 'p%'; SELECT price FROM shop.fruit"),
    "price\n5\n4\n2",
  );
  assert.equal(
    ask("DELETE FROM shop.fruit WHERE id IN (1, 2) OR at IS NULL; SELECT name FROM shop.fruit"),
    "name\nplum",
  );
  assert.equal(
    ask("SELECT nothing FROM shop.fruit"),
    "ERROR 1054 (42S22) at line 1: Unknown column 'nothing' in 'field list'",
  );
  assert.equal(ask("SELECT * FROM shop.none"), "ERROR 1146 (42S02) at line 1: Table 'shop.none' doesn't exist");
  assert.equal(ask("SHOW TABLES"), "ERROR 1046 (3D000) at line 1: No database selected");
  assert.equal(ask("SHOW DATABASES LIKE 's%'", "-N"), "shop\nsys");
  assert.match(
    ask("SELEKT 1"),
    /^ERROR 1064 \(42000\) at line 1: You have an error in your SQL syntax; .* near 'SELEKT 1' at line 1$/,
  );
  assert.equal(
    ask("SELECT a.x FROM shop.fruit JOIN b"),
    "ERROR 1235 (42000) at line 1: kubetroupe plays this server, and does not know SELECT with JOIN",
  );
  assert.equal(
    ask("SELECT 1 + 2 * 3, 'it''s', NULL IS NULL, VERSION(), @@server_id"),
    "1 + 2 * 3\tit's\tNULL IS NULL\tVERSION()\t@@server_id\n7\tit's\t1\t9.4.0\t1",
  );
});

test("mysql lets in who knows the password, and who was granted a database into that alone; what it has outlives it", () => {
  const env = {
    MYSQL_ROOT_PASSWORD: "it's secret",
    MYSQL_DATABASE: "blog",
    MYSQL_USER: "writer",
    MYSQL_PASSWORD: "ink",
  };
  const { run, ask, stage } = serverWith(env, "-uwriter -pink");
  assert.equal(run("mysqladmin ping").stdout, "mysqld is alive\n");
  assert.equal(
    ask("SELECT 1", "-uroot -pwrong"),
    "ERROR 1045 (28000): Access denied for user 'root'@'10.244.1.9' (using password: YES)",
  );
  assert.equal(
    ask("SELECT 1", "-uroot"),
    "ERROR 1045 (28000): Access denied for user 'root'@'10.244.1.9' (using password: NO)",
  );
  assert.equal(ask("CREATE TABLE blog.posts (title TEXT); INSERT INTO blog.posts VALUES ('first')"), "");
  assert.equal(
    ask("USE mysql"),
    "ERROR 1044 (42000) at line 1: Access denied for user 'writer'@'%' to database 'mysql'",
  );
  assert.equal(ask("SELECT CURRENT_USER()", `-uroot '-pit'"'"'s secret'`), "CURRENT_USER()\nroot@%");
  // What a container that is started again finds in its volume.
  const kept = stage.system.read("/var/lib/mysql/binlog.000001") ?? assert.fail("nothing was kept");
  stage.system.signal("TERM");
  assert.equal(stage.status(), 0);
  const again = started({}, { "/var/lib/mysql/binlog.000001": kept, "/var/lib/mysql/mysql/made": "" });
  const found = again.exec(["mysql", "-uwriter", "-pink", "-Ne", "SELECT title FROM blog.posts"]);
  assert.equal(found?.stdout, "first\n");
});

test("mysql does not begin without a word on root's password, and performs the scripts that it finds first", () => {
  const { lines } = started({});
  assert.match(
    lines.join("\n"),
    /\[ERROR\] \[Entrypoint\]: Database is uninitialized and password option is not specified/,
  );
  const { ask } = serverWith({ MYSQL_ROOT_PASSWORD: "p" }, "-pp");
  assert.equal(ask("SELECT 1", "-pp -t"), "+---+\n| 1 |\n+---+\n| 1 |\n+---+");
  assert.equal(
    ask("SELECT 'a' AS b, NULL AS c\\G", "-pp"),
    `${"*".repeat(27)} 1. row ${"*".repeat(27)}\nb: a\nc: NULL`,
  );
});

test("mysql's accounts see and change what they were granted, by whatever name, and nothing else", () => {
  const env = { MYSQL_ROOT_PASSWORD: "p", MYSQL_DATABASE: "blog", MYSQL_USER: "writer", MYSQL_PASSWORD: "ink" };
  const { ask } = serverWith(env, "-uwriter -pink");
  const root = (sql: string) => ask(sql, "-pp");
  assert.equal(root("CREATE DATABASE shop; CREATE TABLE shop.fruit (name TEXT)"), "");
  assert.equal(
    ask("SELECT * FROM shop.fruit"),
    "ERROR 1142 (42000) at line 1: SELECT command denied to user 'writer'@'%' for table 'fruit'",
  );
  assert.match(ask("DROP TABLE shop.fruit"), /^ERROR 1142 .*: DROP command denied to user/);
  assert.match(ask("CREATE DATABASE own"), /^ERROR 1044 .*Access denied for user 'writer'@'%' to database 'own'$/);
  assert.match(ask("SHOW TABLES FROM shop"), /^ERROR 1044 /);
  assert.match(ask("CREATE USER friend"), /^ERROR 1227 .*you need \(at least one of\) the CREATE USER privilege/);
  assert.match(ask("GRANT ALL ON *.* TO writer"), /^ERROR 1227 /);
  assert.equal(ask("SHOW DATABASES", "-uwriter -pink -N"), "blog\ninformation_schema\nperformance_schema");
  assert.equal(root("GRANT ALL ON shop.* TO writer"), "");
  assert.equal(ask("INSERT INTO shop.fruit VALUES ('fig'); SELECT * FROM shop.fruit"), "name\nfig");
});

test("mysql is not held up by what grows: signs in each other, long chains, patterns, and columns that are doubled", () => {
  const { run, ask } = serverWith();
  const signs = 40;
  assert.equal(ask(`SELECT ${"- ".repeat(signs)}1 AS one`), "one\n1");
  const many = (text: string, count: number) => `$(yes '${text}' | head -n ${count} | tr -d '\\n')`;
  assert.match(run(`echo "SELECT 1${many("+1", 20_000)}" | mysql`).stderr, /^ERROR 2013 .*Lost connection/);
  const like = `SELECT '${many("a", 20_000)}' LIKE '%${many("a", 10_000)}b'`;
  assert.match(run(`echo "${like}" | mysql`).stderr, /^ERROR 1235 .*LIKE with so long/);
  assert.equal(
    ask(
      "CREATE DATABASE d; CREATE TABLE d.t (a LONGTEXT); INSERT INTO d.t VALUES (REPEAT_ME)".replace(
        "REPEAT_ME",
        `'${"x".repeat(1_000)}'`,
      ),
    ),
    "",
  );
  const doubling = `for i in $(seq 30); do echo "UPDATE d.t SET a = CONCAT(a, a);"; done | mysql`;
  assert.equal(run(doubling).stderr, "");
  assert.equal(ask("SELECT a IS NULL AS gone FROM d.t"), "gone\n1");
  const inserts = `for i in $(seq 8); do echo "INSERT INTO d.t VALUES ('${many("y", 1_000)}');"; done`;
  assert.match(
    run(`(${inserts}; for i in $(seq 12); do echo "UPDATE d.t SET a = CONCAT(a, a);"; done) | mysql`).stderr,
    /ERROR 1114 .*The table 't' is full/,
  );
});
