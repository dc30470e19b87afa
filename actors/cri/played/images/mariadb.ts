import { type PlayedImage, versionOf } from "./_played_image.ts";

const latest = "12.0.2";
const versions = { "12": latest, "11": "11.8.3", "11.4": "11.4.8", "10": "10.11.14", "10.6": "10.6.23" };

/** MySQL's sister. */
export const mariadb: PlayedImage = {
  names: ["mariadb"],
  runs: "mariadbd, which does what mysqld does",
  entrypoint: ["docker-entrypoint.sh"],
  arguments: ["mariadbd"],
  system: (tag) => ({
    base: "debian",
    own: [
      ...["/usr/sbin/mariadbd", "/usr/sbin/mysqld", "/usr/bin/mariadb", "/usr/bin/mysql", "/usr/bin/mariadb-admin"],
      ...["/usr/bin/mysqladmin", "/usr/local/bin/docker-entrypoint.sh"],
    ],
    env: { MARIADB_VERSION: versionOf(tag, latest, versions) },
    files: { "/var/lib/mysql/": "", "/etc/mysql/conf.d/": "" },
  }),
};
