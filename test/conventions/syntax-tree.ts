import { parseSync } from '@swc/core';
import { readText } from './repository';

/** A node of the syntax tree as the parser gives it: only what the convention tests look at. */
export type SyntaxNode = { readonly type: string; readonly [member: string]: unknown };

const parsed = new Map<string, SyntaxNode>();

export function parseSource(path: string): SyntaxNode {
  const known = parsed.get(path);
  if (known) return known;
  const tree = parseText(readText(path));
  parsed.set(path, tree);
  return tree;
}

export const parseText = (text: string): SyntaxNode =>
  parseSync(text, { syntax: 'typescript', target: 'es2022' }) as unknown as SyntaxNode;

export const bodyOf = (tree: SyntaxNode): readonly SyntaxNode[] => tree['body'] as readonly SyntaxNode[];

/** Every node of a tree, outer ones first. */
export function* nodesOf(value: unknown): Generator<SyntaxNode> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value) && typeof (value as { type?: unknown }).type === 'string')
    yield value as SyntaxNode;
  for (const member of Object.values(value)) yield* nodesOf(member);
}

/** The text of a string literal or of a template without expressions; undefined for anything else. */
export function literalText(node: unknown): string | undefined {
  const literal = node as SyntaxNode | undefined | null;
  if (literal?.type === 'StringLiteral') return literal['value'] as string;
  if (literal?.type === 'TemplateLiteral' && (literal['expressions'] as unknown[]).length === 0) {
    return (literal['quasis'] as { cooked?: string }[])[0]?.cooked;
  }
  return undefined;
}

/** The name of an identifier node; undefined for anything else. */
export const identifierName = (node: unknown): string | undefined => {
  const identifier = node as SyntaxNode | undefined | null;
  return identifier?.type === 'Identifier' ? (identifier['value'] as string) : undefined;
};

/** `left.right`, also written `left['right']`: the name on the right; undefined for anything else. */
export function memberName(node: SyntaxNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const property = node['property'] as SyntaxNode;
  return property.type === 'Computed' ? literalText(property['expression']) : identifierName(property);
}
