// Shared by every project's tests: node tools/ci/vitest.mjs PROJECT_FOLDER (nx target "test").
// Forked processes, one file at a time: addons load once per process, and the tests share two cores with real clocks.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/build/**'],
    pool: 'forks',
    fileParallelism: false,
    passWithNoTests: false,
  },
})
