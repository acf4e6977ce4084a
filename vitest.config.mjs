// Shared by every project's tests: nx adds --config to each target "test" (nx.json); test/vitest.config.mjs adds to it.
// Forked processes, one file at a time: addons load once per process, and the tests share two cores with real clocks.
// Each project's test-results/vitest.json is added up by tools/ci/test.mjs.
import { defineConfig } from 'vitest/config'

// nx sets it for its tasks; the programs that tests start decide about colours by themselves.
delete process.env.FORCE_COLOR

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/build/**'],
    // What is built needs no transformation: Node loads it in a tenth of the time.
    server: { deps: { external: [/packages\/[\w-]+\/dist\//] } },
    pool: 'forks',
    fileParallelism: false,
    passWithNoTests: false,
    testTimeout: 20_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
  },
})
