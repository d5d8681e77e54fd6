import { readFileSync } from 'node:fs';
import ts from 'typescript';

const equality = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
]);

/** `node.op`, or a variable that was destructured from it. */
function isOp(node) {
  return ts.isPropertyAccessExpression(node)
    ? node.name.text === 'op'
    : ts.isIdentifier(node) && node.text === 'op';
}

function asksForOp(node) {
  if (ts.isBinaryExpression(node) && equality.has(node.operatorToken.kind)) {
    return (
      (isOp(node.left) && ts.isStringLiteralLike(node.right)) ||
      (isOp(node.right) && ts.isStringLiteralLike(node.left))
    );
  }
  if (ts.isSwitchStatement(node)) {
    const { clauses } = node.caseBlock;
    return (
      isOp(node.expression) &&
      clauses.some((clause) => ts.isCaseClause(clause) && ts.isStringLiteralLike(clause.expression))
    );
  }
  // ['Relu', ...].includes(node.op), gates.has(node.op)
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    ['includes', 'has', 'startsWith', 'endsWith'].includes(node.expression.name.text) &&
    (isOp(node.expression.expression) || node.arguments.some(isOp))
  );
}

function isDefaultExport(node) {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.DefaultKeyword)
  );
}

function isTypeOnly(node) {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return ts.isImportDeclaration(node) && node.importClause?.isTypeOnly === true;
}

/** The module that `node` imports or re-exports, dynamic imports and import types included. */
function specifierOf(node) {
  let from;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) from = node.moduleSpecifier;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    [from] = node.arguments;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    from = node.argument.literal;
  return from !== undefined && ts.isStringLiteralLike(from) ? from.text : undefined;
}

/** What the rules need to know of one source file. */
export function sourceFacts(path) {
  const text = readFileSync(path, 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const facts = {
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: [],
    opQuestions: [],
    starExports: [],
    defaultExports: [],
  };
  const lineOf = (node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const visit = (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      const erased = isTypeOnly(node) || ts.isImportTypeNode(node);
      facts.imports.push({ specifier, erased, line: lineOf(node) });
    }
    if (asksForOp(node)) facts.opQuestions.push(lineOf(node));
    if (isDefaultExport(node)) facts.defaultExports.push(lineOf(node));
    if (
      ts.isExportDeclaration(node) &&
      !(node.exportClause && ts.isNamedExports(node.exportClause))
    ) {
      facts.starExports.push(lineOf(node));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return facts;
}
