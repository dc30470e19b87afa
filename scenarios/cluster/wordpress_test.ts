import { assert, test } from "../../properties/house/test.ts";
import { smallCluster } from "../../properties/stages/cluster/small_cluster.ts";

const secret = "it's a secret";
const container = (name: string, image: string, more: object) => ({ name, image, ...more });
const pod = (name: string, containers: readonly object[]) => ({
  ...{ apiVersion: "v1", kind: "Pod", metadata: { name, labels: { app: name } } },
  spec: { restartPolicy: "Never", containers },
});
const service = (name: string, port: number) => ({
  ...{ apiVersion: "v1", kind: "Service", metadata: { name } },
  spec: { clusterIP: "None", selector: { app: name }, ports: [{ port }] },
});
const env = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

test("the documentation's WordPress has its site in a MySQL, which another follows", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const account = { MYSQL_USER: "wordpress", MYSQL_PASSWORD: secret };
  const database = container("mysql", "mysql:8.0", {
    env: env({ MYSQL_ROOT_PASSWORD: secret, MYSQL_DATABASE: "wordpress", ...account }),
    readinessProbe: { exec: { command: ["mysql", "-uwordpress", `-p${secret}`, "-e", "SELECT 1"] }, periodSeconds: 1 },
    livenessProbe: { exec: { command: ["mysqladmin", "ping"] } },
  });
  const site = container("wordpress", "wordpress:6.2.1-apache", {
    env: env({ WORDPRESS_DB_HOST: "mysql", WORDPRESS_DB_USER: "wordpress", WORDPRESS_DB_PASSWORD: secret }),
    readinessProbe: { httpGet: { port: 80, path: "/wp-admin/install.php" }, periodSeconds: 1 },
  });
  const reader = container("reader", "busybox", {
    command: ["sh", "-c"],
    args: [
      `until wget -qO- http://wordpress/ | grep setup; do sleep 1; done
      wget -qO- --post-data 'weblog_title=My+Blog' 'http://wordpress/wp-admin/install.php?step=2' | grep Success
      wget -qO- http://wordpress/ | grep '<title>'`,
    ],
  });
  const from = `MASTER_HOST='mysql', MASTER_USER='root', MASTER_PASSWORD='${secret.replace("'", "''")}', MASTER_LOG_POS=0`;
  const follower = container("mysql", "mysql:8.0", {
    args: ["--super-read-only", "--server-id=7"],
    env: env({ MYSQL_ALLOW_EMPTY_PASSWORD: "yes" }),
  });
  const asker = container("asker", "mysql:8.0", {
    command: ["bash", "-c"],
    args: [
      `until mysql -h 127.0.0.1 -e "CHANGE MASTER TO $FROM; START SLAVE"; do sleep 1; done
      until mysql -h 127.0.0.1 -p"$PASSWORD" -Ne 'SELECT option_value, @@server_id FROM wordpress.wp_options'; do sleep 1; done
      mysql -h 127.0.0.1 -p"$PASSWORD" -e 'DROP DATABASE wordpress' 2>&1`,
    ],
    env: env({ FROM: from, PASSWORD: secret }),
  });
  for (const each of [service("mysql", 3306), service("wordpress", 80)]) await create(each, "services");
  await create(pod("mysql", [database]), "pods");
  await create(pod("wordpress", [site]), "pods");
  await create(pod("reader", [reader]), "pods");
  await create(pod("follower", [follower, asker]), "pods");
  const log = async (name: string, of: string) => {
    const at = { namespace: "default", resource: "pods", name, subresource: "log" };
    return String((await api<string>({ ...at, verb: "get", query: { container: of } })).body);
  };
  assert.ok(await until(async () => (await log("reader", "reader")).includes("<title>My Blog</title>")));
  assert.ok(await until(async () => (await log("follower", "asker")).includes("--super-read-only option")));
  assert.match(await log("follower", "asker"), /^My Blog\t7$/m);
});
