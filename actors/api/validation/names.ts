/**
 * The rules for names, with the words of k8s.io/apimachinery util/validation. Each gives the texts of what is
 * wrong: none for a good name.
 */

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const label1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const qualified = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const configKey = "[-._a-zA-Z0-9]+";
const envName = "[-._a-zA-Z][-._a-zA-Z0-9]*";

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const labelPattern = whole(label);
const subdomainPattern = whole(subdomain);
const label1035Pattern = whole(label1035);
const qualifiedPattern = whole(qualified);
const labelValuePattern = whole(`(${qualified})?`);
const configKeyPattern = whole(configKey);

/** A text is longer than it may be. */
export function maxLength(bytes: number): string {
  return `must be no more than ${bytes} bytes`;
}

function patternText(text: string, options: { pattern: string; examples: readonly string[] }): string {
  const { pattern, examples } = options;
  const shown = examples.map((example) => `'${example}', `).join(" or ");
  return `${text} (${shown === "" ? "" : `e.g. ${shown}`}regex used for validation is '${pattern}')`;
}

const labelText = patternText(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  { pattern: label, examples: ["my-name", "123-abc"] },
);
const subdomainText = patternText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  { pattern: subdomain, examples: ["example.com"] },
);
const label1035Text = patternText(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  { pattern: label1035, examples: ["my-name", "abc-123"] },
);
const qualifiedText = patternText(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  { pattern: qualified, examples: ["MyName", "my.name", "123-abc"] },
);
const labelValueText = patternText(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  { pattern: `(${qualified})?`, examples: ["MyValue", "my_value", "12345"] },
);
const configKeyText = patternText("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", {
  pattern: configKey,
  examples: ["key.name", "KEY_NAME", "key-name"],
});

/** What is wrong with a DNS label (RFC 1123): namespaces, containers, volumes. */
export function dnsLabelErrors(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(maxLength(63));
  if (!labelPattern.test(value)) {
    errors.push(subdomainPattern.test(value) ? "must not contain dots" : labelText);
  }
  return errors;
}

/** What is wrong with a DNS subdomain (RFC 1123): the names of most objects. */
export function dnsSubdomainErrors(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLength(253));
  if (!subdomainPattern.test(value)) errors.push(subdomainText);
  return errors;
}

/** What is wrong with a DNS label (RFC 1035): services. */
export function dns1035LabelErrors(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(maxLength(63));
  if (!label1035Pattern.test(value)) errors.push(label1035Text);
  return errors;
}

const goodKeys = new Set<string>();
const goodKeysMax = 1024;

/** What is wrong with a qualified name: label keys, annotation keys, finalizers, resources. */
export function labelKeyErrors(value: string): string[] {
  if (goodKeys.has(value)) return [];
  const errors = qualifiedNameErrors(value);
  // Labels repeat endlessly; good keys are remembered, in bounds.
  if (errors.length === 0 && goodKeys.size < goodKeysMax) goodKeys.add(value);
  return errors;
}

function qualifiedNameErrors(value: string): string[] {
  const errors: string[] = [];
  const parts = value.split("/");
  if (parts.length > 2) {
    return [
      `a qualified name ${qualifiedText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined;
  if (prefix === "") errors.push("prefix part must be non-empty");
  else if (prefix !== undefined) errors.push(...dnsSubdomainErrors(prefix).map((text) => `prefix part ${text}`));
  if (name === "") errors.push("name part must be non-empty");
  else if (name.length > 63) errors.push(`name part ${maxLength(63)}`);
  if (!qualifiedPattern.test(name)) errors.push(`name part ${qualifiedText}`);
  return errors;
}

/** What is wrong with the value of a label. */
export function labelValueErrors(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(maxLength(63));
  if (!labelValuePattern.test(value)) errors.push(labelValueText);
  return errors;
}

/** What is wrong with a key of a ConfigMap or Secret. */
export function configKeyErrors(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLength(253));
  if (!configKeyPattern.test(value)) errors.push(configKeyText);
  if (value === ".") errors.push("must not be '.'");
  else if (value === "..") errors.push("must not be '..'");
  else if (value.startsWith("..")) errors.push("must not start with '..'");
  return errors;
}

const envNamePattern = whole(envName);
const envNameText = patternText(
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
  { pattern: envName, examples: ["my.env-name", "MY_ENV.NAME", "MyEnvName1"] },
);
const relaxedEnvNameText =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

/** What is wrong with the name of an environment variable (the relaxed rule, which is the default since 1.34). */
export function envNameErrors(value: string): string[] {
  if (envNamePattern.test(value)) return [];
  if (value === "") return [envNameText];
  return /^[ -<>-~]+$/.test(value) ? [] : [relaxedEnvNameText];
}

/** What is wrong with a port's number. */
export function portNumberErrors(port: number): string[] {
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? [] : ["must be between 1 and 65535, inclusive"];
}

/** What is wrong with a port's name. */
export function portNameErrors(name: string): string[] {
  const errors: string[] = [];
  if (name.length > 15) errors.push(maxLength(15));
  if (!/^[-a-z0-9]+$/.test(name)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(name)) errors.push("must contain at least one letter (a-z)");
  if (name.includes("--")) errors.push("must not contain consecutive hyphens");
  if (name.startsWith("-") || name.endsWith("-")) errors.push("must not begin or end with a hyphen");
  return errors;
}

const wildcardPattern = whole(`\\*\\.${subdomain}`);
const wildcardText = patternText(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  { pattern: `\\*\\.${subdomain}`, examples: ["*.example.com"] },
);

/** What is wrong with a name that stands for all names below another. */
export function wildcardSubdomainErrors(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLength(253));
  if (!wildcardPattern.test(value)) errors.push(wildcardText);
  return errors;
}

/** What is wrong with a name that is a part of a path: the names of roles, which need not be DNS names. */
export function pathSegmentErrors(value: string): string[] {
  if (value === "." || value === "..") return [`may not be '${value}'`];
  return ["/", "%"].filter((each) => value.includes(each)).map((each) => `may not contain '${each}'`);
}

const pathText = patternText("a valid domain-prefixed path must be a DNS subdomain followed by '/' and a path", {
  pattern: `${subdomain}/.+`,
  examples: ["example.com/ingress-controller"],
});

/** What is wrong with a domain with a path behind it. */
export function prefixedPathErrors(value: string): string[] {
  if (value === "") return ["must not be empty"];
  const slash = value.indexOf("/");
  if (slash < 1 || slash === value.length - 1) return ['must be a domain-prefixed path (such as "acme.io/foo")'];
  const errors = dnsSubdomainErrors(value.slice(0, slash)).map((text) => `prefix part ${text}`);
  return /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(value.slice(slash + 1)) ? errors : [...errors, pathText];
}
