// Type-checks the product with a bug planted in it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { patched } from '../../sim/kernel/source-patch.ts'
import type { SourcePatch } from '../../sim/kernel/source-patch.ts'

const ROOT = join(import.meta.dirname, '../..')

export class TypeCheck {
  readonly #options: ts.CompilerOptions
  #last: ts.Program | undefined

  constructor() {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), path => readFileSync(path, 'utf8'))
    this.#options = ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options
  }

  /** What is wrong with the patched files, one sentence each. Throws if a patch does not fit. */
  errorsOf(patches: readonly SourcePatch[]): readonly string[] {
    const texts = new Map<string, string>()
    for (const patch of patches) {
      const file = join(ROOT, patch.file)
      texts.set(file, patched(texts.get(file) ?? readFileSync(file, 'utf8'), patch))
    }
    const host = ts.createCompilerHost(this.#options, true)
    const readAsItIs = host.getSourceFile.bind(host)
    host.getSourceFile = (file, version, ...more) => {
      const known = this.#last?.getSourceFile(file)
      const text = texts.get(file)
      if (text !== undefined) return ts.createSourceFile(file, text, version, true)
      // Only what no patch has ever changed may be taken from the program before.
      return known?.text === ts.sys.readFile(file) ? known : readAsItIs(file, version, ...more)
    }
    const program = ts.createProgram({ rootNames: [...texts.keys()], options: this.#options, host })
    this.#last = program
    return [...texts.keys()].flatMap(file => {
      const source = program.getSourceFile(file)
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '),
      )
    })
  }
}
