import { posix } from 'node:path';
import type { SyntaxNode } from './syntax-tree';
import { identifierName, literalText, nodesOf } from './syntax-tree';

/** One reference from a file to another module. */
export type SourceImport = {
  /** As written; undefined where it is computed at run time. */
  readonly specifier: string | undefined;
  /** Vanishes when compiled: nothing is loaded. */
  readonly typeOnly: boolean;
};

/** Every import, export-from, dynamic import, require and import type of a file. */
export function importsOf(tree: SyntaxNode): readonly SourceImport[] {
  const found: SourceImport[] = [];
  for (const node of nodesOf(tree)) {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
        // `import { type A } from 'a'` still loads 'a': only `import type` does not.
        if (node['source'])
          found.push({ specifier: literalText(node['source']), typeOnly: node['typeOnly'] === true });
        break;
      case 'TsImportEqualsDeclaration': {
        const reference = node['moduleRef'] as SyntaxNode;
        if (reference.type === 'TsExternalModuleReference')
          found.push({
            specifier: literalText(reference['expression']),
            typeOnly: node['isTypeOnly'] === true,
          });
        break;
      }
      case 'TsImportType':
        found.push({ specifier: literalText(node['argument']), typeOnly: true });
        break;
      case 'CallExpression': {
        const callee = node['callee'] as SyntaxNode;
        const [first] = node['arguments'] as readonly { readonly expression: SyntaxNode }[];
        if (callee.type === 'Import' || isRequire(callee))
          found.push({ specifier: literalText(first?.expression), typeOnly: false });
        break;
      }
      default:
        break;
    }
  }
  return found;
}

/** `require` and `require.resolve`. */
function isRequire(callee: SyntaxNode): boolean {
  if (identifierName(callee) === 'require') return true;
  return callee.type === 'MemberExpression' && identifierName(callee['object']) === 'require';
}

/** What a specifier means: a path below `src`, a package, or something that leaves `src`. */
export type Target =
  | { readonly kind: 'source'; readonly path: string; readonly folder: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'outside' };

export function targetOf(file: string, specifier: string): Target {
  if (specifier.startsWith('.')) {
    const path = posix.relative('src', posix.join(posix.dirname(file), specifier));
    const folder = path.split('/')[0] ?? '';
    // A folder stands for its index.
    return path.startsWith('..') || folder === ''
      ? { kind: 'outside' }
      : { kind: 'source', path: path.includes('/') ? path : `${path}/index`, folder };
  }
  if (specifier.startsWith('/')) return { kind: 'outside' };
  if (specifier.startsWith('node:')) return { kind: 'package', name: 'node:' };
  const [scope = '', name = ''] = specifier.split('/');
  return { kind: 'package', name: scope.startsWith('@') ? `${scope}/${name}` : scope };
}
