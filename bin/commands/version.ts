// foreshock version: what a report must name for its runs to be shown again.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { commitOf } from '../commit.ts'
import { PROJECT_ROOT } from '../project-root.ts'

export function versionCommand(): Command {
  return new Command('version').description('version, commit and runtime').action(() => {
    const manifest = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
      readonly version: string
    }
    const platform = `${process.platform} ${process.arch}`
    console.log(
      `foreshock ${manifest.version}, commit ${commitOf(PROJECT_ROOT)}, Node ${process.versions.node} on ${platform}`,
    )
  })
}
