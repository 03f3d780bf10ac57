import { Fault } from "#shared/fault.ts";
import { vercmp } from "./vercmp.ts";

export type Dependency = {
  readonly name: string;
  readonly operator?: Operator;
  readonly version?: string;
  readonly description?: string;
};

export type Operator = "<" | "<=" | "=" | ">=" | ">";

/** What a dependency is held against: an installed package, or one that a repository has. */
export type Candidate = {
  readonly name: string;
  readonly version: string;
  readonly provides?: readonly string[];
  /** Whether this is a recipe's or the AUR's candidate: makepkg writes the version behind a library that it provides only when it builds. */
  readonly isUnbuilt?: boolean;
};

/**
 * Reads `name`, `name>=version` and `name: description` as pacman does.
 * The first `<` splits, else the first `>`, else the first `=`.
 *
 * Source: alpm_dep_from_string in libalpm/deps.c.
 */
export const parseDependency = (text: string): Dependency => {
  const dependency = readDependency(text);
  if (!dependency) throw new Fault("invalid", `${JSON.stringify(text)} depends on no name`);
  return dependency;
};

/** As `parseDependency`, for unchecked texts: one that has no name is passed over. */
export const parseDependencies = (texts: readonly string[]): Dependency[] =>
  texts.flatMap((text) => readDependency(text) ?? []);

const readDependency = (text: string): Dependency | undefined => {
  const colon = text.indexOf(": ");
  const expression = colon === -1 ? text : text.slice(0, colon);
  const description = colon === -1 ? {} : { description: text.slice(colon + 2) };

  const at = ["<", ">", "="].map((sign) => expression.indexOf(sign)).find((index) => index !== -1);
  const name = expression.slice(0, at);
  if (name === "") return undefined;
  if (at === undefined) return { name, ...description };

  const sign = expression.slice(at, at + 2);
  const operator: Operator =
    sign === "<=" || sign === ">=" ? sign : sign[0] === "<" ? "<" : sign[0] === ">" ? ">" : "=";
  return { name, operator, version: expression.slice(at + operator.length), ...description };
};

export const formatDependency = ({ name, operator, version, description }: Dependency) =>
  `${name}${operator ?? ""}${version ?? ""}${description === undefined ? "" : `: ${description}`}`;

/**
 * Whether the candidate meets the dependency: by its own name, or by something that it provides.
 * Only a provision with `=version` can meet a dependency that asks for a version; of what is not built yet, a library
 * without a version can, too.
 *
 * Source: _alpm_depcmp in libalpm/deps.c; find_libprovides in makepkg.
 */
export const satisfies = (
  dependency: Dependency,
  { name, version, provides = [], isUnbuilt = false }: Candidate,
) =>
  (name === dependency.name && accepts(dependency, version)) ||
  parseDependencies(provides).some((provision) => isMetBy(dependency, provision, isUnbuilt));

const isMetBy = (dependency: Dependency, provision: Dependency, isUnbuilt: boolean) => {
  if (provision.name !== dependency.name) return false;
  if (dependency.operator === undefined) return true;
  if (isUnbuilt && provision.operator === undefined && provision.name.endsWith(".so")) return true;
  return provision.operator === "=" && accepts(dependency, provision.version ?? "");
};

const accepts = ({ operator, version = "" }: Dependency, offered: string) => {
  if (operator === undefined) return true;
  const order = vercmp(offered, version);
  if (order === 0) return operator.endsWith("=");
  return operator.startsWith(order < 0 ? "<" : ">");
};
