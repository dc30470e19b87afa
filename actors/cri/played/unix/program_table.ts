import type { Program } from "./kernel/process.ts";
import { all } from "./programs/all.ts";

/** All programs that are played, by name. */
export const programs: ReadonlyMap<string, Program> = new Map(
  all.flatMap((program: Program) => program.names.map((name) => [name, program] as const)),
);
/** Those that only some images have. */
const ownPrograms = new Set([
  "nginx",
  "nginx-debug",
  "curl",
  "dig",
  "agnhost",
  "agnhost-2",
  "nnp",
  "perl",
  "pause",
  "stress",
  "kubernetes-bootcamp",
  "hello-app",
  "http-echo",
  "traefik-whoami",
  "echoserver",
  "php-apache",
  "httpd-foreground",
  "redis-server",
  "redis-cli",
  "memcached",
  "postgres",
  ...["mysqld", "mysqld_safe", "mariadbd", "mysql", "mariadb", "mysqladmin", "mariadb-admin"],
  "pg_isready",
  ...["xtrabackup", "xbstream", "ncat", "apache2-foreground"],
  "docker-entrypoint.sh",
  "kube-webhook-certgen",
  "kubectl",
  "nginx-ingress-controller",
  "wait-shutdown",
  "controller",
  "webhook",
  "cainjector",
  "startupapicheck",
  "metallb-controller",
  "kubetroupe-webhook",
  "argocd",
  "argocd-server",
  "argocd-repo-server",
  "argocd-application-controller",
  "argocd-applicationset-controller",
  "argocd-notifications",
]);
/** Those that all images have. */
export const commonPrograms = [...programs.keys()].filter((name) => !ownPrograms.has(name));

/** Whether any system is likely to have a program of that name. */
export function isCommonProgram(name: string): boolean {
  return programs.has(name) && !ownPrograms.has(name);
}
