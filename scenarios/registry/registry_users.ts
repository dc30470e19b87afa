import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { InputError, messageOf } from "../cluster/input_error.ts";

/** Whether somebody may use a registry, by the header `Authorization` of a request. */
export type IsAllowed = (authorization: string | undefined) => boolean;

/**
 * Reads the users of a registry: a line each, `name:password`, or `name:{SHA}...` as `htpasswd -s` writes it.
 *
 * @throws InputError when it cannot be read, or a line says something else
 */
export function readRegistryUsers(path: string): IsAllowed {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`Cannot read the registry's users from "${path}": ${messageOf(error)}`, { cause: error });
  }
  return registryUsers(text, path);
}

/** The users that such a file's text tells of; `path` is for messages. */
export function registryUsers(text: string, path: string): IsAllowed {
  const users = new Map<string, Buffer>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const at = line.indexOf(":");
    const [name, secret] = [line.slice(0, at), line.slice(at + 1)];
    const where = `Cannot use the registry's users in "${path}": line ${index + 1}`;
    if (at < 1 || secret === "") throw new InputError(`${where} is no name:password`);
    if (/^\$(2[aby]|apr1|5|6)\$/.test(secret)) {
      throw new InputError(`${where} has a password in a form that is not known here, write it with htpasswd -s`);
    }
    users.set(name, secret.startsWith("{SHA}") ? Buffer.from(secret.slice(5), "base64") : sha1(secret));
  }
  return (authorization = "") => {
    const [, encoded] = /^basic ([\w+/=-]+)$/i.exec(authorization) ?? [];
    if (encoded === undefined) return false;
    const given = Buffer.from(encoded, "base64").toString("utf8");
    const at = given.indexOf(":");
    const wanted = users.get(given.slice(0, at));
    const shown = sha1(given.slice(at + 1));
    return wanted !== undefined && wanted.length === shown.length && timingSafeEqual(wanted, shown);
  };
}

function sha1(text: string): Buffer {
  return createHash("sha1").update(text).digest();
}
