// Sees the top-level variables of every module that this process loads from now on, exported or not: what is loaded gets a
// line at its end that hands them out. To be called before anything that is to be seen is imported.

import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** By module: an object with a getter for each of its variables. */
export type Bindings = ReadonlyMap<string, object>

export function watchBindings(isWatched: (file: string) => boolean): Bindings {
  const bindings = new Map<string, object>()
  Object.defineProperty(globalThis, HAND_OUT, {
    value: (file: string, getters: object) => bindings.set(file, getters),
  })
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (!url.startsWith('file:') || !FORMATS.has(loaded.format ?? '') || loaded.source === undefined) return loaded
      const file = fileURLToPath(url)
      if (!isWatched(file)) return loaded
      const text =
        typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString()
      return { ...loaded, source: text + handingOut(file, text) }
    },
  })
  return bindings
}

const HAND_OUT = 'foreshockBindings'

const FORMATS: ReadonlySet<string> = new Set(['commonjs', 'module', 'module-typescript', 'commonjs-typescript'])

function handingOut(file: string, text: string): string {
  const getters = variablesOf(file, text).map(name => `get ${name}() { return ${name} }`)
  return `\n;globalThis.${HAND_OUT}(${JSON.stringify(file)}, { ${getters.join(', ')} });\n`
}

function variablesOf(file: string, text: string): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext)
  const names = new Set<string>()
  const add = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.add(name.text)
    else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name)
  }
  for (const statement of source.statements) {
    if (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isDeclare) === true) continue
    if (ts.isVariableStatement(statement)) for (const { name } of statement.declarationList.declarations) add(name)
    if (ts.isFunctionDeclaration(statement) && statement.body !== undefined && statement.name !== undefined) {
      names.add(statement.name.text)
    }
    if (ts.isClassDeclaration(statement) && statement.name !== undefined) names.add(statement.name.text)
  }
  return [...names]
}

function isDeclare(modifier: ts.Modifier): boolean {
  return modifier.kind === ts.SyntaxKind.DeclareKeyword
}
