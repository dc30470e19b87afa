import { type PlayedImage, versionOf } from "./_played_image.ts";

const latest = "9.4.0";
const versions = {
  "9": latest,
  "8": "8.4.6",
  "8.0": "8.0.43",
  "8.4": "8.4.6",
  "5": "5.7.44",
  "5.7": "5.7.44",
  "5.6": "5.6.51",
};

/** The database. */
export const mysql: PlayedImage = {
  names: ["mysql"],
  runs: "mysqld, with tables, accounts, the usual statements about one table, and followers",
  entrypoint: ["docker-entrypoint.sh"],
  arguments: ["mysqld"],
  system: (tag) => ({
    base: "debian",
    own: ["/usr/sbin/mysqld", "/usr/bin/mysql", "/usr/bin/mysqladmin", "/usr/local/bin/docker-entrypoint.sh"],
    env: { MYSQL_VERSION: versionOf(tag, latest, versions) },
    files: { "/var/lib/mysql/": "", "/etc/mysql/conf.d/": "" },
  }),
};
