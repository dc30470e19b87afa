const componentPattern = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const hostPattern = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const domainPattern = `(?:${hostPattern}(?:\\.${hostPattern})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const reference = new RegExp(
  `^(?:${domainPattern}/)?${componentPattern}(?:/${componentPattern})*` +
    "(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$",
);
const repositoryMax = 255;

/** Why a text is no image's name, in the words of the library that all container tools read them with; or `undefined`. */
export function imageNameError(image: string): string | undefined {
  if (/^[a-f0-9]{64}$/.test(image)) {
    return `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`;
  }
  const { domain, rest } = split(image);
  const repository = rest.split(/[:@]/, 1)[0] ?? "";
  if (repository.toLowerCase() !== repository) {
    return `invalid reference format: repository name (${repository}) must be lowercase`;
  }
  if (!reference.test(`${domain}/${rest}`)) return "invalid reference format";
  if (repository.length > repositoryMax) return `repository name must not be more than ${repositoryMax} characters`;
  return undefined;
}

/** The registry that a name begins with, or Docker's, and what remains. */
function split(image: string): { readonly domain: string; readonly rest: string } {
  const slash = image.indexOf("/");
  const first = image.slice(0, Math.max(0, slash));
  const hasDomain = slash > 0 && (/[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first);
  if (hasDomain) return { domain: first, rest: image.slice(slash + 1) };
  return { domain: "docker.io", rest: slash < 0 ? `library/${image}` : image };
}
