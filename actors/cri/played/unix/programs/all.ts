// Written by `npm run fix`: to add to this list, add a file to this folder.
import { agnhost } from "./agnhost.ts";
import { baseName } from "./base_name.ts";
import { cat } from "./cat.ts";
import { chmod } from "./chmod.ts";
import { clear } from "./clear.ts";
import { cp } from "./cp.ts";
import { curl } from "./curl.ts";
import { cut } from "./cut.ts";
import { date } from "./date.ts";
import { dig } from "./dig.ts";
import { dockerEntrypoint } from "./docker_entrypoint.ts";
import { echo } from "./echo.ts";
import { env } from "./env.ts";
import { grep } from "./grep.ts";
import { head } from "./head.ts";
import { hostname } from "./hostname.ts";
import { httpd } from "./httpd.ts";
import { id } from "./id.ts";
import { kill } from "./kill.ts";
import { ln } from "./ln.ts";
import { ls } from "./ls.ts";
import { memcached } from "./memcached.ts";
import { mkdir } from "./mkdir.ts";
import { mktemp } from "./mktemp.ts";
import { mv } from "./mv.ts";
import { nc } from "./nc.ts";
import { nginx } from "./nginx.ts";
import { nslookup } from "./nslookup.ts";
import { ping } from "./ping.ts";
import { printenv } from "./printenv.ts";
import { printf } from "./printf.ts";
import { ps } from "./ps.ts";
import { pwd } from "./pwd.ts";
import { readlink } from "./readlink.ts";
import { redisCli } from "./redis_cli.ts";
import { redisServer } from "./redis_server.ts";
import { rm } from "./rm.ts";
import { rmdir } from "./rmdir.ts";
import { seq } from "./seq.ts";
import { server } from "./server.ts";
import { sh } from "./sh.ts";
import { sleep } from "./sleep.ts";
import { sort } from "./sort.ts";
import { sysctl } from "./sysctl.ts";
import { tail } from "./tail.ts";
import { tar } from "./tar.ts";
import { tee } from "./tee.ts";
import { telnet } from "./telnet.ts";
import { test } from "./test.ts";
import { touch } from "./touch.ts";
import { tr } from "./tr.ts";
import { trueAndFalse } from "./true_and_false.ts";
import { tty } from "./tty.ts";
import { uname } from "./uname.ts";
import { uniq } from "./uniq.ts";
import { wc } from "./wc.ts";
import { wget } from "./wget.ts";
import { which } from "./which.ts";
import { whoami } from "./whoami.ts";
import { yes } from "./yes.ts";

/** All that this folder has, by file name. */
export const all = [
  agnhost,
  baseName,
  cat,
  chmod,
  clear,
  cp,
  curl,
  cut,
  date,
  dig,
  dockerEntrypoint,
  echo,
  env,
  grep,
  head,
  hostname,
  httpd,
  id,
  kill,
  ln,
  ls,
  memcached,
  mkdir,
  mktemp,
  mv,
  nc,
  nginx,
  nslookup,
  ping,
  printenv,
  printf,
  ps,
  pwd,
  readlink,
  redisCli,
  redisServer,
  rm,
  rmdir,
  seq,
  server,
  sh,
  sleep,
  sort,
  sysctl,
  tail,
  tar,
  tee,
  telnet,
  test,
  touch,
  tr,
  trueAndFalse,
  tty,
  uname,
  uniq,
  wc,
  wget,
  which,
  whoami,
  yes,
] as const;
