// The files of a new adapter project, stacks/template, and the header that they are compiled with. Nothing native here.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './load.js'

export interface TemplateFile {
  /** In the project's folder, which has no others. */
  readonly name: string
  /** With `@NAME@` for the stack's name and `@LUNADRILL@` for the command. */
  readonly text: string
}

/** In alphabetical order. */
export function templateFiles(): readonly TemplateFile[] {
  const folder = join(root, 'stacks/template')
  const files = readdirSync(folder).map((name) => ({
    // As .gitignore it would hide files of lunadrill's own repository.
    name: name === 'gitignore' ? '.gitignore' : name,
    text: readFileSync(join(folder, name), 'utf8'),
  }))
  const header = { name: 'luna_stack.h', text: readFileSync(join(root, 'include/luna_stack.h'), 'utf8') }
  return [...files, header].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
