import { relative, resolve } from "node:path";
import { type Node, type SourceFile, SyntaxKind } from "typescript/unstable/ast";
import * as is from "typescript/unstable/ast/is";
import { API, type Checker } from "typescript/unstable/async";

/**
 * The places of a project, as `path:line`, where a promise is returned without `await` out of a block whose end does
 * something: `finally` or disposal would run, or the loop's iterator would be closed, before the promise settles, and
 * `catch` would not see its rejection.
 */
export const returnedPromises = async (directory: string, wanted: (path: string) => boolean) => {
  const api = new API({ cwd: resolve(directory) });
  try {
    const opened = await api.updateSnapshot({ openProjects: ["tsconfig.json"] });
    const [project] = opened.getProjects();
    if (!project) throw new Error(`${directory} has no tsconfig.json`);
    const places: string[] = [];
    for (const root of project.rootFiles) {
      const path = relative(resolve(directory), root);
      const source = wanted(path) ? await project.program.getSourceFile(root) : undefined;
      if (!source) continue;
      for (const expression of returnedEarly(source))
        if (await isPromise(project.checker, expression))
          places.push(`${path}:${lineOf(source, expression)}`);
    }
    return places.sort();
  } finally {
    await api.close();
  }
};

const isPromise = async (checker: Checker, expression: Node) => {
  const type = await checker.getTypeAtLocation(expression);
  if (!type) return false;
  for (const each of type.isUnionType() ? await type.getTypes() : [type])
    if (await checker.getPropertyOfType(each, "then")) return true;
  return false;
};

const lineOf = ({ text }: SourceFile, { end }: Node) => text.slice(0, end).split("\n").length;

/** What is returned, without `await`, out of blocks whose end does something. */
const returnedEarly = (source: SourceFile) => {
  const found: Node[] = [];
  const visit = (node: Node, guarded: boolean): void => {
    if (is.isReturnStatement(node) && node.expression && guarded)
      if (!is.isAwaitExpression(node.expression)) found.push(node.expression);
    if (is.isTryStatement(node)) {
      visit(node.tryBlock, true);
      if (node.catchClause) visit(node.catchClause, guarded || node.finallyBlock !== undefined);
      if (node.finallyBlock) visit(node.finallyBlock, guarded);
      return;
    }
    let inside = guarded && !functions.has(node.kind);
    if (is.isForOfStatement(node) && node.awaitModifier) inside = true;
    node.forEachChild((child) => {
      visit(child, inside);
      if (is.isVariableStatement(child) && isUsing(source, child)) inside = true;
      return undefined;
    });
  };
  visit(source, false);
  return found;
};

const isUsing = ({ text }: SourceFile, statement: Node) =>
  /^\s*(await\s+)?using\b/.test(text.slice(statement.pos, statement.end).replace(comments, ""));

const comments = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;

const functions = new Set([
  SyntaxKind.ArrowFunction,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.GetAccessor,
]);
