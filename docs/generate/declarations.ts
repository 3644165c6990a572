import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ESTree, parseSync } from 'vite';
import { type Doc, NO_DOC, readDoc } from './doc-comment.ts';

/** An export of an entry of the package. */
export interface Declaration {
  readonly name: string;
  readonly kind: 'function' | 'interface' | 'type' | 'class' | 'const';
  /** Source without the body of a function or the members of an interface or class. */
  readonly signature: string;
  readonly doc: Doc;
  readonly members: readonly Member[];
}

export interface Member {
  /** Name with those of the enclosing objects: `clock.advance`. */
  readonly path: string;
  readonly type: string;
  readonly isOptional: boolean;
  readonly doc: Doc;
}

interface Module {
  readonly file: string;
  readonly text: string;
  readonly body: readonly ESTree.Statement[];
  readonly docs: ReadonlyMap<number, Doc>;
}

type Node = { readonly type: string; readonly start: number; readonly end: number };

const modules = new Map<string, Module>();

function moduleOf(file: string): Module {
  const cached = modules.get(file);
  if (cached !== undefined) return cached;
  const text = readFileSync(file, 'utf8');
  const { program, comments } = parseSync(file, text);
  const docs = new Map<number, Doc>();
  for (const { type, value, end } of comments) {
    if (type !== 'Block' || !value.startsWith('*')) continue;
    const gap = /^\s*/.exec(text.slice(end))?.[0].length ?? 0;
    docs.set(end + gap, readDoc(value));
  }
  const parsed = { file, text, body: program.body as readonly ESTree.Statement[], docs };
  modules.set(file, parsed);
  return parsed;
}

/** Returns the exports of a module in the order of its statements. */
export function exportsOf(file: string): Declaration[] {
  const module = moduleOf(file);
  return module.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return [];
    if (statement.declaration !== null) return declared(module, statement.declaration, statement);
    // What another package documents is not described again.
    if (statement.source !== null && !statement.source.value.startsWith('.')) return [];
    const from = statement.source === null ? module : moduleOf(resolve(file, statement.source.value));
    return statement.specifiers.map(({ local, exported }) => find(from, nameOf(local), nameOf(exported)));
  });
}

function resolve(from: string, target: string): string {
  return join(dirname(from), target);
}

function nameOf(node: ESTree.ModuleExportName): string {
  return node.type === 'Literal' ? node.value : node.name;
}

/** Finds the declaration of a name that a module uses, in this file or in an imported one. */
function find(module: Module, local: string, exported: string): Declaration {
  for (const statement of module.body) {
    const isExport = statement.type === 'ExportNamedDeclaration';
    const declaration = isExport ? statement.declaration : statement;
    const own = declaration === null ? [] : declared(module, declaration, statement);
    const here = own.find(({ name }) => name === local);
    if (here !== undefined) return { ...here, name: exported };
    const elsewhere = isExport || statement.type === 'ImportDeclaration' ? origin(statement, local) : null;
    if (elsewhere !== null)
      return find(moduleOf(resolve(module.file, elsewhere.file)), elsewhere.name, exported);
  }
  throw new Error(`${module.file} does not declare ${local}`);
}

/** Returns the file from which a statement imports or re-exports a name, and the name in that file. */
function origin(
  { source, specifiers }: ESTree.ImportDeclaration | ESTree.ExportNamedDeclaration,
  local: string,
): { readonly file: string; readonly name: string } | null {
  if (source === null || !source.value.startsWith('.')) return null;
  for (const specifier of specifiers) {
    if (specifier.type === 'ImportSpecifier' && specifier.local.name === local) {
      return { file: source.value, name: nameOf(specifier.imported) };
    }
    if (specifier.type === 'ExportSpecifier' && nameOf(specifier.exported) === local) {
      return { file: source.value, name: nameOf(specifier.local) };
    }
  }
  return null;
}

function declared(module: Module, node: Node, statement: Node): Declaration[] {
  const doc = module.docs.get(statement.start) ?? NO_DOC;
  const one = (declaration: Omit<Declaration, 'doc'>): Declaration[] => [{ ...declaration, doc }];
  const source = (from: number, to: number): string => oneLine(module.text.slice(from, to));
  const declaration = node as ESTree.Statement;
  switch (declaration.type) {
    case 'FunctionDeclaration': {
      const { id, body, start, end } = declaration;
      return one({
        name: id?.name ?? '',
        kind: 'function',
        signature: withoutComments(source(start, body?.start ?? end)),
        members: [],
      });
    }
    case 'TSInterfaceDeclaration': {
      const { id, body, start } = declaration;
      const members = body.body.flatMap((member) => membersOf(module, member, ''));
      return one({ name: id.name, kind: 'interface', signature: source(start, body.start), members });
    }
    case 'TSTypeAliasDeclaration': {
      const { id, start, end } = declaration;
      return one({
        name: id.name,
        kind: 'type',
        signature: withoutComments(source(start, end)),
        members: [],
      });
    }
    case 'ClassDeclaration': {
      const { id, body, start } = declaration;
      const members = body.body.flatMap((member) => membersOf(module, member, ''));
      return one({ name: id?.name ?? '', kind: 'class', signature: source(start, body.start), members });
    }
    case 'VariableDeclaration':
      return declaration.declarations.flatMap(({ id, init }) =>
        id.type === 'Identifier' ? one(constant(module, id, init)) : [],
      );
    default:
      return [];
  }
}

function constant(
  module: Module,
  { name, typeAnnotation }: ESTree.BindingIdentifier,
  init: ESTree.Expression | null,
): Omit<Declaration, 'doc'> {
  const members =
    init?.type === 'ObjectExpression'
      ? init.properties.flatMap((member) => membersOf(module, member, ''))
      : [];
  const type = typeAnnotation == null ? '' : module.text.slice(typeAnnotation.start, typeAnnotation.end);
  return { name, kind: 'const', signature: `const ${name}${type}`, members };
}

/** Returns a member and, if its type is an object, the members of that object. */
function membersOf(module: Module, node: Node, prefix: string): Member[] {
  const member = node as ESTree.TSSignature | ESTree.ClassElement | ESTree.ObjectProperty;
  if (!('key' in member) || member.key.type !== 'Identifier') return [];
  const path = prefix + member.key.name;
  const doc = module.docs.get(member.start) ?? NO_DOC;
  const isOptional = 'optional' in member && member.optional === true;
  const type = typeOf(module, member);
  if (type === null) return [];
  const nested = objectType(member);
  if (nested === null) return [{ path, type, isOptional, doc }];
  const inner = nested.members.flatMap((one) => membersOf(module, one, `${path}.`));
  return doc === NO_DOC ? inner : [{ path, type: 'object', isOptional, doc }, ...inner];
}

function objectType(member: Node): ESTree.TSTypeLiteral | null {
  const { typeAnnotation } = member as ESTree.TSPropertySignature;
  const type = typeAnnotation?.typeAnnotation;
  return type?.type === 'TSTypeLiteral' ? type : null;
}

/** Returns the type of a property, or the parameters and result of a method. @returns null for a constructor */
function typeOf(module: Module, node: Node): string | null {
  const member = node as ESTree.TSMethodSignature | ESTree.TSPropertySignature | ESTree.MethodDefinition;
  const text = (from: number, to: number): string => withoutComments(oneLine(module.text.slice(from, to)));
  if (member.type === 'MethodDefinition' && member.kind === 'constructor') return null;
  const value = 'value' in member ? (member.value as Node & { readonly body?: Node | null }) : null;
  if (value !== null && value.body != null) return text(value.start, value.body.start);
  if (member.type === 'TSMethodSignature') return text(member.key.end, member.end).replace(/;$/, '');
  const annotation = 'typeAnnotation' in member ? member.typeAnnotation : null;
  return annotation == null ? '' : text(annotation.start, annotation.end).replace(/^:\s*/, '');
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/ ?/g, '').trim();
}
