import { assert, test } from "../../../../properties/house/test.ts";
import { systemStage } from "../../../../properties/stages/unix/system_stage.ts";

/** What every object of the language has, and what the programs here know nothing of. */
const names = ["constructor", "__proto__", "toString", "__defineGetter__"];

const scripts = (name: string) => [
  `cat /proc/${name} /proc/self/${name} /sys/fs/cgroup/${name}`,
  `echo a | grep '[[:${name}:]]'; case a in [[:${name}:]]) ;; esac; echo a | tr '[:${name}:]' b`,
  `awk 'BEGIN { ${name} = 1; a["${name}"]; for (k in a) print k, ENVIRON["${name}"]; print ${name}(1) }'`,
  `ls --${name}; ps -o ${name}; ifconfig ${name}; find /etc -type ${name}; kill -${name} 1; sysctl ${name}`,
  `chown ${name}:${name} /etc/hosts; apt-get install ${name}; curl -w '%{${name}}' http://localhost/; stat -c '%${name}' /`,
  `declare -A m; m[${name}]=1; echo \${!m[@]} \${m[${name}]}; set -o ${name}; export ${name}=2; env; trap : ${name}`,
];

test("the programs of a container take no name for what every object has under it", () => {
  for (const name of names) {
    for (const script of scripts(name)) {
      const outcome = systemStage({ image: { base: "debian" } }).exec(["bash", "-c", script], 5_000);
      assert.ok(outcome, script);
      assert.doesNotMatch(outcome.stdout + outcome.stderr, /native code|\[object /, script);
    }
  }
});
