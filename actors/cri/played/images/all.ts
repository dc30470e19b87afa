// Written by `npm run fix`: to add to this list, add a file to this folder.
import { agnhost } from "./agnhost.ts";
import { alpine } from "./alpine.ts";
import { bash } from "./bash.ts";
import { busybox } from "./busybox.ts";
import { curl } from "./curl.ts";
import { debian } from "./debian.ts";
import { dnsutils } from "./dnsutils.ts";
import { etcd } from "./etcd.ts";
import { helloWorld } from "./hello_world.ts";
import { httpd } from "./httpd.ts";
import { memcached } from "./memcached.ts";
import { nautilus } from "./nautilus.ts";
import { nginx } from "./nginx.ts";
import { nonewprivs } from "./nonewprivs.ts";
import { nonroot } from "./nonroot.ts";
import { pause } from "./pause.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { sampleApiserver } from "./sample_apiserver.ts";

/** All that this folder has, by file name. */
export const all = [
  agnhost,
  alpine,
  bash,
  busybox,
  curl,
  debian,
  dnsutils,
  etcd,
  helloWorld,
  httpd,
  memcached,
  nautilus,
  nginx,
  nonewprivs,
  nonroot,
  pause,
  postgres,
  redis,
  sampleApiserver,
] as const;
