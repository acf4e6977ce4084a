// A process of its own for each: signals are the process's. Needs dist.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

const module = new URL('../../dist/exit/signals.js', import.meta.url).href

/** `work` and `cleanUp` are source text; `log` prints. */
function start(work: string, cleanUp: string): { child: ChildProcess; output: () => string } {
  const source = `
    import { untilSignal } from '${module}'
    const log = console.log
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    process.exit(await untilSignal(${work}, ${cleanUp}))
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (data) => {
    text += data
  })
  return { child, output: () => text }
}

it('cleans up after work, and gives its status', async () => {
  const { child, output } = start(`async () => { log('work'); return 3 }`, `async () => log('clean')`)
  expect(await once(child, 'close')).toEqual([3, null])
  expect(output()).toBe('work\nclean\n')
})

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s cleans up once, tells work, and gives %i', async (signal, status) => {
  const { child, output } = start(
    `async (interrupted) => { log('work'); await sleep(300); log(interrupted.aborted); return 0 }`,
    `async () => { log('clean'); await sleep(600); log('cleaned') }`,
  )
  await once(child.stdout!, 'data')
  child.kill(signal)
  expect(await once(child, 'close')).toEqual([status, null])
  expect(output()).toBe('work\nclean\ntrue\ncleaned\n')
})

it('a second signal does not wait', async () => {
  const { child, output } = start(
    `async () => { log('work'); await sleep(60000) }`,
    `async () => { log('clean'); await sleep(60000) }`,
  )
  await once(child.stdout!, 'data')
  child.kill('SIGINT')
  await once(child.stdout!, 'data')
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([130, null])
  expect(output()).toBe('work\nclean\n')
})
