// What every project's tests have, and: two files at a time, each in a machine of its own; what is asked once for all files.
import { basename } from 'node:path'
import { mergeConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'
import { possible, privateMachines } from '../tools/ci/private-machine.mjs'
import shared from '../vitest.config.mjs'

/** A minute or half of one each, longest first: what comes last should be short, so that no processor waits for the other. */
const long = [
  'ports',
  'robustness',
  'virtual-time',
  'wire-mode',
  'bad-input',
  'examples',
  'isolation',
  'uml',
  'inspect',
]
const rank = ({ moduleId }) => long.indexOf(basename(moduleId, '.test.ts')) + 1 || long.length + 1

class LongestFirst extends BaseSequencer {
  async sort(files) {
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}

// Where files follow one another, CI's 20 minutes do not suffice for them all.
const leftOut =
  process.env.CI === 'true' && !possible ? ['isolation', 'packetdrill-so', 'ports', 'robustness', 'wire-mode'] : []

export default mergeConfig(shared, {
  test: {
    ...(possible ? { pool: privateMachines, fileParallelism: true, maxWorkers: 2 } : {}),
    exclude: leftOut.map((name) => `e2e/${name}.test.ts`),
    // As long as `command` waits for a program: what hangs is ended there, with its name.
    testTimeout: 60_000,
    globalSetup: 'support/stacks.ts',
    sequence: { sequencer: LongestFirst },
  },
})
