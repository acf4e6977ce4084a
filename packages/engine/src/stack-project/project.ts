// A new adapter project for a userspace stack: its files, as `lunadrill stack-init` writes them. Supervisor.
// Read first: dpdk-native/stacks/template/README.md; docs/porting.md.
import { type TemplateFile, templateFiles } from '@lunadrill/dpdk-native'
import { EngineError } from '../errors.js'

/** A name of the project, its shared object and its stack. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/**
 * `lunadrill`: the command that the project's Makefile calls, a path. EngineError LD_STACK_NAME: a name that no file and no
 * target of make can have.
 */
export function stackProject(name: string, lunadrill: string): readonly TemplateFile[] {
  if (!NAME.test(name)) {
    throw new EngineError(
      'LD_STACK_NAME',
      `${JSON.stringify(name)} cannot be the name of a stack`,
      'It begins with a letter, and has letters, digits, - and _, 64 at most.',
    )
  }
  const command = lunadrill.replaceAll('$', '$$$$').replaceAll('#', '\\#')
  return templateFiles().map((file) => ({
    ...file,
    text: file.text.replaceAll('@NAME@', () => name).replaceAll('@LUNADRILL@', () => command),
  }))
}
